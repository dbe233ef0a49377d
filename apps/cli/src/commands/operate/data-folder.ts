import { mkdir, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';
import { forgetRunning, type RunningProcess, readRunning } from '../../running.js';
import { identityOf } from './process-identity.js';

/** Held by the one process that may run the archive of a data folder. */
export interface FolderClaim {
  release(): Promise<void>;
}

const END_MS = 25_000;

/**
 * Makes the folder if need be and claims it. The claim is a socket in Linux's abstract namespace, named by the folder's
 * inode: the kernel gives it to one process only and takes it back when that ends, however it ends; a moved folder keeps
 * its name, and nothing stale is ever left lying about.
 * @throws CommandFailure when another process runs on this folder
 */
export async function claimDataFolder(dir: string): Promise<FolderClaim> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { dev, ino } = await stat(dir);
  const name = `liuhen-data-${dev}-${ino}`;
  const server = createServer((socket) => socket.destroy());
  const isOurs = await listens(server, process.platform === 'linux' ? `\0${name}` : join(tmpdir(), name));
  if (!isOurs) throw await taken(dir);
  server.unref();
  return { release: () => new Promise((done) => server.close(() => done())) };
}

/** Whether some process runs the archive of this folder now. */
export async function isClaimed(dir: string): Promise<boolean> {
  try {
    await (await claimDataFolder(dir)).release();
    return false;
  } catch (error) {
    if (error instanceof CommandFailure) return true;
    throw error;
  }
}

function listens(server: Server, path: string): Promise<boolean> {
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? done(false) : fail(error)));
    server.listen(path, () => done(true));
  });
}

async function taken(dir: string): Promise<CommandFailure> {
  const running = await readRunning(dir);
  const where = running === null ? '' : `（${running.address}）`;
  return new CommandFailure(EXIT.conflict, {
    zh: `数据目录 ${dir} 正在被另一个进程使用${where}；请先停止它，或用 --data 另选目录`,
    en: `The data folder ${dir} is in use by another process${where}; stop that one, or choose another with --data`,
  });
}

/**
 * Ends what a killed start left running on this folder. Our children notice by themselves that their parent is gone;
 * this waits for them, and helps those that hang. Only processes that are surely ours are touched.
 */
export async function endLeftovers(dir: string): Promise<void> {
  const running = await readRunning(dir);
  const left = (running?.processes ?? []).filter(isStillThere);
  for (const { pid } of left) signal(pid, 'SIGTERM');
  const deadline = Date.now() + END_MS;
  while (left.some(isStillThere) && Date.now() < deadline) await sleep(100);
  for (const process of left.filter(isStillThere)) signal(process.pid, 'SIGKILL');
  while (left.some(isStillThere)) await sleep(50);
  await forgetRunning(dir);
}

function isStillThere({ pid, identity }: RunningProcess): boolean {
  return identityOf(pid) === identity;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone meanwhile: all the better.
  }
}
