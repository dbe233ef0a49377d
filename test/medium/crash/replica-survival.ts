import type { Id } from '#domain';
import { startChild } from '../../support/child-process.js';
import type { RunningArchive } from '../../support/running-archive.js';
import type { ReplicaOrder } from './replica-child.js';

export interface Prepared {
  readonly work: ReplicaOrder['work'];
  readonly assetId: Id;
}

export interface ReplicaOrdeal {
  readonly running: RunningArchive;
  /** What a child is to copy or to heal, anew for each death. */
  prepare(): Promise<Prepared>;
  /** How many die side by side. */
  readonly atOnce: number;
  /** Another process goes on with what the dead one left. */
  goOn(prepared: Prepared): Promise<void>;
}

/**
 * Kills the child at its first point, then at its second, and so on until it comes through; each time another goes on.
 * @returns names of the points it was killed at
 */
export async function surviveCopying({ running, prepare, goOn, atOnce }: ReplicaOrdeal): Promise<string[]> {
  const points: string[] = [];
  let next = 1;
  let isThrough = false;
  const strand = async (): Promise<void> => {
    while (!isThrough) {
      const fatal = next++;
      const prepared = await prepare();
      const point = await run({ options: running.options, fatal, work: prepared.work });
      if (point === null) isThrough = true;
      else points.push(point);
      await goOn(prepared);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, strand));
  return points;
}

/** @returns where it was killed; null when it came to its end */
async function run(order: ReplicaOrder): Promise<string | null> {
  const child = await startChild(new URL('./replica-child.ts', import.meta.url), [JSON.stringify(order)]);
  const line = await child.nextLine();
  await child.kill();
  return line.startsWith('killed at ') ? line.slice('killed at '.length) : null;
}
