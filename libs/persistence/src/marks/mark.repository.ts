import type { AssetKind, Id, InterruptionReason, MarkKind } from '#domain';
import type { Tx } from '../database.js';

/** One version of a mark. */
export interface MarkRecord {
  readonly id: Id;
  /** From 1. */
  readonly version: number;
  readonly assetId: Id;
  readonly kind: MarkKind;
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly page: number | null;
  readonly text: string;
  readonly reason: InterruptionReason | null;
  readonly isWithdrawn: boolean;
  readonly author: Id;
  readonly at: Date;
}

export interface TranscriptRecord {
  readonly id: Id;
  readonly assetId: Id;
  /** The text itself, or another asset that has it. */
  readonly text: string | null;
  readonly textAssetId: Id | null;
  readonly madeBy: 'hand' | 'machine';
  /** Who wrote it down, or which program. */
  readonly maker: string;
  readonly attachedBy: Id;
  readonly attachedAt: Date;
}

/** A recording of a case with what is noted of it. */
export interface NotedRecord {
  readonly assetId: Id;
  readonly fileName: string;
  readonly kind: AssetKind;
  /** Null where it is of no case. */
  readonly occurrenceId: Id | null;
  readonly paperId: string | null;
  readonly keyContents: number;
  readonly hasTranscript: boolean;
}

const MARK = `id, version, asset_id AS "assetId", kind, start_ms::float8 AS "startMs", end_ms::float8 AS "endMs", page, text,
  reason, is_withdrawn AS "isWithdrawn", author, at`;

export const markRepository = {
  /** @throws ArchiveError `conflict` when another has put this version */
  async add(tx: Tx, mark: MarkRecord): Promise<void> {
    await tx.query(
      `INSERT INTO marks (id, version, asset_id, kind, start_ms, end_ms, page, text, reason, is_withdrawn, author, at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        ...[mark.id, mark.version, mark.assetId, mark.kind, mark.startMs, mark.endMs, mark.page, mark.text],
        ...[mark.reason, mark.isWithdrawn, mark.author, mark.at],
      ],
    );
  },

  /** Every version there ever was, oldest first. */
  async ofAsset(tx: Tx, assetId: Id): Promise<MarkRecord[]> {
    return await tx.query(`SELECT ${MARK} FROM marks WHERE asset_id = $1 ORDER BY id, version`, [assetId]);
  },

  async newest(tx: Tx, assetId: Id, id: Id): Promise<MarkRecord | null> {
    const rows: MarkRecord[] = await tx.query(
      `SELECT ${MARK} FROM marks WHERE asset_id = $1 AND id = $2 ORDER BY version DESC LIMIT 1`,
      [assetId, id],
    );
    return rows[0] ?? null;
  },

  /** Recordings of a case, or one asset, with what is noted of them. */
  async noted(tx: Tx, of: { readonly caseId: Id } | { readonly assetId: Id }): Promise<NotedRecord[]> {
    return await tx.query(
      `SELECT a.id AS "assetId", a.file_name AS "fileName", a.kind, l.occurrence_id AS "occurrenceId",
         l.paper_id AS "paperId",
         (SELECT count(*)::int FROM (SELECT DISTINCT ON (id) kind, is_withdrawn FROM marks WHERE asset_id = a.id
            ORDER BY id, version DESC) m WHERE m.kind = 'key-content' AND NOT m.is_withdrawn) AS "keyContents",
         EXISTS (SELECT FROM transcripts t WHERE t.asset_id = a.id) AS "hasTranscript"
       FROM assets a LEFT JOIN asset_links l ON l.asset_id = a.id
       WHERE a.kind IN ('video', 'sound') AND ${'caseId' in of ? 'l.case_id' : 'a.id'} = $1
         AND a.custody IN ('received', 'sealed')
       ORDER BY a.at, a.id`,
      ['caseId' in of ? of.caseId : of.assetId],
    );
  },
};

export const transcriptRepository = {
  async add(tx: Tx, transcript: TranscriptRecord): Promise<void> {
    await tx.query(
      `INSERT INTO transcripts (id, asset_id, text, text_asset_id, made_by, maker, attached_by, attached_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        ...[transcript.id, transcript.assetId, transcript.text, transcript.textAssetId],
        ...[transcript.madeBy, transcript.maker, transcript.attachedBy, transcript.attachedAt],
      ],
    );
  },

  /** Newest first: the newest is the one that counts. */
  async ofAsset(tx: Tx, assetId: Id): Promise<TranscriptRecord[]> {
    return await tx.query(
      `SELECT id, asset_id AS "assetId", text, text_asset_id AS "textAssetId", made_by AS "madeBy", maker,
         attached_by AS "attachedBy", attached_at AS "attachedAt"
       FROM transcripts WHERE asset_id = $1 ORDER BY attached_at DESC, id DESC`,
      [assetId],
    );
  },
};
