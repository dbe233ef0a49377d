// Runs test/second-verifier/verify.py, which shares no code with the archive.
import { spawn } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Files } from './handmade-dossier.js';

const SCRIPT = fileURLToPath(new URL('../second-verifier/verify.py', import.meta.url));

export interface Finding {
  readonly step: number;
  readonly item: string;
  readonly result: 'PASS' | 'FAIL' | 'NOT CHECKED';
  readonly reason?: string;
  readonly offset?: number;
  readonly [fact: string]: unknown;
}

export interface SecondReport {
  readonly path?: string;
  readonly verdict: 'PASS' | 'FAIL' | 'NOT CHECKED';
  readonly reason?: string;
  readonly self_consistent_only?: boolean;
  readonly as_of?: { readonly at: string; readonly size: number };
  readonly items: readonly Finding[];
}

/** One run; what it prints is one report. */
export async function secondVerifier(...args: readonly string[]): Promise<{ code: number; report: SecondReport }> {
  const { code, out } = await runScript(args, '');
  return { code, report: JSON.parse(out) };
}

/** One start of Python for many dossiers; reports by path. */
export async function secondVerifierOnAll(
  paths: readonly string[],
  ...options: readonly string[]
): Promise<ReadonlyMap<string, SecondReport>> {
  const { out } = await runScript(['batch', ...options], paths.map((path) => `${path}\n`).join(''));
  const reports = out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as SecondReport);
  return new Map(reports.map((report) => [report.path ?? '', report]));
}

async function runScript(args: readonly string[], input: string): Promise<{ code: number; out: string }> {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' };
  const child = spawn('python3', ['-I', '-B', SCRIPT, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  const complaints: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  child.stdin.end(input);
  const code = await new Promise<number>((done, failed) => {
    child.once('error', failed);
    child.once('close', (status) => done(status ?? -1));
  });
  if (complaints.length > 0) throw new Error(`verify.py: ${Buffer.concat(complaints).toString('utf8')}`);
  return { code, out: Buffer.concat(chunks).toString('utf8') };
}

/** Writes the files of a dossier below a folder; `links` are made as symbolic links. */
export async function writeFolder(
  dir: string,
  files: Files,
  links: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), bytes);
  }
  for (const [path, target] of Object.entries(links)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await symlink(target, join(dir, path));
  }
}
