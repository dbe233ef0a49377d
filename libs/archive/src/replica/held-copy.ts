import { ArchiveError, type Copy, retainUntil } from '#domain';
import type { ObjectStore, StoredObject } from '#object-store';
import { type AssetRecord, replicaRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { type OriginalRecord, readOriginalRecord } from '../assets/original-record.js';
import { storedOriginal } from '../assets/stored-original.js';

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'replica'>;

/** The original or its replica as it is stored, with what the events say of it. */
export interface HeldCopy {
  readonly copy: Copy;
  readonly store: ObjectStore;
  /** Where it is, by the row. */
  readonly object: StoredObject;
  readonly record: OriginalRecord;
  /** What was promised of its lock, by the newest event; a row may say that it was lengthened since. */
  readonly lockedUntil: Date | null;
}

/**
 * @returns null for a replica that was not made in the store that is configured
 * @throws ArchiveError `storage-unavailable` and the like when the second store cannot be reached
 */
export async function heldCopy(parts: Needs, asset: AssetRecord, copy: Copy): Promise<HeldCopy | null> {
  const record = await readOriginalRecord(parts.database.reader, asset.id);
  if (copy === 'original') {
    const promised = record.placed.original?.lockedUntil ?? null;
    const lockedUntil = promised && later(promised, asset.retainUntil);
    return { copy, store: parts.store, object: storedOriginal(asset), record, lockedUntil };
  }
  const replica = parts.replica && (await parts.replica.open());
  const row = await replicaRepository.find(parts.database.reader, asset.id);
  if (!replica || row === null || row.storeId !== replica.id) return null;
  const object = {
    ...{ area: 'vault' as const, key: row.objectKey, versionId: row.objectVersion },
    sizeBytes: row.sizeBytes,
  };
  const promised = record.placed.replica?.lockedUntil ?? null;
  const lockedUntil = promised && later(promised, row.retainUntil);
  return { copy, store: replica.store, object, record, lockedUntil };
}

/** @throws ArchiveError `not-found` */
export async function requireHeldCopy(parts: Needs, asset: AssetRecord, copy: Copy): Promise<HeldCopy> {
  const held = await heldCopy(parts, asset, copy);
  if (held === null) throw new ArchiveError('not-found', `asset ${asset.id} has no ${copy}`);
  return held;
}

/** Until when what is made from a copy is to be locked: as long as an original must be kept, and no less than was promised. */
export function lockEnd(
  { settings, clock }: Pick<ArchiveParts, 'settings' | 'clock'>,
  { receivedAt }: AssetRecord,
  { lockedUntil }: HeldCopy,
): Date {
  return later(retainUntil(receivedAt ?? clock.now(), settings.retentionDays), lockedUntil);
}

function later(one: Date, other: Date | null): Date {
  return other !== null && other > one ? other : one;
}
