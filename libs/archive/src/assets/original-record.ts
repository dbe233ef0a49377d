import { ArchiveError, type Chain, type Copy, type EventType, type Id } from '#domain';
import { type EventRecord, ledgerRepository, type Tx } from '#persistence';
import { type Said, saidBy } from '../ledger/said.js';

/** Where a copy was last put, and what was promised of its lock. */
export interface Placement {
  /** Where it lies: null for originals, which have one store; the mark of the second store. */
  readonly storeId: string | null;
  readonly objectKey: string;
  readonly objectVersion: string | null;
  /** Null where no lock was promised. */
  readonly lockedUntil: Date | null;
}

/** What the events of an asset say of its original and of its replica. No row is asked. */
export interface OriginalRecord {
  readonly sizeBytes: number;
  readonly blockRoot: string;
  /** Null until the seal. */
  readonly sha256: string | null;
  readonly sm3: string | null;
  /** Found in the same reading as the two digests. */
  readonly sealedRoot: string | null;
  readonly isQuarantined: boolean;
  /** Null for a replica that was never made. */
  readonly placed: Readonly<Record<Copy, Placement | null>>;
  /** Versions, or names of files moved aside, that healings left beside each. */
  readonly former: Readonly<Record<Copy, readonly string[]>>;
  /** The events all this was read from. */
  readonly events: readonly EventRecord[];
}

/** Which copy an event of this type places. A healing says which itself; others place none. */
const PLACED: Partial<Record<EventType, Copy>> = {
  'asset.received': 'original',
  'asset.sealed': 'original',
  'asset.replicated': 'replica',
};
const TYPES: readonly EventType[] = [...(Object.keys(PLACED) as EventType[]), 'asset.healed', 'asset.quarantined'];

/** @throws ArchiveError `internal` for an asset without an event of receipt */
export async function readOriginalRecord(tx: Tx, assetId: Id): Promise<OriginalRecord> {
  const record = await findOriginalRecord(tx, assetId);
  if (record === null) throw new ArchiveError('internal', `no event of receipt for asset ${assetId}`);
  return record;
}

/** @returns null for an asset without an event of receipt, or with one that does not say what was received */
export async function findOriginalRecord(tx: Tx, assetId: Id): Promise<OriginalRecord | null> {
  const chain: Chain = `asset:${assetId}`;
  const events = await ledgerRepository.ofTypes(tx, chain, TYPES);
  const placed: Record<Copy, Placement | null> = { original: null, replica: null };
  const former: Record<Copy, string[]> = { original: [], replica: [] };
  let receipt: Said = {};
  let seal: Said = {};
  let isQuarantined = false;
  for (const event of events) {
    const said = saidBy(event);
    if (event.type === 'asset.received') receipt = said;
    if (event.type === 'asset.sealed') seal = said;
    if (event.type === 'asset.quarantined') isQuarantined = true;
    const copy = event.type === 'asset.healed' ? healedCopy(said) : PLACED[event.type];
    if (copy === undefined) continue;
    placed[copy] = placementOf(said);
    if (event.type === 'asset.healed') former[copy].push(...formerOf(said));
  }
  const { size_bytes: sizeBytes, block_root: blockRoot } = receipt;
  if (typeof sizeBytes !== 'number' || typeof blockRoot !== 'string') return null;
  return {
    ...{ sizeBytes, blockRoot, isQuarantined, placed, former, events },
    ...{ sha256: textOf(seal.sha256), sm3: textOf(seal.sm3), sealedRoot: textOf(seal.block_root) },
  };
}

function healedCopy({ copy }: Said): Copy {
  return copy === 'replica' ? 'replica' : 'original';
}

function placementOf(said: Said): Placement {
  const isLocked = said.lock === 'COMPLIANCE' && typeof said.retain_until === 'string';
  return {
    storeId: textOf(said.store),
    objectKey: String(said.object_key),
    objectVersion: textOf(said.object_version),
    lockedUntil: isLocked ? new Date(String(said.retain_until)) : null,
  };
}

function formerOf({ former_version: version, set_aside: aside }: Said): string[] {
  return [version, ...(Array.isArray(aside) ? aside : [])].filter((name) => typeof name === 'string');
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
