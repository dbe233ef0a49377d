import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { ArrivingZip, DossierError, type FilePlaces, writeZip, type ZipInput } from '../index.js';

const AT = new Date('2026-11-21T08:00:00Z');
const FILES: Readonly<Record<string, Buffer>> = {
  'bagit.txt': Buffer.from('x'.repeat(100)),
  'data/空.txt': Buffer.alloc(0),
  'data/现场.mp4': Buffer.from(Array.from({ length: 3_000 }, (_, i) => (i * 7) & 0xff)),
  'z/last': Buffer.from('!'),
};

async function zipOf(files: Readonly<Record<string, Buffer>>, more: Partial<ZipInput> = {}): Promise<Buffer> {
  const inputs = Object.entries(files).map(([path, bytes]) => ({
    ...{ path: `dossier-1/${path}`, sizeBytes: bytes.length, modifiedAt: AT, crc32: crc32(bytes) },
    ...{ content: () => [bytes], ...more },
  }));
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeZip(inputs)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Folders in memory; `kept` is what an earlier try has left. */
class Places implements FilePlaces {
  readonly files = new Map<string, Buffer[]>();
  readonly ended: string[] = [];
  readonly #kept: Readonly<Record<string, number>>;

  constructor(kept: Readonly<Record<string, number>> = {}) {
    this.#kept = kept;
  }

  async open(path: string) {
    const before = FILES[path]?.subarray(0, this.#kept[path] ?? 0) ?? Buffer.alloc(0);
    const chunks = [Buffer.from(before)];
    this.files.set(path, chunks);
    return {
      had: { sizeBytes: before.length, crc32: crc32(before) },
      write: (bytes: Uint8Array) => {
        chunks.push(Buffer.from(bytes));
      },
      end: async () => {
        this.ended.push(path);
      },
    };
  }

  get contents(): Record<string, Buffer> {
    return Object.fromEntries([...this.files].map(([path, chunks]) => [path, Buffer.concat(chunks)]));
  }
}

/** Gives it the bytes it asks for, `size` at a time. @returns how many came */
async function feed(arriving: ArrivingZip, zip: Buffer, size: number): Promise<number> {
  let came = 0;
  while (arriving.at < zip.length) {
    const chunk = zip.subarray(arriving.at, arriving.at + size);
    came += chunk.length;
    await arriving.take(chunk);
  }
  return came;
}

async function refusal(zip: Buffer, size = zip.length): Promise<string> {
  const arriving = new ArrivingZip(new Places(), 'dossier-1/', crc32);
  try {
    await feed(arriving, zip, size);
    return arriving.isWhole ? 'whole' : 'not whole';
  } catch (error) {
    if (!(error instanceof DossierError)) throw error;
    return error.code;
  }
}

describe('a zip file that is taken apart while it comes', () => {
  it.each([1, 3, 29, 30, 31, 64, 1_000, 100_000])('gives its files, %i bytes at a time', async (size) => {
    const zip = await zipOf(FILES);
    const places = new Places();
    const arriving = new ArrivingZip(places, 'dossier-1/');
    await feed(arriving, zip, size);
    expect(arriving.isWhole).toBe(true);
    expect(places.contents).toEqual(FILES);
    expect(places.ended).toEqual(Object.keys(FILES));
  });

  it('asks only for what is not there', async () => {
    const zip = await zipOf(FILES);
    for (const kept of [1, 2_999, 3_000]) {
      const places = new Places({ 'bagit.txt': 100, 'data/现场.mp4': kept });
      const arriving = new ArrivingZip(places, 'dossier-1/');
      expect(await feed(arriving, zip, 10)).toBeLessThan(zip.length - 80 - kept + 2 * 10);
      expect(arriving.isWhole).toBe(true);
      expect(places.contents).toEqual(FILES);
    }
  });

  it('is whole at its last byte and not before', async () => {
    const zip = await zipOf(FILES);
    const arriving = new ArrivingZip(new Places(), 'dossier-1/');
    expect(arriving.isWhole).toBe(false);
    for (const byte of zip.subarray(0, -1)) {
      await arriving.take(Uint8Array.of(byte));
      expect(arriving.isWhole).toBe(false);
    }
    await arriving.take(zip.subarray(-1));
    expect(arriving.isWhole).toBe(true);
    await expect(arriving.take(Uint8Array.of(0))).rejects.toMatchObject({ code: 'zip-ambiguous' });
    expect(await refusal(await zipOf({}))).toBe('whole');
  });

  it('never takes a changed byte', async () => {
    const zip = await zipOf(FILES);
    for (let at = 0; at < zip.length; at++) {
      const changed = Buffer.from(zip);
      changed[at] = (changed[at] ?? 0) ^ 0x21;
      expect(await refusal(changed, 700)).toMatch(/^(zip-|path-unsafe|not whole)/);
    }
  });

  it('ends in an error that has a code, whatever comes', async () => {
    const zip = await zipOf(FILES);
    const place = fc.integer({ min: 0, max: zip.length });
    await fc.assert(
      fc.asyncProperty(place, place, fc.uint8Array({ maxLength: 40 }), async (a, b, bytes) => {
        const spoiled = Buffer.concat([zip.subarray(0, a), bytes, zip.subarray(b)]);
        const isSame = spoiled.equals(zip);
        expect((await refusal(spoiled, 97)) === 'whole').toBe(isSame);
      }),
    );
  });

  it('refuses what is compressed, lies outside the folder, or has its CRC after it', async () => {
    expect(await refusal(await zipOf({ a: Buffer.of(1) }, { path: 'elsewhere/a' }))).toBe('path-unsafe');
    const late = { path: 'dossier-1/a', sizeBytes: 1, modifiedAt: AT, content: () => [Buffer.of(1)] };
    const chunks: Uint8Array[] = [];
    for await (const chunk of writeZip([late])) chunks.push(chunk);
    expect(await refusal(Buffer.concat(chunks))).toBe('zip-unsupported');
  });

  it('reads sizes beyond 4 GiB', async () => {
    const sizeBytes = 2 ** 32 + 5;
    const opened: number[] = [];
    const places: FilePlaces = {
      open: async (_, size) => {
        opened.push(size);
        return { had: { sizeBytes: size, crc32: 7 }, write: () => undefined, end: async () => undefined };
      },
    };
    const { ZipLayout } = await import('../index.js');
    const layout = new ZipLayout([{ path: 'dossier-1/a', sizeBytes, crc32: 7, modifiedAt: AT }]);
    const arriving = new ArrivingZip(places, 'dossier-1/');
    for (const piece of layout.pieces()) if ('bytes' in piece) await arriving.take(piece.bytes);
    expect(opened).toEqual([sizeBytes]);
    expect(arriving.at).toBe(layout.sizeBytes);
    expect(arriving.isWhole).toBe(true);
  });
});
