import type { JobQueue } from '#jobs';
import type { ObjectStore } from '#object-store';
import type { Database } from '#persistence';
import type { SignerClient } from '#signing';
import type { DigestThreads } from './digest/digest-threads.js';
import type { Replica } from './replica/replica.js';

/** Wall clock; tests give their own. */
export interface Clock {
  now(): Date;
}
export const systemClock: Clock = { now: () => new Date() };

export interface ArchiveSettings {
  /** A larger file is refused at creation. */
  readonly maxUploadBytes: number;
  /** An upload without a byte for this long is dropped by the sweep. */
  readonly uploadExpiresMs: number;
  /** Originals are locked this long from receipt. */
  readonly retentionDays: number;
  /** Originals are sealed even on an S3 store that fails the lock self-test. */
  readonly unlockedVaultAllowed: boolean;
  /** Every original is read and hashed again within this. */
  readonly watchPeriodMs: number;
  /** Fastest that one such reading goes. */
  readonly watchBytesPerSecond: number;
  /** A break of a recording longer than this is one (`GAP_TOLERANCE_MS` when not said). */
  readonly gapLimitMs?: number;
  /** Minutes east of UTC assumed for device times without a zone. */
  readonly deviceZoneMinutes: number;
  readonly sessionIdleMs: number;
  readonly sessionMs: number;
  readonly stationTokenMs: number;
  /** Failed sign-ins before the login and the address are slowed down. */
  readonly loginAttempts: number;
  /** How long each further failure blocks. */
  readonly loginPauseMs: number;
  /** When copies nobody has asked for yet are made, in minutes of the agency's day; null: never. */
  readonly quietHours: { readonly fromMinute: number; readonly toMinute: number } | null;
  readonly segmentCacheBytes: number;
  /** Memory for blocks of uploads under way, shared by all of them. */
  readonly uploadMemoryBytes: number;
  /** Working space for files being looked at; emptied as work ends. */
  readonly scratchDir: string;
  /**
   * Whom to ask for cosignatures, where, and how many it takes (C2SP tlog-policy); nobody when not said. A dossier is
   * made over a checkpoint that a quorum has cosigned, and carries this policy.
   */
  readonly witnessPolicy?: string | null;
  /** A time-stamp authority is asked: a dossier waits a while for the token over its export. */
  readonly isTimeStamped?: boolean;
  /** The verifier that goes into every dossier, one HTML file; none when not said or not there. */
  readonly verifierPage?: string | null;
}

/** Logs for operators; never evidence, names or secrets. */
export interface Log {
  info(facts: Record<string, unknown>, message: string): void;
  warn(facts: Record<string, unknown>, message: string): void;
  error(facts: Record<string, unknown>, message: string): void;
}

/** What use cases are made of. Each names the parts it needs; the app wires them once. */
export interface ArchiveParts {
  readonly database: Database;
  readonly store: ObjectStore;
  /** Null where no second store is set. */
  readonly replica: Replica | null;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly settings: ArchiveSettings;
  readonly threads: DigestThreads;
  /** Null where none is set: nothing is signed then, and receipts say so. */
  readonly signer: SignerClient | null;
  readonly log: Log;
}
