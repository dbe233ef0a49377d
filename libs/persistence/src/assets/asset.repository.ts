import type { AssetKind, Custody, Id } from '#domain';
import type { Tx } from '../database.js';
import { type Cursor, type ListScope, listByTime, type OwnRows } from '../list-by-time.js';
import { readRows } from '../read-rows.js';
import { searchTextOf } from '../search-grams.js';
import type { AssetLinkDetail, AssetLinkRecord, AssetRecord } from './asset.records.js';
import { AssetLinkRow, AssetRow } from './asset.row.js';

/** The fields a change may touch: identity, sender and the name as sent stay. */
export type AssetChange = Partial<
  Omit<AssetRecord, 'id' | 'unitId' | 'unitPath' | 'receivedFrom' | 'fileName' | 'begunAt'> & {
    readonly facts: Readonly<Record<string, unknown>>;
  }
>;

export interface AssetListQuery {
  readonly scope: ListScope;
  readonly search: string | null;
  readonly caseId: Id | null;
  readonly isLinked: boolean | null;
  readonly receivedFrom: Id | null;
  readonly kind: AssetKind | null;
  readonly custody: Custody | null;
  readonly cursor: Cursor | null;
  readonly limit: number;
}

export const assetRepository = {
  async add(tx: Tx, asset: AssetRecord): Promise<void> {
    const { place, ...rest } = asset;
    // TypeORM's insert type cannot describe jsonb.
    const jsonb: object = { place };
    await tx.insert(AssetRow, { ...rest, ...jsonb, searchText: searchTextOf(asset.fileName) });
  },

  async find(tx: Tx, id: Id): Promise<AssetRecord | null> {
    return await tx.findOneBy(AssetRow, { id });
  },

  /** What the tools said of it, raw. Not part of the record: lists would carry kilobytes a row for nothing. */
  async facts(tx: Tx, id: Id): Promise<Readonly<Record<string, unknown>>> {
    const rows: { facts: Record<string, unknown> }[] = await tx.query('SELECT facts FROM assets WHERE id = $1', [id]);
    return rows[0]?.facts ?? {};
  },

  async findMany(tx: Tx, ids: readonly Id[]): Promise<AssetRecord[]> {
    const rows = await readRows(tx, AssetRow, 'r.id = ANY($1::uuid[])', [ids]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  },

  /** Locks the row until the transaction ends. */
  async lock(tx: Tx, id: Id): Promise<AssetRecord | null> {
    return await tx.createQueryBuilder(AssetRow, 'a').where('a.id = :id', { id }).setLock('pessimistic_write').getOne();
  },

  async change(tx: Tx, id: Id, change: AssetChange): Promise<void> {
    const { facts, place, ...rest } = change;
    const jsonb: object = { ...(facts === undefined ? {} : { facts }), ...(place === undefined ? {} : { place }) };
    await tx.update(AssetRow, { id }, { ...rest, ...jsonb });
  },

  /** Counted before, forgotten after: what is left over was cut off. */
  async toolsBegin(tx: Tx, id: Id): Promise<void> {
    await tx.increment(AssetRow, { id }, 'toolDeaths', 1);
  },

  async toolsEnded(tx: Tx, id: Id): Promise<void> {
    await tx.update(AssetRow, { id }, { toolDeaths: 0 });
  },

  /** What the asset is found by: its name, and number and title of its case. */
  async setSearchText(tx: Tx, id: Id, text: string): Promise<void> {
    await tx.update(AssetRow, { id }, { searchText: searchTextOf(text) });
  },

  async list(tx: Tx, query: AssetListQuery): Promise<AssetRecord[]> {
    const ids = await listByTime(tx, {
      table: 'assets',
      timeColumn: 'at',
      grams: { sql: 'grams_of(search_text, kind)', facet: 'kind' },
      scope: query.scope,
      mine: ownAssets(query),
      filters: { kind: query.kind, custody: query.custody, received_from: query.receivedFrom },
      conditions: conditionsOf(query),
      among:
        query.caseId === null
          ? null
          : { sql: 'SELECT asset_id FROM asset_links WHERE case_id = $ID', id: query.caseId },
      search: query.search,
      cursor: query.cursor,
      limit: query.limit,
    });
    return await assetRepository.findMany(tx, ids);
  },

  async ofCase(tx: Tx, caseId: Id): Promise<AssetRecord[]> {
    const rows: { asset_id: Id }[] = await tx.query(
      'SELECT asset_id FROM asset_links WHERE case_id = $1 ORDER BY asset_id',
      [caseId],
    );
    return await assetRepository.findMany(
      tx,
      rows.map((row) => row.asset_id),
    );
  },

  /** Units the material of a case came from. */
  async unitsOfCase(tx: Tx, caseId: Id): Promise<Id[]> {
    const rows: { unit_id: Id }[] = await tx.query(
      'SELECT DISTINCT a.unit_id FROM asset_links l JOIN assets a ON a.id = l.asset_id WHERE l.case_id = $1',
      [caseId],
    );
    return rows.map((row) => row.unit_id);
  },

  /** Work the database says is owed, oldest first; `before` leaves alone what was just enqueued. */
  async owed(tx: Tx, what: 'seal' | 'look' | 'proxy', before: Date, limit: number): Promise<Id[]> {
    const where = {
      seal: `custody = 'received'`,
      look: `viewing = 'pending' AND custody IN ('received', 'sealed')`,
      proxy: `proxy_state IN ('owed', 'making')`,
    }[what];
    const rows: { id: Id }[] = await tx.query(
      `SELECT id FROM assets WHERE ${where} AND received_at < $1 ORDER BY received_at LIMIT $2`,
      [before, limit],
    );
    return rows.map((row) => row.id);
  },

  /** Wants proxies of H.265 that some browsers cannot play, oldest first. @returns how many became owed */
  async oweQuietProxies(tx: Tx, limit: number): Promise<number> {
    const result: [unknown[], number] = await tx.query(
      `UPDATE assets SET proxy_state = 'owed' WHERE id IN (
         SELECT id FROM assets WHERE play_mode = 'native-hevc' AND proxy_state = 'none' AND viewing = 'viewable'
         ORDER BY received_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
      [limit],
    );
    return result[1];
  },

  async counts(tx: Tx): Promise<{ cases: number; assets: number; sealed: number; quarantined: number; owed: number }> {
    const rows: Record<string, string>[] =
      await tx.query(`SELECT (SELECT count(*) FROM cases) AS cases, count(*) AS assets,
      count(*) FILTER (WHERE custody = 'sealed') AS sealed, count(*) FILTER (WHERE custody = 'quarantined') AS quarantined,
      count(*) FILTER (WHERE custody = 'received' OR (viewing = 'pending' AND custody = 'sealed')) AS owed FROM assets`);
    const row = rows[0] ?? {};
    const number = (name: string): number => Number(row[name] ?? 0);
    return {
      cases: number('cases'),
      assets: number('assets'),
      sealed: number('sealed'),
      quarantined: number('quarantined'),
      owed: number('owed'),
    };
  },

  /** Every asset that has an original, for checks: streamed in pages by id. */
  async pageOfOriginals(tx: Tx, afterId: Id | null, limit: number): Promise<AssetRecord[]> {
    return await tx
      .createQueryBuilder(AssetRow, 'a')
      .where(`a.custody IN ('received', 'sealed', 'quarantined')`)
      .andWhere(afterId === null ? 'true' : 'a.id > :afterId', { afterId })
      .orderBy('a.id')
      .limit(limit)
      .getMany();
  },

  async blocks(tx: Tx, id: Id): Promise<Buffer | null> {
    const rows: { leaves: Buffer }[] = await tx.query('SELECT leaves FROM asset_blocks WHERE asset_id = $1', [id]);
    return rows[0]?.leaves ?? null;
  },
};

const SENT = { from: 'assets r', where: 'r.received_from = $ACCOUNT' };
/** Links know the time of their asset: the newest are found without all. */
const OF_HIS_CASES = {
  from: `(SELECT l.asset_id, l.asset_at FROM case_officers o JOIN asset_links l ON l.case_id = o.case_id
    WHERE o.account_id = $ACCOUNT ORDER BY l.asset_at DESC, l.asset_id DESC) l
    JOIN assets r ON r.id = l.asset_id AND r.at = l.asset_at`,
  where: 'true',
};

/** What was taken with a recorder he carried then, whoever handed it in. */
const CARRIED = {
  from: `(SELECT s.asset_id, s.asset_at FROM asset_sources s WHERE s.officer_id = $ACCOUNT
    ORDER BY s.asset_at DESC, s.asset_id DESC) s JOIN assets r ON r.id = s.asset_id AND r.at = s.asset_at`,
  where: 'true',
};

/** What he sent or took, and what is tied to his cases. */
function ownAssets(query: AssetListQuery): OwnRows {
  // What was sent by himself need not be looked for elsewhere, nor what is tied to nothing among his cases.
  const isSent = query.receivedFrom !== null && query.receivedFrom === query.scope.accountId;
  const others = query.isLinked === false ? [CARRIED] : [CARRIED, OF_HIS_CASES];
  return {
    sources: isSent ? [SENT] : [SENT, ...others],
    isOwn: `r.received_from = $ACCOUNT
      OR EXISTS (SELECT FROM asset_sources s WHERE s.asset_id = r.id AND s.officer_id = $ACCOUNT) OR EXISTS (SELECT FROM asset_links l JOIN case_officers o ON o.case_id = l.case_id
      WHERE l.asset_id = r.id AND o.account_id = $ACCOUNT)`,
  };
}

function conditionsOf(query: AssetListQuery): string[] {
  // What is still arriving is shown to its sender only, as an upload.
  const conditions: string[] = query.custody === 'receiving' ? [] : [`r.custody <> 'receiving'`];
  const linked = 'EXISTS (SELECT 1 FROM asset_links l WHERE l.asset_id = r.id)';
  if (query.isLinked !== null) conditions.push(`${query.isLinked ? '' : 'NOT '}${linked}`);
  return conditions;
}

export const linkRepository = {
  async find(tx: Tx, assetId: Id): Promise<AssetLinkRecord | null> {
    const row = await tx.findOneBy(AssetLinkRow, { assetId });
    return row === null ? null : toLink(row);
  },

  /** With the number of the case and the step, for showing. */
  async detailsOf(tx: Tx, assetIds: readonly Id[]): Promise<Map<Id, AssetLinkDetail>> {
    const [links, rows]: [AssetLinkRow[], { asset_id: Id; number: string; step_id: string }[]] = await Promise.all([
      readRows(tx, AssetLinkRow, 'r.asset_id = ANY($1::uuid[])', [assetIds]),
      tx.query(
        // Looked up one by one, on the index: for a page of links a join may read both tables whole.
        `SELECT asset_id, (SELECT number FROM cases WHERE id = case_id) AS number,
           (SELECT step_id FROM step_occurrences WHERE id = occurrence_id) AS step_id
         FROM asset_links WHERE asset_id = ANY($1::uuid[])`,
        [assetIds],
      ),
    ]);
    const shown = new Map(rows.map((row) => [row.asset_id, { caseNumber: row.number, stepId: row.step_id }]));
    return new Map(
      links.flatMap((row) => {
        const its = shown.get(row.assetId);
        return its ? [[row.assetId, { ...toLink(row), ...its }]] : [];
      }),
    );
  },

  async put(tx: Tx, link: AssetLinkRecord): Promise<void> {
    await tx.query(
      `INSERT INTO asset_links (asset_id, asset_at, case_id, occurrence_id, range_start_ms, range_end_ms,
         paper_id, purpose, linked_by, linked_at)
       SELECT id, at, $2, $3, $4, $5, $6, $7, $8, $9 FROM assets WHERE id = $1
       ON CONFLICT (asset_id) DO UPDATE SET case_id = $2, occurrence_id = $3, range_start_ms = $4, range_end_ms = $5,
         paper_id = $6, purpose = $7, linked_by = $8, linked_at = $9`,
      [
        link.assetId,
        link.caseId,
        link.occurrenceId,
        link.range?.startMs ?? null,
        link.range?.endMs ?? null,
        link.paperId,
        link.purpose,
        link.linkedBy,
        link.linkedAt,
      ],
    );
  },
};

function toLink(row: AssetLinkRow): AssetLinkRecord {
  const { rangeStartMs, rangeEndMs, ...rest } = row;
  return {
    ...rest,
    range: rangeStartMs === null || rangeEndMs === null ? null : { startMs: rangeStartMs, endMs: rangeEndMs },
  };
}
