import { type Actor, ArchiveError, may } from '#domain';
import type { QueueDepth } from '#jobs';
import { assetCheckRepository, assetRepository, settingsRepository, type WatchStanding } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { describeReplica, type ReplicaState } from '../replica/describe-replica.js';
import { isSealingRefused, type LockTestState, lastLockTest, vaultOf } from '../seal/lock-proof.js';

/** Whether media tools are kept apart from everything else on the worker. */
export interface SandboxState {
  readonly mode: 'full' | 'reduced' | 'none';
  /** What was tried with a real tool, and whether it held; null when no tool could be run. */
  readonly promises: {
    readonly runs: boolean;
    readonly networkAbsent: boolean;
    readonly otherFilesInvisible: boolean;
  } | null;
  /** What the tools say of themselves; null for one that is not there. */
  readonly versions: Readonly<Record<string, string | null>>;
  /** Why there is no sandbox; null while there is one. */
  readonly problem: string | null;
}

export interface SystemState {
  readonly store: {
    readonly kind: 'filesystem' | 's3';
    /** Proved by the last lock self-test. */
    readonly locked: boolean;
    readonly freeBytes: number | null;
    /** Null before the first, and for a store that cannot lock. */
    readonly lockTest: LockTestState | null;
    /** The settings let originals be sealed on an S3 store that does not hold its locks. */
    readonly unlockedAllowed: boolean;
    /** Originals stay received, because the store does not hold its locks. */
    readonly sealingRefused: boolean;
  };
  /** Null: there is no second copy of anything. */
  readonly replica: ReplicaState | null;
  readonly watch: WatchStanding & { readonly periodMs: number };
  readonly queue: Readonly<Record<string, QueueDepth>>;
  /** As the worker last found it; null before a worker has run. */
  readonly sandbox: SandboxState | null;
  readonly counts: {
    readonly cases: number;
    readonly assets: number;
    readonly sealed: number;
    readonly quarantined: number;
    readonly owed: number;
  };
}

/** How the archive is doing, for supervisors and administrators. */
export class DescribeSystem {
  readonly #parts: Pick<ArchiveParts, 'database' | 'store' | 'replica' | 'queue' | 'clock' | 'settings'>;

  constructor(parts: Pick<ArchiveParts, 'database' | 'store' | 'replica' | 'queue' | 'clock' | 'settings'>) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `forbidden` */
  async run(actor: Actor): Promise<SystemState> {
    if (!may(actor, 'system.read')) throw new ArchiveError('forbidden', 'neither supervisor nor administrator');
    const { database, store, queue, clock, settings } = this.#parts;
    const lockTest = await lastLockTest(this.#parts, vaultOf(this.#parts));
    return {
      store: {
        kind: store.kind,
        locked: lockTest?.isHeld === true,
        freeBytes: await store.freeBytes(),
        lockTest,
        unlockedAllowed: settings.unlockedVaultAllowed,
        sealingRefused: await isSealingRefused(this.#parts),
      },
      replica: await describeReplica(this.#parts),
      watch: {
        ...(await assetCheckRepository.standing(database.reader, clock.now())),
        periodMs: settings.watchPeriodMs,
      },
      queue: await queue.depth(),
      sandbox: (await settingsRepository.get(database.reader, 'sandbox')) as SandboxState | null,
      counts: await assetRepository.counts(database.reader),
    };
  }
}

/** The worker says what its sandbox is worth, so that the system page can show it. */
export class RecordSandbox {
  readonly #parts: Pick<ArchiveParts, 'database'>;

  constructor(parts: Pick<ArchiveParts, 'database'>) {
    this.#parts = parts;
  }

  async run(state: SandboxState): Promise<void> {
    await settingsRepository.put(this.#parts.database.reader, 'sandbox', { ...state });
  }
}

/** Depth of the queues, for metrics. Names nobody and nothing. */
export class MeasureQueues {
  readonly #parts: Pick<ArchiveParts, 'queue'>;

  constructor(parts: Pick<ArchiveParts, 'queue'>) {
    this.#parts = parts;
  }

  async run(): Promise<Readonly<Record<string, QueueDepth>>> {
    return await this.#parts.queue.depth();
  }
}

/** Ready when everything a request needs answers; names what does not. */
export class CheckReadiness {
  readonly #parts: Pick<ArchiveParts, 'database' | 'store' | 'queue'>;

  constructor(parts: Pick<ArchiveParts, 'database' | 'store' | 'queue'>) {
    this.#parts = parts;
  }

  async run(): Promise<{ readonly isReady: boolean; readonly checks: Record<string, string> }> {
    const checks: Record<string, string> = {};
    for (const name of ['database', 'store', 'queue'] as const) {
      checks[name] = await this.#parts[name].check().then(
        () => 'ok',
        (error: unknown) => (error instanceof ArchiveError ? error.code : 'internal'),
      );
    }
    // Without the queue uploads are still taken: the sweep asks for the work later.
    return { isReady: checks.database === 'ok' && checks.store === 'ok', checks };
  }
}
