import { CHECK_RESULTS, utc } from '#domain';
import { assetCheckRepository, settingsRepository, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, bySystem } from '../ledger/append-events.js';
import { enqueueWork } from '../upkeep/enqueue-owed.js';

type Needs = Pick<ArchiveParts, 'database' | 'queue' | 'clock' | 'settings' | 'log'>;

const DAY_MS = 86_400_000;
/** Between two sweeps; what is beyond waits for the next, longest waiting first. */
const BATCH = 500;
/** What is not sealed a day after its receipt will not be soon: it is watched as it is. */
const UNSEALED_MS = DAY_MS;
/** Up to when the last summary reaches, RFC 3339 UTC. */
const REPORTED = 'watch-reported';

/** Asks for the originals whose turn it is, and writes once a day what the watch has seen. */
export class SweepWatch {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @returns how many looks were asked for */
  async run(): Promise<number> {
    const { database, clock, settings } = this.#parts;
    const now = clock.now();
    await assetCheckRepository.addUnsealed(database.reader, new Date(now.getTime() - UNSEALED_MS), now);
    await assetCheckRepository.pullForward(database.reader, now, settings.watchPeriodMs);
    const due = await assetCheckRepository.due(database.reader, now, BATCH);
    for (const assetId of due) await enqueueWork(this.#parts, assetId, ['asset.scrub']);
    await database.transaction((tx) => this.#report(tx, now));
    return due.length;
  }

  /** One event a day, also when nothing was looked at: that the watch stood still is to be seen too. */
  async #report(tx: Tx, now: Date): Promise<void> {
    const last = await settingsRepository.lock(tx, REPORTED);
    if (typeof last !== 'string') return await settingsRepository.put(tx, REPORTED, utc(now));
    const from = new Date(last);
    if (now.getTime() - from.getTime() < DAY_MS) return;
    const seen = await assetCheckRepository.checkedBetween(tx, from, now);
    const { open, overdue } = await assetCheckRepository.standing(tx, now);
    const counts = CHECK_RESULTS.filter((result) => result !== 'not-run').map((result) => [
      result.replaceAll('-', '_'),
      seen.find((row) => row.result === result)?.count ?? 0,
    ]);
    await settingsRepository.put(tx, REPORTED, utc(now));
    await appendEvents(tx, bySystem(now), [
      {
        type: 'system.scrubbed',
        chain: 'system',
        public: {
          from: utc(from),
          until: utc(now),
          checked: seen.reduce((sum, row) => sum + row.count, 0),
          bytes: seen.reduce((sum, row) => sum + row.bytes, 0),
          results: Object.fromEntries(counts),
          open_findings: open,
          overdue,
          period_days: Math.round(this.#parts.settings.watchPeriodMs / DAY_MS),
        },
      },
    ]);
  }
}
