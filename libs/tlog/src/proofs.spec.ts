import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { sha256 } from '../../../test/support/log-crypto.js';
import {
  decodeBase64,
  isTlogError,
  leafHash,
  makeConsistencyProof,
  makeInclusionProof,
  nodeHash,
  type ReadNode,
  readTreeRoot,
  TlogError,
  type TlogErrorCode,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from './index.js';

const SIZES = 40;
const leaves = Array.from({ length: SIZES }, (_, i) => leafHash(sha256, Buffer.from(`leaf ${i}`)));
const roots = Array.from({ length: SIZES + 1 }, (_, size) => treeRoot(sha256, leaves.slice(0, size)));
const readNode: ReadNode = (level, index) =>
  treeRoot(sha256, leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));

interface Vector {
  readonly name: string;
  readonly wantErr: boolean;
  readonly proof: readonly string[] | null;
}

function vectors<T extends Vector>(kind: string): T[] {
  const text = readFileSync(new URL(`../vectors/${kind}.jsonl`, import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

/** null when the claim holds. */
function refusal(check: () => void): TlogErrorCode | null {
  try {
    check();
    return null;
  } catch (error) {
    if (isTlogError(error)) return error.code;
    throw error;
  }
}

describe('the vectors of transparency-dev/merkle', () => {
  it.each(vectors<Vector & { leafIdx: number; treeSize: number; root: string; leafHash: string }>('inclusion'))(
    'inclusion $name',
    ({ leafIdx, treeSize, root, leafHash: leaf, proof, wantErr }) => {
      const claim = {
        ...{ index: leafIdx, size: treeSize, root: decodeBase64(root ?? ''), leafHash: decodeBase64(leaf ?? '') },
        proof: (proof ?? []).map(decodeBase64),
      };
      expect(refusal(() => verifyInclusion(sha256, claim)) !== null).toBe(wantErr);
    },
  );

  it.each(vectors<Vector & { size1: number; size2: number; root1: string; root2: string }>('consistency'))(
    'consistency $name',
    ({ size1, size2, root1, root2, proof, wantErr }) => {
      const claim = {
        ...{ size1, size2, root1: decodeBase64(root1 ?? ''), root2: decodeBase64(root2 ?? '') },
        proof: (proof ?? []).map(decodeBase64),
      };
      expect(refusal(() => verifyConsistency(sha256, claim)) !== null).toBe(wantErr);
    },
  );

  it('inclusion in a large tree: Project Oak, entry 76958 of 76959', () => {
    const proof = [
      'fGRlLyuz+L9Jb8+uTSut/2aVc4z7fKFW+clvsb6xjEM=',
      'F6LautOHD5eppkWC0xn/lz00X5g2yLlZAkl2jCI/wdE=',
      'qH7OJxFNup+TDvJuohd2HphKVngfMeMzUK8QChEDcas=',
      '+Y3g758yXtPCRh/eqhLTA3bdcx+cCV1Uah0JdgB0YEs=',
      'vq8cJSjj8dPVmFBRUqDLlaMqW6aAYR2GKugVhgudXLs=',
      'J0z3X5qTb9WFC1gABhVFx0bW1rVZRL+DAoBL2e2h4G4=',
      'NmSbYg25xNFzTRerIsF3HbEMyTIDqW87AQd9ekzopE8=',
      'L8BZipjURnkctkjJtGJs+YyTXMssvNKA7+a8nV2JT/s=',
      'pva4RFzCejMkVMVmYc93As2lbk7WAyrw58TvrzEOjNc=',
    ].map(decodeBase64);
    const root = decodeBase64('QYfrD7XAd4qUHbRBs4dDyDZwpZN4M/cccXr2G56pxkY=');
    const leaf = leafHash(sha256, Buffer.from('hello tesseroak\n'));
    expect(
      refusal(() => verifyInclusion(sha256, { leafHash: leaf, index: 76958, size: 76959, root, proof })),
    ).toBeNull();
  });
});

describe('proofs made and verified', () => {
  it('every leaf of every tree of up to 40 leaves', async () => {
    for (let size = 1; size <= SIZES; size++) {
      for (let index = 0; index < size; index++) {
        const proof = await makeInclusionProof(sha256, { index, size }, readNode);
        expect(proof).toEqual(naivePath(index, leaves.slice(0, size)));
        const claim = { leafHash: leaves[index] as Uint8Array, index, size, root: roots[size] as Uint8Array, proof };
        expect(refusal(() => verifyInclusion(sha256, claim))).toBeNull();
      }
    }
  });

  it('every pair of trees of up to 40 leaves', async () => {
    for (let size2 = 0; size2 <= SIZES; size2++) {
      expect(await readTreeRoot(sha256, size2, readNode)).toEqual(roots[size2]);
      for (let size1 = 0; size1 <= size2; size1++) {
        const proof = await makeConsistencyProof(sha256, { size1, size2 }, readNode);
        const [root1, root2] = [roots[size1] as Uint8Array, roots[size2] as Uint8Array];
        if (size1 > 0) expect(proof).toEqual(naiveSubproof(size1, leaves.slice(0, size2), true));
        expect(refusal(() => verifyConsistency(sha256, { size1, size2, root1, root2, proof }))).toBeNull();
      }
    }
  });

  it('nothing that was changed', async () => {
    await fc.assert(
      fc.asyncProperty(sizeAndIndex(), fc.nat(), fc.integer({ min: 1, max: 255 }), async ([size, index], at, bits) => {
        const proof = await makeInclusionProof(sha256, { index, size }, readNode);
        const parts = [...proof, leaves[index] as Uint8Array, roots[size] as Uint8Array];
        const changed = withBitsChanged(parts, at, bits);
        const [leaf, root] = changed.slice(-2) as [Uint8Array, Uint8Array];
        const claim = { leafHash: leaf, index, size, root, proof: changed.slice(0, -2) };
        expect(refusal(() => verifyInclusion(sha256, claim))).toBe('root-mismatch');
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        sizeAndIndex(),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async ([size2, before], at, bits) => {
          const size1 = before + 1;
          const proof = await makeConsistencyProof(sha256, { size1, size2 }, readNode);
          const changed = withBitsChanged([...proof, roots[size1] as Uint8Array, roots[size2] as Uint8Array], at, bits);
          const [root1, root2] = changed.slice(-2) as [Uint8Array, Uint8Array];
          const claim = { size1, size2, root1, root2, proof: changed.slice(0, -2) };
          expect(refusal(() => verifyConsistency(sha256, claim))).toBe('root-mismatch');
        },
      ),
    );
  });

  it('nothing made up: any numbers and bytes end in a TlogError', () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 32, maxLength: 32 }));
    const number = fc.oneof(fc.nat({ max: 40 }), fc.double(), fc.maxSafeInteger());
    fc.assert(
      fc.property(number, number, bytes, bytes, fc.array(bytes, { maxLength: 70 }), (a, b, x, y, proof) => {
        const inclusion = { leafHash: x, index: a, size: b, root: y, proof };
        expect(() => verifyInclusion(sha256, inclusion)).toThrow(TlogError);
        // Equal sizes and roots are consistent, whatever they are.
        fc.pre(a !== b);
        const consistency = { size1: a, size2: b, root1: x, root2: y, proof };
        expect(() => verifyConsistency(sha256, consistency)).toThrow(TlogError);
      }),
    );
  });
});

describe('what has no proof', () => {
  const empty = roots[0] as Uint8Array;
  const [one, five] = [roots[1] as Uint8Array, roots[5] as Uint8Array];

  it.each([
    ['a leaf beyond the tree', 5, 5],
    ['a negative index', -1, 5],
    ['half an index', 0.5, 5],
    ['a size of 2^53', 0, 2 ** 53],
  ])('inclusion: %s', async (_, index, size) => {
    const claim = { leafHash: one, index, size, root: one, proof: [] };
    expect(refusal(() => verifyInclusion(sha256, claim))).toBe('out-of-range');
    await expect(makeInclusionProof(sha256, { index, size }, readNode)).rejects.toThrow(TlogError);
  });

  it.each([
    ['a tree that shrinks', 5, 4],
    ['negative sizes', -1, 4],
    ['a size of 2^53', 4, 2 ** 53],
  ])('consistency: %s', async (_, size1, size2) => {
    expect(refusal(() => verifyConsistency(sha256, { size1, size2, root1: one, root2: five, proof: [] }))).toBe(
      'out-of-range',
    );
    await expect(makeConsistencyProof(sha256, { size1, size2 }, readNode)).rejects.toThrow(TlogError);
  });

  it('takes the empty tree as the beginning of every tree, with its own root and without a proof', () => {
    const check = (root1: Uint8Array, size2: number, root2: Uint8Array, proof: Uint8Array[] = []) =>
      refusal(() => verifyConsistency(sha256, { size1: 0, size2, root1, root2, proof }));
    expect(check(empty, 0, empty)).toBeNull();
    expect(check(empty, 5, five)).toBeNull();
    expect(check(one, 5, five)).toBe('root-mismatch');
    expect(check(empty, 0, one)).toBe('root-mismatch');
    expect(check(empty, 5, five, [one])).toBe('wrong-proof-length');
    expect(check(empty, 5, Uint8Array.of(1))).toBe('malformed-hash');
  });

  it('refuses proofs that are too short, too long, or of other hashes', async () => {
    const proof = await makeConsistencyProof(sha256, { size1: 3, size2: 5 }, readNode);
    const check = (changed: Uint8Array[]) =>
      refusal(() =>
        verifyConsistency(sha256, { size1: 3, size2: 5, root1: roots[3] as Uint8Array, root2: five, proof: changed }),
      );
    expect(check([])).toBe('wrong-proof-length');
    expect(check(proof.slice(0, -1))).toBe('wrong-proof-length');
    expect(check([...proof, one])).toBe('wrong-proof-length');
    expect(check([...proof.slice(0, -1), new Uint8Array(31)])).toBe('malformed-hash');
    const claim = { leafHash: leaves[0] as Uint8Array, index: 0, size: 1, root: one };
    expect(refusal(() => verifyInclusion(sha256, { ...claim, proof: [one] }))).toBe('wrong-proof-length');
    expect(refusal(() => verifyInclusion(sha256, { ...claim, size: 2, proof: [] }))).toBe('wrong-proof-length');
  });

  it('works with sizes far beyond 32 bits', () => {
    const index = 2 ** 52 + 12_345;
    const size = 2 ** 53 - 1;
    const proof = Array.from({ length: 53 }, (_, i) => leafHash(sha256, Uint8Array.of(i)));
    const leaf = leaves[0] as Uint8Array;
    // Every ancestor of this leaf has a right sibling but where it is one itself: the path is its binary digits.
    const digits = index.toString(2).padStart(53, '0').split('').reverse();
    const root = proof.reduce(
      (node, sibling, i) => (digits[i] === '1' ? nodeHash(sha256, sibling, node) : nodeHash(sha256, node, sibling)),
      leaf,
    );
    expect(refusal(() => verifyInclusion(sha256, { leafHash: leaf, index, size, root, proof }))).toBeNull();
  });
});

/** PATH of RFC 6962 §2.1.1, as the text says it. */
function naivePath(index: number, entries: readonly Uint8Array[]): Uint8Array[] {
  if (entries.length === 1) return [];
  const split = naiveSplit(entries.length);
  const [left, right] = [entries.slice(0, split), entries.slice(split)];
  return index < split
    ? [...naivePath(index, left), treeRoot(sha256, right)]
    : [...naivePath(index - split, right), treeRoot(sha256, left)];
}

/** SUBPROOF of RFC 6962 §2.1.2, as the text says it. */
function naiveSubproof(size: number, entries: readonly Uint8Array[], isKnown: boolean): Uint8Array[] {
  if (size === entries.length) return isKnown ? [] : [treeRoot(sha256, entries)];
  const split = naiveSplit(entries.length);
  const [left, right] = [entries.slice(0, split), entries.slice(split)];
  return size <= split
    ? [...naiveSubproof(size, left, isKnown), treeRoot(sha256, right)]
    : [...naiveSubproof(size - split, right, false), treeRoot(sha256, left)];
}

function naiveSplit(count: number): number {
  return 2 ** (Math.ceil(Math.log2(count)) - 1);
}

function sizeAndIndex(): fc.Arbitrary<[number, number]> {
  return fc.integer({ min: 2, max: SIZES }).chain((size) => fc.tuple(fc.constant(size), fc.nat({ max: size - 2 })));
}

function withBitsChanged(parts: readonly Uint8Array[], at: number, bits: number): Uint8Array[] {
  const copies = parts.map((part) => Uint8Array.from(part));
  const part = copies[at % copies.length] as Uint8Array;
  part[at % part.length] = (part[at % part.length] as number) ^ bits;
  return copies;
}
