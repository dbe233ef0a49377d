import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../archive.js';
import type { RecordAnchoring } from './anchoring.js';
import type { AskWitnesses } from './ask-witnesses.js';
import type { CompareWithSigner } from './freeze-ledger.js';
import type { PublishLog } from './publish-log.js';
import type { Sequencer } from './sequencer.js';
import type { StampLog } from './stamp-log.js';
import type { VaultLog } from './vault-log.js';
import type { WatchLedger } from './watch-ledger.js';

/** Milliseconds between two of each. */
export interface LogPace {
  /** Looks into the outbox while there is nothing to do. */
  readonly idleMs: number;
  /** Looks whether the lease can be had while another holds it. */
  readonly standbyMs: number;
  readonly signMs: number;
  readonly witnessMs: number;
  readonly vaultMs: number;
  readonly watchMs: number;
  /** Between two time-stamps in turn. */
  readonly stampMs: number;
  /** Looks whether there is something to stamp out of turn. */
  readonly urgentMs: number;
}

export const LOG_PACE: LogPace = {
  idleMs: 100,
  standbyMs: 1_000,
  signMs: 700,
  witnessMs: 5_000,
  vaultMs: 60_000,
  watchMs: 5_000,
  stampMs: 60_000,
  urgentMs: 2_000,
};

interface Parts {
  readonly sequencer: Sequencer;
  readonly compare: CompareWithSigner;
  readonly publish: PublishLog;
  readonly witnesses: AskWitnesses;
  readonly vault: VaultLog;
  readonly watch: WatchLedger;
  /** Null where no authority is set. */
  readonly stamp: StampLog | null;
  readonly anchoring: RecordAnchoring;
  readonly log: Log;
}

/**
 * Keeps the log growing, signed, witnessed and published, one process at a time; in others it stands by. Nothing that
 * fails ends it: it is tried again, and the lag shows.
 */
export class LogKeeper {
  readonly #parts: Parts;
  readonly #pace: LogPace;
  readonly #stopping = new AbortController();
  #running: Promise<unknown> | null = null;
  /** Nobody can grow the log: then it is watched all the more. */
  #isStalled = false;
  #nextStampAt = 0;
  #hasStampFailed = false;

  constructor(parts: Parts, pace: LogPace = LOG_PACE) {
    this.#parts = parts;
    this.#pace = pace;
  }

  start(): void {
    const { publish, witnesses, vault, watch, anchoring } = this.#parts;
    const { signMs, witnessMs, vaultMs, watchMs, stampMs, urgentMs } = this.#pace;
    this.#running ??= Promise.all([
      this.#grow(),
      this.#repeat('sign', signMs, () => publish.run()),
      this.#repeat('witness', witnessMs, () => witnesses.run()),
      this.#repeat('publish in the vault', vaultMs, () => vault.run()),
      this.#repeat('watch', watchMs, () => watch.run(), { isKeptUp: true }),
      this.#repeat('time-stamp', Math.min(urgentMs, stampMs), () => this.#stampInTurn()),
      this.#repeat('say whom it asks', signMs, () => anchoring.run()),
    ]);
  }

  /** What cannot wait is stamped at once, all else in turn. An authority that failed is asked again in turn only. */
  async #stampInTurn(): Promise<void> {
    const { stamp } = this.#parts;
    if (stamp === null) return;
    const isTurn = performance.now() >= this.#nextStampAt;
    if (!isTurn && (this.#hasStampFailed || !(await stamp.isUrgent()))) return;
    if (isTurn) this.#nextStampAt = performance.now() + this.#pace.stampMs;
    this.#hasStampFailed = true;
    await stamp.run();
    if (isTurn) await stamp.renew();
    this.#hasStampFailed = false;
  }

  /** Ends after what is in hand; signs and publishes what was logged last, as far as that is quick. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#parts.sequencer.stop();
  }

  async #grow(): Promise<void> {
    const { sequencer, compare, log } = this.#parts;
    while (!this.#stopping.signal.aborted) {
      let pauseMs = this.#pace.idleMs;
      try {
        // Before the first entry under each lease: a database older than what was signed must not grow, and one that
        // was put back while we ran has cost us the lease.
        if (!sequencer.holdsLease) await compare.run();
        const moved = await sequencer.step();
        this.#isStalled = false;
        if (moved === null) pauseMs = this.#pace.standbyMs;
        else if (moved > 0) pauseMs = 0;
      } catch (error) {
        this.#isStalled = true;
        log.warn({ err: error }, 'the log could not grow; it is tried again');
        pauseMs = this.#pace.standbyMs;
      }
      await this.#pause(pauseMs);
    }
  }

  /** @param isKeptUp also while the log cannot grow, when nobody has the lease for long */
  async #repeat(what: string, everyMs: number, work: () => Promise<unknown>, { isKeptUp = false } = {}): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#pause(everyMs);
      const isOurs = this.#parts.sequencer.holdsLease || (isKeptUp && this.#isStalled);
      if (!isOurs) continue;
      await work().catch((error: unknown) =>
        this.#parts.log.warn({ err: error, what }, 'the log: this is tried again'),
      );
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}
