import { type Actor, ArchiveError, may } from '#domain';
import { logRepository, settingsRepository, timestampRepository, type WitnessRecord } from '#persistence';
import type { ArchiveParts } from '../../archive.js';
import { type LedgerWatchState, WATCH_SETTING } from './watch-ledger.js';

/** How the log is doing: what is signed, who else has seen it, what the watch found. */
export interface LedgerState {
  readonly size: number;
  /** Events committed and not in the log yet. */
  readonly waiting: number;
  readonly frozen: { readonly reason: string; readonly since: Date } | null;
  readonly signed: { readonly size: number; readonly at: Date } | null;
  readonly vaulted: { readonly size: number; readonly at: Date | null };
  readonly witnesses: readonly WitnessRecord[];
  readonly timestamp: { readonly size: number; readonly at: Date; readonly authority: string } | null;
  readonly watch: LedgerWatchState | null;
  /** As whoever checks us must know them, from elsewhere too; null while the signer is away. */
  readonly keys: { readonly origin: string; readonly vkey: string; readonly receiptVkey: string } | null;
}

export class DescribeLedger {
  readonly #parts: Pick<ArchiveParts, 'database' | 'signer'>;

  constructor(parts: Pick<ArchiveParts, 'database' | 'signer'>) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `forbidden` */
  async run(actor: Actor): Promise<LedgerState> {
    if (!may(actor, 'system.read')) throw new ArchiveError('forbidden', 'neither supervisor nor administrator');
    const { reader } = this.#parts.database;
    const state = await logRepository.state(reader);
    const [signed, timestamp] = [await logRepository.checkpoint(reader), await timestampRepository.newest(reader)];
    return {
      size: state.size,
      waiting: await logRepository.waitingCount(reader),
      frozen:
        state.frozenReason === null ? null : { reason: state.frozenReason, since: state.frozenAt ?? state.leaseEnds },
      signed: signed && { size: signed.size, at: signed.signedAt },
      vaulted: { size: state.vaultedSize, at: state.vaultedAt },
      witnesses: await logRepository.witnesses(reader),
      timestamp: timestamp && { size: timestamp.size, at: timestamp.stampedAt, authority: timestamp.authority },
      watch: (await settingsRepository.get(reader, WATCH_SETTING)) as LedgerWatchState | null,
      keys: await this.#keys(),
    };
  }

  async #keys(): Promise<LedgerState['keys']> {
    const state = await this.#parts.signer?.state().catch(() => null);
    return state ? { origin: state.origin, vkey: state.vkey, receiptVkey: state.receiptVkey } : null;
  }
}
