import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { writeZip, type ZipInput, ZipLayout } from '../index.js';

const AT = new Date('2026-11-21T08:00:00Z');
const entries: (ZipInput & { crc32: number; bytes: Buffer })[] = [0, 1, 70_000, 5].map((sizeBytes, i) => {
  const bytes = Buffer.alloc(sizeBytes, i + 1);
  const path = `案卷/${'x'.repeat(i)}文件${i}`;
  return { path, sizeBytes, modifiedAt: AT, crc32: crc32(bytes), bytes, content: () => [bytes] };
});

async function whole(): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeZip(entries)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function range(layout: ZipLayout, start?: number, end?: number): Buffer {
  return Buffer.concat(
    [...layout.pieces(start, end)].map((piece) =>
      'bytes' in piece ? piece.bytes : (entries[piece.entry]?.bytes.subarray(piece.from, piece.to) ?? Buffer.of()),
    ),
  );
}

describe('a zip file laid out beforehand', () => {
  it('has the bytes that are written from front to back', async () => {
    const layout = new ZipLayout(entries);
    const expected = await whole();
    expect(layout.sizeBytes).toBe(expected.length);
    expect(range(layout).equals(expected)).toBe(true);
    expect(range(new ZipLayout([])).length).toBe(22);
  });

  it('gives any range of them', async () => {
    const layout = new ZipLayout(entries);
    const expected = await whole();
    const place = fc.integer({ min: 0, max: expected.length });
    fc.assert(
      fc.property(place, place, (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        return range(layout, start, end).equals(expected.subarray(start, end));
      }),
      { numRuns: 500 },
    );
    for (let start = 0; start < 300; start++)
      for (const end of [start + 1, start + 40])
        expect(range(layout, start, end)).toEqual(expected.subarray(start, end));
  });

  it('knows where things are beyond 4 GiB', () => {
    const large = [6, 7].map((n) => ({ path: `${n}`, sizeBytes: n * 2 ** 30, modifiedAt: AT, crc32: n }));
    const layout = new ZipLayout(large);
    const pieces = [...layout.pieces(6 * 2 ** 30, layout.sizeBytes)];
    expect(pieces.find((piece) => 'entry' in piece && piece.entry === 1)).toEqual({
      entry: 1,
      from: 0,
      to: 7 * 2 ** 30,
    });
    expect(layout.sizeBytes - 13 * 2 ** 30).toBeLessThan(400);
  });

  it('refuses paths that are not safe, and one that comes twice', () => {
    const [entry] = entries;
    for (const paths of [['../a'], ['a', 'a']])
      expect(() => new ZipLayout(paths.map((path) => ({ ...(entry as ZipInput & { crc32: number }), path })))).toThrow(
        expect.objectContaining({ code: 'path-unsafe' }),
      );
  });
});
