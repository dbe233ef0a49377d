import type { Id } from '#domain';
import type { Tx } from '../database.js';

/** A list of files as a recorder or dock gave it. */
export interface RecorderListRecord {
  readonly id: Id;
  readonly recorderId: Id;
  readonly fileName: string;
  readonly sha256: string;
  readonly encoding: string;
  readonly format: 'csv' | 'json';
  readonly entryCount: number;
  readonly importedBy: Id;
  readonly importedAt: Date;
}

export interface ListEntryRecord {
  readonly n: number;
  readonly recorderId: Id | null;
  readonly unitPath: string;
  readonly device: string | null;
  readonly officerNumber: string | null;
  readonly fileName: string;
  readonly recordedAt: Date | null;
  /** The agency's day, `2026-11-22`. */
  readonly day: string | null;
  readonly sizeBytes: number | null;
  readonly isKeyMarked: boolean;
}

/** `different`: a file of that name came, and is not as long as the list says. */
export type Arrival = 'came' | 'different' | 'never-came';

export interface ArrivalDay {
  readonly day: string | null;
  readonly recorderId: Id | null;
  readonly device: string | null;
  readonly listed: number;
  readonly came: number;
  readonly different: number;
}

export interface ListedArrival {
  readonly listId: Id;
  readonly n: number;
  readonly fileName: string;
  readonly recordedAt: Date | null;
  readonly sizeBytes: number | null;
  readonly isKeyMarked: boolean;
  readonly arrival: Arrival;
  /** What came under that name. */
  readonly assetId: Id | null;
}

/**
 * One entry a file: lists overlap, and name a file again until the recorder is cleared. What came is found by name and
 * length; of another recorder's file of the same name it is told apart where both know their recorder.
 */
const ARRIVALS = `
  SELECT DISTINCT ON (coalesce(e.recorder_id::text, e.device, ''), e.name_key)
    e.*, a.id AS asset_id,
    CASE WHEN a.id IS NULL THEN 'never-came'
      WHEN e.size_bytes IS NOT NULL AND a.size_bytes <> e.size_bytes THEN 'different' ELSE 'came' END AS arrival
  FROM recorder_list_entries e
  LEFT JOIN LATERAL (
    SELECT a.id, a.size_bytes FROM assets a LEFT JOIN asset_sources s ON s.asset_id = a.id
    WHERE lower(a.file_name) = e.name_key AND a.custody <> 'receiving'
      AND (s.recorder_id IS NULL OR e.recorder_id IS NULL OR s.recorder_id = e.recorder_id)
    ORDER BY (e.size_bytes IS NOT NULL AND a.size_bytes = e.size_bytes) DESC, a.id LIMIT 1
  ) a ON true
  WHERE ($1::text IS NULL OR starts_with(e.unit_path, $1))
    AND ($2::uuid IS NULL OR e.recorder_id = $2)
    AND ($3::date IS NULL OR e.day >= $3 OR e.day IS NULL)
  ORDER BY coalesce(e.recorder_id::text, e.device, ''), e.name_key, e.list_id DESC`;

export const recorderListRepository = {
  async add(tx: Tx, list: RecorderListRecord, body: Buffer, entries: readonly ListEntryRecord[]): Promise<void> {
    await tx.query(
      `INSERT INTO recorder_lists (id, recorder_id, file_name, body, sha256, encoding, format, entry_count, imported_by,
         imported_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        ...[list.id, list.recorderId, list.fileName, body, list.sha256, list.encoding, list.format, list.entryCount],
        ...[list.importedBy, list.importedAt],
      ],
    );
    const of = <K extends keyof ListEntryRecord>(key: K): ListEntryRecord[K][] => entries.map((entry) => entry[key]);
    await tx.query(
      `INSERT INTO recorder_list_entries (list_id, n, recorder_id, unit_path, device, officer_number, file_name, name_key,
         recorded_at, day, size_bytes, is_key_marked)
       SELECT $1, n, recorder_id, unit_path, device, officer_number, file_name, lower(file_name), recorded_at, day,
         size_bytes, is_key_marked
       FROM unnest($2::int[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
         $9::date[], $10::bigint[], $11::boolean[])
         AS e (n, recorder_id, unit_path, device, officer_number, file_name, recorded_at, day, size_bytes, is_key_marked)`,
      [
        ...[list.id, of('n'), of('recorderId'), of('unitPath'), of('device'), of('officerNumber'), of('fileName')],
        ...[of('recordedAt'), of('day'), of('sizeBytes'), of('isKeyMarked')],
      ],
    );
  },

  async find(tx: Tx, recorderId: Id, sha256: string): Promise<Id | null> {
    const rows: { id: Id }[] = await tx.query('SELECT id FROM recorder_lists WHERE recorder_id = $1 AND sha256 = $2', [
      recorderId,
      sha256,
    ]);
    return rows[0]?.id ?? null;
  },

  /** Newest first. */
  async ofRecorder(tx: Tx, recorderId: Id): Promise<RecorderListRecord[]> {
    return await tx.query(
      `SELECT id, recorder_id AS "recorderId", file_name AS "fileName", sha256, encoding, format,
         entry_count AS "entryCount", imported_by AS "importedBy", imported_at AS "importedAt"
       FROM recorder_lists WHERE recorder_id = $1 ORDER BY imported_at DESC LIMIT 100`,
      [recorderId],
    );
  },

  /** What was listed and what of it came, by day and recorder, newest day first. */
  async days(
    tx: Tx,
    of: { readonly unitPath: string | null; readonly recorderId: Id | null; readonly since: string | null },
  ): Promise<ArrivalDay[]> {
    const rows: (Pick<ArrivalDay, 'day' | 'recorderId' | 'device'> &
      Record<'listed' | 'came' | 'different', string>)[] = await tx.query(
      `SELECT day::text AS day, recorder_id AS "recorderId", CASE WHEN recorder_id IS NULL THEN device END AS device,
           count(*) AS listed, count(*) FILTER (WHERE arrival = 'came') AS came,
           count(*) FILTER (WHERE arrival = 'different') AS different
         FROM (${ARRIVALS}) e GROUP BY 1, 2, 3 ORDER BY 1 DESC NULLS LAST, 2, 3 LIMIT 500`,
      [of.unitPath, of.recorderId, of.since],
    );
    return rows.map((row) => ({
      ...row,
      ...{ listed: Number(row.listed), came: Number(row.came), different: Number(row.different) },
    }));
  },

  /** Files of a day that never came, or came otherwise than listed. */
  async notCome(
    tx: Tx,
    of: { readonly unitPath: string | null; readonly recorderId: Id | null; readonly since: string | null },
  ): Promise<
    (ListedArrival & { readonly day: string | null; readonly recorderId: Id | null; readonly device: string | null })[]
  > {
    const rows: (ListedArrival & {
      day: string | null;
      recorderId: Id | null;
      device: string | null;
      size: string | null;
    })[] = await tx.query(
      `SELECT list_id AS "listId", n, day::text AS day, recorder_id AS "recorderId",
           CASE WHEN recorder_id IS NULL THEN device END AS device, file_name AS "fileName",
           recorded_at AS "recordedAt", size_bytes AS size, is_key_marked AS "isKeyMarked", arrival, asset_id AS "assetId"
         FROM (${ARRIVALS}) e WHERE arrival <> 'came' ORDER BY day DESC NULLS LAST, recorded_at, file_name LIMIT 1000`,
      [of.unitPath, of.recorderId, of.since],
    );
    return rows.map(({ size, ...row }) => ({ ...row, sizeBytes: size === null ? null : Number(size) }));
  },
};
