import { randomBytes } from 'node:crypto';
import { appendFile, chmod, open, rename, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Actor, Id } from '#domain';
import { ledgerRepository } from '#persistence';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { TableDump } from './table-dump.js';
import { checked, MEBIBYTE, received, sha256Of } from './work.js';

const SIZE = 3 * MEBIBYTE + 11;

describe('the seal, on the filesystem store', () => {
  let running: RunningArchive;
  let officer: Actor;

  beforeAll(async () => {
    running = await runArchive();
    officer = await running.person(['officer']);
  });
  afterAll(() => checked(running));

  const view = async (assetId: Id) => (await running.archive.assets.view.run(officer, assetId)).asset;
  const pathOf = async (assetId: Id): Promise<string> =>
    join(running.dir, 'objects', 'vault', (await view(assetId)).objectKey ?? '');
  const eventsOf = async (assetId: Id) =>
    (await ledgerRepository.page(running.parts.database.reader, `asset:${assetId}`, 0, 100)).map((event) => ({
      type: event.type,
      public: JSON.parse(event.leaf.toString('utf8')).public,
    }));

  async function flipByte(path: string, at: number): Promise<void> {
    await chmod(path, 0o600);
    const file = await open(path, 'r+');
    try {
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
      await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at);
    } finally {
      await file.close();
    }
  }

  it.each<[string, string, (path: string) => Promise<unknown>, object]>([
    [
      'one bit is another',
      'block-root',
      (path) => flipByte(path, SIZE - 1),
      { found: expect.stringMatching(/^sha256:/) },
    ],
    ['the end is missing', 'size', (path) => truncate(path, SIZE - 1), { expected: SIZE, found: SIZE - 1 }],
    ['all of it is missing', 'size', (path) => truncate(path, 0), { expected: SIZE, found: 0 }],
    ['something was added', 'size', (path) => appendFile(path, 'x'), { expected: SIZE, found: SIZE + 1 }],
    ['it is gone', 'missing', (path) => unlink(path), {}],
  ])('quarantines an original when %s', async (_what, difference, harm, facts) => {
    const { assetId } = await received(running, officer, randomBytes(SIZE));
    const path = await pathOf(assetId);
    await chmod(path, 0o600);
    await harm(path);

    expect(await running.archive.work.seal.run(assetId)).toBe('quarantined');
    expect(await view(assetId)).toMatchObject({
      custody: 'quarantined',
      quarantineReason: difference,
      sha256: null,
      sealedAt: null,
      lockMode: null,
    });
    const events = await eventsOf(assetId);
    expect(events.map((event) => event.type)).toEqual(['asset.begun', 'asset.received', 'asset.quarantined']);
    expect(events.at(-1)?.public).toMatchObject({ difference, ...facts });
    // Never called a success afterwards, whoever asks again.
    expect(await running.archive.work.seal.run(assetId)).toBe('nothing-owed');
    expect((await running.archive.assets.receipt.run(officer, assetId)).sealed).toBeNull();
    expect(await eventsOf(assetId)).toEqual(events);
  });

  it('quarantines what is not what the sender declared', async () => {
    const content = randomBytes(SIZE);
    const declaredSha256 = sha256Of(Buffer.from('something else'));
    const { assetId } = await received(running, officer, content, { declaredSha256 });
    expect(await running.archive.work.seal.run(assetId)).toBe('quarantined');
    expect((await eventsOf(assetId)).at(-1)).toEqual({
      type: 'asset.quarantined',
      public: { difference: 'declared-sha256', expected: declaredSha256, found: sha256Of(content) },
    });
  });

  it('records digests, and that this store holds no lock', async () => {
    const content = randomBytes(SIZE);
    const { assetId } = await received(running, officer, content);
    expect(await running.archive.work.seal.run(assetId)).toBe('sealed');
    const asset = await view(assetId);
    expect(asset).toMatchObject({ sha256: sha256Of(content), lockMode: 'none', retainUntil: null });
    const { sealed } = await running.archive.assets.receipt.run(officer, assetId);
    expect(JSON.parse(sealed?.leaf.toString('utf8') ?? '').public).toEqual({
      size_bytes: SIZE,
      sha256: asset.sha256,
      sm3: asset.sm3,
      block_root: asset.blockRoot,
      object_key: asset.objectKey,
      object_version: null,
      declared_sha256: sha256Of(content),
      lock: 'none',
      retain_until: null,
    });
  });

  it('is done once, however often and by however many it is asked', async () => {
    const { assetId } = await received(running, officer, randomBytes(SIZE));
    const other = await running.another();
    const results = await Promise.all([
      running.archive.work.seal.run(assetId),
      other.archive.work.seal.run(assetId),
      running.archive.work.seal.run(assetId),
      other.archive.work.seal.run(assetId),
    ]);
    expect(results.filter((result) => result === 'sealed')).toHaveLength(1);
    expect(results.filter((result) => result === 'nothing-owed')).toHaveLength(3);
    expect((await eventsOf(assetId)).filter((event) => event.type === 'asset.sealed')).toHaveLength(1);
  });

  it('waits for a store that is away, and finds nothing about the original in it', async () => {
    const { assetId } = await received(running, officer, randomBytes(SIZE));
    const objects = join(running.dir, 'objects');
    const dump = await TableDump.open(running.ownerUrl);
    const before = await dump.read();
    await rename(objects, `${objects}-away`);
    try {
      await expect(running.archive.work.seal.run(assetId)).rejects.toMatchObject({ code: 'storage-unavailable' });
    } finally {
      await rename(`${objects}-away`, objects);
    }
    expect(await dump.read()).toEqual(before);
    await dump.close();
    expect(await running.archive.work.seal.run(assetId)).toBe('sealed');
  });

  it('stops when it is told to, and is done later', async () => {
    const { assetId } = await received(running, officer, randomBytes(SIZE));
    const stopped = running.archive.work.seal.run(assetId, AbortSignal.abort(new Error('the worker stops')));
    await expect(stopped).rejects.toThrow();
    expect((await view(assetId)).custody).toBe('received');
    expect(await running.archive.work.seal.run(assetId)).toBe('sealed');
  });

  it('owes nothing for what is still arriving, or was never there', async () => {
    const begun = await running.archive.uploads.begin.run(officer, {
      fileName: 'x',
      lengthBytes: 10,
      metadata: '',
      declaredSha256: null,
      recordedAt: null,
      target: null,
    });
    expect(await running.archive.work.seal.run(begun.assetId)).toBe('nothing-owed');
    expect(await running.archive.work.seal.run('019a0000-0000-7000-8000-000000000000')).toBe('nothing-owed');
  });
});
