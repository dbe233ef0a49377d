import type { Id } from '#domain';
import type { Tx } from '../database.js';

/** Where the second copy of an original lies. */
export interface ReplicaRecord {
  readonly assetId: Id;
  /** The store it is in: mark of the folder, or address and bucket. */
  readonly storeId: string;
  readonly objectKey: string;
  readonly objectVersion: string | null;
  readonly sizeBytes: number;
  readonly lockMode: 'COMPLIANCE' | 'GOVERNANCE' | 'none';
  readonly retainUntil: Date | null;
  readonly replicatedAt: Date;
}

/** How far copying is. */
export interface ReplicaStanding {
  readonly sealed: number;
  readonly copied: number;
  readonly copiedBytes: number;
  /** Seal of the longest sealed original without a copy; null when all have one. */
  readonly owedSince: Date | null;
  readonly lastCopiedAt: Date | null;
}

const OWED = `a.custody = 'sealed' AND NOT EXISTS (
  SELECT FROM replicas r WHERE r.asset_id = a.id AND r.store_id = $1)`;

export const replicaRepository = {
  async find(tx: Tx, assetId: Id): Promise<ReplicaRecord | null> {
    return (await replicaRepository.ofMany(tx, [assetId]))[0] ?? null;
  },

  async ofMany(tx: Tx, assetIds: readonly Id[]): Promise<ReplicaRecord[]> {
    const rows: RawReplica[] = await tx.query('SELECT * FROM replicas WHERE asset_id = ANY($1::uuid[])', [assetIds]);
    return rows.map(toReplica);
  },

  async put(tx: Tx, replica: ReplicaRecord): Promise<void> {
    await tx.query(
      `INSERT INTO replicas (asset_id, store_id, object_key, object_version, size_bytes, lock_mode, retain_until,
         replicated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (asset_id) DO UPDATE SET store_id = $2, object_key = $3, object_version = $4, size_bytes = $5,
         lock_mode = $6, retain_until = $7, replicated_at = $8`,
      [
        ...[replica.assetId, replica.storeId, replica.objectKey, replica.objectVersion, replica.sizeBytes],
        ...[replica.lockMode, replica.retainUntil, replica.replicatedAt],
      ],
    );
  },

  /**
   * Sealed originals without a copy in this store, longest sealed first. Left out is what cannot be copied now: a
   * damaged original, and a copy that did not come out right and has its turn later.
   */
  async owed(tx: Tx, storeId: string, wish: { now: Date; before: Date; limit: number }): Promise<Id[]> {
    // Mostly none are owed, and to count them costs less than to look for them.
    const counts: { are_owed: boolean }[] = await tx.query(
      `SELECT (SELECT count(*) FROM assets WHERE custody = 'sealed')
         > (SELECT count(*) FROM replicas WHERE store_id = $1) AS are_owed`,
      [storeId],
    );
    if (counts[0]?.are_owed !== true) return [];
    const rows: { id: Id }[] = await tx.query(
      `SELECT a.id FROM assets a WHERE ${OWED} AND a.sealed_at < $2 AND NOT EXISTS (
         SELECT FROM asset_checks c WHERE c.asset_id = a.id AND (
           (c.copy = 'original' AND c.result IN ('missing', 'altered', 'unreadable'))
           OR (c.copy = 'replica' AND c.result IN ('missing', 'altered', 'unreadable') AND c.due_at > $3)))
       ORDER BY a.sealed_at LIMIT $4`,
      [storeId, wish.before, wish.now, wish.limit],
    );
    return rows.map((row) => row.id);
  },

  /** Copies in this store whose turn to be looked at has come, longest waiting first. */
  async due(tx: Tx, storeId: string, now: Date, limit: number): Promise<Id[]> {
    const rows: { asset_id: Id }[] = await tx.query(
      `SELECT c.asset_id FROM asset_checks c JOIN replicas r ON r.asset_id = c.asset_id
       JOIN assets a ON a.id = c.asset_id
       WHERE c.due_at <= $2 AND c.copy = 'replica' AND r.store_id = $1 AND a.custody = 'sealed'
       ORDER BY c.due_at LIMIT $3`,
      [storeId, now, limit],
    );
    return rows.map((row) => row.asset_id);
  },

  async standing(tx: Tx, storeId: string): Promise<ReplicaStanding> {
    const rows: Record<string, string | Date | null>[] = await tx.query(
      `SELECT (SELECT count(*) FROM assets WHERE custody = 'sealed') AS sealed, count(*) AS copied,
         sum(size_bytes) AS bytes, max(replicated_at) AS last,
         (SELECT min(a.sealed_at) FROM assets a WHERE ${OWED}) AS owed_since
       FROM replicas WHERE store_id = $1`,
      [storeId],
    );
    const { sealed, copied, bytes, last, owed_since: owedSince } = rows[0] ?? {};
    return {
      sealed: Number(sealed ?? 0),
      copied: Number(copied ?? 0),
      copiedBytes: Number(bytes ?? 0),
      owedSince: owedSince instanceof Date ? owedSince : null,
      lastCopiedAt: last instanceof Date ? last : null,
    };
  },
};

/** As the database gives it: bigint as text. */
interface RawReplica {
  readonly asset_id: Id;
  readonly store_id: string;
  readonly object_key: string;
  readonly object_version: string | null;
  readonly size_bytes: string;
  readonly lock_mode: ReplicaRecord['lockMode'];
  readonly retain_until: Date | null;
  readonly replicated_at: Date;
}

function toReplica(row: RawReplica): ReplicaRecord {
  return {
    ...{ assetId: row.asset_id, storeId: row.store_id, objectKey: row.object_key, objectVersion: row.object_version },
    ...{ sizeBytes: Number(row.size_bytes), lockMode: row.lock_mode, retainUntil: row.retain_until },
    replicatedAt: row.replicated_at,
  };
}
