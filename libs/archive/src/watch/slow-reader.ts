import { setTimeout as sleep } from 'node:timers/promises';
import type { BlockReader } from '#object-store';

/** Reads no faster than that, so that looking again does not take the disk or the line from those who wait. */
export function slowReader(source: BlockReader, bytesPerSecond: number, signal?: AbortSignal): BlockReader {
  const startedAt = performance.now();
  let total = 0;
  return {
    read: async (into) => {
      const aheadMs = (total / bytesPerSecond) * 1_000 - (performance.now() - startedAt);
      if (aheadMs > 0) await sleep(aheadMs, undefined, signal === undefined ? {} : { signal });
      const length = await source.read(into);
      total += length;
      return length;
    },
    close: () => source.close(),
  };
}
