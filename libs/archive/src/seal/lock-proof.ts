import { ArchiveError, type Copy, utc } from '#domain';
import type { LockTest, ObjectStore } from '#object-store';
import { settingsRepository, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, bySystem, type EventFields } from '../ledger/append-events.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock' | 'log'>;

/** A store that is to hold locks, and how it is used when it does not. */
export interface LockedStore {
  /** Which copies it holds. */
  readonly copy: Copy;
  readonly kind: ObjectStore['kind'];
  open(): Promise<ObjectStore>;
  readonly isUnlockedAllowed: boolean;
}

export function vaultOf({ store, settings }: Pick<ArchiveParts, 'store' | 'settings'>): LockedStore {
  const open = async (): Promise<ObjectStore> => store;
  return { copy: 'original', kind: store.kind, open, isUnlockedAllowed: settings.unlockedVaultAllowed };
}

/** Null where there is no second store. */
export function replicaVaultOf({ replica }: Pick<ArchiveParts, 'replica'>): LockedStore | null {
  if (replica === null) return null;
  const open = async (): Promise<ObjectStore> => (await replica.open()).store;
  return { copy: 'replica', kind: replica.kind, open, isUnlockedAllowed: replica.settings.unlockedAllowed };
}

/** The last lock self-test, as kept. */
export interface LockTestState extends LockTest {
  /** RFC 3339 UTC. */
  readonly at: string;
}

const KEPT_AS: Record<Copy, string> = { original: 'lock-test', replica: 'replica-lock-test' };
const HOUR_MS = 3_600_000;
/** When a scheduled test is due again: soon, while originals wait for it. */
const EVERY_MS = { held: 23 * HOUR_MS, notHeld: HOUR_MS / 2 };

/** @returns null where no test was made yet, and for stores that cannot lock */
export async function lastLockTest(
  { database }: Pick<Needs, 'database'>,
  { copy, kind }: Pick<LockedStore, 'copy' | 'kind'>,
): Promise<LockTestState | null> {
  if (kind === 'filesystem') return null;
  return (await settingsRepository.get(database.reader, KEPT_AS[copy])) as LockTestState | null;
}

/** Whether originals wait to be sealed because the store does not hold its locks. */
export async function isSealingRefused(parts: Pick<ArchiveParts, 'database' | 'store' | 'settings'>): Promise<boolean> {
  const vault = vaultOf(parts);
  return !vault.isUnlockedAllowed && (await lastLockTest(parts, vault))?.isHeld === false;
}

/**
 * Proof that a store holds its locks, by attacking one. Once in the life of every process that seals (or copies to it),
 * before the first time, since another process may have another store in its settings; then by schedule.
 */
export class LockProof {
  readonly #parts: Needs;
  readonly #vault: LockedStore;
  #own: Promise<unknown> | null = null;

  constructor(parts: Needs, vault: LockedStore) {
    this.#parts = parts;
    this.#vault = vault;
  }

  /**
   * Tests and records.
   * @returns null for a store that cannot lock
   * @throws ArchiveError `storage-unavailable`: no verdict, nothing recorded
   */
  async run(): Promise<LockTestState | null> {
    const { database, clock, log } = this.#parts;
    const { copy, open } = this.#vault;
    const test = await (await open()).testLock();
    if (test === null) return null;
    const at = clock.now();
    const state: LockTestState = { ...test, at: utc(at) };
    await database.transaction((tx) => record(tx, { copy, state }, at));
    const { attempts } = test;
    if (!test.isHeld) log.error({ copy, attempts }, 'THE STORE DOES NOT HOLD ITS LOCKS: the self-test failed');
    return state;
  }

  /** For the schedule: daily, and more often while the lock is not held. */
  async runIfDue(): Promise<LockTestState | null> {
    const last = await lastLockTest(this.#parts, this.#vault);
    const waitMs = last?.isHeld ? EVERY_MS.held : EVERY_MS.notHeld;
    const isFresh = last !== null && this.#parts.clock.now().getTime() - Date.parse(last.at) < waitMs;
    return isFresh ? last : await this.run();
  }

  /**
   * @returns whether the store was proved to hold its locks; `exempt` when it has none
   * @throws ArchiveError `lock-not-held` unless the settings allow such a store
   */
  async require(): Promise<'proved' | 'failed' | 'exempt'> {
    if (this.#vault.kind === 'filesystem') return 'exempt';
    this.#own ??= this.run();
    await this.#own.catch((error: unknown) => {
      this.#own = null;
      throw error;
    });
    const last = await lastLockTest(this.#parts, this.#vault);
    if (last?.isHeld) return 'proved';
    if (this.#vault.isUnlockedAllowed) return 'failed';
    throw new ArchiveError('lock-not-held', 'the store failed the lock self-test: nothing is sealed on it');
  }
}

async function record(tx: Tx, { copy, state }: { copy: Copy; state: LockTestState }, at: Date): Promise<void> {
  await settingsRepository.put(tx, KEPT_AS[copy], { ...state });
  const attempts: Record<string, string> = {};
  for (const [attempt, verdict] of Object.entries(state.attempts)) attempts[attempt.replaceAll('-', '_')] = verdict;
  const of = copy === 'original' ? {} : { copy };
  const fields: EventFields = { ...of, held: state.isHeld, attempts };
  await appendEvents(tx, bySystem(at), [{ type: 'system.lock_tested', chain: 'system', public: fields }]);
}
