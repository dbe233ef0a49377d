import { readFileSync } from 'node:fs';

/**
 * What tells a process from a later one that got the same pid: this boot of the machine, and the tick it was started at
 * (proc(5): field 22 of stat). Null when there is no such process.
 */
export function identityOf(pid: number): string | null {
  if (process.platform !== 'linux') return isAlive(pid) ? 'alive' : null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The program's name, in brackets, may hold blanks and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startedAt] = [fields[0], fields[19]];
    return state === 'Z' || startedAt === undefined ? null : `${bootId()}:${startedAt}`;
  } catch {
    return null;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
