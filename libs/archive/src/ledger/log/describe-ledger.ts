import { type Actor, ArchiveError, may } from '#domain';
import {
  checkpointRepository,
  logRepository,
  settingsRepository,
  type Tx,
  timestampRepository,
  type WitnessRecord,
} from '#persistence';
import { formatVerifierKey, parsePolicy, quorumSize } from '#tlog';
import type { ArchiveParts } from '../../archive.js';
import { sha256 } from '../canonical.js';
import { readAnchoring } from './anchoring.js';
import { type LedgerWatchState, WATCH_SETTING } from './watch-ledger.js';

/** What whoever checks us verifies with. He takes it from elsewhere too: asked of us, it is only our word. */
export interface LedgerKeys {
  /** Name of the log. */
  readonly origin: string;
  readonly vkey: string;
  readonly receiptVkey: string;
}

/** How the log is doing: what is signed, who else has seen it, what the watch found. */
export interface LedgerState {
  readonly size: number;
  /** Events committed and not in the log yet. */
  readonly waiting: number;
  readonly frozen: { readonly reason: string; readonly since: Date } | null;
  readonly signed: { readonly size: number; readonly at: Date } | null;
  readonly vaulted: { readonly size: number; readonly at: Date | null };
  /** Those that are asked, or were while nobody said whom to ask. */
  readonly witnesses: readonly WitnessRecord[];
  /** How many of them make a checkpoint anchored, as a number and as the policy says; null before the log was kept. */
  readonly quorum: { readonly needed: number; readonly of: number; readonly rule: string } | null;
  readonly anchored: { readonly size: number; readonly at: Date } | null;
  readonly timestamp: { readonly size: number; readonly at: Date; readonly authority: string } | null;
  /** Whether an authority is asked for time-stamps; null before the log was kept. */
  readonly hasAuthority: boolean | null;
  readonly watch: LedgerWatchState | null;
  /** null while the signer is away. */
  readonly keys: LedgerKeys | null;
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
    const [signed, timestamp] = [await checkpointRepository.newest(reader), await timestampRepository.newest(reader)];
    return {
      size: state.size,
      waiting: await logRepository.waitingCount(reader),
      frozen:
        state.frozenReason === null ? null : { reason: state.frozenReason, since: state.frozenAt ?? state.leaseEnds },
      signed: signed && { size: signed.size, at: signed.signedAt },
      vaulted: { size: state.vaultedSize, at: state.vaultedAt },
      ...(await describeWitnesses(reader)),
      anchored: state.anchoredAt && { size: state.anchoredSize, at: state.anchoredAt },
      timestamp: timestamp && { size: timestamp.size, at: timestamp.stampedAt, authority: timestamp.authority },
      watch: (await settingsRepository.get(reader, WATCH_SETTING)) as LedgerWatchState | null,
      keys: await readKeys(this.#parts.signer),
    };
  }
}

async function describeWitnesses(tx: Tx): Promise<Pick<LedgerState, 'witnesses' | 'quorum' | 'hasAuthority'>> {
  const known = await checkpointRepository.witnesses(tx);
  const anchoring = await readAnchoring(tx);
  if (anchoring === null) return { witnesses: known, quorum: null, hasAuthority: null };
  const policy = parsePolicy(sha256, anchoring.policyText);
  const rule = anchoring.policyText.split('\n').filter((line) => /^(group|quorum) /.test(line));
  return {
    witnesses: policy.witnesses.map(({ name, key }) => {
      const vkey = formatVerifierKey(key);
      return known.find((record) => record.name === name && record.vkey === vkey) ?? neverAsked(name, vkey);
    }),
    quorum: { ...quorumSize(policy), rule: rule.join('\n') },
    hasAuthority: anchoring.hasAuthority,
  };
}

function neverAsked(name: string, vkey: string): WitnessRecord {
  return { name, vkey, size: 0, askedAt: null, answeredAt: null, refusal: null, refusedAt: null };
}

/** The keys alone, for anyone: whoever holds a receipt need not have an account. */
export class TellLedgerKeys {
  readonly #parts: Pick<ArchiveParts, 'signer'>;

  constructor(parts: Pick<ArchiveParts, 'signer'>) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `signer-unavailable` */
  async run(): Promise<LedgerKeys> {
    const keys = await readKeys(this.#parts.signer);
    if (keys === null) throw new ArchiveError('signer-unavailable', 'only the signer has the keys');
    return keys;
  }
}

async function readKeys(signer: ArchiveParts['signer']): Promise<LedgerKeys | null> {
  const state = await signer?.state().catch(() => null);
  return state ? { origin: state.origin, vkey: state.vkey, receiptVkey: state.receiptVkey } : null;
}
