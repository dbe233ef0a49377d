import type { Id } from '#domain';
import {
  assetRepository,
  caseRepository,
  exportRepository,
  formRepository,
  healingRepository,
  replicaRepository,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { enqueueCheck } from '../cases/ask-originals-check.js';
import { enqueueExport } from '../export/begin-export.js';
import { enqueuePrint } from '../forms/issue-form.js';
import { enqueueHealing } from '../replica/ask-healing.js';
import { isSealingRefused } from '../seal/lock-proof.js';

type AssetJob = 'asset.seal' | 'asset.look' | 'asset.proxy' | 'asset.scrub' | 'asset.replicate' | 'replica.scrub';

/**
 * Asks for work. The queue is a hint: when it cannot be reached nothing is lost, the database says what is owed and
 * the sweep asks again.
 */
export async function enqueueWork(
  parts: Pick<ArchiveParts, 'queue' | 'log'>,
  assetId: Id,
  names: readonly AssetJob[],
): Promise<void> {
  for (const name of names) {
    try {
      await parts.queue.enqueue(name, { assetId });
    } catch (error) {
      parts.log.warn({ assetId, job: name, err: error }, 'the queue took no job; the sweep will ask again');
    }
  }
}

const OWED: readonly (readonly ['seal' | 'look' | 'proxy', AssetJob])[] = [
  ['seal', 'asset.seal'],
  ['look', 'asset.look'],
  ['proxy', 'asset.proxy'],
];
/** What was received this recently has its jobs from the request itself. */
const GRACE_MS = 15_000;
const BATCH = 1_000;

/** Proxies wanted in one sweep of the quiet hours: what two cores make until about the next. */
const QUIET_BATCH = 2;

/** Whether this moment lies in the quiet hours, which may reach over midnight. */
export function isQuiet(
  at: Date,
  hours: { fromMinute: number; toMinute: number } | null,
  zoneMinutes: number,
): boolean {
  if (hours === null) return false;
  const minute = (Math.floor(at.getTime() / 60_000) + zoneMinutes) % 1440;
  const { fromMinute, toMinute } = hours;
  return fromMinute <= toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute;
}

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'replica' | 'queue' | 'clock' | 'settings' | 'log'>;

/** Asks again for all work the database says is owed. Jobs that wait or run already are not doubled. */
export class EnqueueOwed {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  async run(): Promise<number> {
    const { database, clock, settings, log } = this.#parts;
    const isRefused = await isSealingRefused(this.#parts);
    if (isRefused) log.error({}, 'nothing is sealed: the store failed the lock self-test');
    if (isQuiet(clock.now(), settings.quietHours, settings.deviceZoneMinutes)) {
      await assetRepository.oweQuietProxies(database.reader, QUIET_BATCH);
    }
    const before = new Date(clock.now().getTime() - GRACE_MS);
    let asked = 0;
    for (const [what, job] of OWED) {
      if (what === 'seal' && isRefused) continue;
      for (const assetId of await assetRepository.owed(database.reader, what, before, BATCH)) {
        await enqueueWork(this.#parts, assetId, [job]);
        asked += 1;
      }
    }
    for (const exportId of await exportRepository.owed(database.reader, before, BATCH)) {
      await enqueueExport(this.#parts, exportId);
      asked += 1;
    }
    for (const { id, cause } of await caseRepository.unchecked(database.reader, before, BATCH)) {
      await enqueueCheck(this.#parts, id, cause);
      asked += 1;
    }
    for (const formId of await formRepository.owed(database.reader, before, BATCH)) {
      await enqueuePrint(this.#parts, formId);
      asked += 1;
    }
    return asked + (await this.#owedToReplica(before));
  }

  /** Copies that are not made yet, those of before there was a second store too, and healings that have not ended. */
  async #owedToReplica(before: Date): Promise<number> {
    const { database, clock, replica } = this.#parts;
    const storeId = (await replica?.knownId()) ?? null;
    const owed =
      storeId === null
        ? []
        : await replicaRepository.owed(database.reader, storeId, { now: clock.now(), before, limit: BATCH });
    for (const assetId of owed) await enqueueWork(this.#parts, assetId, ['asset.replicate']);
    const healings = replica === null ? [] : await healingRepository.owed(database.reader, before, BATCH);
    for (const healingId of healings) await enqueueHealing(this.#parts, healingId);
    return owed.length + healings.length;
  }
}
