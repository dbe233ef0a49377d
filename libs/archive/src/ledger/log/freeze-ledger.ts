import { type Database, logRepository, type Tx } from '#persistence';
import type { SignerClient, SignerState } from '#signing';
import type { Clock, Log } from '../../archive.js';
import { storedRoot } from './tree-proofs.js';

/** Why the log may not go on. The words for people are in the web app and in the errors. */
export type FreezeReason =
  /** The signer remembers a longer log: an older backup of the database was restored. */
  | 'behind-signer'
  /** The signer remembers another log of this size or before. */
  | 'contradicts-signer'
  /** The log's tiles do not give its own root: rows of it were put in, taken out or overwritten. */
  | 'contradicts-itself'
  /** The signer found no way from what it remembers to what it was shown. */
  | 'signer-refuses';

interface Needs {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}

/** Stops all recording, until the owner of the schema lets it go on (`liuhen ledger recover`). */
export class FreezeLedger {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  async run(reason: FreezeReason, facts: Readonly<Record<string, unknown>>): Promise<void> {
    const { database, clock, log } = this.#needs;
    await logRepository.freeze(database.reader, reason, clock.now());
    log.error({ reason, ...facts }, 'the ledger is frozen: the database does not match what the signer remembers');
  }
}

/**
 * Before anything is recorded after a start: is the database as far as what was signed, and the same? A restored
 * backup is neither altered nor forked by going on with it, as nothing goes on.
 */
export class CompareWithSigner {
  readonly #needs: Needs & { readonly signer: Pick<SignerClient, 'state'> };

  constructor(needs: Needs & { readonly signer: Pick<SignerClient, 'state'> }) {
    this.#needs = needs;
  }

  /**
   * @returns why the log is frozen now; null when all is well
   * @throws SigningError when the signer cannot be asked
   */
  async run(): Promise<FreezeReason | null> {
    const signed = await this.#needs.signer.state();
    const reason = await this.#compare(signed);
    if (reason !== null) await new FreezeLedger(this.#needs).run(reason, { signed: signed.size });
    return reason;
  }

  async #compare(signed: SignerState): Promise<FreezeReason | null> {
    const { reader } = this.#needs.database;
    const { size, root } = await logRepository.state(reader);
    if (size < signed.size) return 'behind-signer';
    if (!(await hasRoot(reader, signed.size, signed.root))) return 'contradicts-signer';
    return (await hasRoot(reader, size, root)) ? null : 'contradicts-itself';
  }
}

/** Whether the tiles give this root; tiles that are gone or altered are no proof of anything. */
export async function hasRoot(tx: Tx, size: number, root: Uint8Array): Promise<boolean> {
  const stored = await storedRoot(tx, size).catch(() => null);
  return stored !== null && Buffer.from(stored).equals(root);
}
