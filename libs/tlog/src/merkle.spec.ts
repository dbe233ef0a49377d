import fc from 'fast-check';
import { sha256 } from '../../../test/support/log-crypto.js';
import {
  BLOCK_BYTES,
  blockCount,
  blockRoot,
  completeSubtrees,
  emptyRoot,
  GrowingTree,
  leafHash,
  nodeHash,
  TlogError,
  treeRoot,
} from './index.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** RFC 6962 §2.1, written as the text says it: split at the largest power of two smaller than n. */
function naiveRoot(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length === 0) return sha256();
  if (entries.length === 1) return leafHash(sha256, entries[0] as Uint8Array);
  let split = 1;
  while (split * 2 < entries.length) split *= 2;
  return nodeHash(sha256, naiveRoot(entries.slice(0, split)), naiveRoot(entries.slice(split)));
}

// The eight inputs and roots of the certificate-transparency reference implementation's Merkle tests.
const INPUTS = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

describe('RFC 6962 tree hashing', () => {
  it('gives the reference roots', () => {
    const tree = new GrowingTree(sha256);
    INPUTS.forEach((input, i) => {
      tree.append(leafHash(sha256, Buffer.from(input, 'hex')));
      expect(tree.size).toBe(i + 1);
      expect(hex(tree.root())).toBe(ROOTS[i]);
    });
  });

  it('has the hash of nothing as the root of the empty tree', () => {
    expect(hex(treeRoot(sha256, []))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(emptyRoot(sha256)).toEqual(treeRoot(sha256, []));
  });

  it('is saved by its edge and goes on where it was', () => {
    const leaves = Array.from({ length: 70 }, (_, i) => leafHash(sha256, Uint8Array.of(i)));
    for (let size = 0; size <= leaves.length; size++) {
      const tree = new GrowingTree(sha256);
      for (const leaf of leaves.slice(0, size)) tree.append(leaf);
      const restored = GrowingTree.restore(sha256, tree.edge());
      expect(restored.size).toBe(size);
      for (const leaf of leaves.slice(size)) restored.append(leaf);
      expect(restored.root()).toEqual(treeRoot(sha256, leaves));
    }
  });

  it.each([
    ['a hash too few', 3, [new Uint8Array(32)]],
    ['a hash too many', 2, [new Uint8Array(32), new Uint8Array(32)]],
    ['half a hash', 2, [new Uint8Array(16)]],
    ['no size', -1, []],
    ['a size of 2^53', 2 ** 53, [new Uint8Array(32)]],
  ])('refuses an edge with %s', (_, size, hashes) => {
    expect(() => GrowingTree.restore(sha256, { size, hashes })).toThrow(TlogError);
  });

  it('splits a size into complete subtrees, up to the largest size', () => {
    expect(completeSubtrees(0)).toEqual([]);
    expect(completeSubtrees(22)).toEqual([16, 4, 2]);
    const all = completeSubtrees(2 ** 53 - 1);
    expect(all).toHaveLength(53);
    expect(all.map(Math.log2)).toEqual(Array.from({ length: 53 }, (_, i) => 52 - i));
  });

  it('agrees with the definition for any entries', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 70 }), (entries) => {
        const root = treeRoot(
          sha256,
          entries.map((entry) => leafHash(sha256, entry)),
        );
        expect(hex(root)).toBe(hex(naiveRoot(entries)));
      }),
    );
  });
});

describe('block trees', () => {
  it.each([
    [0, 0],
    [1, 1],
    [BLOCK_BYTES, 1],
    [BLOCK_BYTES + 1, 2],
  ])('%i bytes are %i blocks', (size, blocks) => expect(blockCount(size)).toBe(blocks));

  it('is the tree over the packed leaves', () => {
    const leaves = INPUTS.map((input) => leafHash(sha256, Buffer.from(input, 'hex')));
    expect(hex(blockRoot(sha256, Buffer.concat(leaves)))).toBe(ROOTS[7]);
  });

  it('refuses half a leaf', () => {
    expect(() => blockRoot(sha256, new Uint8Array(33))).toThrow(TlogError);
  });
});
