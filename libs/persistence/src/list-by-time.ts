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
  readonly search: string | null;
  readonly cursor: Cursor | null;
  readonly limit: number;
}

/** Rows looked through, newest first, before the gram index is asked. A fragment common enough to fill a page here never needs it. */
const RECENT_WINDOW = 4_000;

/**
 * Ids of a list by time, newest first, in pages by key. Each unit is read along its own (unit, time) index and the
 * streams are merged, so a page costs the same in a small unit as over all. A search first looks through the newest
 * rows in scope, then, when these do not fill the page, asks the gram index: a common fragment is found by the first,
 * a rare one by the second (the planner alone chooses badly between them). A single character has no gram: when the
 * newest rows do not hold enough of it, all rows in scope are read.
 */
export async function listByTime(tx: Tx, list: TimeList): Promise<Id[]> {
  if (list.scope.unitIds.length === 0 && list.scope.accountId === null) return [];
  if (list.search === null) return await run(tx, list, (sql) => scopedRows(list, sql, sql.filters(), list.limit));
  const recent = await run(tx, list, (sql) => recentHits(list, sql));
  if (recent.length >= list.limit) return recent;
  return await run(tx, list, (sql) => indexedHits(list, sql));
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
    return `${this.#list.textColumn} LIKE ${this.value(likePattern(this.#list.search ?? ''))}`;
  }
}

/** The newest rows in scope: (id, t, and what a search needs). */
function scopedRows(list: TimeList, sql: Sql, where: string, limit: number): string {
  const columns = `r.id, r.${list.timeColumn} AS t, ${list.textColumn} AS folded`;
  const order = `ORDER BY r.${list.timeColumn} DESC, r.id DESC LIMIT ${sql.value(limit)}`;
  const branches: string[] = [];
  if (list.scope.unitIds.length > 0) {
    branches.push(`SELECT x.* FROM unnest(${sql.value(list.scope.unitIds)}::uuid[]) u CROSS JOIN LATERAL (
      SELECT ${columns} FROM ${list.table} r WHERE r.unit_id = u AND ${sql.before()} AND ${sql.inLevels()} AND ${where} ${order}) x`);
  }
  if (list.scope.accountId !== null) {
    const mine = list.mine.replaceAll('$ACCOUNT', sql.value(list.scope.accountId));
    branches.push(
      `(SELECT ${columns} FROM (${mine}) m JOIN ${list.table} r ON r.id = m.id WHERE ${sql.before()} AND ${where} ${order})`,
    );
  }
  return branches.join(' UNION ALL ');
}

function recentHits(list: TimeList, sql: Sql): string {
  const rows = scopedRows(list, sql, sql.filters(), RECENT_WINDOW);
  return `SELECT w.id, w.t FROM (SELECT * FROM (${rows}) s ORDER BY t DESC, id DESC LIMIT ${sql.value(RECENT_WINDOW)}) w
    WHERE w.folded LIKE ${sql.value(likePattern(list.search ?? ''))}`;
}

function indexedHits(list: TimeList, sql: Sql): string {
  const grams = gramsOf(list.search ?? '');
  const hasGrams = grams.length === 0 ? 'true' : `r.grams @> ${sql.value(grams)}::text[]`;
  const inScope: string[] = [];
  if (list.scope.unitIds.length > 0)
    inScope.push(`(r.unit_id = ANY(${sql.value(list.scope.unitIds)}::uuid[]) AND ${sql.inLevels()})`);
  if (list.scope.accountId !== null) {
    inScope.push(`r.id IN (${list.mine.replaceAll('$ACCOUNT', sql.value(list.scope.accountId))})`);
  }
  return `SELECT h.id, h.t FROM (
    SELECT r.id, r.${list.timeColumn} AS t, r.unit_id, r.level FROM ${list.table} r
    WHERE ${hasGrams} AND ${sql.matches()} AND ${sql.before()} AND ${sql.filters()}
      AND (${inScope.join(' OR ')})
    OFFSET 0) h`;
}
