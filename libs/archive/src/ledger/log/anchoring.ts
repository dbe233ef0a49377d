import { type CheckpointRecord, checkpointRepository, type Database, settingsRepository, type Tx } from '#persistence';
import { nodeAlgorithms, type SignerClient } from '#signing';
import {
  formatPolicy,
  isTlogError,
  openCheckpoint,
  type Policy,
  parsePolicy,
  parseVerifierKey,
  quorumSize,
} from '#tlog';
import type { ArchiveSettings, Clock } from '../../archive.js';
import { appendEvents, bySystem } from '../append-events.js';
import { sha256 } from '../canonical.js';
import { newestNote } from './newest-note.js';

const SETTING = 'ledger_anchoring';
const CANDIDATES = 20;

/** Whom whoever keeps the log asks, told to the processes that only show it. */
export interface Anchoring {
  /** C2SP tlog-policy: the log's own key, the witnesses, and how many of them it takes. */
  readonly policyText: string;
  /** Whether a time-stamp authority is asked. */
  readonly hasAuthority: boolean;
}

/** As it was last recorded; null before a log was ever kept. */
export async function readAnchoring(tx: Tx): Promise<Anchoring | null> {
  return (await settingsRepository.get(tx, SETTING)) as Anchoring | null;
}

/**
 * Whom to believe, as this archive is set up: its log, the witnesses it asks, and their quorum. It decides when a
 * checkpoint is anchored, and goes into every dossier.
 * @param configured the file of witnesses; null when nobody is asked
 * @param vkey of the log, as the signer says
 * @throws TlogError `malformed-policy`
 */
export function trustPolicy(configured: string | null | undefined, vkey: string): Policy {
  const key = parseVerifierKey(sha256, vkey);
  const { logs, witnesses, groups, quorum } = parsePolicy(sha256, configured ?? 'quorum none\n');
  // A key that was rotated out may stand in the file as well.
  const others = logs.filter((log) => !Buffer.from(log.key.publicKey).equals(key.publicKey));
  return {
    logs: [{ key, url: null }, ...others.map((log) => ({ ...log, url: null }))],
    // Where they are reached is nobody's business but ours.
    witnesses: witnesses.map((witness) => ({ ...witness, url: null })),
    groups,
    quorum,
  };
}

/**
 * The newest checkpoint at least this large that is anchored: signed by the log and cosigned by a quorum, every
 * signature verified as whoever gets it will. Without a quorum, the newest that is signed.
 */
export async function anchoredCheckpoint(tx: Tx, policy: Policy, atLeast: number): Promise<CheckpointRecord | null> {
  const { needed } = quorumSize(policy);
  let below: number | null = null;
  for (;;) {
    const candidates = await checkpointRepository.cosigned(tx, {
      cosignatures: needed,
      atLeast,
      below,
      limit: CANDIDATES,
    });
    for (const candidate of candidates) if (await isAccepted(policy, await newestNote(tx, candidate))) return candidate;
    below = candidates.at(-1)?.size ?? null;
    if (candidates.length < CANDIDATES || below === null) return null;
  }
}

async function isAccepted(policy: Policy, note: string): Promise<boolean> {
  try {
    await openCheckpoint(nodeAlgorithms, policy, note);
    return true;
  } catch (error) {
    if (isTlogError(error)) return false;
    throw error;
  }
}

interface Needs {
  /** Of the running archive: what changes is an event. */
  readonly database: Database;
  readonly signer: SignerClient;
  readonly settings: Pick<ArchiveSettings, 'witnessPolicy'>;
  readonly hasAuthority: boolean;
  readonly clock: Clock;
}

/**
 * Records whom this process asks, when that is another than before: fewer witnesses, or none, is a change that everyone
 * who reads the log can see.
 */
export class RecordAnchoring {
  readonly #needs: Needs;
  #isDone = false;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Once in the life of a process. @returns whether it was news */
  async run(): Promise<boolean> {
    if (this.#isDone) return false;
    const { database, signer, settings, hasAuthority, clock } = this.#needs;
    const policy = trustPolicy(settings.witnessPolicy, (await signer.state()).vkey);
    const anchoring: Anchoring = { policyText: formatPolicy(policy), hasAuthority };
    const at = clock.now();
    const isNews = await database.transaction(async (tx) => {
      const before = (await settingsRepository.lock(tx, SETTING)) as Anchoring | null;
      if (before?.policyText === anchoring.policyText && before.hasAuthority === hasAuthority) return false;
      await settingsRepository.put(tx, SETTING, anchoring);
      await appendEvents(tx, bySystem(at), [
        {
          type: 'ledger.anchoring_changed',
          chain: 'system',
          public: { policy: anchoring.policyText, ...quorumSize(policy), time_stamps: hasAuthority },
        },
      ]);
      return true;
    });
    this.#isDone = true;
    return isNews;
  }
}
