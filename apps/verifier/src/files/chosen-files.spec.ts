import { BlobAccess, chunksOf, dossierInFolder, sizeOf } from './chosen-files.js';

const MIB = 1_048_576;
const bytes = Uint8Array.from({ length: 20 * MIB + 5 }, (_, i) => (i * 7 + (i >> 13)) & 255);
const blob = new Blob([bytes]);

it('reads a file to its end, in order', async () => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(blob)) chunks.push(chunk);
  expect(chunks.map(({ length }) => length)).toEqual([4, 4, 4, 4, 4].map((n) => n * MIB).concat(5));
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  for await (const _ of chunksOf(new Blob([]))) throw new Error('a chunk of nothing');
});

it('gives up quietly when the reader does', async () => {
  for await (const chunk of chunksOf(blob)) {
    expect(chunk).toHaveLength(4 * MIB);
    break;
  }
});

it.each([
  [0, 22],
  [4 * MIB - 10, 20],
  [8 * MIB, MIB],
  [20 * MIB, 5],
  [3, 20 * MIB],
  [7, 0],
])('reads any part of a zip file: from %i, %i bytes', async (offset, length) => {
  const access = new BlobAccess(blob);
  expect(access.sizeBytes).toBe(bytes.length);
  for (let n = 0; n < 2; n++)
    expect(Buffer.from(await access.read(offset, length)).equals(bytes.subarray(offset, offset + length))).toBe(true);
});

it('takes the name of the chosen folder off the paths', async () => {
  const file = new File(['abc'], 'x');
  const { files } = dossierInFolder('某案卷', [
    ['某案卷/bagit.txt', file],
    ['某案卷/data/originals/x', file],
  ]);
  const listed: string[] = [];
  for await (const { path } of files.list()) listed.push(path);
  expect(listed).toEqual(['bagit.txt', 'data/originals/x']);
  expect(await sizeOf(files)).toEqual({ bytes: 6, isBag: true });
  for await (const chunk of files.read('data/originals/x')) expect(Buffer.from(chunk).toString()).toBe('abc');
});
