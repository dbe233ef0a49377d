import { createHash } from 'node:crypto';
import { setImmediate as settled } from 'node:timers/promises';
import fc from 'fast-check';
import type { IntakeWriter, IntakeWriterOptions, ObjectStore, StoredTail } from '#object-store';
import type { UploadPartRecord } from '#persistence';
import { BLOCK_BYTES, leafHash } from '#tlog';
import { DigestThreads } from '../digest/digest-threads.js';
import { sha256 } from '../ledger/canonical.js';
import { BlockIntake } from './block-intake.js';
import { BlockPool } from './block-pool.js';

const PART_BLOCKS = 2;

/** A writer that keeps its blocks until a part is whole and lets go of them late; fails at a byte when told to. */
class SlowWriter implements IntakeWriter {
  readonly bytes: Buffer[] = [];
  readonly #options: IntakeWriterOptions;
  readonly #offsetBytes: number;
  readonly #failAtBytes: number;
  #filling: Buffer[] = [];
  #parts = 0;
  #failed = false;
  #sizeBytes = 0;
  #told = 0;

  constructor(options: IntakeWriterOptions, start: { offsetBytes: number; parts: number; failAtBytes: number }) {
    this.#options = options;
    this.#offsetBytes = start.offsetBytes;
    this.#parts = start.parts;
    this.#failAtBytes = start.failAtBytes;
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.#failed) throw new Error('unusable');
    this.#filling.push(bytes);
    this.#sizeBytes += bytes.length;
    if (this.#sizeBytes > this.#failAtBytes) {
      this.#failed = true;
      throw new Error('disk');
    }
    const isWhole = this.#filling.length === PART_BLOCKS && bytes.length === BLOCK_BYTES;
    if (isWhole) await this.#send();
  }

  async flush({ last = false } = {}): Promise<StoredTail | null> {
    if (this.#failed) throw new Error('unusable');
    if (this.#filling.length === 0) return null;
    if (last) {
      await this.#send();
      return null;
    }
    const offsetBytes = this.#offsetBytes + this.#told;
    const sizeBytes = this.#filling.reduce((sum, bytes) => sum + bytes.length, 0);
    this.#letGo();
    return { offsetBytes, sizeBytes, key: 'tail' };
  }

  async abandon(): Promise<void> {
    this.#letGo();
  }

  async #send(): Promise<void> {
    await settled();
    const sizeBytes = this.#filling.reduce((sum, bytes) => sum + bytes.length, 0);
    this.#parts += 1;
    this.#options.onPart({ number: this.#parts, offsetBytes: this.#offsetBytes + this.#told, sizeBytes, etag: '' });
    this.#told += sizeBytes;
    this.#letGo();
  }

  #letGo(): void {
    for (const bytes of this.#filling.splice(0)) {
      this.bytes.push(Buffer.from(bytes));
      this.#options.onReleased(bytes);
    }
  }
}

describe('cutting what arrives into blocks', () => {
  const threads = new DigestThreads(1);
  afterAll(() => threads.close());
  const pool = new BlockPool(PART_BLOCKS + 2);

  async function open(
    parts: UploadPartRecord[],
    failAtBytes = Number.POSITIVE_INFINITY,
  ): Promise<{ intake: BlockIntake; writer: () => SlowWriter; end: () => void }> {
    let writer: SlowWriter | null = null;
    const store = {
      resumeIntake: async (_intake: unknown, known: readonly UploadPartRecord[], options: IntakeWriterOptions) => {
        const last = known.at(-1);
        const offsetBytes = last ? last.offsetBytes + last.sizeBytes : 0;
        writer = new SlowWriter(options, { offsetBytes, parts: known.length, failAtBytes });
        return writer;
      },
    } as unknown as ObjectStore;
    const lease = await pool.lease(PART_BLOCKS + 1);
    const intake = await BlockIntake.open(
      { intake: { key: 'k', handle: '', partBlocks: PART_BLOCKS }, parts: [...parts] },
      { store, threads, lease, onPart: (part) => parts.push(part) },
    );
    return { intake, writer: () => writer as unknown as SlowWriter, end: lease.end };
  }

  /** All of the pool can be had, so nothing was kept. */
  async function expectAllMemoryBack(): Promise<void> {
    const lease = await pool.lease(PART_BLOCKS + 2);
    const slabs = [];
    for (let i = 0; i < PART_BLOCKS + 2; i++) slabs.push(await lease.take());
    for (const slab of slabs) lease.give(slab);
    lease.end();
  }

  const leavesOf = (content: Buffer): string => {
    const leaves: Uint8Array[] = [];
    for (let at = 0; at < content.length; at += BLOCK_BYTES) {
      leaves.push(leafHash(sha256, content.subarray(at, at + BLOCK_BYTES)));
    }
    return Buffer.concat(leaves).toString('hex');
  };
  const hashOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

  it('gives the same blocks, in the same order, however the bytes come and however often it is begun anew', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 2 * BLOCK_BYTES + 3 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), async (chunks, seed) => {
        const total = chunks.reduce((sum, size) => sum + size, 0);
        const content = Buffer.alloc(total);
        for (let i = 0; i < total; i += 997) content[i] = (i * 31 + seed) & 0xff;
        const parts: UploadPartRecord[] = [];
        const stored: Buffer[] = [];
        const cutAt = chunks.length >> 1;
        let at = 0;
        let tail = Buffer.alloc(0);
        let tailLeaves = '';
        for (const some of [chunks.slice(0, cutAt), chunks.slice(cutAt)]) {
          const isLast = at + some.reduce((sum, size) => sum + size, 0) === total;
          const { intake, writer, end } = await open(parts);
          try {
            if (tail.length > 0) await intake.take(tail);
            expect(intake.offsetBytes).toBe(at);
            for (const size of some) {
              await intake.take(content.subarray(at, at + size));
              at += size;
              expect(intake.offsetBytes).toBe(at);
            }
            const state = await intake.flush(isLast);
            tail = state ? content.subarray(state.offsetBytes, state.offsetBytes + state.sizeBytes) : Buffer.alloc(0);
            tailLeaves = state?.leaves ?? '';
            const written = Buffer.concat(writer().bytes);
            stored.push(written.subarray(0, written.length - tail.length));
          } finally {
            await intake.abandon();
            end();
          }
        }
        expect(tail.length).toBe(0);
        expect(tailLeaves).toBe('');
        expect(hashOf(Buffer.concat(stored))).toBe(hashOf(content));
        expect(Buffer.concat(parts.map((part) => part.leaves)).toString('hex')).toBe(leavesOf(content));
        await expectAllMemoryBack();
      }),
      { numRuns: 12 },
    );
  });

  it('keeps the leaves of a tail beside it', async () => {
    const content = Buffer.alloc(PART_BLOCKS * BLOCK_BYTES + 77, 7);
    const parts: UploadPartRecord[] = [];
    const { intake, end } = await open(parts);
    await intake.take(content);
    const tail = await intake.flush(false);
    end();
    expect(tail).toMatchObject({ offsetBytes: PART_BLOCKS * BLOCK_BYTES, sizeBytes: 77, key: 'tail' });
    const leaves = Buffer.from(tail?.leaves ?? '', 'base64').toString('hex');
    expect(leaves).toBe(leavesOf(content.subarray(PART_BLOCKS * BLOCK_BYTES)));
  });

  it.each([1, BLOCK_BYTES, 2 * BLOCK_BYTES, 5 * BLOCK_BYTES])(
    'gives all memory back when the store fails at byte %i',
    async (failAtBytes) => {
      const { intake, end } = await open([], failAtBytes - 1);
      const failing = (async () => {
        await intake.take(Buffer.alloc(7 * BLOCK_BYTES));
        await intake.flush(false);
      })();
      await expect(failing).rejects.toThrow('disk');
      // A caller that goes on all the same is refused, and what it gave is not lost either.
      await expect(intake.take(Buffer.alloc(2 * BLOCK_BYTES))).rejects.toThrow('unusable');
      await intake.abandon();
      end();
      await expectAllMemoryBack();
    },
  );

  it('gives all memory back when it is given up half way', async () => {
    const { intake, end } = await open([]);
    await intake.take(Buffer.alloc(BLOCK_BYTES + 5));
    await intake.abandon();
    await intake.abandon();
    end();
    await expectAllMemoryBack();
  });
});
