import { crc32 as nodeCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { DossierError, openZip, type RandomAccess, writeZip, type ZipInput } from '../index.js';
import { Crc32 } from './crc32.js';

const AT = new Date('2026-03-01T08:30:20Z');

function entry(path: string, content: string | Uint8Array, more: Partial<ZipInput> = {}): ZipInput {
  const bytes = Buffer.from(content as string);
  return { path, sizeBytes: bytes.length, modifiedAt: AT, content: () => [bytes], ...more };
}

async function zipOf(entries: Iterable<ZipInput>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeZip(entries)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const accessTo = (bytes: Uint8Array): RandomAccess => ({
  sizeBytes: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
});

async function contentsOf(zip: Uint8Array): Promise<Record<string, string>> {
  const files = await openZip(accessTo(zip));
  const contents: Record<string, string> = {};
  for await (const { path } of files.list()) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of files.read(path)) chunks.push(chunk);
    contents[path] = Buffer.concat(chunks).toString();
  }
  return contents;
}

async function refusal(zip: Uint8Array): Promise<string> {
  try {
    await contentsOf(zip);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof DossierError)) throw error;
    return error.code;
  }
}

const FILES = { 'data/一.txt': 'first', 'data/b': '', 'bagit.txt': 'x'.repeat(1_000) };
const sample = (): Promise<Buffer> => zipOf(Object.entries(FILES).map(([path, content]) => entry(path, content)));

describe('CRC-32', () => {
  // node:zlib has crc32 from Node 20.15 on.
  it('agrees with zlib', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), (chunks) => {
        const crc = new Crc32();
        for (const chunk of chunks) crc.update(chunk);
        expect(crc.value).toBe(nodeCrc32(Buffer.concat(chunks)));
      }),
    );
  });
});

describe('zip files', () => {
  it('gives back what was written', async () => {
    expect(await contentsOf(await sample())).toEqual(FILES);
    expect(await contentsOf(await zipOf([]))).toEqual({});
  });

  it('is the same for the same input', async () => {
    expect((await sample()).equals(await sample())).toBe(true);
  });

  it('needs no descriptor when the CRC is known', async () => {
    const known = await zipOf([entry('a', 'hello', { crc32: nodeCrc32('hello') })]);
    expect(await contentsOf(known)).toEqual({ a: 'hello' });
    expect(known.length).toBe((await zipOf([entry('a', 'hello')])).length - 16);
    await expect(zipOf([entry('a', 'hello', { crc32: 1 })])).rejects.toMatchObject({ code: 'content-differs' });
  });

  it.each([
    ['a size too small', entry('a', 'hello', { sizeBytes: 4 }), 'content-differs'],
    ['a size too large', entry('a', 'hello', { sizeBytes: 6 }), 'content-differs'],
    ['a way out', entry('../a', ''), 'path-unsafe'],
    ['a time before 1980', entry('a', '', { modifiedAt: new Date(0) }), 'text-invalid'],
  ])('is not written with %s', async (_, bad, code) => {
    await expect(zipOf([bad])).rejects.toMatchObject({ name: 'DossierError', code });
  });

  it('is not written with a name twice', async () => {
    await expect(zipOf([entry('a', '1'), entry('a', '2')])).rejects.toMatchObject({ code: 'path-unsafe' });
  });

  it('holds more than 65,535 files', async () => {
    const entries = Array.from({ length: 66_000 }, (_, i) => entry(`data/${i}`, ''));
    const files = await openZip(accessTo(await zipOf(entries)));
    let count = 0;
    for await (const _ of files.list()) count += 1;
    expect(count).toBe(66_000);
  }, 30_000);
});

describe('hostile zip files', () => {
  const at = (zip: Buffer, signature: string, nth = 0): number => {
    let found = -1;
    for (let i = 0; i <= nth; i += 1) found = zip.indexOf(Buffer.from(signature, 'latin1'), found + 1);
    return found;
  };
  const LOCAL = 'PK\x03\x04';
  const CENTRAL = 'PK\x01\x02';
  const changed = async (change: (zip: Buffer) => Buffer | undefined): Promise<string> => {
    const zip = await sample();
    return await refusal(change(zip) ?? zip);
  };

  it.each<[string, string, (zip: Buffer) => Buffer | undefined]>([
    ['bytes before it', 'zip-ambiguous', (zip) => Buffer.concat([Buffer.from('MZ'), zip])],
    ['bytes after it', 'zip-malformed', (zip) => Buffer.concat([zip, Buffer.from('\n')])],
    [
      'a comment',
      'zip-malformed',
      (zip) => {
        zip.writeUInt16LE(3, zip.length - 2);
        return Buffer.concat([zip, Buffer.from('hey')]);
      },
    ],
    ['no end', 'zip-malformed', (zip) => zip.subarray(0, -1)],
    ['nothing', 'zip-malformed', () => Buffer.alloc(0)],
    ['deflated content', 'zip-unsupported', (zip) => void zip.writeUInt16LE(8, at(zip, CENTRAL) + 10)],
    ['encrypted content', 'zip-unsupported', (zip) => void zip.writeUInt16LE(0x0809, at(zip, CENTRAL) + 8)],
    ['masked headers', 'zip-unsupported', (zip) => void zip.writeUInt16LE(0x2808, at(zip, CENTRAL) + 8)],
    ['a name only the header has', 'zip-ambiguous', (zip) => void zip.write('D', at(zip, LOCAL) + 30)],
    ['a size only the header has', 'zip-ambiguous', (zip) => void zip.writeUInt32LE(3, at(zip, LOCAL) + 18)],
    ['a CRC only the header has', 'zip-ambiguous', (zip) => void zip.writeUInt32LE(3, at(zip, LOCAL) + 14)],
    ['a time only the header has', 'zip-ambiguous', (zip) => void zip.writeUInt16LE(3, at(zip, LOCAL) + 10)],
    ['a method only the header has', 'zip-ambiguous', (zip) => void zip.writeUInt16LE(8, at(zip, LOCAL) + 8)],
    ['another descriptor', 'zip-ambiguous', (zip) => void zip.writeUInt32LE(3, at(zip, 'PK\x07\x08') + 4)],
    ['a way out', 'path-unsafe', (zip) => void zip.write('/', at(zip, CENTRAL) + 46)],
    ['two entries in one place', 'zip-ambiguous', (zip) => void zip.writeUInt32LE(0, at(zip, CENTRAL, 1) + 42)],
    [
      'an entry in the directory',
      'zip-ambiguous',
      (zip) => void zip.writeUInt32LE(at(zip, CENTRAL), at(zip, CENTRAL) + 42),
    ],
    ['an entry beyond the file', 'zip-ambiguous', (zip) => void zip.writeUInt32LE(0x7fffffff, at(zip, CENTRAL) + 42)],
    ['a size beyond the file', 'zip-malformed', (zip) => void zip.writeUInt32LE(0x7fffffff, at(zip, CENTRAL) + 24)],
    [
      'fewer entries than there are',
      'zip-malformed',
      (zip) => {
        zip.writeUInt16LE(2, zip.length - 14);
        zip.writeUInt16LE(2, zip.length - 12);
      },
    ],
    [
      'more entries than there are',
      'zip-malformed',
      (zip) => {
        zip.writeUInt16LE(4, zip.length - 14);
        zip.writeUInt16LE(4, zip.length - 12);
      },
    ],
    ['a missing zip64 record', 'zip-malformed', (zip) => void zip.writeUInt32LE(0xffffffff, zip.length - 6)],
    ['several disks', 'zip-malformed', (zip) => void zip.writeUInt16LE(1, zip.length - 18)],
    [
      'a longer directory',
      'zip-ambiguous',
      (zip) => void zip.writeUInt32LE(zip.readUInt32LE(zip.length - 10) + 1, zip.length - 10),
    ],
  ])('with %s are refused', async (_, code, change) => expect(await changed(change)).toBe(code));

  it('with a name twice are refused', async () => {
    const zip = await zipOf([entry('data/a', '1'), entry('data/b', '2')]);
    zip.write('data/a', at(zip, LOCAL, 1) + 30);
    zip.write('data/a', at(zip, CENTRAL, 1) + 46);
    expect(await refusal(zip)).toBe('zip-ambiguous');
  });

  it('with altered content are found', async () => {
    expect(await changed((zip) => void zip.write('F', zip.indexOf('first')))).toBe('zip-content-altered');
  });

  it('with a link show it', async () => {
    const zip = await sample();
    zip.writeUInt32LE(0o120777 * 65_536, at(zip, CENTRAL) + 38);
    const files = await openZip(accessTo(zip));
    for await (const file of files.list()) if (file.path === 'data/一.txt') expect(file.kind).toBe('link');
  });

  it('never read otherwise than they were written, nor throw anything else, with any byte changed', async () => {
    const zip = await sample();
    for (let place = 0; place < zip.length; place += 1) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const hostile = Buffer.from(zip);
        hostile.writeUInt8(hostile.readUInt8(place) ^ mask, place);
        if ((await refusal(hostile)) === 'accepted') expect(await contentsOf(hostile)).toEqual(FILES);
      }
    }
  });

  it('never hang or throw anything else for bytes of chance', async () => {
    const zip = await sample();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(zip.length),
        fc.uint8Array({ maxLength: 40 }),
        fc.nat(zip.length),
        async (from, bytes, to) => {
          await refusal(Buffer.concat([zip.subarray(0, from), bytes, zip.subarray(to)]));
        },
      ),
      { numRuns: 500 },
    );
  });
});
