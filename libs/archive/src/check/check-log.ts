import { type LoggedLeaf, logRepository, type Tx } from '#persistence';
import { GrowingTiles, HASH_BYTES, type Tile } from '#tlog';
import { eventLeafHash, sha256 } from '../ledger/canonical.js';
import type { Finding } from './check-chains.js';

const PAGE = 2_000;
const WHERE = 'ledger';

type Report = (what: string) => void;

/**
 * The log from its first entry: every leaf is hashed anew from the event's bytes, the tiles and the right edge are
 * built from those, and every signed checkpoint is met on the way. What the database says of any of them is compared,
 * never used.
 * @returns entries looked at
 */
export async function checkLog(tx: Tx, findings: Finding[]): Promise<number> {
  const report: Report = (what) => findings.push({ where: WHERE, what });
  const state = await logRepository.state(tx);
  const walk = new LogWalk(report);
  const roots = new CheckpointWalk(tx);
  for await (const page of pagesOf(tx, state.size)) {
    for (const entry of page) {
      if (!walk.take(entry)) return walk.size;
      const signed = await roots.at(walk.size);
      if (signed !== null && !signed.equals(walk.tree.root()))
        report(`the checkpoint of size ${walk.size} was signed over another tree`);
    }
    await checkTiles(tx, walk.tree.take(), report);
  }
  if (walk.size !== state.size) report(`the log says ${state.size} entries, there are ${walk.size}`);
  else if (!state.root.equals(walk.tree.root())) report('the root of the log is not that of its entries');
  await checkWhole(tx, state.size, report);
  return walk.size;
}

/** The log in order, a page ahead: the next is read while this one is hashed. */
async function* pagesOf(tx: Tx, size: number): AsyncGenerator<readonly LoggedLeaf[]> {
  const read = (from: number): Promise<LoggedLeaf[]> =>
    from < size ? logRepository.leaves(tx, from, Math.min(PAGE, size - from)) : Promise.resolve([]);
  for (let at = 0, next = read(0); at < size; at += PAGE) {
    const page = await next;
    next = read(at + PAGE);
    // Asked for in vain when the walk ends early.
    next.catch(() => undefined);
    if (page.length === 0) return;
    yield page;
  }
}

/** The tree as it grows out of the events' own bytes. */
export class LogWalk {
  readonly tree = new GrowingTiles(sha256);
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  get size(): number {
    return this.tree.size;
  }

  /** @returns false when nothing after it can be right */
  take(entry: LoggedLeaf): boolean {
    if (entry.index !== this.size) {
      this.#report(`entry ${this.size} is missing`);
      return false;
    }
    if (entry.leaf === null) {
      this.#report(`the event of entry ${entry.index} is missing`);
      return false;
    }
    const leafHash = eventLeafHash(entry.leaf);
    if (!leafHash.equals(entry.leafHash)) this.#report(`entry ${entry.index}: the event was altered`);
    this.tree.append(leafHash);
    return true;
  }
}

/** Roots of the signed checkpoints, asked for by rising size. */
export class CheckpointWalk {
  readonly #tx: Tx;
  #waiting: { size: number; root: Buffer }[] = [];
  #read = 0;
  #isAll = false;

  constructor(tx: Tx, after = 0) {
    this.#tx = tx;
    this.#read = after;
  }

  /** The root signed at this size; null when none was. */
  async at(size: number): Promise<Buffer | null> {
    if (this.#waiting.length === 0 && !this.#isAll) {
      this.#waiting = await logRepository.checkpointsAfter(this.#tx, this.#read, PAGE);
      this.#read = this.#waiting.at(-1)?.size ?? this.#read;
      this.#isAll = this.#waiting.length < PAGE;
    }
    while ((this.#waiting[0]?.size ?? Number.POSITIVE_INFINITY) < size) this.#waiting.shift();
    return this.#waiting[0]?.size === size ? (this.#waiting.shift()?.root ?? null) : null;
  }
}

async function checkTiles(tx: Tx, tiles: readonly Tile[], report: Report): Promise<void> {
  for (const { level, index, width, hashes } of tiles) {
    const stored = await logRepository.tile(tx, level, index);
    if (stored === null || !stored.subarray(0, width * HASH_BYTES).equals(hashes))
      report(`tile ${level}/${index} is not that of the entries`);
  }
}

/** What no walk over the entries sees: events left out, and chains out of order. */
async function checkWhole(tx: Tx, size: number, report: Report): Promise<void> {
  const missing: { n: string }[] = await tx.query(
    `SELECT count(*) AS n FROM events e WHERE NOT EXISTS (SELECT FROM ledger_entries l WHERE l.event_id = e.id)
       AND NOT EXISTS (SELECT FROM ledger_outbox o WHERE o.event_id = e.id)`,
  );
  if (Number(missing[0]?.n) > 0) report(`${missing[0]?.n} events are neither in the log nor waiting for it`);
  const disordered: { index: string; chain: string }[] = await tx.query(
    `SELECT index, chain FROM (
       SELECT l.index, e.chain, e.chain_seq, lag(e.chain_seq, 1, 0) OVER (PARTITION BY e.chain ORDER BY l.index) AS before
       FROM ledger_entries l JOIN events e ON e.id = l.event_id WHERE l.index < $1) o
     WHERE chain_seq <> before + 1 ORDER BY index LIMIT 20`,
    [size],
  );
  for (const { index, chain } of disordered) report(`entry ${index} is out of order in ${chain}`);
}
