import fc from 'fast-check';
import { sha256 } from '../../../test/support/log-crypto.js';
import {
  BLOCK_BYTES,
  blockBytes,
  blockRoot,
  blocksOfBytes,
  leafHash,
  makeRangeProof,
  TlogError,
  verifyBlockLeaves,
  verifyBlocks,
} from './index.js';

const leavesOf = (count: number) => Array.from({ length: count }, (_, i) => leafHash(sha256, Uint8Array.of(i)));

/** A file of so many blocks, seen by its leaves only, and a range of its blocks. */
const fileAndRange = fc.integer({ min: 1, max: 70 }).chain((count) =>
  fc.tuple(fc.constant(count), fc.nat({ max: count - 1 })).chain(([blocks, start]) =>
    fc.record({
      blocks: fc.constant(blocks),
      range: fc.record({ start: fc.constant(start), end: fc.integer({ min: start + 1, max: blocks }) }),
    }),
  ),
);

describe('range proofs of blocks', () => {
  it('verify for every range, with at most two hashes a level', () => {
    fc.assert(
      fc.property(fileAndRange, ({ blocks, range }) => {
        const leaves = leavesOf(blocks);
        const packed = Buffer.concat(leaves);
        const proof = makeRangeProof(sha256, packed, range);
        expect(proof.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(blocks)));
        const file = { sizeBytes: blocks * BLOCK_BYTES - 7, root: blockRoot(sha256, packed) };
        verifyBlockLeaves(sha256, file, { range, leaves: leaves.slice(range.start, range.end), proof });
      }),
    );
  });

  it('verify for nothing that was changed', () => {
    fc.assert(
      fc.property(fileAndRange, fc.nat(), fc.integer({ min: 1, max: 255 }), ({ blocks, range }, at, bits) => {
        const leaves = leavesOf(blocks);
        const packed = Buffer.concat(leaves);
        const root = blockRoot(sha256, packed);
        const parts = [...leaves.slice(range.start, range.end), ...makeRangeProof(sha256, packed, range), root];
        const copies = parts.map((part) => Uint8Array.from(part));
        const changed = copies[at % copies.length] as Uint8Array;
        changed[at % 32] = (changed[at % 32] as number) ^ bits;
        const count = range.end - range.start;
        const claim = { range, leaves: copies.slice(0, count), proof: copies.slice(count, -1) };
        const file = { sizeBytes: blocks * BLOCK_BYTES, root: copies.at(-1) as Uint8Array };
        expect(() => verifyBlockLeaves(sha256, file, claim)).toThrow(TlogError);
      }),
    );
  });

  it('end in a TlogError for any numbers and hashes', () => {
    const number = fc.oneof(fc.nat({ max: 5 }), fc.double(), fc.maxSafeInteger());
    const hashes = fc.array(fc.uint8Array({ minLength: 31, maxLength: 33 }), { maxLength: 5 });
    fc.assert(
      fc.property(number, number, fc.maxSafeInteger(), hashes, hashes, (start, end, sizeBytes, leaves, proof) => {
        const claim = { range: { start, end }, leaves, proof };
        const file = { sizeBytes, root: new Uint8Array(32) };
        expect(() => verifyBlockLeaves(sha256, file, claim)).toThrow(TlogError);
      }),
    );
  });

  const file = (() => {
    const bytes = Buffer.alloc(2 * BLOCK_BYTES + 5, 'liuhen');
    const blocks = [0, 1, 2].map((i) => bytes.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES));
    const packed = Buffer.concat(blocks.map((block) => leafHash(sha256, block)));
    return { blocks, packed, tree: { sizeBytes: bytes.length, root: blockRoot(sha256, packed) } };
  })();

  it('verify bytes of a file, with its short last block', () => {
    const range = blocksOfBytes(file.tree.sizeBytes, BLOCK_BYTES + 3, 2 * BLOCK_BYTES + 1);
    expect(range).toEqual({ start: 1, end: 3 });
    const proof = makeRangeProof(sha256, file.packed, range);
    verifyBlocks(sha256, file.tree, { range, blocks: file.blocks.slice(1), proof });
    const first = { start: 0, end: 1 };
    const claim = { range: first, blocks: file.blocks.slice(1, 2), proof: makeRangeProof(sha256, file.packed, first) };
    expect(() => verifyBlocks(sha256, file.tree, { ...claim, blocks: [Buffer.alloc(BLOCK_BYTES)] })).toThrow(
      expect.objectContaining({ code: 'root-mismatch' }),
    );
  });

  it.each([
    ['a block of another length', { blocks: [Buffer.alloc(4)] }, 'malformed-leaves'],
    ['a block too many', { blocks: [Buffer.alloc(5), Buffer.alloc(5)] }, 'malformed-leaves'],
    ['no block', { blocks: [] }, 'malformed-leaves'],
    ['a range beyond the file', { range: { start: 2, end: 4 } }, 'out-of-range'],
    ['an empty range', { range: { start: 2, end: 2 } }, 'out-of-range'],
    ['a hash too few', { proof: [] }, 'wrong-proof-length'],
    ['a hash too many', { proof: [new Uint8Array(32), new Uint8Array(32)] }, 'wrong-proof-length'],
    ['half a hash', { proof: [new Uint8Array(16)] }, 'malformed-hash'],
  ])('refuse %s', (_, changes, code) => {
    const claim = {
      range: { start: 2, end: 3 },
      blocks: file.blocks.slice(2),
      proof: [new Uint8Array(32)],
      ...changes,
    };
    expect(() => verifyBlocks(sha256, file.tree, claim)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    [5, 3, 3],
    [5, 3, 6],
    [5, -1, 3],
    [5, 0, 0.5],
    [0, 0, 0],
  ])('has no range in a file of %i bytes from %d to %d', (size, from, to) => {
    expect(() => blocksOfBytes(size, from, to)).toThrow(TlogError);
  });

  it('makes none for a range beyond the leaves', () => {
    expect(() => makeRangeProof(sha256, file.packed, { start: 0, end: 4 })).toThrow(TlogError);
  });

  it('knows the length of each block', () => {
    expect([0, 1, 2].map((i) => blockBytes(file.tree.sizeBytes, i))).toEqual([BLOCK_BYTES, BLOCK_BYTES, 5]);
  });
});
