import type { Chain, Id } from '#domain';
import type { Tx } from '../database.js';

export type ExportState = 'waiting' | 'checking' | 'ready' | 'failed';

/** A chain as the export's own event names it. */
export interface ExportedHead {
  readonly chain: Chain;
  readonly seq: number;
  /** `sha256:…` */
  readonly leaf: string;
}

export interface ExportFailure {
  readonly assetId: Id;
  /** What differs: `missing`, `size`, `block-root`, `sha256`, `sm3`. */
  readonly difference: string;
  /** First block that is not the one received, where that is known. */
  readonly block: number | null;
}

/** Where the list of files lies, in the media area. */
export interface StoredPlan {
  readonly key: string;
  readonly versionId: string | null;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface ExportRecord {
  /** Also the dossier's. */
  readonly id: Id;
  readonly caseId: Id;
  readonly askedBy: Id;
  readonly askedAt: Date;
  readonly eventId: Id;
  readonly heads: readonly ExportedHead[];
  readonly state: ExportState;
  /** Of originals, read and checked. */
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly failure: ExportFailure | null;
  readonly plan: StoredPlan | null;
  readonly zipBytes: number | null;
  /** `sha256:…` of the tag manifest, which vouches for all other files. */
  readonly tagManifest: string | null;
  readonly changedAt: Date;
}

export interface MadeDossier {
  readonly plan: StoredPlan;
  readonly zipBytes: number;
  readonly tagManifest: string;
}

const COLUMNS = `id, case_id, asked_by, asked_at, event_id, heads, state, done_bytes, total_bytes, failure, plan,
  zip_bytes, tag_manifest, changed_at`;

export const exportRepository = {
  async add(
    tx: Tx,
    asked: Pick<ExportRecord, 'id' | 'caseId' | 'askedBy' | 'askedAt' | 'eventId' | 'heads' | 'totalBytes'>,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO exports (id, case_id, asked_by, asked_at, event_id, heads, state, total_bytes, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $4)`,
      [
        asked.id,
        asked.caseId,
        asked.askedBy,
        asked.askedAt,
        asked.eventId,
        JSON.stringify(asked.heads),
        asked.totalBytes,
      ],
    );
  },

  async find(tx: Tx, id: Id): Promise<ExportRecord | null> {
    const rows: RawExport[] = await tx.query(`SELECT ${COLUMNS} FROM exports WHERE id = $1`, [id]);
    return rows[0] ? toExport(rows[0]) : null;
  },

  /** Locks the row until the transaction ends. */
  async lock(tx: Tx, id: Id): Promise<ExportRecord | null> {
    const rows: RawExport[] = await tx.query(`SELECT ${COLUMNS} FROM exports WHERE id = $1 FOR UPDATE`, [id]);
    return rows[0] ? toExport(rows[0]) : null;
  },

  /** Newest first. */
  async ofCase(tx: Tx, caseId: Id, limit: number): Promise<ExportRecord[]> {
    const rows: RawExport[] = await tx.query(
      `SELECT ${COLUMNS} FROM exports WHERE case_id = $1 ORDER BY asked_at DESC, id DESC LIMIT $2`,
      [caseId, limit],
    );
    return rows.map(toExport);
  },

  /** How far the check is; of one that is still being made. */
  async progress(tx: Tx, id: Id, doneBytes: number, at: Date): Promise<void> {
    await tx.query(
      `UPDATE exports SET state = 'checking', done_bytes = $2, changed_at = $3
       WHERE id = $1 AND state IN ('waiting', 'checking')`,
      [id, doneBytes, at],
    );
  },

  async made(tx: Tx, id: Id, { plan, zipBytes, tagManifest }: MadeDossier, at: Date): Promise<void> {
    await tx.query(
      `UPDATE exports SET state = 'ready', done_bytes = total_bytes, plan = $2, zip_bytes = $3, tag_manifest = $4,
         changed_at = $5 WHERE id = $1`,
      [id, JSON.stringify(plan), zipBytes, tagManifest, at],
    );
  },

  async failed(tx: Tx, id: Id, failure: ExportFailure, at: Date): Promise<void> {
    await tx.query(`UPDATE exports SET state = 'failed', failure = $2, changed_at = $3 WHERE id = $1`, [
      id,
      JSON.stringify(failure),
      at,
    ]);
  },

  /** Asked for before, and not made: oldest first. */
  async owed(tx: Tx, before: Date, limit: number): Promise<Id[]> {
    const rows: { id: Id }[] = await tx.query(
      `SELECT id FROM exports WHERE state IN ('waiting', 'checking') AND asked_at < $1 ORDER BY asked_at LIMIT $2`,
      [before, limit],
    );
    return rows.map((row) => row.id);
  },

  /** @returns false when this session has taken it before */
  async addRead(tx: Tx, id: Id, sessionId: Id, at: Date): Promise<boolean> {
    const rows: unknown[] = await tx.query(
      `INSERT INTO export_reads (export_id, session_id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1`,
      [id, sessionId, at],
    );
    return rows.length === 1;
  },
};

/** As the database gives them: bigint as text. */
interface RawExport {
  readonly id: Id;
  readonly case_id: Id;
  readonly asked_by: Id;
  readonly asked_at: Date;
  readonly event_id: Id;
  readonly heads: readonly ExportedHead[];
  readonly state: ExportState;
  readonly done_bytes: string;
  readonly total_bytes: string;
  readonly failure: ExportFailure | null;
  readonly plan: StoredPlan | null;
  readonly zip_bytes: string | null;
  readonly tag_manifest: string | null;
  readonly changed_at: Date;
}

function toExport(row: RawExport): ExportRecord {
  return {
    ...{ id: row.id, caseId: row.case_id, askedBy: row.asked_by, askedAt: row.asked_at, eventId: row.event_id },
    ...{ heads: row.heads, state: row.state, doneBytes: Number(row.done_bytes), totalBytes: Number(row.total_bytes) },
    ...{ failure: row.failure, plan: row.plan, zipBytes: row.zip_bytes === null ? null : Number(row.zip_bytes) },
    ...{ tagManifest: row.tag_manifest, changedAt: row.changed_at },
  };
}
