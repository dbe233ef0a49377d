import { isArchiveError, toHex } from '#domain';
import { keys, type ObjectStore, type Retention, type StoredObject } from '#object-store';
import type { ArchiveParts } from '../archive.js';
import type { OriginalRecord } from '../assets/original-record.js';
import { digestFile, type FileDigests } from '../digest/digest-file.js';
import { digestText } from '../ledger/canonical.js';
import { slowReader } from '../watch/slow-reader.js';
import { checkedStream } from './checked-stream.js';

type Needs = Pick<ArchiveParts, 'threads'>;

/** The bytes that were to be copied are not those the events name: nothing was put anywhere. */
export class SourceDiffers extends Error {
  constructor() {
    super('the bytes to be copied are not those the events name');
    this.name = 'SourceDiffers';
  }
}

/** What was read back of the store is not what was put into it. */
export class NotReadBack extends Error {
  constructor(key: string) {
    super(`${key} was read back other than it was put down`);
    this.name = 'NotReadBack';
  }
}

export interface CopyPlan {
  readonly record: OriginalRecord;
  readonly from: { readonly store: ObjectStore; readonly object: StoredObject };
  readonly to: {
    readonly store: ObjectStore;
    readonly key: string;
    /** The version that is there and damaged; null when there is none, and where the store knows no versions. */
    readonly damagedVersion: string | null;
  };
  /** An earlier try may have put it there already. */
  readonly mayBeThere: boolean;
  /** Names what the filesystem moves aside; the same each time the same is tried. */
  readonly attempt: string;
  readonly lockUntil: Date;
  /** The store failed to prove its locks, and is used all the same: what it does hold is recorded. */
  readonly isUnproved: boolean;
  readonly bytesPerSecond?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told as bytes are read from the good copy. */
  readonly onRead?: ((bytes: number) => void) | undefined;
}

export interface PlacedCopy {
  readonly object: StoredObject;
  readonly retention: Retention;
  readonly digests: FileDigests;
  /** It was there already: put down by a try that was cut off before it could say so. */
  readonly wasThere: boolean;
  /** Where the filesystem keeps what was in its place. */
  readonly setAside: readonly string[];
}

/**
 * Puts the bytes of one copy where the other belongs. They are hashed on the way, held against the events, and shown
 * only when they are right; then read back from the store whole, and locked. Every step can be repeated: what an earlier
 * try left, and is right, is taken.
 * @throws SourceDiffers, NotReadBack; ArchiveErrors of the stores
 */
export async function placeCopy(parts: Needs, plan: CopyPlan): Promise<PlacedCopy> {
  const { store } = plan.to;
  const there = plan.mayBeThere ? await findRight(parts, plan) : null;
  const placed = there ?? (await put(parts, plan));
  const retention = await lock(plan, placed.object);
  const setAside: string[] = [];
  for await (const { key } of store.list('vault', keys.setAsides(plan.to.key, plan.attempt))) setAside.push(key);
  return { ...placed, retention, setAside, wasThere: there !== null };
}

type Placed = Pick<PlacedCopy, 'object' | 'digests'>;

/** The newest version at the key but the damaged one, when its bytes are right. */
async function findRight(parts: Needs, { to, record, signal }: CopyPlan): Promise<Placed | null> {
  const versions = await to.store.listVersions('vault', to.key);
  const newest = versions.find(
    ({ isDeleteMarker, versionId }) => !isDeleteMarker && (versionId === null || versionId !== to.damagedVersion),
  );
  if (newest === undefined || newest.sizeBytes !== record.sizeBytes) return null;
  const { versionId, sizeBytes } = newest;
  const object: StoredObject = { area: 'vault', key: to.key, versionId, sizeBytes };
  try {
    const digests = await digestFile(parts.threads, await to.store.readBlocks(object, signal), signal);
    return isRight(record, digests) ? { object, digests } : null;
  } catch (error) {
    if (isArchiveError(error, 'object-missing') || isArchiveError(error, 'object-altered')) return null;
    // What cannot be read is not right; a store that is away is not asked further.
    await to.store.check();
    if (isArchiveError(error, 'storage-unavailable')) return null;
    throw error;
  }
}

async function put(parts: Needs, { record, from, to, ...plan }: CopyPlan): Promise<Placed> {
  const { signal, onRead, bytesPerSecond } = plan;
  // As many as there must be: what a row says of the size is not asked.
  const reader = await from.store.readBlocks({ ...from.object, sizeBytes: record.sizeBytes }, signal);
  const source = bytesPerSecond === undefined ? reader : slowReader(reader, bytesPerSecond, signal);
  const check = (found: FileDigests): void => {
    if (!isRight(record, found)) throw new SourceDiffers();
  };
  const stream = checkedStream(parts.threads, { source, check, onRead, signal });
  const aside = (n: number): string => keys.setAside(to.key, plan.attempt, n);
  const object = await to.store.putBeside(to.key, stream, record.sizeBytes, aside);
  const digests = await digestFile(parts.threads, await to.store.readBlocks(object, signal), signal);
  if (isRight(record, digests)) return { object, digests };
  throw new NotReadBack(to.key);
}

/** Where the time of a lock is over, and on a store that may be without locks, what there is. */
async function lock({ to, lockUntil, isUnproved }: CopyPlan, object: StoredObject): Promise<Retention> {
  if (lockUntil.getTime() <= Date.now()) return await to.store.retention(object);
  try {
    return await to.store.lock(object, lockUntil);
  } catch (error) {
    if (!isUnproved || !isArchiveError(error, 'lock-not-held')) throw error;
    return await to.store.retention(object);
  }
}

/** All four, and all of them said by events. */
function isRight(record: OriginalRecord, found: FileDigests): boolean {
  return (
    found.sizeBytes === record.sizeBytes &&
    digestText(found.blockRoot) === record.blockRoot &&
    digestText(found.sha256) === record.sha256 &&
    `sm3:${toHex(found.sm3)}` === record.sm3
  );
}
