import type { Id } from '#domain';
import { type AssetRecord, assetRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';

/** A power cut or a deployment may end a worker anywhere, but not this often at the same original. */
const MOST_DEATHS = 5;

/** Whether workers have died over this original so often that no other should try. */
export function isDeadly(asset: AssetRecord): boolean {
  return asset.toolDeaths >= MOST_DEATHS;
}

/**
 * Runs tools on an original and remembers if the worker does not live to see them end: the sweep asks for what is
 * owed for ever, and a file that takes the worker down would take it down for ever, with the work of all others.
 */
export async function rememberingDeath<T>(
  { database }: Pick<ArchiveParts, 'database'>,
  assetId: Id,
  work: () => Promise<T>,
): Promise<T> {
  await assetRepository.toolsBegin(database.reader, assetId);
  try {
    return await work();
  } finally {
    await assetRepository.toolsEnded(database.reader, assetId);
  }
}
