import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { jest } from '@jest/globals';
import { newId } from '#domain';
import type { Intake, ObjectStore, StoredObject, StoredPart, StoredTail } from '#object-store';
import { keys, LOCK_ATTEMPTS } from '#object-store';

// Real servers and disks, shared with whatever else runs: a slow machine is no failure.
jest.setTimeout(60_000);

/** What every object store must do, run by each implementation. */
export interface StoreUnderTest {
  readonly store: ObjectStore;
  /** The same storage seen by another process: knows nothing but what was stored. */
  another(): ObjectStore;
  close(): Promise<void>;
}

const MIB = 1_048_576;

export function describeObjectStore(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`object store: ${name}`, () => {
    let under: StoreUnderTest;
    let store: ObjectStore;
    let scratch: string;

    beforeAll(async () => {
      under = await make();
      store = under.store;
      scratch = await mkdtemp(join(tmpdir(), 'scratch-'));
    }, 180_000);

    afterAll(async () => {
      await rm(scratch, { recursive: true, force: true });
      await under?.close();
    });

    it('prepares again without harm, and is reachable', async () => {
      await store.prepare();
      await store.check();
      const free = await store.freeBytes();
      expect(free === null || free > 0).toBe(true);
    });

    describe('receiving', () => {
      it('takes an object in one request', async () => {
        const content = randomBytes(20 * MIB + 12_345);
        const upload = await Upload.begin(store, content.length);
        await upload.send(content);
        expect(upload.storedBytes).toBe(content.length);
        await expectContent(store, await upload.finish(), content);
      });

      it('takes an object in pieces of odd sizes, each on another replica', async () => {
        const content = randomBytes(19 * MIB + 777);
        const upload = await Upload.begin(store, content.length);
        const cuts = [0, 1, 900_000, 3 * MIB + 17, 3 * MIB + 18, 4 * MIB, 13 * MIB - 1, content.length];
        for (const [index, start] of cuts.slice(0, -1).entries()) {
          upload.store = index % 2 === 0 ? under.another() : store;
          await upload.send(content.subarray(start, cuts[index + 1]));
          expect(upload.storedBytes).toBe(cuts[index + 1]);
        }
        await expectContent(store, await upload.finish(), content);
      });

      it('takes an object whose size was not known before', async () => {
        const content = randomBytes(18 * MIB + 5);
        const upload = await Upload.begin(store, null);
        await upload.send(content);
        await expectContent(store, await upload.finish(), content);
      });

      it.each([
        ['no bytes', 0],
        ['one byte', 1],
        ['one byte less than a block', MIB - 1],
        ['a block', MIB],
        ['a block and a byte', MIB + 1],
        ['8 MiB', 8 * MIB],
        ['8 MiB and a byte', 8 * MIB + 1],
        ['16 MiB', 16 * MIB],
      ])('takes an object of %s, with a tail and with a last part', async (_, size) => {
        const content = randomBytes(size);
        for (const last of [false, true]) {
          const upload = await Upload.begin(store, size);
          await upload.send(content, { last });
          if (last) expect(upload.tail).toBeNull();
          expect(upload.storedBytes).toBe(size);
          await expectContent(under.another(), await upload.finish(), content);
        }
      });

      it('takes an empty object when no writer was ever opened', async () => {
        const upload = await Upload.begin(store, 0);
        const object = await upload.finish();
        await expectContent(store, object, Buffer.alloc(0));
        expect(await upload.finish()).toEqual(object);
        expect(await store.listVersions('vault', object.key)).toHaveLength(1);
      });

      it('tells parts in order, end to end, of whole blocks', async () => {
        const upload = await Upload.begin(store, 40 * MIB);
        await upload.send(randomBytes(40 * MIB));
        let end = 0;
        for (const [index, part] of upload.parts.entries()) {
          expect(part.number).toBe(index + 1);
          expect(part.offsetBytes).toBe(end);
          expect(part.sizeBytes % (upload.intake.partBlocks * MIB)).toBe(0);
          end += part.sizeBytes;
        }
        expect(end).toBe(40 * MIB);
        await upload.abort();
      });

      it('gives every buffer back exactly once, whether flushed or abandoned', async () => {
        for (const ending of ['flush', 'abandon'] as const) {
          const upload = await Upload.begin(store, 21 * MIB);
          const given: Buffer[] = [];
          const released: Buffer[] = [];
          const writer = await store.resumeIntake(upload.intake, [], {
            onPart: () => undefined,
            onReleased: (bytes) => released.push(bytes),
          });
          for (let block = 0; block < 21; block++) {
            const bytes = Buffer.alloc(MIB, block);
            given.push(bytes);
            await writer.write(bytes);
          }
          await writer[ending]();
          await writer.abandon();
          expect(released).toHaveLength(21);
          expect(new Set(released)).toEqual(new Set(given));
          await upload.abort();
        }
      });

      it('refuses blocks that are too long, empty, or after the last', async () => {
        const upload = await Upload.begin(store, 4 * MIB);
        const writer = await store.resumeIntake(upload.intake, [], silent);
        await expect(writer.write(Buffer.alloc(MIB + 1))).rejects.toMatchObject({ code: 'invalid-input' });
        await expect(writer.write(Buffer.alloc(0))).rejects.toMatchObject({ code: 'invalid-input' });
        await writer.write(Buffer.alloc(10));
        await expect(writer.write(Buffer.alloc(MIB))).rejects.toMatchObject({ code: 'invalid-input' });
        await writer.abandon();
        await expect(writer.write(Buffer.alloc(MIB))).rejects.toThrow();
        await upload.abort();
      });
    });

    describe('after something was cut off', () => {
      it('goes on after the parts of a writer that was given up', async () => {
        const content = randomBytes(70 * MIB + 99);
        const upload = await Upload.begin(store, content.length);
        await upload.sendAndDie(content.subarray(0, 66 * MIB));
        expect(upload.storedBytes).toBeLessThanOrEqual(66 * MIB);
        upload.store = under.another();
        await upload.send(content.subarray(upload.storedBytes));
        await expectContent(store, await upload.finish(), content);
      });

      it('keeps what was acknowledged when the next writer dies', async () => {
        const acknowledged = randomBytes(9 * MIB + 4321);
        const upload = await Upload.begin(store, 30 * MIB);
        await upload.send(acknowledged);
        const before = { parts: [...upload.parts], tail: upload.tail };
        await upload.sendAndDie(randomBytes(2 * MIB + 1));
        expect({ parts: upload.parts.slice(0, before.parts.length), tail: upload.tail }).toEqual(before);
        const { tail } = before;
        if (tail === null) throw new Error('expected a tail');
        const read = await buffer(await under.another().readTail(upload.intake, tail));
        expect(sha256(read)).toBe(sha256(acknowledged.subarray(tail.offsetBytes)));
        await expectContent(store, await upload.finish(), acknowledged);
      });

      it('does not take bytes that were stored but never acknowledged', async () => {
        const content = randomBytes(24 * MIB + 9);
        const upload = await Upload.begin(store, content.length);
        await upload.send(content.subarray(0, 9 * MIB));
        const acknowledged = { parts: [...upload.parts], tail: upload.tail };
        await upload.sendAndDie(randomBytes(15 * MIB), 'flush');
        upload.parts.splice(0, Number.POSITIVE_INFINITY, ...acknowledged.parts);
        upload.store = under.another();
        await upload.send(content.subarray(9 * MIB));
        await expectContent(store, await upload.finish(), content);
      });

      it('finishes twice to the same object, also in another process', async () => {
        const content = randomBytes(9 * MIB + 1);
        const upload = await Upload.begin(store, content.length);
        await upload.send(content);
        const object = await upload.finish();
        upload.store = under.another();
        expect(await upload.finish()).toEqual(object);
        expect(await upload.finish()).toEqual(object);
        expect(await store.listVersions('vault', object.key)).toHaveLength(1);
        await expectContent(store, object, content);
      });

      it('finishes once when told to from two sides at the same time', async () => {
        const content = randomBytes(9 * MIB + 1);
        const upload = await Upload.begin(store, content.length);
        await upload.send(content);
        const other = under.another();
        const progress = { parts: upload.parts, tail: upload.tail };
        const [object, same] = await Promise.all([
          store.finishIntake(upload.intake, progress),
          other.finishIntake(upload.intake, progress),
        ]);
        expect(same).toEqual(object);
        expect(await store.listVersions('vault', object.key)).toHaveLength(1);
        await expectContent(store, object, content);
      });

      it('names the first part it does not hold', async () => {
        const upload = await Upload.begin(store, 40 * MIB);
        await upload.send(randomBytes(16 * MIB));
        const { number = 0, offsetBytes = 0, sizeBytes = 0 } = upload.parts.at(-1) ?? {};
        const invented = { number: number + 1, offsetBytes: offsetBytes + sizeBytes, sizeBytes: 8 * MIB, etag: 'x' };
        const parts = [...upload.parts, invented];
        await expect(store.finishIntake(upload.intake, { parts, tail: null })).rejects.toMatchObject({
          code: 'conflict',
          details: { firstBadPart: invented.number },
        });
        await upload.abort();
      });

      it('refuses parts that do not lie end to end', async () => {
        const upload = await Upload.begin(store, 40 * MIB);
        await upload.send(randomBytes(16 * MIB));
        const gap = [{ number: 1, offsetBytes: 8 * MIB, sizeBytes: 8 * MIB, etag: 'x' }];
        await expect(store.resumeIntake(upload.intake, gap, silent)).rejects.toMatchObject({ code: 'invalid-input' });
        await expect(store.finishIntake(upload.intake, { parts: gap, tail: null })).rejects.toMatchObject({
          code: 'invalid-input',
        });
        await upload.abort();
      });
    });

    describe('giving up and finished objects', () => {
      it('drops an unfinished upload and its tail, again and again', async () => {
        const upload = await Upload.begin(store, 40 * MIB);
        await upload.send(randomBytes(9 * MIB + 5));
        await upload.abort();
        await upload.abort();
        await expect(upload.finish()).rejects.toMatchObject({ code: 'object-missing' });
        expect(await store.listVersions('vault', upload.intake.key)).toEqual([]);
        expect(await listed(store, 'staging', upload.intake.key)).toEqual([]);
        await expect(upload.send(Buffer.alloc(16 * MIB))).rejects.toMatchObject({ code: 'object-missing' });
      });

      it('leaves a finished object alone when the upload is aborted or written to', async () => {
        const content = randomBytes(8 * MIB + 3);
        const upload = await Upload.begin(store, content.length);
        await upload.send(content);
        const object = await upload.finish();
        await upload.abort();
        upload.parts.length = 0;
        upload.tail = null;
        await expect(upload.send(randomBytes(16 * MIB))).rejects.toHaveProperty(
          'code',
          expect.stringMatching(/^object-(exists|missing)$/),
        );
        await expectContent(store, object, content);
        expect(await store.listVersions('vault', object.key)).toHaveLength(1);
      });

      it('leaves nothing in staging once finished', async () => {
        const upload = await Upload.begin(store, null);
        await upload.send(randomBytes(MIB / 2));
        await upload.send(randomBytes(MIB / 2 - 1));
        await upload.finish();
        if (upload.tail !== null) await store.dropTail(upload.intake, upload.tail);
        expect(await listed(store, 'staging', upload.intake.key)).toEqual([]);
      });

      it('never begins an upload where an object is', async () => {
        const upload = await Upload.begin(store, 3);
        await upload.send(Buffer.from('abc'));
        const { key } = await upload.finish();
        await expect(store.beginIntake(key, 3)).rejects.toMatchObject({ code: 'object-exists' });
      });
    });

    describe('reading', () => {
      let object: StoredObject;
      const content = randomBytes(3 * MIB + 1001);

      beforeAll(async () => {
        object = await stored(store, content);
      });

      it('gives ranges', async () => {
        const last = content.length - 1;
        for (const [start, end] of [
          [0, 0],
          [last, last],
          [0, last],
          [MIB - 1, MIB],
          [12_345, 2 * MIB + 3],
        ] as const) {
          const bytes = await buffer(await store.read(object, { start, end }));
          expect(sha256(bytes)).toBe(sha256(content.subarray(start, end + 1)));
        }
      });

      it('refuses ranges outside the object', async () => {
        for (const range of [
          { start: -1, end: 3 },
          { start: 4, end: 3 },
          { start: 0, end: content.length },
          { start: 0.5, end: 3 },
        ]) {
          await expect(store.read(object, range)).rejects.toMatchObject({ code: 'invalid-input' });
        }
      });

      it.each([MIB, 12_345])('gives the whole in lent memory of %i bytes', async (size) => {
        const reader = await store.readBlocks(object);
        const lent = Buffer.alloc(size);
        const read: Buffer[] = [];
        for (let length = await reader.read(lent); length > 0; length = await reader.read(lent)) {
          read.push(Buffer.from(lent.subarray(0, length)));
        }
        await reader.close();
        expect(read.slice(0, -1).every((bytes) => bytes.length === size)).toBe(true);
        expect(sha256(Buffer.concat(read))).toBe(sha256(content));
      });

      it('stops lending when told to', async () => {
        const stop = new AbortController();
        const reader = await store.readBlocks(object, stop.signal);
        stop.abort();
        await expect(reader.read(Buffer.alloc(content.length))).rejects.toMatchObject({ name: 'AbortError' });
        await reader.close();
      });

      it('stops when told to', async () => {
        const stop = new AbortController();
        const stream = await store.read(object, undefined, stop.signal);
        stop.abort();
        await expect(buffer(stream)).rejects.toMatchObject({ name: 'AbortError' });
      });

      it('knows sizes and versions', async () => {
        expect(await store.stat(object)).toEqual({ sizeBytes: content.length });
        expect(await store.listVersions('vault', object.key)).toEqual([
          {
            key: object.key,
            versionId: object.versionId,
            isLatest: true,
            isDeleteMarker: false,
            sizeBytes: content.length,
          },
        ]);
        expect(await store.listVersions('vault', object.key.slice(0, -1))).toEqual([]);
      });

      it('says so when the object is not there', async () => {
        const versionId = store.kind === 's3' ? object.versionId : null;
        const gone = { ...object, key: keys.original(newId(), new Date()), versionId };
        await expect(store.read(gone)).rejects.toMatchObject({ code: 'object-missing' });
        await expect(store.readBlocks(gone)).rejects.toMatchObject({ code: 'object-missing' });
        await expect(store.read({ ...gone, sizeBytes: 0 })).rejects.toMatchObject({ code: 'object-missing' });
        await expect(store.stat(gone)).rejects.toMatchObject({ code: 'object-missing' });
        await expect(store.retention(gone)).rejects.toMatchObject({ code: 'object-missing' });
        await expect(store.lock(gone, new Date(Date.now() + 60_000))).rejects.toMatchObject({ code: 'object-missing' });
        await expect(store.withLocalFile(gone, scratch, async () => 1)).rejects.toMatchObject({
          code: 'object-missing',
        });
        expect(await store.listVersions('vault', gone.key)).toEqual([]);
      });

      it('lends a local file and leaves no copy behind', async () => {
        const digest = await store.withLocalFile(object, scratch, async (path) => sha256(await readFile(path)));
        expect(digest).toBe(sha256(content));
        const failing = store.withLocalFile(object, scratch, async () => {
          throw new Error('tool failed');
        });
        await expect(failing).rejects.toThrow('tool failed');
        expect(await readdir(scratch)).toEqual([]);
        expect(await store.stat(object)).toEqual({ sizeBytes: content.length });
      });

      it('says of a version nobody locked that it is not locked', async () => {
        expect(await store.retention(object)).toEqual({ mode: 'none', until: null });
      });
    });

    describe('a second time at a key', () => {
      const aside = (key: string) => (n: number) => keys.setAside(key, 'attempt', n);
      const all = async (key: string): Promise<Buffer[]> => {
        const versions = await store.listVersions('vault', key);
        const kept = await listed(store, 'vault', keys.setAsides(key, 'attempt'));
        const asides = await Promise.all(kept.map((name) => store.listVersions('vault', name)));
        return await Promise.all(
          [...versions, ...asides.flat()].map(async (version) =>
            buffer(await store.read({ area: 'vault', ...version })),
          ),
        );
      };

      it.each([0, 100, 17 * MIB + 3])('%i bytes take the place, and what was there is kept', async (size) => {
        const upload = await Upload.begin(store, 1_000);
        const first = randomBytes(1_000);
        await upload.send(first);
        const { key } = await upload.finish();
        const contents = [randomBytes(size), randomBytes(size)];
        for (const content of contents) {
          const source = Readable.from(chunked(content, 1_000_003));
          await expectContent(store, await store.putBeside(key, source, size, aside(key)), content);
        }
        const kept = (await all(key)).map(sha256).sort();
        expect(kept).toEqual([first, ...contents].map(sha256).sort());
      });

      it('and at one that is free', async () => {
        const key = keys.original(newId(), new Date());
        const content = randomBytes(5_000);
        await expectContent(store, await store.putBeside(key, Readable.from([content]), 5_000, aside(key)), content);
        expect(await all(key)).toHaveLength(1);
      });

      it.each([
        ['is shorter', () => Readable.from([randomBytes(10)])],
        ['is longer', () => Readable.from([randomBytes(2_000)])],
        ['breaks at its end', () => Readable.from(breaking(randomBytes(1_000)))],
        ['breaks', () => Readable.from(breaking(randomBytes(12 * MIB)))],
      ])('nothing shows of a source that %s', async (_what, source) => {
        const upload = await Upload.begin(store, 1_000);
        const first = randomBytes(1_000);
        await upload.send(first);
        const object = await upload.finish();
        await expect(store.putBeside(object.key, source(), 1_000, aside(object.key))).rejects.toThrow();
        await expectContent(store, object, first);
        expect(await all(object.key)).toHaveLength(1);
      });
    });

    describe('the lock self-test', () => {
      it('is held in every attempt, or not made by a store that cannot lock', async () => {
        const test = await store.testLock();
        if (store.kind === 'filesystem') return expect(test).toBeNull();
        expect(test?.isHeld).toBe(true);
        expect(Object.keys(test?.attempts ?? {}).sort()).toEqual([...LOCK_ATTEMPTS].sort());
        expect(new Set(Object.values(test?.attempts ?? {}))).toEqual(new Set(['held']));
      });

      it('leaves originals alone', async () => {
        const content = randomBytes(100);
        const object = await stored(store, content);
        await store.testLock();
        await expectContent(store, object, content);
        expect(await store.listVersions('vault', object.key)).toMatchObject([{ versionId: object.versionId }]);
        expect((await store.retention(object)).mode).toBe('none');
      });
    });

    describe('renditions', () => {
      it.each([
        ['no bytes', 0],
        ['a few bytes', 100],
        ['8 MiB', 8 * MIB],
        ['more than one part', 20 * MIB + 7],
      ])('puts %s from memory and from a stream', async (_, size) => {
        const content = randomBytes(size);
        for (const source of [content, Readable.from(chunked(content, 100_003))]) {
          const key = keys.rendition(newId(), newId(), 'poster.jpg');
          const object = await store.put('media', key, source, size);
          expect(object).toMatchObject({ area: 'media', key, sizeBytes: size });
          await expectContent(store, object, content);
        }
      });

      it('replaces what was there', async () => {
        const key = keys.rendition(newId(), newId(), 'a.txt');
        await store.put('media', key, Buffer.from('first'), 5);
        const object = await store.put('media', key, Buffer.from('second!'), 7);
        await expectContent(store, object, Buffer.from('second!'));
      });

      it.each([
        ['short', 1000, 1001],
        ['long', 1001, 1000],
        ['short by a part', 12 * MIB, 24 * MIB],
        ['long by a byte', 12 * MIB + 1, 12 * MIB],
      ])('leaves nothing of a source that is too %s', async (_, has, announced) => {
        const key = keys.rendition(newId(), newId(), 'a.bin');
        const source = Readable.from(chunked(randomBytes(has), 300_000));
        await expect(store.put('media', key, source, announced)).rejects.toMatchObject({ code: 'invalid-input' });
        expect(await listed(store, 'media', key)).toEqual([]);
        await store.put('media', key, Buffer.from('old'), 3);
        const again = Readable.from(chunked(randomBytes(has), 300_000));
        await expect(store.put('media', key, again, announced)).rejects.toMatchObject({ code: 'invalid-input' });
        await expectContent(store, { area: 'media', key, versionId: null, sizeBytes: 3 }, Buffer.from('old'));
      });

      it.each([1000, 20 * MIB])('passes on the error of a source that breaks at half of %i', async (size) => {
        const key = keys.rendition(newId(), newId(), 'a.bin');
        const source = Readable.from(breaking(randomBytes(size / 2)));
        await expect(store.put('media', key, source, size)).rejects.toThrow('the tool died');
        expect(await listed(store, 'media', key)).toEqual([]);
      });

      it('survives a source that breaks before it is read', async () => {
        const key = keys.rendition(newId(), newId(), 'a.bin');
        const source = new Readable({ read: () => undefined });
        process.nextTick(() => source.destroy(new Error('the tool died')));
        await expect(store.put('media', key, source, 20 * MIB)).rejects.toThrow('the tool died');
        expect(await listed(store, 'media', key)).toEqual([]);
      });

      it('removes, and does not mind when there is nothing to remove', async () => {
        const key = keys.rendition(newId(), newId(), 'a.txt');
        const object = await store.put('staging', key, Buffer.from('x'), 1);
        await store.remove('staging', key);
        await store.remove('staging', key);
        await expect(store.stat(object)).rejects.toMatchObject({ code: 'object-missing' });
      });

      it('lists by prefix in byte order', async () => {
        const base = `list-${randomBytes(4).toString('hex')}`;
        const names = ['a', 'a-b', 'a.b', 'a/b', 'a/b-c/d', 'a/bc', 'a0', 'b/a', 'B'].filter(
          // On disk a name is a file or a folder, never both.
          (name) => name !== 'a',
        );
        for (const name of names) await store.put('media', `${base}/${name}`, Buffer.from(name), name.length);
        const all = await listed(store, 'media', `${base}/`);
        expect(all).toEqual([...names].sort().map((name) => `${base}/${name}`));
        expect(await listed(store, 'media', `${base}/a/b`)).toEqual([`${base}/a/b`, `${base}/a/b-c/d`, `${base}/a/bc`]);
        expect(await listed(store, 'media', `${base}/nothing/`)).toEqual([]);
        expect(await listed(store, 'media', base)).toEqual(all);
      });
    });

    it.each([
      '',
      '/etc/passwd',
      '..',
      '../vault/x',
      'a/../b',
      'a/./b',
      'a//b',
      'a/',
      '.hidden',
      'a/.incoming/b',
      'a\0b',
      'a b',
      'a\\b',
      'a~b',
      '案件/1',
      `${'a'.repeat(241)}`,
    ])('refuses the key %j everywhere', async (key) => {
      const object = { area: 'media', key, versionId: null, sizeBytes: 1 } as const;
      const intake = { key, handle: 'x', partBlocks: 1 };
      const refusal = { code: 'invalid-input' };
      await expect(store.beginIntake(key, 1)).rejects.toMatchObject(refusal);
      await expect(store.read(object)).rejects.toMatchObject(refusal);
      await expect(store.stat(object)).rejects.toMatchObject(refusal);
      await expect(store.listVersions('media', key)).rejects.toMatchObject(refusal);
      await expect(store.put('media', key, Buffer.from('x'), 1)).rejects.toMatchObject(refusal);
      await expect(store.remove('media', key)).rejects.toMatchObject(refusal);
      await expect(store.resumeIntake(intake, [], silent)).rejects.toMatchObject(refusal);
      await expect(store.finishIntake(intake, { parts: [], tail: null })).rejects.toMatchObject(refusal);
      await expect(store.abortIntake(intake, null)).rejects.toMatchObject(refusal);
      if (key !== '' && key !== 'a/') await expect(listed(store, 'media', key)).rejects.toMatchObject(refusal);
    });
  });
}

const silent = { onPart: () => undefined, onReleased: () => undefined };

/** Plays the caller: remembers what was reported, feeds the tail again. */
export class Upload {
  store: ObjectStore;
  readonly intake: Intake;
  readonly parts: StoredPart[] = [];
  tail: StoredTail | null = null;

  private constructor(store: ObjectStore, intake: Intake) {
    this.store = store;
    this.intake = intake;
  }

  static async begin(store: ObjectStore, expectedSizeBytes: number | null): Promise<Upload> {
    const key = keys.original(newId(), new Date());
    return new Upload(store, await store.beginIntake(key, expectedSizeBytes));
  }

  get storedBytes(): number {
    const last = this.parts.at(-1);
    const end = last === undefined ? 0 : last.offsetBytes + last.sizeBytes;
    return this.tail === null ? end : this.tail.offsetBytes + this.tail.sizeBytes;
  }

  async send(bytes: Buffer, { last = false } = {}): Promise<void> {
    const before = this.tail;
    const writer = await this.#write(bytes);
    this.tail = await writer.flush({ last }).catch(async (error: unknown) => {
      await writer.abandon();
      throw error;
    });
    if (before !== null && before.key !== this.tail?.key) await this.store.dropTail(this.intake, before);
  }

  /** Sends, but nothing of how it ended is recorded: the process died before or after making it durable. */
  async sendAndDie(bytes: Buffer, ending: 'abandon' | 'flush' = 'abandon'): Promise<void> {
    const writer = await this.#write(bytes);
    await writer[ending]();
  }

  finish(): Promise<StoredObject> {
    return this.store.finishIntake(this.intake, { parts: this.parts, tail: this.tail });
  }

  abort(): Promise<void> {
    return this.store.abortIntake(this.intake, this.tail);
  }

  async #write(bytes: Buffer) {
    const tail = this.tail === null ? [] : [await buffer(await this.store.readTail(this.intake, this.tail))];
    const resumed = [...this.parts];
    const writer = await this.store.resumeIntake(this.intake, resumed, {
      onPart: (part) => this.parts.push(part),
      onReleased: () => undefined,
    });
    try {
      for (const block of chunked(Buffer.concat([...tail, bytes]), MIB)) await writer.write(block);
    } catch (error) {
      await writer.abandon();
      throw error;
    }
    return writer;
  }
}

/** A finished object of this content. */
export async function stored(store: ObjectStore, content: Buffer): Promise<StoredObject> {
  const upload = await Upload.begin(store, content.length);
  await upload.send(content);
  return upload.finish();
}

export async function expectContent(store: ObjectStore, object: StoredObject, content: Buffer): Promise<void> {
  expect(object.sizeBytes).toBe(content.length);
  const bytes = await buffer(await store.read(object));
  expect(bytes.length).toBe(content.length);
  expect(sha256(bytes)).toBe(sha256(content));
}

export async function listed(
  store: ObjectStore,
  area: 'vault' | 'staging' | 'media',
  prefix: string,
): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(area, prefix)) found.push(key);
  return found;
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function* chunked(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function* breaking(bytes: Buffer): Generator<Buffer> {
  yield bytes;
  throw new Error('the tool died');
}
