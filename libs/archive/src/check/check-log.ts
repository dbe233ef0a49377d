import { checkpointRepository, type LoggedEvent, type LoggedLeaf, logRepository, type Tx } from '#persistence';
import { GrowingTiles, HASH_BYTES, TILE_WIDTH, type Tile } from '#tlog';
import { eventLeafHash, sha256 } from '../ledger/canonical.js';
import { differingColumns, type Finding } from './check-chains.js';

const PAGE = 2_000;
const WHERE = 'ledger';
/** Of one tile, one check: who replaced a tile whole is not told 256 times. */
const MOST_OF_TILE = 5;

/** `index` names the entry it is about; null for what is about no single one. */
export type ReportOfLog = (what: string, index: number | null) => void;

/**
 * The log from its first entry: every leaf is hashed anew from the event's bytes, the tiles and the right edge are
 * built from those, and every signed checkpoint is met on the way. What the database says of any of them is compared,
 * never used.
 * @returns entries looked at
 */
export async function checkLog(tx: Tx, findings: Finding[]): Promise<number> {
  const report: ReportOfLog = (what) => findings.push({ where: WHERE, what });
  const state = await logRepository.state(tx);
  const walk = new LogWalk(tx, report);
  if (!(await walk.advance(state.size))) return walk.size;
  if (!state.root.equals(walk.tree.root())) report('the root of the log is not that of its entries', null);
  await checkWhole(tx, state.size, report);
  return walk.size;
}

/** The tree as it grows out of the events' own bytes, from the first entry on; as far at a time as is asked for. */
export class LogWalk {
  readonly tree = new GrowingTiles(sha256);
  readonly #tx: Tx;
  readonly #roots: CheckpointWalk;
  readonly #report: ReportOfLog;
  readonly #hasColumns: boolean;
  /** Sizes of the page at hand that were signed over another tree. */
  readonly #otherTrees: number[] = [];

  /** @param hasColumns whether the columns beside each leaf are compared too; the check of the chains does so anyway */
  constructor(tx: Tx, report: ReportOfLog, { hasColumns = false } = {}) {
    this.#tx = tx;
    this.#report = report;
    this.#hasColumns = hasColumns;
    this.#roots = new CheckpointWalk(tx);
  }

  get size(): number {
    return this.tree.size;
  }

  /** @returns false when nothing after it can be right */
  async advance(to: number): Promise<boolean> {
    for (let next = this.#read(this.size, to); this.size < to; ) {
      const page = await next;
      if (page.length === 0) {
        this.#report(`the log says ${to} entries, there are ${this.size}`, this.size);
        return false;
      }
      // A page ahead: the next is read while this one is hashed. Read in vain when the walk ends early.
      next = this.#read(this.size + page.length, to);
      next.catch(() => undefined);
      const signed = await this.#roots.upTo(this.size + page.length);
      for (const entry of page) if (!this.#take(entry, signed)) return false;
      await checkTiles(this.#tx, this.tree.take(), this.#report);
      // After the entries they follow from: what is named first is where to look.
      for (const size of this.#otherTrees.splice(0))
        this.#report(`the checkpoint of size ${size} was signed over another tree`, size - 1);
    }
    return true;
  }

  async #read(from: number, to: number): Promise<readonly (LoggedEvent | LoggedLeaf)[]> {
    const count = Math.min(PAGE, to - from);
    if (count <= 0) return [];
    return this.#hasColumns
      ? await logRepository.entries(this.#tx, from, count)
      : await logRepository.leaves(this.#tx, from, count);
  }

  #take(entry: LoggedEvent | LoggedLeaf, signed: ReadonlyMap<number, Buffer>): boolean {
    if (entry.index !== this.size) {
      this.#report(`entry ${this.size} is missing`, this.size);
      return false;
    }
    if (entry.leaf === null) {
      this.#report(`the event of entry ${entry.index} is missing`, entry.index);
      return false;
    }
    const leafHash = eventLeafHash(entry.leaf);
    if (!leafHash.equals(entry.leafHash)) this.#report(`entry ${entry.index}: the event was altered`, entry.index);
    const columns = 'eventId' in entry ? differingColumns(entry) : [];
    if (columns.length > 0)
      this.#report(`entry ${entry.index}: the row says another ${columns.join(', ')}`, entry.index);
    this.tree.append(leafHash);
    if (signed.get(this.size)?.equals(this.tree.root()) === false) this.#otherTrees.push(this.size);
    return true;
  }
}

/** Roots of the signed checkpoints, asked for by rising size. */
export class CheckpointWalk {
  readonly #tx: Tx;
  #waiting: { size: number; root: Buffer }[] = [];
  #read: number;
  #isAll = false;

  constructor(tx: Tx, after = 0) {
    this.#tx = tx;
    this.#read = after;
  }

  /** Those signed at this size or below it that were not asked for before, by size. */
  async upTo(size: number): Promise<Map<number, Buffer>> {
    const found = new Map<number, Buffer>();
    for (;;) {
      for (let next = this.#waiting[0]; next !== undefined && next.size <= size; next = this.#waiting[0]) {
        found.set(next.size, next.root);
        this.#waiting.shift();
      }
      if (this.#waiting.length > 0 || this.#isAll) return found;
      this.#waiting = await checkpointRepository.after(this.#tx, this.#read, PAGE);
      this.#read = this.#waiting.at(-1)?.size ?? this.#read;
      this.#isAll = this.#waiting.length < PAGE;
    }
  }
}

async function checkTiles(tx: Tx, tiles: readonly Tile[], report: ReportOfLog): Promise<void> {
  const found = await logRepository.tilesAt(tx, tiles);
  for (const [n, tile] of tiles.entries()) {
    const { level, index, width, hashes } = tile;
    const stored = found[n] ?? null;
    if (stored?.subarray(0, width * HASH_BYTES).equals(hashes)) continue;
    const entries = level === 0 && stored !== null ? differingEntries(tile, stored) : [];
    for (const entry of entries.slice(0, MOST_OF_TILE)) report(`entry ${entry} is not the one the tile says`, entry);
    if (entries.length === 0) report(`tile ${level}/${index} is not that of the entries`, null);
  }
}

/** Which of the leaves of a tile are others. */
function differingEntries({ index, width, hashes }: Tile, stored: Buffer): number[] {
  const at = (bytes: Uint8Array, n: number) => Buffer.from(bytes.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES));
  return Array.from({ length: width }, (_, n) => n)
    .filter((n) => !at(hashes, n).equals(at(stored, n)))
    .map((n) => index * TILE_WIDTH + n);
}

/** What no walk over the entries sees: events left out, and chains out of order. */
async function checkWhole(tx: Tx, size: number, report: ReportOfLog): Promise<void> {
  const beyond: { n: string }[] = await tx.query('SELECT count(*) AS n FROM ledger_entries WHERE index >= $1', [size]);
  // One more reading of the size: the log may have grown meanwhile.
  if (Number(beyond[0]?.n) > (await logRepository.state(tx)).size - size)
    report(`there are entries beyond the ${size} the log says`, size);
  const missing: { n: string }[] = await tx.query(
    `SELECT count(*) AS n FROM events e WHERE NOT EXISTS (SELECT FROM ledger_entries l WHERE l.event_id = e.id)
       AND NOT EXISTS (SELECT FROM ledger_outbox o WHERE o.event_id = e.id)`,
  );
  if (Number(missing[0]?.n) > 0) report(`${missing[0]?.n} events are neither in the log nor waiting for it`, null);
  const disordered: { index: string; chain: string }[] = await tx.query(
    `SELECT index, chain FROM (
       SELECT l.index, e.chain, e.chain_seq, lag(e.chain_seq, 1, 0) OVER (PARTITION BY e.chain ORDER BY l.index) AS before
       FROM ledger_entries l JOIN events e ON e.id = l.event_id WHERE l.index < $1) o
     WHERE chain_seq <> before + 1 ORDER BY index LIMIT 20`,
    [size],
  );
  for (const { index, chain } of disordered) report(`entry ${index} is out of order in ${chain}`, Number(index));
}
