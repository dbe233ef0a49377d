import { CHECK_RESULTS, type Copy, utc } from '#domain';
import { assetCheckRepository, replicaRepository, settingsRepository, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, bySystem, type EventFields } from '../ledger/append-events.js';
import type { AskHealing } from '../replica/ask-healing.js';
import { enqueueWork } from '../upkeep/enqueue-owed.js';
import { periodOf } from './record-check.js';

type Needs = Pick<ArchiveParts, 'database' | 'replica' | 'queue' | 'clock' | 'settings' | 'log'>;

const DAY_MS = 86_400_000;
/** Between two sweeps; what is beyond waits for the next, longest waiting first. */
const BATCH = 500;
/** What is not sealed a day after its receipt will not be soon: it is watched as it is. */
const UNSEALED_MS = DAY_MS;
/** Up to when the last summary reaches, RFC 3339 UTC. */
const REPORTED = 'watch-reported';

/** Asks for the originals and replicas whose turn it is, and writes once a day what the watch has seen. */
export class SweepWatch {
  readonly #parts: Needs;
  readonly #askHealing: AskHealing;

  constructor(parts: Needs, askHealing: AskHealing) {
    this.#parts = parts;
    this.#askHealing = askHealing;
  }

  /** @returns how many looks were asked for */
  async run(): Promise<number> {
    const { database, clock, settings } = this.#parts;
    const now = clock.now();
    await assetCheckRepository.addUnsealed(database.reader, new Date(now.getTime() - UNSEALED_MS), now);
    await assetCheckRepository.pullForward(database.reader, now, settings.watchPeriodMs);
    const due = await assetCheckRepository.due(database.reader, now, BATCH);
    for (const assetId of due) await enqueueWork(this.#parts, assetId, ['asset.scrub']);
    const replicasDue = await this.#askForReplicas(now);
    await this.#askHealing.runForAll();
    await database.transaction((tx) => this.#report(tx, now));
    return due.length + replicasDue;
  }

  async #askForReplicas(now: Date): Promise<number> {
    const { database, replica } = this.#parts;
    const storeId = replica && (await replica.knownId());
    if (replica === null || storeId === null) return 0;
    await assetCheckRepository.pullForward(database.reader, now, replica.settings.watchPeriodMs, 'replica');
    const due = await replicaRepository.due(database.reader, storeId, now, BATCH);
    for (const assetId of due) await enqueueWork(this.#parts, assetId, ['replica.scrub']);
    return due.length;
  }

  /** One event a day, also when nothing was looked at: that the watch stood still is to be seen too. */
  async #report(tx: Tx, now: Date): Promise<void> {
    const last = await settingsRepository.lock(tx, REPORTED);
    if (typeof last !== 'string') return await settingsRepository.put(tx, REPORTED, utc(now));
    const from = new Date(last);
    if (now.getTime() - from.getTime() < DAY_MS) return;
    const { replica } = this.#parts;
    const ofReplica = replica === null ? {} : { replica: await this.#summary(tx, { from, now, copy: 'replica' }) };
    const fields = { ...(await this.#summary(tx, { from, now, copy: 'original' })), ...ofReplica };
    await settingsRepository.put(tx, REPORTED, utc(now));
    await appendEvents(tx, bySystem(now), [
      { type: 'system.scrubbed', chain: 'system', public: { from: utc(from), until: utc(now), ...fields } },
    ]);
  }

  async #summary(tx: Tx, { from, now, copy }: { from: Date; now: Date; copy: Copy }): Promise<EventFields> {
    const seen = await assetCheckRepository.checkedBetween(tx, from, now, copy);
    const { open, overdue } = await assetCheckRepository.standing(tx, now, copy);
    const counts = CHECK_RESULTS.filter((result) => result !== 'not-run').map((result) => [
      result.replaceAll('-', '_'),
      seen.find((row) => row.result === result)?.count ?? 0,
    ]);
    return {
      checked: seen.reduce((sum, row) => sum + row.count, 0),
      bytes: seen.reduce((sum, row) => sum + row.bytes, 0),
      results: Object.fromEntries(counts),
      open_findings: open,
      overdue,
      period_days: Math.round(periodOf(this.#parts, copy) / DAY_MS),
    };
  }
}
