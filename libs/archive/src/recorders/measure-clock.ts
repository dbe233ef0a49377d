import { type Actor, ArchiveError, type ClockSource, errorOf, type Id, newId, parseDeviceTime, utc } from '#domain';
import { assetSourceRepository, type ClockRecord, clockRepository, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireAsset } from '../assets/asset-subject.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { appendEvents, by } from '../ledger/append-events.js';
import { lockRecorder } from './recorder-access.js';
import { resettleMaterialOf } from './settle-sources.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock' | 'settings'>;

export interface MeasuringWish {
  readonly source: ClockSource;
  /** When it really was; of a reference recording what the clock in it shows. Null: now. */
  readonly at: Date | null;
  /** What the recorder showed then; null for a reference recording, whose own time says it. */
  readonly deviceTime: string | null;
  /** The recording of a clock that is right, and where in it that clock was read. */
  readonly reference: { readonly assetId: Id; readonly positionMs: number } | null;
  readonly wasSet: boolean;
}

/** Keeps how wrong a recorder's clock was, and corrects by it what it recorded. Raw values stay. */
export class MeasureClock {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /**
   * @returns how many assets were put in another place in time, or found another's, by it
   * @throws ArchiveError `not-found` (recorder, recording), `invalid-input` (no time, in the future, a recording of
   *   another recorder or without a time of its own)
   */
  async run(
    actor: Actor,
    recorderId: Id,
    wish: MeasuringWish,
  ): Promise<{ id: Id; errorMs: number; corrected: number }> {
    const { database, clock, settings } = this.#parts;
    const now = clock.now();
    const at = wish.at ?? now;
    if (at > now) throw mistaken('at');
    const id = newId(now.getTime());
    return await database.transaction(async (tx) => {
      const recorder = await lockRecorder(tx, actor, recorderId, 'recorders.keep');
      const deviceAt = await this.#shown(tx, actor, recorderId, wish);
      const { source, wasSet, reference } = wish;
      const measured: ClockRecord = {
        ...{ id, recorderId, at, deviceAt, source, wasSet, measuredBy: actor.accountId, recordedAt: now },
        ...{ assetId: reference?.assetId ?? null, positionMs: reference?.positionMs ?? null },
      };
      await clockRepository.add(tx, measured);
      await appendEvents(tx, by(actor, now), [
        {
          type: 'recorder.clock_measured',
          chain: `recorder:${recorderId}`,
          on: reference === null ? [] : [`asset:${reference.assetId}`],
          public: {
            ...{ measurement: id, source, at: utc(at), device_at: utc(deviceAt), error_ms: errorOf(measured) },
            ...{ was_set: wasSet, asset: measured.assetId, position_ms: measured.positionMs },
          },
        },
      ]);
      const corrected = await resettleMaterialOf(tx, by(actor, now), recorder, {
        rules: this.#rules,
        zoneMinutes: settings.deviceZoneMinutes,
      });
      return { id, errorMs: errorOf(measured), corrected };
    });
  }

  /** What the recorder's clock said at that moment. */
  async #shown(tx: Tx, actor: Actor, recorderId: Id, { source, deviceTime, reference }: MeasuringWish): Promise<Date> {
    const zone = this.#parts.settings.deviceZoneMinutes;
    if ((source === 'reference-recording') !== (reference !== null)) throw mistaken('reference');
    if (reference === null) {
      const said = deviceTime === null ? null : parseDeviceTime(deviceTime, zone);
      if (said === null) throw mistaken('deviceTime');
      return said.at;
    }
    const { asset } = await requireAsset(tx, actor, reference.assetId, 'asset.read');
    const known = await assetSourceRepository.find(tx, asset.id);
    const began = asset.deviceRaw === null ? null : parseDeviceTime(asset.deviceRaw, zone);
    const isInside = asset.durationMs !== null && reference.positionMs <= asset.durationMs;
    if (known?.recorderId !== recorderId || began === null || !isInside) throw mistaken('reference');
    return new Date(began.at.getTime() + reference.positionMs);
  }
}

function mistaken(field: string): ArchiveError {
  return new ArchiveError('invalid-input', `clock measurement: ${field}`, { details: { problems: [field] } });
}
