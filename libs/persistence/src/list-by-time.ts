import type { Id, Level } from '#domain';
import type { Tx } from './database.js';
import { askedGrams, facetGram, likePattern } from './search-grams.js';

/** Who is looking: everything of these units at these levels, and what is his own by office (`mine`). */
export interface ListScope {
  /** These are all units there are: no row need be asked for its unit. */
  readonly isWhole: boolean;
  readonly unitIds: readonly Id[];
  readonly levels: readonly Level[];
  readonly accountId: Id | null;
}

/** The last item of the page before. */
export interface Cursor {
  readonly at: Date;
  readonly id: Id;
}

/** Rows that are the account's own by office, whatever their unit; SQL in which `$ACCOUNT` stands for it. */
export interface OwnRows {
  /** Sources of rows `r`, each with its condition, read newest first. Together they give all own rows. */
  readonly sources: readonly { readonly from: string; readonly where: string }[];
  /** Whether a row `r` is one. */
  readonly isOwn: string;
}

export interface TimeList {
  readonly table: 'cases' | 'assets';
  readonly timeColumn: 'opened_at' | 'at';
  /** The gram index: its expression, and the filter it holds as a gram of its own, if any. */
  readonly grams: { readonly sql: string; readonly facet: string | null };
  readonly scope: ListScope;
  readonly mine: OwnRows;
  /** column → value; null means any. Column names come from our code only. */
  readonly filters: Readonly<Record<string, string | boolean | null>>;
  /** SQL conditions of our own code that take no value. */
  readonly conditions?: readonly string[];
  /** SQL giving the few ids that come into question, of one thing; `$ID` stands for it. */
  readonly among?: { readonly sql: string; readonly id: Id } | null;
  readonly search: string | null;
  readonly cursor: Cursor | null;
  readonly limit: number;
}

/** Rows looked through, newest first, before the gram index is asked; costs some ten milliseconds. */
const RECENT_WINDOW = 12_000;
/** Rows the gram index may give; fetching more costs as much as looking through all rows in the list's own index. */
const FETCHED = 15_000;
/** Units merged one by one; planning takes its time for each. More are most of an agency: all rows are passed then. */
const MERGED_UNITS = 64;

/**
 * Ids of a list by time, newest first, in pages by key. Each unit is read along its own (unit, time) index, which
 * holds all that is asked of a row, and the streams are merged as far as the page goes: it costs the same in a small
 * unit as over all.
 *
 * A search looks through the newest rows in scope; when they fill the page, as with every common fragment, or are
 * all, that is the answer. Else the gram index gives a rare fragment. What is frequent but old, or has no gram (a
 * single character), is looked for in all rows in scope. The planner alone chooses badly between these three.
 */
export async function listByTime(tx: Tx, list: TimeList): Promise<Id[]> {
  if (list.scope.unitIds.length === 0 && list.scope.accountId === null) return [];
  if (list.among) return await amongThem(tx, list, list.among);
  if (list.search === null) return await run(tx, list, (sql) => scopedRows(list, sql, 'true', list.limit));
  const recent = await recentHits(tx, list, list.search);
  if (recent.areAll || recent.ids.length >= list.limit) return recent.ids;
  return (
    (await gramHits(tx, list, list.search)) ??
    (await run(tx, list, (sql) => scopedRows(list, sql, sql.matches(), list.limit)))
  );
}

async function run(tx: Tx, list: TimeList, build: (sql: Sql) => string): Promise<Id[]> {
  const sql = new Sql(list);
  const text = build(sql);
  const rows: { id: Id }[] = await tx.query(
    `SELECT DISTINCT ON (t, id) id FROM (${text}) found ORDER BY t DESC, id DESC LIMIT ${sql.value(list.limit)}`,
    sql.values,
  );
  return rows.map((row) => row.id);
}

/**
 * Hits among the newest rows in scope, no more rows read than fill the page. The window's last row comes with them
 * though it be no hit: without it, `areAll`, these were all rows there are.
 */
async function recentHits(
  tx: Tx,
  list: TimeList,
  search: string,
): Promise<{ readonly ids: Id[]; readonly areAll: boolean }> {
  const sql = new Sql(list);
  const [window, pattern] = [sql.value(RECENT_WINDOW), sql.value(likePattern(search))];
  const rows: { readonly id: Id; readonly is_hit: boolean; readonly is_end: boolean }[] = await tx.query(
    `SELECT id, folded LIKE ${pattern} AS is_hit, n = ${window} AS is_end FROM (
       SELECT *, row_number() OVER (ORDER BY t DESC, id DESC) AS n FROM (
         SELECT DISTINCT ON (t, id) * FROM (${scopedRows(list, sql, 'true', RECENT_WINDOW)}) rows
         ORDER BY t DESC, id DESC LIMIT ${window}) newest
     ) numbered WHERE folded LIKE ${pattern} OR n = ${window}
     ORDER BY t DESC, id DESC LIMIT ${sql.value(list.limit + 1)}`,
    sql.values,
  );
  const ids = rows.filter((row) => row.is_hit).map((row) => row.id);
  return { ids: ids.slice(0, list.limit), areAll: !rows.some((row) => row.is_end) };
}

/** What the gram index finds; null when that is too much, or there is no gram to ask for. */
async function gramHits(tx: Tx, list: TimeList, search: string): Promise<Id[] | null> {
  const asked = askedGrams(search);
  if (asked.length === 0) return null;
  // Without it a fragment of many papers, asked for among videos, would be looked for in all rows.
  const { facet } = list.grams;
  const wanted = facet === null ? null : (list.filters[facet] ?? null);
  const grams = wanted === null ? asked : [...asked, facetGram(String(wanted))];
  const sql = new Sql(list);
  const columns = ['id', 'unit_id', 'level', list.timeColumn, 'search_text', ...Object.keys(list.filters)];
  const rows: { readonly given: string; readonly id: Id | null }[] = await tx.query(
    `WITH given AS MATERIALIZED (
       SELECT ${columns.join(', ')} FROM ${list.table} WHERE ${list.grams.sql} @> ${sql.value(grams)}::text[]
       LIMIT ${sql.value(FETCHED)}
     ), hits AS (
       SELECT r.id, r.${list.timeColumn} AS t FROM given r
       WHERE ${sql.matches()} AND ${sql.before()} AND ${sql.filters()} AND ${inScope(list, sql)}
       ORDER BY t DESC, id DESC LIMIT ${sql.value(list.limit)}
     )
     SELECT (SELECT count(*) FROM given) AS given, hits.id FROM (SELECT) one LEFT JOIN hits ON true
     ORDER BY hits.t DESC, hits.id DESC`,
    sql.values,
  );
  if (Number(rows[0]?.given) >= FETCHED) return null;
  return rows.flatMap((row) => row.id ?? []);
}

/** The few rows of one thing, whatever their units. */
async function amongThem(tx: Tx, list: TimeList, among: { readonly sql: string; readonly id: Id }): Promise<Id[]> {
  return await run(tx, list, (sql) => {
    const ids = among.sql.replaceAll('$ID', sql.value(among.id));
    return `SELECT h.id, h.t FROM (
      SELECT r.id, r.${list.timeColumn} AS t FROM ${list.table} r
      WHERE r.id IN (${ids}) AND ${sql.matches()} AND ${sql.before()} AND ${sql.filters()} AND ${inScope(list, sql)}
      OFFSET 0) h`;
  });
}

/** Collects values as they are named, and knows the conditions every branch needs. */
class Sql {
  readonly values: unknown[] = [];
  readonly #list: TimeList;

  constructor(list: TimeList) {
    this.#list = list;
  }

  value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  filters(): string {
    const given = Object.entries(this.#list.filters).filter(([, value]) => value !== null);
    const equal = given.map(([column, value]) => `r.${column} = ${this.value(value)}`);
    return ['true', ...equal, ...(this.#list.conditions ?? [])].join(' AND ');
  }

  before(): string {
    const { cursor, timeColumn } = this.#list;
    if (cursor === null) return 'true';
    return `(r.${timeColumn}, r.id) < (${this.value(cursor.at)}, ${this.value(cursor.id)}::uuid)`;
  }

  inLevels(): string {
    return `r.level = ANY(${this.value(this.#list.scope.levels)})`;
  }

  matches(): string {
    if (this.#list.search === null) return 'true';
    return `r.search_text LIKE ${this.value(likePattern(this.#list.search))}`;
  }
}

/** The newest rows in scope that meet a condition: (id, t, and what a search needs). */
function scopedRows(list: TimeList, sql: Sql, condition: string, limit: number): string {
  const { unitIds, isWhole, accountId } = list.scope;
  const columns = `r.id, r.${list.timeColumn} AS t, r.search_text AS folded`;
  const order = `ORDER BY r.${list.timeColumn} DESC, r.id DESC LIMIT ${sql.value(limit)}`;
  const where = `${sql.before()} AND ${sql.filters()} AND ${condition}`;
  const branches: string[] = [];
  if (unitIds.length > 0) {
    const inLevels = sql.inLevels();
    const ofUnits = (whose: string): string =>
      `(SELECT ${columns} FROM ${list.table} r WHERE ${whose} AND ${inLevels} AND ${where} ${order})`;
    // A limit in each branch makes the planner read it in order, and no further than the merge asks.
    const merged = isWhole
      ? ofUnits('true')
      : unitIds.length > MERGED_UNITS
        ? ofUnits(`r.unit_id = ANY(${sql.value(unitIds)}::uuid[])`)
        : unitIds.map((id) => ofUnits(`r.unit_id = ${sql.value(id)}::uuid`)).join(' UNION ALL ');
    branches.push(`(SELECT * FROM (${merged}) u ORDER BY t DESC, id DESC LIMIT ${sql.value(limit)})`);
  }
  if (accountId !== null) {
    const account = sql.value(accountId);
    for (const { from, where: own } of list.mine.sources) {
      const rows = `SELECT ${columns} FROM ${from} WHERE ${own} AND ${where} ${order}`;
      branches.push(`(${rows.replaceAll('$ACCOUNT', account)})`);
    }
  }
  return branches.join(' UNION ALL ');
}

/** Whether a row `r` is in scope. */
function inScope(list: TimeList, sql: Sql): string {
  const { unitIds, isWhole, accountId } = list.scope;
  const ways: string[] = [];
  if (unitIds.length > 0) {
    const inUnits = isWhole ? 'true' : `r.unit_id = ANY(${sql.value(unitIds)}::uuid[])`;
    ways.push(`(${inUnits} AND ${sql.inLevels()})`);
  }
  if (accountId !== null) ways.push(`(${list.mine.isOwn.replaceAll('$ACCOUNT', sql.value(accountId))})`);
  return `(${ways.join(' OR ')})`;
}
