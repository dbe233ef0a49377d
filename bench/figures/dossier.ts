import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DossierReport } from '#dossier';
import type { ApiClient } from '../api-client.js';
import { type ArchiveUnderTest, startArchive } from '../archive-under-test.js';
import { type Bench, byTurns, compare, type Figures, megabytesPerSecond, secondsOf } from '../figure.js';
import { makeFile } from '../files.js';
import { run, syncDisk } from '../process.js';
import { sendFile } from '../tus-sender.js';

const LIUHEN = fileURLToPath(new URL('../../dist/apps/cli/src/main.js', import.meta.url));
const ORIGINALS = 5;

/** Giving out a case, from the wish to the last byte in the receiver's folder, and checking what he has then. */
export const dossier: Figures = {
  name: 'dossier',
  about: 'export of a case into a folder and as a zip file; `liuhen verify` of it (5 GiB, or --gib=N)',
  async run(bench) {
    const archive = await startArchive(join(bench.dir, 'archive'));
    try {
      await archive.startWorker();
      const given = await prepare(bench, archive);
      return [...(await exporting(bench, given)), await verifying(bench, given)];
    } finally {
      await archive.stop();
    }
  },
};

interface Given {
  readonly caseId: string;
  readonly officer: ApiClient;
  /** The originals where the archive keeps them. */
  readonly originals: readonly string[];
  readonly sizeBytes: number;
  /** Key of the log, as someone outside has it. */
  readonly vkey: string;
  liuhen(...args: readonly string[]): Promise<string>;
}

async function prepare(bench: Bench, archive: ArchiveUnderTest): Promise<Given> {
  const officer = await archive.person('dossier-officer', 'officer');
  const step = await officer.openCase('沪市监案〔2026〕1号');
  let sizeBytes = 0;
  for (let n = 0; n < ORIGINALS; n++) {
    const file = await makeFile(join(bench.dir, 'sent.bin'), Math.round((bench.caseGiB * 1024) / ORIGINALS));
    const target = { url: `${archive.url}/api/v1/uploads`, headers: officer.authorization };
    const url = await sendFile(target, { ...file, name: `现场录像${n + 1}.mp4`, step });
    await officer.untilAsset(basename(url), ({ custody }) => custody === 'sealed');
    sizeBytes += file.sizeBytes;
    await rm(file.path);
  }
  const { vkey } = await archive.signer.state();
  const env = { ...archive.environment, LIUHEN_URL: archive.url, LIUHEN_TOKEN: officer.token };
  return {
    ...{ caseId: step.caseId, officer, sizeBytes, vkey },
    originals: await filesBelow(join(archive.dir, 'objects/vault/originals')),
    liuhen: async (...args) => {
      const ended = await run(process.execPath, [LIUHEN, ...args], { env, timeout: 900_000 }).catch(
        (error: { code: number; stdout: string; stderr: string }) => error,
      );
      // 2: something could not be checked; what, is looked at.
      if ('code' in ended && ended.code !== 2) throw new Error(`liuhen ${args[0]}: ${ended.code} ${ended.stderr}`);
      return ended.stdout;
    },
  };
}

async function exporting(bench: Bench, given: Given) {
  const { caseId, originals, sizeBytes, liuhen } = given;
  const out = join(bench.dir, 'out');
  const rate = async (work: () => Promise<unknown>): Promise<number> => {
    await rm(out, { recursive: true, force: true });
    await mkdir(out);
    await syncDisk(bench.dir);
    return megabytesPerSecond(sizeBytes, await secondsOf(work));
  };
  const runs = await byTurns(bench, {
    folder: () => rate(() => liuhen('export', caseId, '--reason', '移送', '--out', join(out, 'dossier'))),
    zip: () => rate(() => liuhen('export', caseId, '--reason', '移送', '--out', join(out, 'dossier.zip'))),
    plain: () =>
      rate(async () => {
        await run('cp', ['-t', out, ...originals]);
        await run('openssl', ['dgst', '-sha256', ...originals]);
      }),
  });
  await rm(out, { recursive: true, force: true });
  const against = { rivalName: 'cp, then openssl dgst -sha256, of the same files', reach: { atLeast: 0.8 } };
  const figure = `export of a case of ${bench.caseGiB} GiB, asked for, checked and fetched`;
  return [
    compare(`${figure}, into a folder`, 'MB/s', { ours: runs.folder, rival: runs.plain }, against),
    compare(`${figure}, as a zip file`, 'MB/s', { ours: runs.zip, rival: runs.plain }, against),
  ];
}

async function verifying(bench: Bench, { caseId, sizeBytes, vkey, liuhen }: Given) {
  const folder = join(bench.dir, 'dossier');
  await liuhen('export', caseId, '--reason', '移送', '--out', folder);
  const files = await filesBelow(folder);
  const runs = await byTurns(bench, {
    ours: async () => {
      let report = '';
      const seconds = await secondsOf(async () => {
        report = await liuhen('verify', folder, '--log', vkey, '--json');
      });
      requireGood(JSON.parse(report) as DossierReport);
      return megabytesPerSecond(sizeBytes, seconds);
    },
    openssl: async () => {
      const seconds = await secondsOf(async () => {
        await run('openssl', ['dgst', '-sha256', ...files]);
        await run('openssl', ['dgst', '-sm3', ...files]);
      });
      return megabytesPerSecond(sizeBytes, seconds);
    },
  });
  return compare(
    `liuhen verify of a case of ${bench.caseGiB} GiB, all of it`,
    'MB/s',
    { ours: runs.ours, rival: runs.openssl },
    { rivalName: 'openssl dgst -sha256, then -sm3, of the same bytes', reach: { atLeast: 0.8 } },
  );
}

/** All of it passes but the time, since no authority stamps this log. */
function requireGood({ items }: DossierReport): void {
  const bad = items.filter(({ kind, verdict }) => verdict !== 'PASS' && kind !== 'timestamp');
  if (bad.length > 0) throw new Error(`the dossier does not pass: ${JSON.stringify(bad)}`);
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
