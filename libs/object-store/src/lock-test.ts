import type { LockAttempt, LockTest, LockVerdict } from './object-store.js';

/** A tiny object in the vault whose lock was set, to be attacked. */
export interface Scratch {
  readonly key: string;
  readonly versionId: string;
  readonly until: Date;
}

/** What the self-test does with a vault; the attacks are made with the rights of the archive itself. */
export interface ScratchVault {
  /** Stores the object and locks it; null when the server does not hold the lock it was asked for. */
  make(until: Date): Promise<Scratch | null>;
  /** Resolves when the server has answered, whatever it answered; rejects when it gave no answer to judge by. */
  readonly attacks: Readonly<Record<Attack, (scratch: Scratch) => Promise<void>>>;
  /** Whether that version can be read as it was written and is locked as it was locked. */
  stands(scratch: Scratch): Promise<boolean>;
  /** Removes what earlier tests left and whose lock has ended by then. */
  clear(now: Date): Promise<void>;
}

type Attack = Exclude<LockAttempt, 'lock'>;

/** Long enough for a slow server, short enough that the next test finds it expired. */
const RETENTION_MS = 10 * 60_000;

/**
 * Tries what a lock must refuse. What counts is what stands afterwards, not what the server answered. Each attempt
 * has an object of its own, so that one that succeeds says nothing about the others.
 * @throws ArchiveError `storage-unavailable`: the server was not there to be tested, which is no verdict
 */
export async function runLockTest(vault: ScratchVault, now: Date): Promise<LockTest> {
  await vault.clear(now);
  const until = new Date(now.getTime() + RETENTION_MS);
  const verdicts: Record<LockAttempt, LockVerdict> = {
    lock: 'held',
    'delete-version': 'not-run',
    'delete-batch': 'not-run',
    shorten: 'not-run',
    downgrade: 'not-run',
    overwrite: 'not-run',
  };
  for (const [attempt, attack] of Object.entries(vault.attacks) as [Attack, ScratchVault['attacks'][Attack]][]) {
    const scratch = await vault.make(until);
    if (scratch === null) return { attempts: { ...verdicts, lock: 'not-held' }, isHeld: false };
    await attack(scratch);
    verdicts[attempt] = (await vault.stands(scratch)) ? 'held' : 'not-held';
  }
  return { attempts: verdicts, isHeld: Object.values(verdicts).every((verdict) => verdict === 'held') };
}
