import { randomUUID } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { checkpointRepository, type Database, logRepository, settingsRepository } from '#persistence';
import { decodeHash, encodeBase64, GrowingTree, HASH_BYTES, parseCheckpoint, parseNote } from '#tlog';
import type { Clock, Log } from '../../archive.js';
import { CheckpointWalk, LogWalk, type ReportOfLog } from '../../check/check-log.js';
import { appendEvents, bySystem } from '../append-events.js';
import { eventLeafHash, sha256 } from '../canonical.js';
import { storedRoot } from './tree-proofs.js';

/** What the watch last saw, for the system page. */
export interface LedgerWatchState {
  /** Entries hashed anew and found as signed. */
  readonly verifiedSize: number;
  readonly verifiedAt: string;
  readonly findings: readonly LedgerFinding[];
}

export interface LedgerFinding {
  readonly what: string;
  /** Entry it is about; null for the log as a whole. */
  readonly index: number | null;
  readonly foundAt: string;
}

/** Kept outside the database: what nobody can make it forget who can write the database. */
interface Memory {
  readonly size: number;
  /** base64, one for each complete subtree. */
  readonly edge: readonly string[];
  /** The last checkpoint met. */
  readonly note: string | null;
}

interface Needs {
  /** Of a login that can only read. */
  readonly database: Database;
  /** Of the running archive: findings are events, and shown. */
  readonly app: Database;
  /** File of what was verified; only ours to write. */
  readonly memoryPath: string;
  readonly clock: Clock;
  readonly log: Log;
}

const PAGE = 2_000;
/** Old entries hashed anew each time: ten million in about an hour and a half, ten thousand every time. */
const LOOK_BACK = 10_000;
export const WATCH_SETTING = 'ledger_watch';

/** One reading of all that was verified before, from the first entry on, in pieces. */
interface LookBack {
  readonly walk: LogWalk;
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * Re-verifies the log as it grows: every new entry is hashed from its event's bytes, every signed checkpoint met on
 * the way, and what was verified before is compared with what the database says now: the tree at once, each event and
 * row in turn, over and over. It remembers in a file of its own, so that a database rewritten whole is found out.
 */
export class WatchLedger {
  readonly #needs: Needs;
  #tree: GrowingTree | null = null;
  #note: string | null = null;
  #lookBack: LookBack | null = null;
  /** Of the run under way. */
  #found: Omit<LedgerFinding, 'foundAt'>[] = [];

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Verifies what is new. @returns findings that were not there before */
  async run(): Promise<readonly LedgerFinding[]> {
    this.#found = [];
    const tree = await this.#newestMemory();
    await this.#comparePast(tree);
    if (this.#found.length === 0) await this.#goOn(tree);
    this.#tree = tree;
    if (this.#found.length === 0) await this.#keepMemory(tree);
    await this.#readAgain(tree);
    return await this.#tell(tree.size, this.#found);
  }

  /** A tree that is as it was says nothing of the events and rows under it: they are read again, a piece at a time. */
  async #readAgain(tree: GrowingTree): Promise<void> {
    const { reader } = this.#needs.database;
    const found: ReportOfLog = (what, index) => this.#find(what, index);
    this.#lookBack ??= {
      walk: new LogWalk(reader, found, { hasColumns: true }),
      size: tree.size,
      root: tree.root(),
    };
    const { walk, size, root } = this.#lookBack;
    const isWhole = await walk.advance(Math.min(size, walk.size + LOOK_BACK));
    if (isWhole && walk.size < size) return;
    this.#lookBack = null;
    if (isWhole && !Buffer.from(root).equals(walk.tree.root()))
      this.#find(`the events of the first ${size} entries are not those verified before`, null);
  }

  #find(what: string, index: number | null): void {
    if (!this.#found.some((one) => one.what === what)) this.#found.push({ what, index });
  }

  /** Another worker may have gone on while we stood by: what it verified is not to be forgotten by us. */
  async #newestMemory(): Promise<GrowingTree> {
    const [own, ownNote] = [this.#tree, this.#note];
    const kept = await this.#remember();
    if (own === null || own.size < kept.size) return kept;
    this.#note = ownNote;
    return own;
  }

  /** The root of what was verified, out of the database's tiles of now. */
  async #comparePast(tree: GrowingTree): Promise<void> {
    const { reader } = this.#needs.database;
    const { size } = await logRepository.state(reader);
    if (size < tree.size) {
      this.#find(`the log has ${size} entries, ${tree.size} were verified before`, size);
      return;
    }
    const root = await storedRoot(reader, tree.size).catch(() => null);
    if (root === null || !Buffer.from(tree.root()).equals(root))
      this.#find(`the first ${tree.size} entries are not those verified before`, null);
  }

  async #goOn(tree: GrowingTree): Promise<void> {
    const { reader } = this.#needs.database;
    const { size } = await logRepository.state(reader);
    const signed = new CheckpointWalk(reader, tree.size);
    while (tree.size < size) {
      const page = await logRepository.entries(reader, tree.size, Math.min(PAGE, size - tree.size));
      const roots = await signed.upTo(tree.size + page.length);
      for (const entry of page) {
        const leafHash = entry.leaf === null ? null : eventLeafHash(entry.leaf);
        if (entry.index !== tree.size || leafHash === null) {
          this.#find(`entry ${tree.size} is missing`, tree.size);
          return;
        }
        if (!leafHash.equals(entry.leafHash)) {
          this.#find(`entry ${entry.index}: the event was altered`, entry.index);
          return;
        }
        tree.append(leafHash);
        if (roots.get(tree.size)?.equals(tree.root()) === false)
          this.#find(`the checkpoint of size ${tree.size} was signed over another tree`, tree.size - 1);
      }
      if (page.length === 0) return;
    }
    const checkpoint = await checkpointRepository.newest(reader, tree.size);
    this.#note = checkpoint?.note ?? this.#note;
  }

  async #tell(size: number, found: readonly Omit<LedgerFinding, 'foundAt'>[]): Promise<LedgerFinding[]> {
    const { app, clock, log } = this.#needs;
    const at = clock.now();
    const before = (await settingsRepository.get(app.reader, WATCH_SETTING)) as LedgerWatchState | null;
    const known = new Set((before?.findings ?? []).map(({ what }) => what));
    const fresh = found.filter(({ what }) => !known.has(what)).map((one) => ({ ...one, foundAt: at.toISOString() }));
    const state: LedgerWatchState = {
      verifiedSize: size,
      verifiedAt: at.toISOString(),
      // A finding stays: what was wrong once is not put right by being gone.
      findings: [...(before?.findings ?? []), ...fresh].slice(-100),
    };
    await settingsRepository.put(app.reader, WATCH_SETTING, state);
    for (const finding of fresh) {
      log.error({ finding: finding.what }, 'the ledger is not as it was signed');
      await this.#record(finding, at);
    }
    return fresh;
  }

  /** A ledger that is frozen takes no event; the finding is shown all the same. */
  async #record(finding: LedgerFinding, at: Date): Promise<void> {
    const facts = { what: finding.what, index: finding.index };
    await this.#needs.app
      .transaction((tx) => appendEvents(tx, bySystem(at), [{ type: 'ledger.finding', chain: 'system', public: facts }]))
      .catch((error: unknown) => this.#needs.log.error({ err: error }, 'a finding could not be recorded'));
  }

  /** @throws when the file is there and cannot be read: what was remembered is not to be lost quietly */
  async #remember(): Promise<GrowingTree> {
    const text = await readFile(this.#needs.memoryPath, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (text === null) return new GrowingTree(sha256);
    const { size, edge, note } = JSON.parse(text) as Memory;
    const tree = GrowingTree.restore(sha256, { size, hashes: edge.map(decodeHash) });
    if (note !== null) {
      const { size: signed, root } = parseCheckpoint(parseNote(note).text);
      if (root.length !== HASH_BYTES || signed > size) throw new Error('the memory of the watch is damaged');
    }
    this.#note = note;
    return tree;
  }

  async #keepMemory(tree: GrowingTree): Promise<void> {
    const { size, hashes } = tree.edge();
    const memory: Memory = { size, edge: hashes.map(encodeBase64), note: this.#note };
    const path = this.#needs.memoryPath;
    // Of a name of its own: one that loses the lease just now may be writing too.
    const made = `${path}.${randomUUID()}`;
    const file = await open(made, 'wx', 0o600);
    try {
      await file.writeFile(JSON.stringify(memory));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(made, path);
    const folder = await open(dirname(path));
    await folder.sync().finally(() => folder.close());
  }
}
