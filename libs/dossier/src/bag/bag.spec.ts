import { createHash } from 'node:crypto';
import {
  BAGIT_TXT,
  type BagFile,
  type BagFiles,
  type BagReport,
  baggingDate,
  bagInfoTxt,
  DossierError,
  type HasherFactory,
  manifestPath,
  manifestTxt,
  pathProblem,
  payloadOxum,
  SM3_MANIFEST_PATH,
  tagManifestPath,
  tagManifestTxt,
  verifyBag,
} from '../index.js';

const hasherOf: HasherFactory = (algorithm) => {
  const hash = createHash(algorithm);
  return { update: (chunk) => void hash.update(chunk), digestHex: () => hash.digest('hex') };
};
const digest = (algorithm: string, text: string | Buffer): string => createHash(algorithm).update(text).digest('hex');

type Content = Record<string, string | Buffer>;

const PAYLOAD: Content = { 'data/原件/001.mp4': 'moving pictures', 'data/100%\r\n.txt': 'odd name', 'data/empty': '' };

/** A good bag over the payload, with whatever tag files are asked for. */
function bagOf(payload: Content = PAYLOAD): Content {
  const entries = (algorithm: string, files: Content) =>
    Object.entries(files).map(([path, content]) => ({ path, digestHex: digest(algorithm, content) }));
  const sizes = Object.values(payload).map((content) => ({ sizeBytes: Buffer.from(content).length }));
  const tags: Content = {
    'bagit.txt': BAGIT_TXT,
    'bag-info.txt': bagInfoTxt([
      ['Bagging-Date', baggingDate(new Date('2026-03-01T23:59:59Z'))],
      ['Payload-Oxum', payloadOxum(sizes)],
    ]),
    [manifestPath('sha256')]: manifestTxt('sha256', entries('sha256', payload)),
    [manifestPath('sha512')]: manifestTxt('sha512', entries('sha512', payload)),
    [SM3_MANIFEST_PATH]: manifestTxt('sm3', entries('sm3', payload)),
  };
  return { ...payload, ...tags, [tagManifestPath('sha256')]: tagManifestTxt('sha256', entries('sha256', tags)) };
}

/** The tag manifest made again, as someone who alters a bag would. */
function retagged(bag: Content): Content {
  const tags = Object.entries(bag).filter(([path]) => !path.startsWith('data/') && !path.startsWith('tagmanifest'));
  const entries = tags.map(([path, content]) => ({ path, digestHex: digest('sha256', content) }));
  return { ...bag, 'tagmanifest-sha256.txt': tagManifestTxt('sha256', entries) };
}

function filesOf(content: Content, more: readonly BagFile[] = [], chunkBytes = 3): BagFiles {
  return {
    async *list() {
      for (const [path, text] of Object.entries(content)) {
        yield { path, sizeBytes: Buffer.from(text).length, kind: 'file' as const };
      }
      yield* more;
    },
    async *read(path) {
      const bytes = Buffer.from(content[path] ?? '');
      for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
    },
  };
}

const check = (content: Content, more: readonly BagFile[] = []): Promise<BagReport> =>
  verifyBag(filesOf(content, more), hasherOf);
const codes = ({ findings }: BagReport): string[] =>
  findings.map(({ code, path }) => (path === null ? code : `${code} ${path}`));

describe('several files at the same time', () => {
  it.each([1, 2, 7, 100])('gives the same report with %i', async (atOnce) => {
    const payload = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`data/${i}`, 'x'.repeat(40 - 3 * i)]));
    const bag = bagOf(payload);
    for (const path of ['data/3', 'data/11', 'bag-info.txt']) bag[path] = `${bag[path]}!`;
    const inTurn = await check(bag);
    expect(inTurn.findings.length).toBeGreaterThan(3);
    let [open, most] = [0, 0];
    const files = filesOf(bag);
    const counted: BagFiles = {
      list: () => files.list(),
      async *read(path) {
        open += 1;
        most = Math.max(most, open);
        for await (const chunk of files.read(path)) {
          await new Promise((resolve) => setImmediate(resolve));
          yield chunk;
        }
        open -= 1;
      },
    };
    expect(await verifyBag(counted, hasherOf, { atOnce })).toEqual(inTurn);
    // Nothing vouches for the tag manifest, so it is not read again.
    expect(most).toBe(Math.min(atOnce, Object.keys(bag).length - 1));
  });
});

describe('texts of a bag', () => {
  it('encodes CR, LF and % in paths, and nothing else', () => {
    const line = manifestTxt('sha256', [{ path: 'data/a%b\r\nc d.txt', digestHex: 'a'.repeat(64) }]);
    expect(line).toBe(`${'a'.repeat(64)}  data/a%25b%0D%0Ac d.txt\n`);
  });

  it('sorts manifests', () => {
    const entries = ['data/b', 'data/a'].map((path) => ({ path, digestHex: digest('sha256', path) }));
    expect(manifestTxt('sha256', entries)).toBe(manifestTxt('sha256', entries.reverse()));
  });

  it.each([['a\nb: c'], [' x'], ['']])('refuses the bag-info value %j', (value) => {
    expect(() => bagInfoTxt([['Source-Organization', value]])).toThrow(DossierError);
  });

  it.each([['/data/a'], ['data/../a'], ['data//a'], ['data/a\\b'], ['a'], ['C:/data']])(
    'refuses the path %j',
    (path) => {
      expect(() => manifestTxt('sha256', [{ path, digestHex: 'a'.repeat(64) }])).toThrow(DossierError);
    },
  );

  it('refuses a path named twice, and a digest of another algorithm', () => {
    const entry = { path: 'data/a', digestHex: 'a'.repeat(64) };
    expect(() => manifestTxt('sha256', [entry, entry])).toThrow(/twice/);
    expect(() => manifestTxt('sha512', [entry])).toThrow(/not a digest/);
  });

  it('knows an unsafe path', () => {
    expect(pathProblem('data/a\0')).toMatch(/NUL/);
    expect(pathProblem('data/\ud800')).toMatch(/well-formed/);
    expect(pathProblem('data/案卷 1/a..b')).toBeNull();
  });
});

describe('verifyBag', () => {
  it('passes a good bag, whatever the chunks', async () => {
    for (const chunkBytes of [1, 2, 7, 65_536]) {
      const report = await verifyBag(filesOf(bagOf(), [], chunkBytes), hasherOf);
      expect(codes(report)).toEqual([]);
      expect(report.verdict).toBe('PASS');
      expect(report.payload).toEqual({ files: 3, sizeBytes: 23 });
      expect(report.files).toHaveLength(9);
    }
  });

  it.each(Object.keys(bagOf()))('finds a change of %s', async (path) => {
    const bag = bagOf();
    bag[path] = Buffer.concat([Buffer.from(bag[path] ?? ''), Buffer.from('x')]);
    const report = await check(bag);
    expect(report.verdict).toBe('FAIL');
    if (path !== 'tagmanifest-sha256.txt')
      expect(report.files.find((file) => file.path === path)).toMatchObject({ verdict: 'FAIL' });
  });

  it('names the file that was altered, and only it', async () => {
    const report = await check({ ...bagOf(), 'data/原件/001.mp4': 'moved pictures!' });
    expect(report.files.filter(({ verdict }) => verdict !== 'PASS')).toEqual([
      expect.objectContaining({ path: 'data/原件/001.mp4', verdict: 'FAIL', reason: 'digest-mismatch' }),
    ]);
  });

  it('finds what is missing and what was put in', async () => {
    const { 'data/empty': _, ...bag } = bagOf();
    const report = await check({ ...bag, 'data/more': 'x' });
    expect(new Set(codes(report))).toEqual(
      new Set(['file-missing data/empty', 'file-extra data/more', 'oxum-mismatch bag-info.txt']),
    );
  });

  it('finds a payload file that one of two manifests leaves out', async () => {
    const bag = bagOf();
    const lines = String(bag['manifest-sha512.txt']).split('\n').slice(1).join('\n');
    expect(codes(await check(retagged({ ...bag, 'manifest-sha512.txt': lines })))).toEqual([
      expect.stringMatching(/^file-extra data/),
    ]);
  });

  it.each<[string, Content, string]>([
    ['no declaration', { 'bagit.txt': '' }, 'declaration-malformed bagit.txt'],
    ['a third line', { 'bagit.txt': `${BAGIT_TXT}x\n` }, 'declaration-malformed bagit.txt'],
    ['a byte-order mark', { 'bagit.txt': `\ufeff${BAGIT_TXT}` }, 'declaration-malformed bagit.txt'],
    ['an old version', { 'bagit.txt': BAGIT_TXT.replace('1.0', '0.97') }, 'version-unsupported bagit.txt'],
    ['another encoding', { 'bagit.txt': BAGIT_TXT.replace('UTF-8', 'GBK') }, 'encoding-unsupported bagit.txt'],
    ['bytes that are no text', { 'bagit.txt': Buffer.from([0xff, 0xfe]) }, 'text-malformed bagit.txt'],
    ['fetch.txt', { 'fetch.txt': 'http://example.org 1 data/empty' }, 'fetch-refused fetch.txt'],
    [
      'two Payload-Oxum',
      { 'bag-info.txt': 'Payload-Oxum: 23.3\nPayload-Oxum: 23.3\n' },
      'bag-info-malformed bag-info.txt',
    ],
    ['a false Payload-Oxum', { 'bag-info.txt': 'Payload-Oxum: 24.3\n' }, 'oxum-mismatch bag-info.txt'],
    ['no colon', { 'bag-info.txt': 'nothing\n' }, 'bag-info-malformed bag-info.txt'],
    ['a line without end', { 'bag-info.txt': `a: ${'x'.repeat(20_000)}` }, 'text-malformed bag-info.txt'],
    [
      'a way out',
      { 'manifest-sha256.txt': `${'a'.repeat(64)}  data/../../etc/passwd\n` },
      'manifest-malformed manifest-sha256.txt',
    ],
    [
      'a bad code',
      { 'manifest-sha256.txt': `${'a'.repeat(64)}  data/%2e\n` },
      'manifest-malformed manifest-sha256.txt',
    ],
    [
      'a short digest',
      { 'manifest-sha256.txt': `${'a'.repeat(40)}  data/empty\n` },
      'manifest-malformed manifest-sha256.txt',
    ],
  ])('finds %s', async (_, change, code) => {
    const report = await check(retagged({ ...bagOf(), ...change }));
    expect(report.verdict).toBe('FAIL');
    expect(codes(report)).toContain(code);
  });

  it('reads what others write: CRLF, one space, upper case, folded lines', async () => {
    const bag = bagOf();
    bag['bagit.txt'] = BAGIT_TXT.replaceAll('\n', '\r\n');
    bag['bag-info.txt'] = 'Payload-Oxum:\r\n 23.3\r\nExternal-Description: one\r\n\ttwo\r\n';
    bag['manifest-sha256.txt'] = String(bag['manifest-sha256.txt']).replace(
      /^\w+ {2}/gm,
      (m) => `${m.trim().toUpperCase()} `,
    );
    expect(codes(await check(retagged(bag)))).toEqual([]);
  });

  it('refuses a path named twice in a manifest, even with the same digest', async () => {
    const bag = bagOf();
    bag['manifest-sha256.txt'] = `${bag['manifest-sha256.txt']}${String(bag['manifest-sha256.txt']).split('\n')[0]}\n`;
    expect(codes(await check(retagged(bag)))).toContain('manifest-malformed manifest-sha256.txt');
  });

  it('says what it cannot compute, and does not call it good', async () => {
    const bag = bagOf();
    bag['manifest-md5.txt'] = Object.keys(PAYLOAD)
      .map(
        (path) =>
          `${digest('md5', PAYLOAD[path] ?? '')}  ${path.replace('%', '%25').replace('\r', '%0D').replace('\n', '%0A')}\n`,
      )
      .join('');
    const report = await check(retagged(bag));
    expect(codes(report)).toEqual(['algorithm-unknown manifest-md5.txt']);
    expect(report.verdict).toBe('NOT CHECKED');
    const withoutSm3 = await verifyBag(filesOf(bagOf()), (algorithm) =>
      algorithm === 'sm3' ? null : hasherOf(algorithm),
    );
    expect(codes(withoutSm3)).toEqual([`algorithm-unknown ${SM3_MANIFEST_PATH}`]);
  });

  it('does not call good what no digest vouches for', async () => {
    const report = await check({ ...bagOf(), 'note.txt': 'put in later' });
    expect(report.verdict).toBe('NOT CHECKED');
    expect(codes(report)).toEqual(['not-listed note.txt']);
  });

  it('finds a tag manifest that leaves a payload manifest out', async () => {
    const bag = bagOf();
    bag['tagmanifest-sha256.txt'] = String(bag['tagmanifest-sha256.txt']).replace(/^.*manifest-sha512.*\n/m, '');
    expect(codes(await check(bag))).toContain('tag-manifest-incomplete tagmanifest-sha256.txt');
  });

  it('finds names that collide, links, doubles and ways out', async () => {
    const collide = bagOf({
      'data/A.txt': '1',
      'data/a.TXT': '2',
      'data/é': '3',
      'data/e\u0301': '4',
      'data/f': '5',
      'data/F/x': '6',
    });
    expect(codes(await check(collide)).map((code) => code.split(' ')[0])).toEqual(Array(3).fill('path-collision'));
    const odd = await check(bagOf(), [
      { path: 'data/link', sizeBytes: 1, kind: 'link' },
      { path: 'data/empty', sizeBytes: 0, kind: 'file' },
      { path: '../out', sizeBytes: 0, kind: 'file' },
    ]);
    expect(codes(odd)).toEqual(
      expect.arrayContaining(['not-a-file data/link', 'path-duplicate data/empty', 'path-unsafe ../out']),
    );
  });

  it('tells a bad disk from a bad file', async () => {
    const bag = filesOf(bagOf());
    const broken = (error: Error): BagFiles => ({
      list: () => bag.list(),
      async *read(path) {
        if (path === 'data/empty') throw error;
        yield* bag.read(path);
      },
    });
    const disk = await verifyBag(broken(new Error('EIO')), hasherOf);
    expect([disk.verdict, ...codes(disk)]).toEqual(['NOT CHECKED', 'unreadable data/empty']);
    const altered = await verifyBag(broken(new DossierError('zip-content-altered', 'CRC')), hasherOf);
    expect([altered.verdict, ...codes(altered)]).toEqual(['FAIL', 'content-altered data/empty']);
  });

  it('holds many files', async () => {
    const payload = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`data/${i}.jpg`, `${i}`]));
    const report = await verifyBag(filesOf(bagOf(payload), [], 65_536), hasherOf);
    expect(report.verdict).toBe('PASS');
  }, 60_000);
});
