import { createHash } from 'node:crypto';
import { ArchiveError, type Digest, isId } from '#domain';
import { type PlannedEntry, ZipLayout } from '#dossier';
import type { ObjectStore, StoredObject } from '#object-store';
import type { StoredPlan } from '#persistence';
import { readAll } from '../ledger/log/write-once.js';

/** A file of a dossier: what it is called there, what it hashes to, and where its bytes are. */
export interface PlannedFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly sm3: string;
  readonly crc32: number;
  readonly object: StoredObject;
}

/** All of a dossier: with the objects it names, the same zip file each time. */
export interface DossierPlan {
  readonly dossierId: string;
  /** Time of the export, which every file in the zip file bears. */
  readonly at: string;
  readonly files: readonly PlannedFile[];
}

export function layoutOf({ dossierId, at, files }: DossierPlan): ZipLayout {
  const modifiedAt = new Date(at);
  return new ZipLayout(
    files.map(
      ({ path, sizeBytes, crc32 }): PlannedEntry => ({
        path: `dossier-${dossierId}/${path}`,
        sizeBytes,
        crc32,
        modifiedAt,
      }),
    ),
  );
}

export function planBytes(plan: DossierPlan): Buffer {
  return Buffer.from(JSON.stringify(plan));
}

/** @throws ArchiveError `object-altered` when it is not the one that was made, `object-missing` */
export async function readPlan(store: ObjectStore, stored: StoredPlan): Promise<DossierPlan> {
  const { key, versionId, sizeBytes } = stored;
  const bytes = await readAll(store, { area: 'media', key, versionId, sizeBytes });
  const sha256: Digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const plan = sha256 === stored.sha256 ? (JSON.parse(bytes.toString('utf8')) as DossierPlan) : null;
  if (plan === null || !isId(plan.dossierId)) throw new ArchiveError('object-altered', `the plan ${key} was altered`);
  return plan;
}
