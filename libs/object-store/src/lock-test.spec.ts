import { runLockTest, type Scratch, type ScratchVault } from './lock-test.js';
import { LOCK_ATTEMPTS, type LockAttempt } from './object-store.js';

const NOW = new Date('2026-11-22T08:00:00Z');

/** A server that gives in to some attacks, whatever it answers. */
class WeakVault implements ScratchVault {
  readonly #weak: ReadonlySet<LockAttempt>;
  readonly #broken = new Set<string>();
  readonly made: Scratch[] = [];
  cleared = 0;

  constructor(...weak: LockAttempt[]) {
    this.#weak = new Set(weak);
  }

  async make(until: Date): Promise<Scratch | null> {
    if (this.#weak.has('lock')) return null;
    const scratch = { key: `self-test/${this.made.length}`, versionId: 'v', until };
    this.made.push(scratch);
    return scratch;
  }

  readonly attacks = {
    'delete-version': (scratch: Scratch) => this.#attack('delete-version', scratch),
    'delete-batch': (scratch: Scratch) => this.#attack('delete-batch', scratch),
    shorten: (scratch: Scratch) => this.#attack('shorten', scratch),
    downgrade: (scratch: Scratch) => this.#attack('downgrade', scratch),
    overwrite: (scratch: Scratch) => this.#attack('overwrite', scratch),
  };

  async stands(scratch: Scratch): Promise<boolean> {
    return !this.#broken.has(scratch.key);
  }

  async clear(): Promise<void> {
    this.cleared += 1;
  }

  async #attack(attempt: LockAttempt, scratch: Scratch): Promise<void> {
    if (this.#weak.has(attempt)) this.#broken.add(scratch.key);
  }
}

describe('the lock self-test', () => {
  it('says that every attempt was held, each on an object of its own', async () => {
    const vault = new WeakVault();
    const { attempts, isHeld } = await runLockTest(vault, NOW);
    expect(isHeld).toBe(true);
    expect(Object.keys(attempts).sort()).toEqual([...LOCK_ATTEMPTS].sort());
    expect(new Set(Object.values(attempts))).toEqual(new Set(['held']));
    expect(new Set(vault.made.map(({ key }) => key)).size).toBe(5);
    expect(vault.cleared).toBe(1);
  });

  it.each(LOCK_ATTEMPTS.filter((attempt) => attempt !== 'lock'))(
    'names the attempt that was not held: %s',
    async (weak) => {
      const { attempts, isHeld } = await runLockTest(new WeakVault(weak), NOW);
      expect(isHeld).toBe(false);
      for (const attempt of LOCK_ATTEMPTS) expect(attempts[attempt]).toBe(attempt === weak ? 'not-held' : 'held');
    },
  );

  it('tries nothing more when the lock itself is not held', async () => {
    const { attempts, isHeld } = await runLockTest(new WeakVault('lock'), NOW);
    expect(isHeld).toBe(false);
    expect(attempts).toMatchObject({ lock: 'not-held', 'delete-version': 'not-run', overwrite: 'not-run' });
  });

  it('gives no verdict about a server that does not answer', async () => {
    const vault = new WeakVault();
    vault.attacks.shorten = () => Promise.reject(new Error('no answer'));
    await expect(runLockTest(vault, NOW)).rejects.toThrow('no answer');
  });
});
