import { randomUUID } from 'node:crypto';
import { ArchiveError } from '#domain';
import { type Database, logRepository, type Tx, type WaitingEvent } from '#persistence';
import type { GrowingTiles } from '#tlog';
import type { Log } from '../../archive.js';
import { eventLeafHash } from '../canonical.js';
import { newestOf, restoreTree } from './stored-tree.js';

export interface SequencerTimes {
  /** How long the lease lasts; every batch renews it, and none may take as long. */
  readonly leaseMs: number;
}

export const SEQUENCER_TIMES: SequencerTimes = { leaseMs: 10_000 };

const BATCH = 1_024;

/** The log as this sequencer has grown it: right for as long as nobody else holds the lease. */
interface Grown {
  readonly epoch: number;
  readonly tree: GrowingTiles;
}

interface Needs {
  /** Of the login that may grow the log. The server ends its transactions when they idle: see `SEQUENCER_IDLE_MS`. */
  readonly database: Database;
  readonly log: Log;
}

/** A sequencer paused inside a batch loses it before its lease ends, so that another can take over. */
export const SEQUENCER_IDLE_MS = 4_000;

/**
 * Moves committed events into the log, in order, one batch a transaction. Only one does so at a time: each batch locks
 * the log's row and finds its own epoch in it. One that wakes up late finds another's, and is refused.
 */
export class Sequencer {
  readonly #needs: Needs;
  readonly #times: SequencerTimes;
  readonly #name = `${process.pid}-${randomUUID().slice(0, 8)}`;
  #grown: Grown | null = null;

  constructor(needs: Needs, times: SequencerTimes = SEQUENCER_TIMES) {
    this.#needs = needs;
    this.#times = times;
  }

  get holdsLease(): boolean {
    return this.#grown !== null;
  }

  /**
   * One batch, if there is one and the lease can be had.
   * @returns events moved; null when another sequencer is at work
   */
  async step(): Promise<number | null> {
    const grown = this.#grown ?? (await this.#begin());
    if (grown === null) return null;
    try {
      const moved = await this.#needs.database.transaction((tx) => this.#moveBatch(tx, grown));
      if (moved === null) this.#lose('another sequencer has taken over');
      return moved;
    } catch (error) {
      // What was grown in memory may be ahead of what is committed: the next step reads it again.
      this.#grown = null;
      await this.#letGo(grown.epoch);
      throw error;
    }
  }

  /** Lets another begin at once. */
  async stop(): Promise<void> {
    const grown = this.#grown;
    this.#grown = null;
    if (grown !== null) await this.#letGo(grown.epoch);
  }

  async #begin(): Promise<Grown | null> {
    const { database, log } = this.#needs;
    const epoch = await logRepository.takeLease(database.reader, this.#name, this.#times.leaseMs);
    if (epoch === null) return null;
    log.info({ epoch, sequencer: this.#name }, 'this sequencer grows the log now');
    this.#grown = { epoch, tree: await restoreTree(database.reader) };
    return this.#grown;
  }

  async #moveBatch(tx: Tx, grown: Grown): Promise<number | null> {
    const state = await logRepository.lockForBatch(tx, grown.epoch);
    if (state === null) return null;
    if (state.frozenReason !== null) {
      await logRepository.renewLease(tx, grown.epoch, this.#times.leaseMs);
      return 0;
    }
    if (state.size !== grown.tree.size || !state.root.equals(grown.tree.root()))
      throw new ArchiveError('internal', `the log has ${state.size} entries, its tiles ${grown.tree.size}`);
    const waiting = await logRepository.waiting(tx, BATCH);
    if (waiting.length === 0) {
      await logRepository.renewLease(tx, grown.epoch, this.#times.leaseMs);
      return 0;
    }
    await this.#append(tx, grown, waiting);
    return waiting.length;
  }

  async #append(tx: Tx, { epoch, tree }: Grown, waiting: readonly WaitingEvent[]): Promise<void> {
    const entries = waiting.map(({ eventId, leaf }) => {
      const entry = { index: tree.size, eventId, leafHash: eventLeafHash(leaf) };
      tree.append(entry.leafHash);
      return entry;
    });
    await logRepository.append(tx, {
      epoch,
      entries,
      positions: waiting.map(({ position }) => position),
      tiles: newestOf(tree.take()),
      size: tree.size,
      root: tree.root(),
      leaseMs: this.#times.leaseMs,
    });
  }

  #lose(why: string): void {
    this.#needs.log.warn({ sequencer: this.#name }, `the lease of the log is gone: ${why}`);
    this.#grown = null;
  }

  async #letGo(epoch: number): Promise<void> {
    await logRepository.endLease(this.#needs.database.reader, epoch).catch(() => undefined);
  }
}
