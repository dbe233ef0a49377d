import { type CheckpointRecord, checkpointRepository, type EventRecord, logRepository, type Tx } from '#persistence';
import { TlogError, verifyInclusion } from '#tlog';
import { eventLeafHash, sha256 } from '../ledger/canonical.js';
import { proveInclusion } from '../ledger/log/tree-proofs.js';

/**
 * Whether these events are those that were logged: their bytes hash to what the tree has at their places, as far as a
 * signed checkpoint reaches, and only one of them says what was received, and one what was sealed. What waits for the
 * log is held against its own hash alone.
 */
export async function areAsLogged(tx: Tx, events: readonly EventRecord[]): Promise<boolean> {
  for (const only of ['asset.received', 'asset.sealed'] as const)
    if (events.filter(({ type }) => type === only).length !== 1) return false;
  const checkpoint = await checkpointRepository.newest(tx);
  for (const event of events) if (!(await isAsLogged(tx, event, checkpoint))) return false;
  return true;
}

async function isAsLogged(tx: Tx, event: EventRecord, checkpoint: CheckpointRecord | null): Promise<boolean> {
  const leafHash = eventLeafHash(event.leaf);
  if (!leafHash.equals(event.leafHash)) return false;
  // In this order: it may be taken into the log between the two questions.
  const isWaiting = await logRepository.isWaiting(tx, event.id);
  const entry = await logRepository.entryOfEvent(tx, event.id);
  if (entry === null) return isWaiting;
  if (!entry.leafHash.equals(leafHash)) return false;
  if (checkpoint === null || entry.index >= checkpoint.size) return true;
  const { size, root } = checkpoint;
  try {
    const proof = await proveInclusion(tx, entry.index, size);
    verifyInclusion(sha256, { leafHash, index: entry.index, size, root, proof });
    return true;
  } catch (error) {
    if (error instanceof TlogError) return false;
    throw error;
  }
}
