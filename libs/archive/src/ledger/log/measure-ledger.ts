import { checkpointRepository, logRepository } from '#persistence';
import type { ArchiveParts } from '../../archive.js';

/** How far the log has come, in numbers for whoever watches over the servers. None is about a case or a person. */
export interface LedgerNumbers {
  readonly entries: number;
  /** Events committed and not in the log yet. */
  readonly waiting: number;
  readonly isFrozen: boolean;
  /** Null before the first signature. */
  readonly signed: { readonly entries: number; readonly secondsAgo: number } | null;
  /** Entries under a checkpoint that a quorum of witnesses has cosigned; null where none ever was. */
  readonly anchored: number | null;
  /** For each witness, entries that are signed and that it has not cosigned. */
  readonly witnesses: readonly { readonly name: string; readonly lag: number }[];
}

export class MeasureLedger {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>) {
    this.#parts = parts;
  }

  /** Four small reads, so that it may be asked every few seconds. */
  async run(): Promise<LedgerNumbers> {
    const { reader } = this.#parts.database;
    const witnesses = await checkpointRepository.witnesses(reader);
    const signed = await checkpointRepository.newest(reader);
    const state = await logRepository.state(reader);
    return {
      entries: state.size,
      waiting: await logRepository.waitingCount(reader),
      isFrozen: state.frozenReason !== null,
      signed: signed && { entries: signed.size, secondsAgo: this.#secondsSince(signed.signedAt) },
      anchored: state.anchoredAt && state.anchoredSize,
      witnesses: witnesses.map(({ name, size }) => ({ name, lag: Math.max(0, (signed?.size ?? 0) - size) })),
    };
  }

  /** The signer's clock may be ahead of ours. */
  #secondsSince(at: Date): number {
    return Math.max(0, (this.#parts.clock.now().getTime() - at.getTime()) / 1_000);
  }
}
