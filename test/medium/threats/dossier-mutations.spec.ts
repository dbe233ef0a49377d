import { crc32 } from 'node:zlib';
import { bagInside, DossierError, type DossierReport, openZip, verifyDossier, writeZip } from '#dossier';
import { aDraft, bagOf, type Content, nodeChecks, pack, policy, rebag } from '../../support/dossier-draft.js';

/** Threat T19: a dossier made to fool or to break whoever checks it. */
const MUTATIONS = 10_000;

/** mulberry32: the same each run, so that what fails can be looked at. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
type Chance = ReturnType<typeof chance>;

/** Reads and nothing else: whatever a check asked for beyond what is listed would be seen here. */
class Watched {
  readonly asked = new Set<string>();
  readonly files: Content;

  constructor(files: Content) {
    this.files = files;
  }

  async *list(): ReturnType<ReturnType<typeof bagOf>['list']> {
    yield* bagOf(this.files).list();
  }

  read(path: string): AsyncIterable<Uint8Array> {
    this.asked.add(path);
    return bagOf(this.files, 4_096).read(path);
  }
}

const pick = <T>(items: readonly T[], rand: Chance): T => items[rand(items.length)] as T;
const linesOf = (bytes: Uint8Array): string[] =>
  Buffer.from(bytes)
    .toString('latin1')
    .split(/(?<=\n)/);

/** Ways to alter the bytes of one file. */
const OF_BYTES: ((bytes: Uint8Array, rand: Chance) => Uint8Array)[] = [
  (bytes, rand) => {
    const other = Buffer.from(bytes);
    if (other.length > 0) other[rand(other.length)] = (other[rand(other.length)] ?? 0) ^ (1 << rand(8)) || rand(256);
    return other;
  },
  (bytes, rand) => {
    const other = Buffer.from(bytes);
    const at = rand(Math.max(other.length, 1));
    if (other.length > 0) other[at] = (other[at] ?? 0) ^ (1 << rand(8));
    return other;
  },
  (bytes, rand) => bytes.subarray(0, rand(bytes.length + 1)),
  (bytes, rand) => Buffer.concat([bytes, Buffer.alloc(1 + rand(40), rand(256))]),
  (bytes, rand) => {
    const at = rand(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from([rand(256)]), bytes.subarray(at)]);
  },
  (bytes, rand) => {
    const lines = linesOf(bytes);
    lines.splice(rand(lines.length), 1);
    return Buffer.from(lines.join(''), 'latin1');
  },
  (bytes, rand) => {
    const lines = linesOf(bytes);
    lines.splice(rand(lines.length), 0, pick(lines, rand));
    return Buffer.from(lines.join(''), 'latin1');
  },
  (bytes, rand) => {
    const lines = linesOf(bytes);
    const [a, b] = [rand(lines.length), rand(lines.length)];
    [lines[a], lines[b]] = [lines[b] as string, lines[a] as string];
    return Buffer.from(lines.join(''), 'latin1');
  },
  (bytes, rand) =>
    Buffer.from(
      Buffer.from(bytes)
        .toString('latin1')
        .replace(/\d+/g, (digits) =>
          rand(6) === 0 ? `${pick([-1, 0, 1, 1e20, 2 ** 53, 1.5, Number(digits) + 1], rand)}` : digits,
        ),
      'latin1',
    ),
  (_, rand) =>
    Buffer.from(pick(['', '{}', '[]', 'null', '{"__proto__":{}}', '\n\n\n', '[['.repeat(3_000), '\ufeff{}'], rand)),
];

const STRANGE = [
  ...[
    '../outside',
    '/etc/passwd',
    'data/../../x',
    'a\\b',
    'C:/x',
    'data/originals/x/y',
    'fetch.txt',
    '__proto__',
    'data//x',
  ],
  ...[
    'DATA/x',
    'proofs/blocks/x',
    'verify/run.sh',
    'manifest-md5.txt',
    'tagmanifest-sha512.txt',
    '\u0000',
    'proofs/timestamps/1.tsr',
  ],
];

/** Ways to alter which files there are. */
const OF_FILES: ((files: Content, rand: Chance) => void)[] = [
  (files, rand) => void files.delete(pick([...files.keys()], rand)),
  (files, rand) => void files.set(pick(STRANGE, rand), Buffer.from('x')),
  (files, rand) => {
    const [from, to] = [pick([...files.keys()], rand), pick([...files.keys(), ...STRANGE], rand)];
    const bytes = files.get(from) as Uint8Array;
    files.delete(from);
    files.set(to, bytes);
  },
  (files, rand) => {
    const [a, b] = [pick([...files.keys()], rand), pick([...files.keys()], rand)];
    const [first, second] = [files.get(a) as Uint8Array, files.get(b) as Uint8Array];
    files.set(a, second).set(b, first);
  },
];

const alterOne = (files: Content, rand: Chance): void => {
  const path = pick([...files.keys()], rand);
  files.set(path, pick(OF_BYTES, rand)(files.get(path) as Uint8Array, rand));
};
const alter = (files: Content, rand: Chance): void =>
  rand(4) === 0 ? pick(OF_FILES, rand)(files, rand) : alterOne(files, rand);

/** What is not wrong with the dossier these are made from: it has no time-stamp, which is the one thing not checked. */
const isGood = ({ items }: DossierReport): boolean =>
  items.every(({ kind, verdict }) => verdict === 'PASS' || (kind === 'timestamp' && verdict === 'NOT CHECKED'));
const isSame = (a: Content, b: Content): boolean =>
  a.size === b.size &&
  [...a].every(([path, bytes]) => b.has(path) && Buffer.from(bytes).equals(b.get(path) as Uint8Array));

/** Of what a dossier proves: all that was put in and the events, to the last byte, the head of the log, what was opened. */
const EVIDENCE = /^data\/|^proofs\/(?:events|inclusion)\.jsonl$/;

describe('ten thousand altered dossiers', () => {
  let good: Content;
  beforeAll(async () => {
    good = await pack(aDraft());
    expect(isGood(await verifyDossier(bagOf(good), { ...nodeChecks, trust: policy }))).toBe(true);
  });

  const check = async (files: Content): Promise<{ report: DossierReport; watched: Watched }> => {
    const watched = new Watched(files);
    return { report: await verifyDossier(watched, { ...nodeChecks, trust: policy }), watched };
  };

  it('as files: never good, never an exception, nothing asked for that is not there', async () => {
    for (let seed = 0; seed < MUTATIONS * 0.6; seed++) {
      const rand = chance(seed);
      const files: Content = new Map(good);
      alter(files, rand);
      if (isSame(files, good)) continue;
      const { report, watched } = await check(files);
      if (isGood(report)) throw new Error(`mutation ${seed} is called good`);
      expect([...watched.asked].every((path) => files.has(path))).toBe(true);
    }
  });

  it('with all manifests made again: good only where the evidence is untouched', async () => {
    let untouched = 0;
    for (let seed = 0; seed < MUTATIONS * 0.2; seed++) {
      const rand = chance(1_000_000 + seed);
      let files: Content = new Map(good);
      for (let n = 0; n <= rand(3); n++) alter(files, rand);
      try {
        files = rebag(files);
      } catch (error) {
        // Not a name a manifest can hold.
        if (!(error instanceof DossierError)) throw error;
        continue;
      }
      const { report } = await check(files);
      if (!isGood(report)) continue;
      untouched += 1;
      for (const [path, bytes] of good)
        if (EVIDENCE.test(path) && !Buffer.from(bytes).equals(files.get(path) ?? Buffer.of()))
          throw new Error(`mutation ${seed} of ${path} is called good`);
      expect(report.asOf).toEqual(aDraft().index.as_of);
      expect(report.counts.opened).toBeLessThanOrEqual(5);
    }
    // A list of blocks, a hint, or a field less that is opened: what is proved is still all proved.
    expect(untouched).toBeLessThan(MUTATIONS * 0.2 * 0.3);
  });

  it('as zip files: refused, or the same files', async () => {
    const entries = [...good].map(([path, bytes]) => ({
      ...{ path: `dossier/${path}`, sizeBytes: bytes.length, modifiedAt: new Date('2026-11-21'), crc32: crc32(bytes) },
      content: () => [bytes],
    }));
    const chunks: Uint8Array[] = [];
    for await (const chunk of writeZip(entries)) chunks.push(chunk);
    const zip = Buffer.concat(chunks);
    for (let seed = 0; seed < MUTATIONS * 0.2; seed++) {
      const rand = chance(2_000_000 + seed);
      // Most of the bytes are content, which its CRC covers: the directory is what tricks are played with.
      const bytes = Buffer.from(
        rand(2) === 0
          ? pick(OF_BYTES.slice(0, 5), rand)(zip, rand)
          : Buffer.concat([zip.subarray(0, -2_500), pick(OF_BYTES.slice(0, 5), rand)(zip.subarray(-2_500), rand)]),
      );
      try {
        const access = { sizeBytes: bytes.length, read: async (at: number, n: number) => bytes.subarray(at, at + n) };
        const files = await bagInside(await openZip(access));
        const report = await verifyDossier(files, { ...nodeChecks, trust: policy });
        if (!isGood(report)) continue;
        const found: Content = new Map();
        for await (const { path } of files.list()) {
          const parts: Uint8Array[] = [];
          for await (const part of files.read(path)) parts.push(part);
          found.set(path, Buffer.concat(parts));
        }
        if (!isSame(found, good)) throw new Error(`zip mutation ${seed} is called good`);
      } catch (error) {
        if (!(error instanceof DossierError)) throw error;
      }
    }
  });
});
