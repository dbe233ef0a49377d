import { setTimeout as sleep } from 'node:timers/promises';
import { claimFolder, type FolderClaim } from '../../claim-folder.js';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';
import { forgetRunning, type RunningProcess, readRunning } from '../../running.js';
import { identityOf } from './process-identity.js';

const END_MS = 25_000;

/**
 * The claim of the one process that runs the archive of a data folder.
 * @throws CommandFailure when another process runs on this folder
 */
export async function claimDataFolder(dir: string): Promise<FolderClaim> {
  const claim = await claimFolder(dir, 'data');
  if (claim === null) throw await taken(dir);
  return claim;
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
