import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, isArchiveError } from '#domain';
import type { ObjectStore } from '#object-store';
import { assetCheckRepository, type ReplicaStanding, replicaRepository, type WatchStanding } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { type LockTestState, lastLockTest, replicaVaultOf } from '../seal/lock-proof.js';
import type { Replica } from './replica.js';

/** How the second store is doing. */
export interface ReplicaState {
  readonly kind: ObjectStore['kind'];
  /** Why it cannot be used now; null when it can. */
  readonly problem: ErrorCode | null;
  /** Proved by the last lock self-test. */
  readonly locked: boolean;
  readonly lockTest: LockTestState | null;
  readonly freeBytes: number | null;
  readonly standing: ReplicaStanding;
  readonly watch: WatchStanding & { readonly periodMs: number };
  readonly healsAutomatically: boolean;
}

/** A page waits no longer for a disk that does not answer. */
const PATIENCE_MS = 3_000;

/** @returns null where no second store is set */
export async function describeReplica(
  parts: Pick<ArchiveParts, 'database' | 'replica' | 'clock'>,
): Promise<ReplicaState | null> {
  const { replica, clock } = parts;
  const vault = replicaVaultOf(parts);
  if (replica === null || vault === null) return null;
  const { reader } = parts.database;
  const reached = await reach(replica);
  // Before it was reached for the first time nothing was ever copied to it: no store has this name.
  const storeId = (await replica.knownId()) ?? '';
  const lockTest = await lastLockTest(parts, vault);
  return {
    kind: replica.kind,
    problem: reached.problem,
    locked: lockTest?.isHeld === true,
    lockTest,
    freeBytes: reached.freeBytes,
    standing: await replicaRepository.standing(reader, storeId),
    watch: {
      ...(await assetCheckRepository.standing(reader, clock.now(), 'replica')),
      periodMs: replica.settings.watchPeriodMs,
    },
    healsAutomatically: replica.settings.healsAutomatically,
  };
}

type Reached = Pick<ReplicaState, 'problem' | 'freeBytes'>;

async function reach(replica: Replica): Promise<Reached> {
  const asked = replica
    .open()
    .then(async ({ store }): Promise<Reached> => {
      await store.check();
      return { problem: null, freeBytes: await store.freeBytes() };
    })
    .catch(
      (error: unknown): Reached => ({ problem: isArchiveError(error) ? error.code : 'internal', freeBytes: null }),
    );
  const late = sleep(PATIENCE_MS, { problem: 'timeout', freeBytes: null } as const, { ref: false });
  return await Promise.race([asked, late]);
}
