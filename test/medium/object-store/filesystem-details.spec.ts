import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { link, mkdir, mkdtemp, readdir, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { FilesystemObjectStore } from '#object-store';
import { expectContent, listed, stored, Upload } from '../../contracts/object-store.contract.js';

// Real servers and disks, shared with whatever else runs: a slow machine is no failure.
jest.setTimeout(60_000);

const MIB = 1_048_576;
const run = promisify(execFile);
const silent = { onPart: () => undefined, onReleased: () => undefined };

describe('filesystem store', () => {
  let scratch: string;
  let root: string;
  let store: FilesystemObjectStore;

  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'fs-store-'));
    root = join(scratch, 'data');
    store = new FilesystemObjectStore({ root });
    await store.prepare();
  });

  afterEach(() => rm(scratch, { recursive: true, force: true }));

  function incomingOf(upload: Upload): string {
    return join(root, 'staging', '.incoming', `${upload.intake.key.replaceAll('/', '~')}.part`);
  }

  function vaultOf(upload: Upload): string {
    return join(root, 'vault', upload.intake.key);
  }

  async function received(content: Buffer): Promise<Upload> {
    const upload = await Upload.begin(store, content.length);
    await upload.send(content);
    return upload;
  }

  it('makes originals read-only and leaves nothing of the upload', async () => {
    const upload = await received(randomBytes(MIB + 5));
    await upload.finish();
    const found = await stat(vaultOf(upload));
    expect(found.mode & 0o777).toBe(0o444);
    expect(found.nlink).toBe(1);
    expect(await readdir(join(root, 'staging', '.incoming'))).toEqual([]);
    expect(await listed(store, 'vault', '')).toEqual([upload.intake.key]);
  });

  it('works on when its folder was moved, with an upload half way', async () => {
    const object = await stored(store, Buffer.from('kept'));
    const content = randomBytes(3 * MIB + 1);
    const upload = await Upload.begin(store, content.length);
    await upload.send(content.subarray(0, MIB + 7));
    const elsewhere = join(scratch, 'moved');
    await rename(root, elsewhere);
    upload.store = new FilesystemObjectStore({ root: elsewhere });
    await upload.store.prepare();
    await expectContent(upload.store, object, Buffer.from('kept'));
    await upload.send(content.subarray(MIB + 7));
    await expectContent(upload.store, await upload.finish(), content);
  });

  it('cuts off what lies beyond the recorded end', async () => {
    const content = randomBytes(2 * MIB + 100);
    const upload = await received(content);
    const acknowledged = { parts: [...upload.parts], tail: upload.tail };
    await upload.sendAndDie(randomBytes(5 * MIB), 'flush');
    expect((await stat(incomingOf(upload))).size).toBeGreaterThan(content.length);
    await expectContent(store, await store.finishIntake(upload.intake, acknowledged), content);
  });

  it('reports runs while the upload is still going on, so that little is lost when it dies', async () => {
    const upload = await Upload.begin(store, null);
    await upload.sendAndDie(randomBytes(100 * MIB));
    expect(upload.storedBytes).toBeGreaterThanOrEqual(32 * MIB);
    expect((await stat(incomingOf(upload))).size).toBeGreaterThanOrEqual(upload.storedBytes);
  });

  describe('a finish that was cut off', () => {
    it('after the second name was given is taken to its end, and nobody writes into the original', async () => {
      const content = randomBytes(2 * MIB);
      const upload = await received(content);
      await mkdir(join(vaultOf(upload), '..'), { recursive: true });
      await link(incomingOf(upload), vaultOf(upload));
      await expect(store.resumeIntake(upload.intake, [], silent)).rejects.toMatchObject({ code: 'object-exists' });
      const object = await upload.finish();
      await expectContent(store, object, content);
      expect(await readdir(join(root, 'staging', '.incoming'))).toEqual([]);
    });

    it('keeps the original when the upload is aborted instead', async () => {
      const content = randomBytes(2 * MIB);
      const upload = await received(content);
      await mkdir(join(vaultOf(upload), '..'), { recursive: true });
      await link(incomingOf(upload), vaultOf(upload));
      await upload.abort();
      await expectContent(store, await upload.finish(), content);
    });

    it('never replaces another object', async () => {
      const upload = await received(Buffer.from('mine'));
      await mkdir(join(vaultOf(upload), '..'), { recursive: true });
      await writeFile(vaultOf(upload), 'theirs');
      await expect(upload.finish()).rejects.toMatchObject({ code: 'object-exists' });
      await expectContent(
        store,
        { area: 'vault', key: upload.intake.key, versionId: null, sizeBytes: 6 },
        Buffer.from('theirs'),
      );
    });
  });

  it('names the first part lost with the end of a file', async () => {
    const upload = await Upload.begin(store, null);
    for (let piece = 0; piece < 3; piece++) await upload.send(randomBytes(2 * MIB));
    await upload.send(Buffer.from('tail'));
    await truncate(incomingOf(upload), 6 * MIB);
    await expect(upload.finish()).rejects.toMatchObject({ code: 'conflict', details: { firstBadPart: 4 } });
    await truncate(incomingOf(upload), 3 * MIB);
    await expect(upload.finish()).rejects.toMatchObject({ code: 'conflict', details: { firstBadPart: 2 } });
    await expect(store.resumeIntake(upload.intake, upload.parts, silent)).rejects.toMatchObject({
      code: 'conflict',
      details: { firstBadPart: 2 },
    });
  });

  it('closes a writer that hangs before another goes on or finishes', async () => {
    const content = randomBytes(3 * MIB);
    const upload = await Upload.begin(store, content.length);
    const hanging = await store.resumeIntake(upload.intake, [], silent);
    await hanging.write(Buffer.alloc(MIB, 1));
    await upload.send(content);
    await expect(hanging.write(Buffer.alloc(MIB, 1))).rejects.toThrow();
    const again = await store.resumeIntake(upload.intake, upload.parts, silent);
    const object = await upload.finish();
    await expect(again.write(Buffer.alloc(MIB, 1))).rejects.toThrow();
    await expectContent(store, object, content);
  });

  it('fails loudly when a file ends before the object does', async () => {
    const content = randomBytes(3 * MIB);
    const object = await stored(store, content);
    await truncate(join(root, 'vault', object.key), 2 * MIB);
    await expect(store.read(object).then(buffer)).rejects.toMatchObject({ code: 'object-altered' });
    expect(await store.stat(object)).toEqual({ sizeBytes: 2 * MIB });
  });

  it('does not take a version of another store for its own file', async () => {
    const object = await stored(store, Buffer.from('x'));
    await expect(store.read({ ...object, versionId: 'v1' })).rejects.toMatchObject({ code: 'object-missing' });
  });

  it('drops temporary files of dead processes, and neither young ones nor uploads', async () => {
    const folder = join(root, 'media', '.incoming');
    const uploads = join(root, 'staging', '.incoming');
    const longAgo = new Date(Date.now() - 3 * 24 * 3_600_000);
    for (const path of [join(folder, 'old.tmp'), join(folder, 'young.tmp'), join(uploads, 'old.part')]) {
      await writeFile(path, 'x');
      if (!path.includes('young')) await utimes(path, longAgo, longAgo);
    }
    await store.prepare();
    expect(await readdir(folder)).toEqual(['young.tmp']);
    expect(await readdir(uploads)).toEqual(['old.part']);
  });

  it('says unreachable when its folder is gone', async () => {
    await rename(root, join(scratch, 'gone'));
    await expect(store.check()).rejects.toMatchObject({ code: 'storage-unavailable' });
  });

  describe('on a full disk', () => {
    let mount: string;

    beforeEach(async () => {
      mount = join(scratch, 'small');
      await mkdir(mount);
      await run('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', mount]).catch((cause: unknown) => {
        throw new Error('This test mounts a small tmpfs to fill it up: run it as root, with CAP_SYS_ADMIN.', { cause });
      });
    });

    afterEach(() => run('umount', [mount]));

    it('says so, keeps what was acknowledged, and goes on when there is room again', async () => {
      const small = new FilesystemObjectStore({ root: mount });
      await small.prepare();
      const ballast = await small.put('media', 'renditions/x/ballast', Buffer.alloc(4 * MIB), 4 * MIB);
      const content = randomBytes(6 * MIB + 9);
      const upload = await Upload.begin(small, content.length);
      await upload.send(content.subarray(0, 2 * MIB + 5));
      const before = upload.storedBytes;
      await expect(upload.send(content.subarray(before))).rejects.toMatchObject({ code: 'storage-full' });
      expect(upload.storedBytes).toBe(before);
      await small.remove('media', ballast.key);
      await upload.send(content.subarray(before));
      await expectContent(small, await upload.finish(), content);
    });

    it('leaves nothing of a rendition that did not fit', async () => {
      const small = new FilesystemObjectStore({ root: mount });
      await small.prepare();
      const put = small.put('media', 'renditions/x/y', Buffer.alloc(9 * MIB), 9 * MIB);
      await expect(put).rejects.toMatchObject({ code: 'storage-full' });
      expect(await listed(small, 'media', '')).toEqual([]);
      expect(await readdir(join(mount, 'media', '.incoming'))).toEqual([]);
      expect(await small.freeBytes()).toBeGreaterThan(7 * MIB);
    });
  });
});
