import { ArchiveError, utc } from '#domain';
import type { LockTest } from '#object-store';
import { settingsRepository, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, bySystem, type EventFields } from '../ledger/append-events.js';

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'clock' | 'settings' | 'log'>;

/** The last lock self-test, as kept. */
export interface LockTestState extends LockTest {
  /** RFC 3339 UTC. */
  readonly at: string;
}

const KEPT_AS = 'lock-test';
const HOUR_MS = 3_600_000;
/** When a scheduled test is due again: soon, while originals wait for it. */
const EVERY_MS = { held: 23 * HOUR_MS, notHeld: HOUR_MS / 2 };

/** @returns null where no test was made yet, and for stores that cannot lock */
export async function lastLockTest({
  database,
  store,
}: Pick<Needs, 'database' | 'store'>): Promise<LockTestState | null> {
  if (store.kind === 'filesystem') return null;
  return (await settingsRepository.get(database.reader, KEPT_AS)) as LockTestState | null;
}

/** Whether originals wait to be sealed because the store does not hold its locks. */
export async function isSealingRefused(parts: Pick<Needs, 'database' | 'store' | 'settings'>): Promise<boolean> {
  return !parts.settings.unlockedVaultAllowed && (await lastLockTest(parts))?.isHeld === false;
}

/**
 * Proof that the store holds its locks, by attacking one. Once in the life of every process that seals, before its
 * first seal, since another process may have another store in its settings; then by schedule.
 */
export class LockProof {
  readonly #parts: Needs;
  #own: Promise<unknown> | null = null;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /**
   * Tests and records.
   * @returns null for a store that cannot lock
   * @throws ArchiveError `storage-unavailable`: no verdict, nothing recorded
   */
  async run(): Promise<LockTestState | null> {
    const { database, store, clock, log } = this.#parts;
    const test = await store.testLock();
    if (test === null) return null;
    const at = clock.now();
    const state: LockTestState = { ...test, at: utc(at) };
    await database.transaction((tx) => record(tx, state, at));
    if (!test.isHeld) log.error({ attempts: test.attempts }, 'THE STORE DOES NOT HOLD ITS LOCKS: the self-test failed');
    return state;
  }

  /** For the schedule: daily, and more often while the lock is not held. */
  async runIfDue(): Promise<LockTestState | null> {
    const last = await lastLockTest(this.#parts);
    const waitMs = last?.isHeld ? EVERY_MS.held : EVERY_MS.notHeld;
    const isFresh = last !== null && this.#parts.clock.now().getTime() - Date.parse(last.at) < waitMs;
    return isFresh ? last : await this.run();
  }

  /**
   * @returns whether the store was proved to hold its locks; `exempt` when it has none
   * @throws ArchiveError `lock-not-held` unless the settings allow such a store
   */
  async require(): Promise<'proved' | 'failed' | 'exempt'> {
    const { store, settings } = this.#parts;
    if (store.kind === 'filesystem') return 'exempt';
    this.#own ??= this.run();
    await this.#own.catch((error: unknown) => {
      this.#own = null;
      throw error;
    });
    const last = await lastLockTest(this.#parts);
    if (last?.isHeld) return 'proved';
    if (settings.unlockedVaultAllowed) return 'failed';
    throw new ArchiveError('lock-not-held', 'the store failed the lock self-test: nothing is sealed on it');
  }
}

async function record(tx: Tx, state: LockTestState, at: Date): Promise<void> {
  await settingsRepository.put(tx, KEPT_AS, { ...state });
  const attempts: Record<string, string> = {};
  for (const [attempt, verdict] of Object.entries(state.attempts)) attempts[attempt.replaceAll('-', '_')] = verdict;
  const fields: EventFields = { held: state.isHeld, attempts };
  await appendEvents(tx, bySystem(at), [{ type: 'system.lock_tested', chain: 'system', public: fields }]);
}
