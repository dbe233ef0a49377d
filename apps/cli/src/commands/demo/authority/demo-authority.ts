import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Environment, loadConfig } from '#config';
import { DEMO_AUTHORITY_MARK } from '#domain';
import { type Authority, makeAuthority, openAuthority } from './make-authority.js';
import { serveAuthority } from './serve-authority.js';

const NAMES = { organisation: DEMO_AUTHORITY_MARK, prefix: `演示，不具证明力 ${DEMO_AUTHORITY_MARK}` };

export interface DemoAuthority {
  /** The environment with it. */
  readonly env: Environment;
  stop(): Promise<void>;
}

/**
 * A time-stamp authority for the demo's archive, on this machine, with its keys in the data folder: it shows how
 * time-stamps are asked for and checked, and can prove nothing, since whoever runs the archive can stamp any time.
 * @returns null where an authority is set already, or the data folder is no demo's: nothing real is stamped by this
 * @throws Error of `openssl`, and ENOENT where there is none
 */
export async function startDemoAuthority(env: Environment): Promise<DemoAuthority | null> {
  const config = loadConfig(env, 'cli');
  if (config.ledger.authority !== null || config.database.url !== null) return null;
  if (!(await isDemoFolder(config.data.dir))) return null;
  const { dir, answer } = await settleAuthority(config.data.dir);
  const { url, stop } = await serveAuthority(answer);
  return { env: { ...env, LIUHEN_TSA_URL: url, LIUHEN_TSA_ROOTS: join(dir, 'root.pem') }, stop };
}

/** One that a demo made, or that is to be made. */
async function isDemoFolder(dataDir: string): Promise<boolean> {
  const names = await readdir(dataDir).catch((): string[] => []);
  return names.includes('demo.json') || names.every((name) => name.startsWith('demo-'));
}

/** The one of the runs before: what it stamped is checked against its root. */
async function settleAuthority(dataDir: string): Promise<Authority> {
  const dir = join(dataDir, 'demo-authority');
  if (existsSync(dir)) return await openAuthority(dir);
  // Under another name until it is whole: half an authority would be no better than none, for ever.
  const draft = `${dir}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await makeAuthority({ dir: draft, names: NAMES });
  await rename(draft, dir);
  return await openAuthority(dir);
}
