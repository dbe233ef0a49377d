import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FigureResult, type Figures, isReached, scoreOf } from './figure.js';
import { browserVerifier } from './figures/browser-verifier.js';
import { dossier } from './figures/dossier.js';
import { lawLists } from './figures/law-lists.js';
import { ledger } from './figures/ledger.js';
import { ledgerCost } from './figures/ledger-cost.js';
import { lists } from './figures/lists.js';
import { media } from './figures/media.js';
import { memory } from './figures/memory.js';
import { playback } from './figures/playback.js';
import { s3 } from './figures/s3.js';
import { seal } from './figures/seal.js';
import { upload } from './figures/upload.js';

/**
 * `npm run bench [-- NAME …]`: measures everything, or what is named, against the named alternatives in the same run,
 * prints a table and writes it to bench/results. A figure not reached is reported, never a failure; the exit code is
 * not 0 only when something could not be run.
 */
const FIGURES: readonly Figures[] = [
  upload,
  s3,
  memory,
  seal,
  media,
  playback,
  ledger,
  ledgerCost,
  dossier,
  lists,
  lawLists,
  browserVerifier,
];
const ROUNDS = 5;
/** What the figures of dossiers are promised for. */
const CASE_GIB = 5;
const RESULTS = fileURLToPath(new URL('./results/', import.meta.url));

const wanted = process.argv.slice(2).filter((name) => !name.startsWith('-'));
const unknown = wanted.filter((name) => !FIGURES.some((figures) => figures.name === name));
if (unknown.length > 0 || process.argv.includes('--help')) {
  console.log(
    `npm run bench [-- NAME …] [--rounds=${ROUNDS}] [--gib=${CASE_GIB}]\n${FIGURES.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join('\n')}`,
  );
  process.exit(unknown.length > 0 ? 2 : 0);
}

const rounds = numberOf('rounds') ?? ROUNDS;
const caseGiB = numberOf('gib') ?? CASE_GIB;
const results: FigureResult[] = [];
const failures: { readonly name: string; readonly error: string }[] = [];
for (const figures of FIGURES.filter(({ name }) => wanted.length === 0 || wanted.includes(name)))
  await measure(figures);
console.log(`\n${tableOf(results)}`);
for (const { name, error } of failures) console.log(`\n${name} could not be measured: ${error}`);
console.log(`\n${await keep()}`);
process.exit(failures.length > 0 ? 1 : 0);

function numberOf(option: string): number | null {
  const given = process.argv.find((arg) => arg.startsWith(`--${option}=`));
  return given === undefined ? null : Number(given.slice(option.length + 3));
}

async function measure(figures: Figures): Promise<void> {
  const dir = await mkdtemp(join(process.env.LIUHEN_BENCH_DIR ?? tmpdir(), `liuhen-bench-${figures.name}-`));
  console.log(`\n${figures.name}: ${figures.about}`);
  try {
    results.push(...(await figures.run({ dir, rounds, caseGiB, say: (text) => console.log(`  ${text}`) })));
  } catch (error) {
    failures.push({
      name: figures.name,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function keep(): Promise<string> {
  await mkdir(RESULTS, { recursive: true });
  const at = new Date().toISOString();
  const path = join(RESULTS, `${at.replaceAll(':', '-')}.json`);
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, memoryBytes: totalmem(), kernel: release() };
  const scored = results.map((result) => ({ ...result, score: scoreOf(result), isReached: isReached(result) }));
  await writeFile(
    path,
    `${JSON.stringify({ at, node: process.version, machine, rounds, caseGiB, results: scored, failures }, null, 2)}\n`,
  );
  return path;
}

function tableOf(lines: readonly FigureResult[]): string {
  const rows = lines.map((line) => [
    line.figure,
    `${shown(line.ours)} ${line.unit}`,
    line.rival === null ? '' : `${shown(line.rival)} ${line.unit}`,
    line.rival === null ? '' : `${scoreOf(line).toFixed(2)} ×`,
    bound(line),
    { true: 'reached', false: 'NOT REACHED', null: '' }[String(isReached(line))] ?? '',
    [line.rivalName, line.note].filter(Boolean).join('; '),
  ]);
  const head = ['figure', 'ours', 'rival', 'ratio', 'to reach', '', 'against'];
  const widths = head.map((title, n) => Math.max(title.length, ...rows.map((row) => row[n]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, n) => cell.padEnd(widths[n] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function bound({ reach, rival }: FigureResult): string {
  if (reach === null) return 'reported';
  const unit = rival === null ? '' : ' ×';
  return reach.atLeast === undefined ? `≤ ${reach.atMost}${unit}` : `≥ ${reach.atLeast}${unit}`;
}

function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
