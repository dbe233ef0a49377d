import fc from 'fast-check';
import { sha256 } from '../../../test/support/log-crypto.js';
import {
  bundlePath,
  decodeEntries,
  encodeEntries,
  GrowingTiles,
  GrowingTree,
  leafHash,
  makeConsistencyProof,
  makeInclusionProof,
  newTiles,
  parseTilePath,
  readTreeEdge,
  readTreeRoot,
  type Tile,
  type TileId,
  TlogError,
  tileAt,
  tileNodeReader,
  tilePath,
  tilesOf,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from './index.js';

const SIZE = 256 * 256 + 300;
const leaves = Array.from({ length: SIZE }, (_, i) => leafHash(sha256, Buffer.from(`leaf ${i}`)));

/** Writes the tiles of growing steps into a map, as a log would into its store. */
function grow(tiles: GrowingTiles, store: Map<string, Uint8Array>, to: number): Tile[] {
  while (tiles.size < to) tiles.append(leaves[tiles.size] as Uint8Array);
  const taken = tiles.take();
  for (const tile of taken) store.set(tilePath(tile), tile.hashes);
  return taken;
}

function readerOf(store: Map<string, Uint8Array>): (tile: TileId) => Uint8Array {
  return (tile) => {
    const found = store.get(tilePath(tile)) ?? store.get(tilePath({ ...tile, width: 256 }));
    if (found === undefined) throw new Error(`${tilePath(tile)} was never written`);
    return found;
  };
}

const byPath = (tiles: Iterable<TileId>) => [...tiles].map(tilePath).sort();

describe('paths of tiles', () => {
  it.each([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 1, index: 999, width: 17 }, 'tile/1/999.p/17'],
    [{ level: 63, index: 1000, width: 1 }, 'tile/63/x001/000.p/1'],
    [{ level: 0, index: 2 ** 53 - 1, width: 256 }, 'tile/0/x009/x007/x199/x254/x740/991'],
  ])('%j is %s', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it('has entry bundles beside the tiles', () => {
    expect(bundlePath({ index: 1_234_067, width: 5 })).toBe('tile/entries/x001/x234/067.p/5');
    expect(parseTilePath('tile/entries/x001/x234/067.p/5')).toEqual({ level: 'entries', index: 1_234_067, width: 5 });
  });

  it.each([
    ['tile/64/000'],
    ['tile/00/000'],
    ['tile/-1/000'],
    ['tile/0/0'],
    ['tile/0/x000/000'],
    ['tile/0/001/067'],
    ['tile/0/x001'],
    ['tile/0/000.p/0'],
    ['tile/0/000.p/01'],
    ['tile/0/000.p/256'],
    ['tile/0/x009/x007/x199/x254/x740/992'],
    ['tile/8/0/000'],
    ['/tile/0/000'],
    ['tile/data/000'],
    [''],
  ])('refuses %j', (path) => expect(() => parseTilePath(path)).toThrow(TlogError));

  it.each([
    [{ level: 64, index: 0, width: 1 }],
    [{ level: 0.5, index: 0, width: 1 }],
    [{ level: 0, index: -1, width: 1 }],
    [{ level: 0, index: 0, width: 0 }],
    [{ level: 0, index: 0, width: 257 }],
    [{ level: 0, index: 0, width: 1.5 }],
  ])('writes no path for %j', (tile) => expect(() => tilePath(tile)).toThrow(TlogError));

  it('reads back what it writes, and nothing else', () => {
    const tile = fc.record({
      level: fc.nat({ max: 63 }),
      index: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(fc.property(tile, (one) => expect(parseTilePath(tilePath(one))).toEqual(one)));
    fc.assert(
      fc.property(fc.string(), (text) => expect(() => parseTilePath(`tile/0/${text}`)).toThrow(TlogError)),
      {
        examples: [['0000'], ['x001/000/']],
      },
    );
  });
});

describe('which tiles a tree has', () => {
  it('counts as the specification does for 70 000 and for 256 leaves', () => {
    const tiles = [...tilesOf(70_000)];
    const count = (level: number, isFull: boolean) =>
      tiles.filter((tile) => tile.level === level && (tile.width === 256) === isFull).length;
    expect([count(0, true), count(0, false), count(1, true), count(1, false), count(2, false)]).toEqual([
      273, 1, 1, 1, 1,
    ]);
    expect(tiles).toHaveLength(277);
    expect(tiles.filter(({ width }) => width < 256)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
    expect(byPath(tilesOf(256))).toEqual(['tile/0/000', 'tile/1/000.p/1']);
    expect([...tilesOf(0)]).toEqual([]);
  });

  it('names as new what the greater tree has and the lesser has not', () => {
    fc.assert(
      fc.property(fc.nat({ max: 140_000 }), fc.nat({ max: 140_000 }), (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const before = new Set(byPath(tilesOf(from)));
        expect(byPath(newTiles(from, to))).toEqual(byPath(tilesOf(to)).filter((path) => !before.has(path)));
      }),
      { numRuns: 25 },
    );
  });

  it('refuses to grow backwards, or beyond 2^53', () => {
    expect(() => [...newTiles(2, 1)]).toThrow(TlogError);
    expect(() => [...newTiles(-1, 1)]).toThrow(TlogError);
    expect(() => [...newTiles(0, 2 ** 53)]).toThrow(TlogError);
    expect(() => tileAt(256, 0, 1)).toThrow(TlogError);
    expect(tileAt(257, 0, 1)).toEqual({ level: 0, index: 1, width: 1 });
  });
});

describe('tiles of a growing tree', () => {
  it('are those that are new, with the hashes the specification says', async () => {
    const store = new Map<string, Uint8Array>();
    let tiles = new GrowingTiles(sha256);
    let from = 0;
    for (const to of [0, 1, 255, 256, 257, 300, 700, 65_535, 65_536, SIZE]) {
      expect(byPath(grow(tiles, store, to))).toEqual(byPath(newTiles(from, to)));
      expect(grow(tiles, store, to)).toEqual([]);
      expect(tiles.root()).toEqual(treeRoot(sha256, leaves.slice(0, to)));
      expect(GrowingTree.restore(sha256, tiles.edge()).root()).toEqual(tiles.root());
      from = to;
      const readNode = tileNodeReader(sha256, to, readerOf(store));
      expect(await readTreeRoot(sha256, to, readNode)).toEqual(treeRoot(sha256, leaves.slice(0, to)));
      expect(GrowingTree.restore(sha256, await readTreeEdge(to, readNode)).root()).toEqual(
        treeRoot(sha256, leaves.slice(0, to)),
      );
      tiles = await GrowingTiles.restore(sha256, to, readerOf(store));
    }
    const tile = store.get('tile/1/000') as Uint8Array;
    expect(Buffer.from(tile.subarray(32, 64))).toEqual(treeRoot(sha256, leaves.slice(256, 512)));
    expect(store.get('tile/2/000.p/1')).toEqual(Uint8Array.from(treeRoot(sha256, leaves.slice(0, 65_536))));
  });

  it('give proofs that verify, also where partial tiles were replaced by full ones', async () => {
    const store = new Map<string, Uint8Array>();
    grow(new GrowingTiles(sha256), store, SIZE);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: SIZE }), fc.nat(), async (size2, any) => {
        // Trees that end within a tile of level 0 that is full by now; tiles above it are not kept for them.
        const size1 = any % (size2 + 1);
        const whole = new Map(store);
        for (const tile of tilesOf(size2)) {
          if (!whole.has(tilePath({ ...tile, width: 256 }))) whole.set(tilePath(tile), naiveTile(tile));
        }
        const readNode = tileNodeReader(sha256, size2, readerOf(whole));
        const [root1, root2] = [size1, size2].map((size) => treeRoot(sha256, leaves.slice(0, size))) as [
          Uint8Array,
          Uint8Array,
        ];
        const proof = await makeConsistencyProof(sha256, { size1, size2 }, readNode);
        verifyConsistency(sha256, { size1, size2, root1, root2, proof });
        const index = any % size2;
        const path = await makeInclusionProof(sha256, { index, size: size2 }, readNode);
        verifyInclusion(sha256, {
          leafHash: leaves[index] as Uint8Array,
          index,
          size: size2,
          root: root2,
          proof: path,
        });
      }),
      { numRuns: 6 },
    );
  });

  it('refuse nodes the tree has not, and tiles of another length', async () => {
    const readNode = tileNodeReader(sha256, 5, () => new Uint8Array(33));
    await expect(readNode(0, 5)).rejects.toMatchObject({ code: 'out-of-range' });
    await expect(readNode(3, 0)).rejects.toMatchObject({ code: 'out-of-range' });
    await expect(readNode(-1, 0)).rejects.toMatchObject({ code: 'out-of-range' });
    await expect(readNode(0, 0)).rejects.toMatchObject({ code: 'malformed-tile' });
    await expect(GrowingTiles.restore(sha256, 5, () => new Uint8Array(33))).rejects.toMatchObject({
      code: 'malformed-tile',
    });
    await expect(GrowingTiles.restore(sha256, -5, () => new Uint8Array())).rejects.toMatchObject({
      code: 'out-of-range',
    });
  });
});

/** "The n-th tile at level l" of tlog-tiles, as the text says it. */
function naiveTile({ level, index, width }: TileId): Uint8Array {
  const span = 256 ** level;
  const first = index * 256;
  const hashes = Array.from({ length: width }, (_, i) =>
    treeRoot(sha256, leaves.slice((first + i) * span, (first + i + 1) * span)),
  );
  return Buffer.concat(hashes);
}

describe('entry bundles', () => {
  it('are entries behind their lengths', () => {
    const bundle = encodeEntries([Buffer.from('abc'), Buffer.alloc(0), Buffer.alloc(258, 7)]);
    expect(Buffer.from(bundle.subarray(0, 9)).toString('hex')).toBe('000361626300000102');
    expect(decodeEntries(bundle, 3).map(({ length }) => length)).toEqual([3, 0, 258]);
  });

  it('hold an entry of 65 535 bytes, and none larger', () => {
    expect(decodeEntries(encodeEntries([new Uint8Array(65_535)]), 1)[0]).toHaveLength(65_535);
    expect(() => encodeEntries([new Uint8Array(65_536)])).toThrow(TlogError);
  });

  it('hold 1 to 256 entries', () => {
    expect(() => encodeEntries([])).toThrow(TlogError);
    expect(() => encodeEntries(Array.from({ length: 257 }, () => new Uint8Array()))).toThrow(TlogError);
  });

  it('read back as written; cut, longer or of another width they are refused', () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 9 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(entries, (written) => {
        const bundle = encodeEntries(written);
        expect(decodeEntries(bundle, written.length)).toEqual(written);
        expect(() => decodeEntries(bundle, written.length + 1)).toThrow(TlogError);
        expect(() => decodeEntries(bundle.subarray(0, -1), written.length)).toThrow(TlogError);
        expect(() => decodeEntries(Buffer.concat([bundle, Buffer.of(0)]), written.length)).toThrow(TlogError);
      }),
    );
  });
});
