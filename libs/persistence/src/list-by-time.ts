import type { Id, Level } from '#domain';
import type { Tx } from './database.js';
import { gramsOf, likePattern } from './search-grams.js';

/** Who is looking: everything of these units at these levels, and what is his own by office (`mine`). */
export interface ListScope {
  readonly unitIds: readonly Id[];
  readonly levels: readonly Level[];
  readonly accountId: Id | null;
}

/** The last item of the page before. */
export interface Cursor {
  readonly at: Date;
  readonly id: Id;
}

export interface TimeList {
  readonly table: 'cases' | 'assets';
  readonly timeColumn: 'opened_at' | 'at';
  /** SQL over the row giving the folded text that is searched. */
  readonly textColumn: string;
  readonly scope: ListScope;
  /** SQL giving `id` of the rows that are the account's own; `$ACCOUNT` stands for it. */
  readonly mine: string;
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

/**
 * Rows looked through, newest first, before the gram index is asked: of a fragment that fills no page of 50 here, a
 * million rows hold some thousands, which the index then gives in less time than a wider window would take.
 */
const RECENT_WINDOW = 12_000;
/** Units merged one by one; planning takes its time for each. More are most of an agency: all rows are passed then. */
const MERGED_UNITS = 64;

/**
 * Ids of a list by time, newest first, in pages by key. Each unit is read along its own (unit, time) index, which
 * holds all that is asked of a row, and the streams are merged as far as the page goes: it costs the same in a small
 * unit as over all. A search first looks through the newest rows in scope, then, when these do not fill the page,
 * asks the gram index: a common fragment is found by the first, a rare one by the second (the planner alone chooses
 * badly between them). A single character has no gram: when the newest rows do not hold enough of it, all rows in
 * scope are read.
 */
export async function listByTime(tx: Tx, list: TimeList): Promise<Id[]> {
  if (list.scope.unitIds.length === 0 && list.scope.accountId === null) return [];
  if (list.among) return await run(tx, list, (sql) => chosenRows(list, sql, amongThem(list.among, sql)));
  if (list.search === null) return await run(tx, list, (sql) => scopedRows(list, sql, list.limit));
  const recent = await run(tx, list, (sql) => recentHits(list, sql));
  if (recent.length >= list.limit) return recent;
  return await run(tx, list, (sql) => chosenRows(list, sql, haveGrams(list, sql)));
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
    return `${this.#list.textColumn} LIKE ${this.value(likePattern(this.#list.search ?? ''))}`;
  }
}

/** The newest rows in scope: (id, t, and what a search needs). */
function scopedRows(list: TimeList, sql: Sql, limit: number): string {
  const { unitIds, accountId } = list.scope;
  const columns = `r.id, r.${list.timeColumn} AS t, ${list.textColumn} AS folded`;
  const order = `ORDER BY r.${list.timeColumn} DESC, r.id DESC LIMIT ${sql.value(limit)}`;
  const where = `${sql.before()} AND ${sql.filters()}`;
  const branches: string[] = [];
  if (unitIds.length > 0) {
    const ofUnits = (condition: string): string =>
      `(SELECT ${columns} FROM ${list.table} r WHERE ${condition} AND ${inLevels} AND ${where} ${order})`;
    const inLevels = sql.inLevels();
    // A limit in each branch makes the planner read it in order, and no further than the merge asks.
    const merged =
      unitIds.length > MERGED_UNITS
        ? ofUnits(`r.unit_id = ANY(${sql.value(unitIds)}::uuid[])`)
        : unitIds.map((id) => ofUnits(`r.unit_id = ${sql.value(id)}::uuid`)).join(' UNION ALL ');
    branches.push(`(SELECT * FROM (${merged}) u ORDER BY t DESC, id DESC LIMIT ${sql.value(limit)})`);
  }
  if (accountId !== null) {
    const mine = list.mine.replaceAll('$ACCOUNT', sql.value(accountId));
    branches.push(`(SELECT ${columns} FROM (${mine}) m JOIN ${list.table} r ON r.id = m.id WHERE ${where} ${order})`);
  }
  return branches.join(' UNION ALL ');
}

function recentHits(list: TimeList, sql: Sql): string {
  const rows = scopedRows(list, sql, RECENT_WINDOW);
  return `SELECT w.id, w.t FROM (SELECT * FROM (${rows}) s ORDER BY t DESC, id DESC LIMIT ${sql.value(RECENT_WINDOW)}) w
    WHERE w.folded LIKE ${sql.value(likePattern(list.search ?? ''))}`;
}

/** Rows in scope that another index finds first, before anything is said of their order. */
function chosenRows(list: TimeList, sql: Sql, choice: string): string {
  const inScope: string[] = [];
  if (list.scope.unitIds.length > 0)
    inScope.push(`(r.unit_id = ANY(${sql.value(list.scope.unitIds)}::uuid[]) AND ${sql.inLevels()})`);
  if (list.scope.accountId !== null) {
    inScope.push(`r.id IN (${list.mine.replaceAll('$ACCOUNT', sql.value(list.scope.accountId))})`);
  }
  return `SELECT h.id, h.t FROM (
    SELECT r.id, r.${list.timeColumn} AS t FROM ${list.table} r
    WHERE ${choice} AND ${sql.matches()} AND ${sql.before()} AND ${sql.filters()} AND (${inScope.join(' OR ')})
    OFFSET 0) h`;
}

function haveGrams(list: TimeList, sql: Sql): string {
  const grams = gramsOf(list.search ?? '');
  return grams.length === 0 ? 'true' : `grams_of(${list.textColumn}) @> ${sql.value(grams)}::text[]`;
}

function amongThem(among: TimeList['among'], sql: Sql): string {
  return among ? `r.id IN (${among.sql.replaceAll('$ID', sql.value(among.id))})` : 'true';
}
