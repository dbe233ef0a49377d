import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSampleDossier, type SampleDossier } from '../../support/sample-dossier.js';
import { secondVerifier } from '../../support/second-verifier.js';

let dir: string;
let sample: SampleDossier;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liuhen-exported-'));
  sample = await makeSampleDossier(join(dir, 'sample'));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

it('passes what the archive gives out, as a folder and as a zip file', async () => {
  for (const path of [sample.folder, sample.zipPath]) {
    const trust = ['--policy', sample.policyPath, '--tsa-roots', sample.rootsPath];
    const { code, report } = await secondVerifier('check', path, ...trust);
    expect(report.items.filter(({ result }) => result !== 'PASS')).toEqual([]);
    expect([code, report.verdict]).toEqual([0, 'PASS']);
    const derived = report.items.map(({ item }) => item).filter((item) => /^(?:packed|rendition:.*)$/.test(item));
    expect(derived.map((item) => item.replace(/:.*\//, ' '))).toEqual([
      'packed',
      'rendition poster',
      'rendition storyboard',
    ]);
  }
});

it('passes it with keys typed one by one, and not without', async () => {
  const policy = await readFile(sample.policyPath, 'utf8');
  const keys = policy.split('\n').flatMap((line) => /^(?:log|witness \S+) (\S+)/.exec(line)?.[1] ?? []);
  const typed = keys.flatMap((vkey) => ['--vkey', vkey]);
  const roots = ['--tsa-roots', sample.rootsPath];
  expect((await secondVerifier('check', sample.zipPath, ...typed, ...roots)).code).toBe(0);
  expect((await secondVerifier('check', sample.zipPath, ...roots)).code).toBe(2);
});
