import {
  type Actor,
  ArchiveError,
  chooseReading,
  type Id,
  may,
  type NameReading,
  type NameRule,
  parseDeviceTime,
  readingsOf,
} from '#domain';
import {
  type AssetRecord,
  type AssetSourceRecord,
  accountRepository,
  assetRepository,
  assetSourceRepository,
  caseRepository,
  numberKey,
  type RecorderRecord,
  recorderRepository,
  type Tx,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireAsset } from '../assets/asset-subject.js';
import { requireOpen } from '../cases/case-access.js';
import { refreshLines } from '../law/refresh-lines.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { appendEvents, by, bySystem, type EventSource } from '../ledger/append-events.js';
import type { NameRuleShelf } from './name-rules.js';
import { factsFor, settle, writeSettled } from './settle-sources.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock' | 'settings'>;

/**
 * At receipt: reads the name by the makers' rules, and finds out by the register which recorder it is and who carried
 * it. A name that no rule reads, or two read differently, is left as it is: the asset waits in the inbox.
 * @returns whether it was read
 */
export async function identifyByName(
  tx: Tx,
  source: EventSource,
  asset: AssetRecord,
  { rules, zoneMinutes }: { readonly rules: readonly NameRule[]; readonly zoneMinutes: number },
): Promise<boolean> {
  const readings = readingsOf(rules, asset.fileName);
  if (readings.length === 0) return false;
  const registered = await recorderRepository.bySerials(
    tx,
    readings.flatMap(({ device }) => device ?? []),
  );
  const result = chooseReading(readings, (device) => recorderOf(registered, device) !== null);
  if (result.state !== 'read') return false;
  const { reading } = result;
  const timed = await takeNamedTime(tx, asset, reading, zoneMinutes);
  const recorder = reading.device === null ? null : recorderOf(registered, reading.device);
  const known = toSource(asset.id, reading, recorder?.id ?? null);
  const settled = settle(timed, known, await factsFor(tx, known), zoneMinutes);
  await assetSourceRepository.put(tx, known);
  await appendEvents(tx, source, await writeSettled(tx, timed, known, settled, true));
  return true;
}

function recorderOf(registered: readonly RecorderRecord[], device: string): RecorderRecord | null {
  return registered.find(({ serial }) => numberKey(serial) === numberKey(device)) ?? null;
}

/** The recorder's own name for the file counts before its container, in which many write local time as UTC. */
async function takeNamedTime(
  tx: Tx,
  asset: AssetRecord,
  { time }: NameReading,
  zoneMinutes: number,
): Promise<AssetRecord> {
  if (time === null) return asset;
  const zoneKnown = parseDeviceTime(time, zoneMinutes)?.zoneKnown ?? false;
  const change = { deviceRaw: time, deviceSource: 'name' as const, zoneKnown };
  await assetRepository.change(tx, asset.id, change);
  return { ...asset, ...change };
}

function toSource(assetId: Id, reading: NameReading, recorderId: Id | null): AssetSourceRecord {
  const { device, officer, time, sequence, isKeyMarked, ruleId, ruleVersion } = reading;
  return {
    ...{ assetId, recorderId, device, officerNumber: officer, officerId: null, namedTime: time, fileTime: null },
    ...{ sequence, isKeyMarked, ruleId, ruleVersion, clockId: null, statedBy: null },
  };
}

export interface SourceStatement {
  readonly recorderId: Id | null;
  /** Who carried it; null: whoever the register says. */
  readonly officerId: Id | null;
}

/** A person says of which recorder and whose it is, where the name does not. */
export class StateSource {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @throws ArchiveError `not-found` (asset, recorder, officer), `case-closed`, `invalid-input` (neither is said) */
  async run(actor: Actor, assetId: Id, said: SourceStatement): Promise<void> {
    const { database, clock, settings } = this.#parts;
    if (said.recorderId === null && said.officerId === null)
      throw new ArchiveError('invalid-input', 'nothing is said', {
        details: { problems: ['recorderId', 'officerId'] },
      });
    const at = clock.now();
    await database.transaction(async (tx) => {
      const { link } = await requireAsset(tx, actor, assetId, 'asset.link');
      const held = link && (await caseRepository.lock(tx, link.caseId));
      if (held) requireOpen(held);
      const asset = await assetRepository.lock(tx, assetId);
      if (!asset) throw new ArchiveError('not-found', `no asset ${assetId}`);
      await requireSaid(tx, actor, said);
      const before = await assetSourceRepository.find(tx, assetId);
      const known: AssetSourceRecord = {
        ...(before ?? NOTHING_KNOWN),
        assetId,
        recorderId: said.recorderId ?? before?.recorderId ?? null,
        officerId: said.officerId,
        // Who carried it is left to the register unless it is said.
        statedBy: said.officerId === null ? null : actor.accountId,
      };
      await assetSourceRepository.put(tx, known);
      const settled = settle(asset, known, await factsFor(tx, known), settings.deviceZoneMinutes);
      await appendEvents(tx, by(actor, at), await writeSettled(tx, asset, known, settled, true));
      if (link) await refreshLines(tx, this.#rules, link.caseId, at);
    });
  }
}

const NOTHING_KNOWN: Omit<AssetSourceRecord, 'assetId'> = {
  ...{ recorderId: null, device: null, officerNumber: null, officerId: null, namedTime: null, fileTime: null },
  ...{ sequence: null, isKeyMarked: false, ruleId: null, ruleVersion: null, clockId: null, statedBy: null },
};

async function requireSaid(tx: Tx, actor: Actor, { recorderId, officerId }: SourceStatement): Promise<void> {
  const recorder = recorderId === null ? null : await recorderRepository.find(tx, recorderId);
  if (recorderId !== null && !(recorder && may(actor, 'recorders.read', { unitPath: recorder.unitPath })))
    throw new ArchiveError('not-found', `no recorder ${recorderId}`);
  const officer = officerId === null ? null : await accountRepository.find(tx, officerId);
  if (officerId !== null && !officer?.roles.includes('officer'))
    throw new ArchiveError('not-found', `no officer ${officerId}`);
}

/** Reads the names of the inbox once more, by the rules there are now. */
export class ReadNamesAgain {
  readonly #parts: Needs;
  readonly #rules: NameRuleShelf;

  constructor(parts: Needs, rules: NameRuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @returns how many were looked at, and how many could be read @throws ArchiveError `forbidden` */
  async run(actor: Actor): Promise<{ looked: number; read: number }> {
    if (!may(actor, 'recorders.keep', { unitPath: actor.unitPath }))
      throw new ArchiveError('forbidden', 'may not keep the register');
    const { database, clock, settings } = this.#parts;
    const rules = await this.#rules.all();
    const done = { looked: 0, read: 0 };
    let afterId: Id | null = null;
    for (;;) {
      const ids: Id[] = await assetSourceRepository.unidentified(database.reader, afterId, PAGE);
      for (const id of ids) {
        const isRead = await database.transaction(async (tx) => {
          const asset = await assetRepository.lock(tx, id);
          if (!asset || (await assetSourceRepository.find(tx, id))) return false;
          const of = { rules, zoneMinutes: settings.deviceZoneMinutes };
          return await identifyByName(tx, bySystem(clock.now()), asset, of);
        });
        done.looked += 1;
        if (isRead) done.read += 1;
      }
      afterId = ids.at(-1) ?? null;
      if (ids.length < PAGE) return done;
    }
  }
}

const PAGE = 200;
