import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { firstVerifier, type Pins } from '../../support/first-verifier.js';
import {
  ASSETS,
  checkpointText,
  type Draft,
  exported,
  exportHeads,
  type Files,
  handmadeDossier,
  LOG_KEY,
  linked,
  ordinaryDrafts,
  policyOf,
  reseal,
  type Stamp,
  signedNote,
  storyOf,
  WITNESSES,
} from '../../support/handmade-dossier.js';
import { type SecondReport, secondVerifier, secondVerifierOnAll, writeFolder } from '../../support/second-verifier.js';
import { type Authority, makeAuthority } from '../../support/timestamp-authority.js';
import { MANIPULATIONS, type Manipulation, stampManipulations, zippedWith } from './manipulations.js';

const run = promisify(execFile);
let dir: string;
let stamp: Stamp;
let manipulated: readonly Manipulation[];
let pinned: readonly string[];
/** The same, for the first verifier. */
let pins: Pins;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liuhen-second-'));
  const authority = await makeAuthority({ dir: join(dir, 'authority') });
  const other = await makeAuthority({ dir: join(dir, 'other-authority') });
  const { leaves } = storyOf();
  const noteOf = (of: readonly Buffer[]): string => signedNote(checkpointText(of), [LOG_KEY]);
  stamp = await stampOf(authority, noteOf(leaves.slice(0, 7)));
  const [first = Buffer.alloc(32), ...rest] = leaves;
  manipulated = stampManipulations({
    good: stamp,
    foreign: await stampOf(other, noteOf(leaves.slice(0, 8))),
    larger: await stampOf(authority, noteOf([...leaves, first])),
    fork: await stampOf(authority, noteOf([...rest, first])),
  });
  await writeFile(join(dir, 'pinned.policy'), policyOf(LOG_KEY, WITNESSES));
  pins = { policy: policyOf(LOG_KEY, WITNESSES), roots: [authority.rootPem] };
  pinned = ['--policy', join(dir, 'pinned.policy'), '--tsa-roots', join(dir, 'authority', 'root.pem')];
});

afterAll(() => rm(dir, { recursive: true, force: true }));

async function stampOf(authority: Authority, note: string): Promise<Stamp> {
  const file = join(authority.dir, 'note-to-stamp');
  await writeFile(file, note);
  const query = await run('openssl', ['ts', '-query', '-data', file, '-sha256', '-cert'], { encoding: 'buffer' });
  return { note, token: Buffer.from(await authority.answer(query.stdout)) };
}

let written = 0;

async function put(files: Files | Buffer, links: Readonly<Record<string, string>> = {}): Promise<string> {
  written += 1;
  const path = join(dir, 'dossiers', String(written), Buffer.isBuffer(files) ? 'dossier.zip' : 'dossier');
  await mkdir(join(path, '..'), { recursive: true });
  if (Buffer.isBuffer(files)) await writeFile(path, files);
  else await writeFolder(path, files, links);
  return path;
}

/** FAIL, too, for a zip file that cannot be opened. */
async function firstVerdict(path: string, given = pins): Promise<string> {
  const report = await firstVerifier(path, given);
  return typeof report === 'string' ? 'FAIL' : report.verdict;
}

const notPassed = (report: SecondReport | undefined) => report?.items.filter(({ result }) => result !== 'PASS');

describe('a good dossier', () => {
  const stamped = (): Files => handmadeDossier({ stamps: [stamp] });

  it('passes with pinned keys, as a folder and as a zip file', async () => {
    for (const files of [stamped(), zippedWith(stamped())]) {
      const { code, report } = await secondVerifier('check', await put(files), ...pinned);
      expect(notPassed(report)).toEqual([]);
      expect(report).toMatchObject({ verdict: 'PASS', self_consistent_only: false });
      expect(report.as_of?.size).toBe(storyOf().leaves.length);
      expect(report.items).toContainEqual({ step: 8, item: 'disclosures', result: 'PASS', opened: 5, withheld: 5 });
      expect(code).toBe(0);
      expect(await firstVerdict(await put(files))).toBe('PASS');
    }
  });

  it('passes with keys typed one by one', async () => {
    const keys = [LOG_KEY, ...WITNESSES].flatMap(({ vkey }) => ['--vkey', vkey]);
    const { report } = await secondVerifier('check', await put(stamped()), ...keys, ...pinned.slice(2));
    expect(report.verdict).toBe('PASS');
  });

  it('is self-consistent only without keys from outside', async () => {
    const { code, report } = await secondVerifier('check', await put(stamped()), ...pinned.slice(2));
    expect(code).toBe(2);
    expect(report).toMatchObject({ verdict: 'NOT CHECKED', self_consistent_only: true });
    expect(notPassed(report)).toEqual([
      expect.objectContaining({ step: 2, reason: expect.stringMatching(/self-consistent only/) }),
    ]);
  });

  it('is not fully checked without roots, or without a time-stamp', async () => {
    const bare = await secondVerifier('check', await put(handmadeDossier()), ...pinned);
    expect(notPassed(bare.report)).toEqual([
      expect.objectContaining({ step: 9, reason: expect.stringMatching(/log's word/) }),
    ]);
    const rootless = await secondVerifier('check', await put(stamped()), ...pinned.slice(0, 2));
    expect(notPassed(rootless.report)).toEqual([expect.objectContaining({ step: 9, reason: 'no roots from outside' })]);
    expect([bare.code, rootless.code]).toEqual([2, 2]);
  });

  it('may link an asset twice, and name its heads in several events', async () => {
    const ids = ASSETS.map(({ id }) => id).sort();
    const again: Draft[] = [linked(ids[1] ?? ''), exported(ids)];
    const parts: Draft[] = [exportHeads(ids.slice(0, 1)), exportHeads(ids.slice(1, 2)), exported(ids.slice(2))];
    for (const more of [again, parts]) {
      const path = await put(handmadeDossier({ stamps: [stamp], drafts: [...ordinaryDrafts(), ...more] }));
      expect(notPassed((await secondVerifier('check', path, ...pinned)).report)).toEqual([]);
      expect(await firstVerdict(path)).toBe('PASS');
    }
  });

  it('is not fully checked when nothing shows that the log grew from the stamped tree', async () => {
    const files = stamped();
    files.delete('proofs/timestamps/1.consistency.json');
    const path = await put(reseal(files));
    const { report } = await secondVerifier('check', path, ...pinned);
    expect(notPassed(report)).toEqual([expect.objectContaining({ step: 9, result: 'NOT CHECKED' })]);
    expect(await firstVerdict(path)).toBe('NOT CHECKED');
  });
});

const fingerprint = (vkey: string): string => createHash('sha256').update(vkey).digest('hex');

describe('keys named by their fingerprints', () => {
  const check = async (named: readonly string[]): Promise<{ code: number; report: SecondReport }> => {
    const path = await put(handmadeDossier({ stamps: [stamp] }));
    const roots = ['--tsa-roots', join(dir, 'authority', 'root.pem')];
    return await secondVerifier('check', path, ...named.flatMap((one) => ['--fingerprint', one]), ...roots);
  };

  it('are as good as the keys, in groups or not', async () => {
    const named = [LOG_KEY, ...WITNESSES].map(({ vkey }) => fingerprint(vkey));
    const grouped = named.map((one) => (one.toUpperCase().match(/.{4}/g) ?? []).join(' '));
    for (const given of [named, grouped, named.slice(0, 1)]) {
      const { code, report } = await check(given);
      expect([code, report.verdict, notPassed(report)]).toEqual([0, 'PASS', []]);
    }
  });

  it('fail when the dossier has no such key, or none of a log', async () => {
    const [witness] = WITNESSES;
    for (const given of [
      [fingerprint('x')],
      [fingerprint(LOG_KEY.vkey), fingerprint('x')],
      [fingerprint(witness?.vkey ?? '')],
    ]) {
      const { code, report } = await check(given);
      expect(code).toBe(1);
      expect(notPassed(report)).toContainEqual(expect.objectContaining({ step: 2, item: 'trust', result: 'FAIL' }));
    }
  });
});

it('says so when it cannot check: no dossier, no key of the log, a malformed policy', async () => {
  const path = await put(handmadeDossier());
  await writeFile(join(dir, 'bad.policy'), 'quorum none\nquorum none\n');
  const [witness] = WITNESSES;
  const runs = [
    [join(dir, 'nowhere')],
    [path, '--vkey', witness?.vkey ?? ''],
    [path, '--policy', join(dir, 'bad.policy')],
    [path, '--policy', join(dir, 'nowhere')],
    [path, '--fingerprint', 'abc'],
  ];
  for (const args of runs) {
    const { code, report } = await secondVerifier('check', ...args);
    expect([code, report.verdict]).toEqual([2, 'NOT CHECKED']);
  }
});

describe('a manipulated dossier', () => {
  let reports: ReadonlyMap<string, SecondReport>;
  const paths = new Map<string, string>();

  beforeAll(async () => {
    for (const one of [...MANIPULATIONS, ...manipulated]) paths.set(one.name, await put(one.make(), one.links));
    reports = await secondVerifierOnAll([...paths.values()], ...pinned);
  });

  const check = (one: Manipulation): void => {
    const report = reports.get(paths.get(one.name) ?? '');
    expect(report?.verdict).toBe('FAIL');
    const { step, item, reason, offset } = one;
    const wanted = { step, item, result: 'FAIL', reason: expect.stringMatching(reason) };
    expect(report?.items).toContainEqual(
      expect.objectContaining(offset === undefined ? wanted : { ...wanted, offset }),
    );
    expect(report?.items.filter((found) => found.reason?.startsWith('unexpected'))).toEqual([]);
  };

  it.each(MANIPULATIONS.map((one) => [one.name, one] as const))('fails: %s', (_, one) => check(one));

  it('fails when its time-stamps are others', () => {
    expect(manipulated.length).toBeGreaterThan(5);
    for (const one of manipulated) check(one);
  });

  it('is seen by the first verifier as well', async () => {
    const passed: string[] = [];
    for (const one of [...MANIPULATIONS, ...manipulated]) {
      const verdict = await firstVerdict(paths.get(one.name) ?? '');
      if (verdict !== 'FAIL') passed.push(`${one.name}: ${verdict}`);
    }
    expect(passed).toEqual([]);
  });

  it('leaves nothing outside its folder', async () => {
    expect((await readdir(join(dir, 'dossiers'))).every((name) => /^\d+$/.test(name))).toBe(true);
    for (const name of await readdir(join(dir, 'dossiers'))) {
      expect((await readdir(join(dir, 'dossiers', name))).every((inner) => inner.startsWith('dossier'))).toBe(true);
    }
  });
});

it('takes bytes changed at random for what they are, and does not stumble', async () => {
  const files = handmadeDossier({ stamps: [stamp], assets: ASSETS.slice(1), drafts: ordinaryDrafts(ASSETS.slice(1)) });
  const zip = zippedWith(files);
  const paths = new Map<string, number>();
  // The same every time: what fails can be looked at.
  for (let n = 0; n < 80; n++) {
    const bent = Buffer.from(zip);
    const at = (n * 7_919 * 131) % bent.length;
    bent.writeUInt8(bent.readUInt8(at) ^ (1 << (n % 8)), at);
    paths.set(await put(bent), at);
  }
  const reports = [...(await secondVerifierOnAll([...paths.keys()], ...pinned))];
  expect(reports).toHaveLength(80);
  expect(reports.flatMap(([, { items }]) => items).filter(({ reason }) => reason?.startsWith('unexpected'))).toEqual(
    [],
  );
  // Who made the entry, and its rights on disk, are all that may differ: nothing of the dossier is in them.
  const passed = reports.filter(([, { verdict }]) => verdict !== 'FAIL').map(([path]) => paths.get(path) ?? 0);
  expect(passed.filter((at) => !isFreeInDirectory(zip, at))).toEqual([]);
  for (const [path, { verdict }] of reports) expect([path, await firstVerdict(path)]).toEqual([path, verdict]);
});

function isFreeInDirectory(zip: Buffer, at: number): boolean {
  const entry = zip.lastIndexOf('PK\x01\x02', at, 'latin1');
  const field = at - entry;
  return entry > 0 && ((field >= 4 && field < 6) || (field >= 36 && field < 42));
}
