import type { AssetKind, Chain, Custody, DossierContents, Id, RenditionKind } from '#domain';
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
  /** What differs: `missing`, `size`, `block-root`, `sha256`, `sm3`; `rendition`: one of its chosen renditions. */
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
  /** Kinds that were chosen to go in. */
  readonly renditions: readonly RenditionKind[];
  readonly state: ExportState;
  /** Of originals, read and checked. */
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly failure: ExportFailure | null;
  readonly plan: StoredPlan | null;
  readonly zipBytes: number | null;
  /** `sha256:…` of the tag manifest, which vouches for all other files. */
  readonly tagManifest: string | null;
  /** Whether 卷内目录 and 录音录像清单 are in it; null while it is not made. */
  readonly hasLists: boolean | null;
  readonly changedAt: Date;
}

/** An original of a case as the lists of a dossier show it. */
export interface CaseMaterial {
  readonly assetId: Id;
  readonly occurrenceId: Id;
  readonly kind: AssetKind;
  readonly fileName: string;
  readonly at: Date;
  readonly atSource: 'device' | 'received' | 'begun';
  readonly durationMs: number | null;
  readonly pageCount: number | null;
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  readonly custody: Custody;
  readonly receivedFrom: string;
  readonly device: { readonly make?: unknown; readonly model?: unknown } | null;
  readonly rangeStartMs: number | null;
  readonly rangeEndMs: number | null;
  readonly purpose: string | null;
}

export interface MadeDossier {
  readonly plan: StoredPlan;
  readonly zipBytes: number;
  readonly tagManifest: string;
  readonly hasLists: boolean;
}

const COLUMNS = `id, case_id, asked_by, asked_at, event_id, heads, renditions, state, done_bytes, total_bytes,
  failure, plan, zip_bytes, tag_manifest, has_lists, changed_at`;

export const exportRepository = {
  async add(
    tx: Tx,
    asked: Pick<
      ExportRecord,
      'id' | 'caseId' | 'askedBy' | 'askedAt' | 'eventId' | 'heads' | 'renditions' | 'totalBytes'
    > & { readonly contents: DossierContents },
  ): Promise<void> {
    await tx.query(
      `INSERT INTO exports (id, case_id, asked_by, asked_at, event_id, heads, state, total_bytes, changed_at, renditions,
         contents)
       VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $4, $8, $9)`,
      [
        asked.id,
        asked.caseId,
        asked.askedBy,
        asked.askedAt,
        asked.eventId,
        JSON.stringify(asked.heads),
        asked.totalBytes,
        JSON.stringify(asked.renditions),
        JSON.stringify(asked.contents),
      ],
    );
  },

  /** What its lists are drawn from; apart from the record, since it may be large. */
  async contents(tx: Tx, id: Id): Promise<DossierContents | null> {
    const rows: { contents: DossierContents }[] = await tx.query('SELECT contents FROM exports WHERE id = $1', [id]);
    return rows[0]?.contents ?? null;
  },

  /** Everything tied to a case, by time. */
  async material(tx: Tx, caseId: Id): Promise<CaseMaterial[]> {
    const rows: RawMaterial[] = await tx.query(
      `SELECT a.id AS "assetId", l.occurrence_id AS "occurrenceId", a.kind, a.file_name AS "fileName", a.at,
         a.at_source AS "atSource", a.duration_ms AS "durationMs", a.page_count AS "pageCount",
         a.size_bytes AS "sizeBytes", a.sha256, a.custody, p.name AS "receivedFrom", a.facts->'device' AS device,
         l.range_start_ms AS "rangeStartMs", l.range_end_ms AS "rangeEndMs", l.purpose
       FROM asset_links l JOIN assets a ON a.id = l.asset_id JOIN accounts p ON p.id = a.received_from
       WHERE l.case_id = $1 ORDER BY a.at, a.id`,
      [caseId],
    );
    const number = (value: string | null): number | null => (value === null ? null : Number(value));
    return rows.map((row) => ({
      ...row,
      ...{ durationMs: number(row.durationMs), sizeBytes: number(row.sizeBytes) },
      ...{ rangeStartMs: number(row.rangeStartMs), rangeEndMs: number(row.rangeEndMs) },
    }));
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

  async made(tx: Tx, id: Id, { plan, zipBytes, tagManifest, hasLists }: MadeDossier, at: Date): Promise<void> {
    await tx.query(
      `UPDATE exports SET state = 'ready', done_bytes = total_bytes, plan = $2, zip_bytes = $3, tag_manifest = $4,
         changed_at = $5, has_lists = $6 WHERE id = $1`,
      [id, JSON.stringify(plan), zipBytes, tagManifest, at, hasLists],
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
type RawMaterial = Omit<CaseMaterial, 'durationMs' | 'sizeBytes' | 'rangeStartMs' | 'rangeEndMs'> &
  Readonly<Record<'durationMs' | 'sizeBytes' | 'rangeStartMs' | 'rangeEndMs', string | null>>;

interface RawExport {
  readonly id: Id;
  readonly case_id: Id;
  readonly asked_by: Id;
  readonly asked_at: Date;
  readonly event_id: Id;
  readonly heads: readonly ExportedHead[];
  readonly renditions: readonly RenditionKind[];
  readonly state: ExportState;
  readonly done_bytes: string;
  readonly total_bytes: string;
  readonly failure: ExportFailure | null;
  readonly plan: StoredPlan | null;
  readonly zip_bytes: string | null;
  readonly tag_manifest: string | null;
  readonly has_lists: boolean | null;
  readonly changed_at: Date;
}

function toExport(row: RawExport): ExportRecord {
  return {
    ...{ id: row.id, caseId: row.case_id, askedBy: row.asked_by, askedAt: row.asked_at, eventId: row.event_id },
    ...{
      heads: row.heads,
      renditions: row.renditions,
      hasLists: row.has_lists,
      state: row.state,
      doneBytes: Number(row.done_bytes),
      totalBytes: Number(row.total_bytes),
    },
    ...{ failure: row.failure, plan: row.plan, zipBytes: row.zip_bytes === null ? null : Number(row.zip_bytes) },
    ...{ tagManifest: row.tag_manifest, changedAt: row.changed_at },
  };
}
