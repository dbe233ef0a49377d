import { correctionFor, type Id, isPlausibleTime, parseDeviceTime } from '#domain';
import {
  type AssetRecord,
  type AssetSourceRecord,
  assetRepository,
  assetSourceRepository,
  type ClockRecord,
  caseRepository,
  clockRepository,
  type IssueRecord,
  issueRepository,
  linkRepository,
  type RecorderRecord,
  type Tx,
} from '#persistence';
import { refreshLines } from '../law/refresh-lines.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { appendEvents, type EventDraft, type EventSource } from '../ledger/append-events.js';

/** What the register knows that bears on material. */
export interface RegisterFacts {
  readonly measurements: readonly ClockRecord[];
  readonly issues: readonly IssueRecord[];
  /** Whoever a recorder was ever set to the number of the name for; null when nobody was, or several. */
  readonly holderOfNumber: Id | null;
}

interface Settled {
  readonly offsetMs: number | null;
  readonly offsetSource: string | null;
  readonly clockId: Id | null;
  readonly at: Date;
  readonly atSource: AssetRecord['atSource'];
  readonly officerId: Id | null;
}

const PAGE = 500;

export async function factsFor(
  tx: Tx,
  { recorderId, officerNumber }: Pick<AssetSourceRecord, 'recorderId' | 'officerNumber'>,
): Promise<RegisterFacts> {
  const holders = officerNumber === null ? [] : await issueRepository.holdersOfNumber(tx, officerNumber);
  return {
    measurements: recorderId === null ? [] : await clockRepository.ofRecorders(tx, [recorderId]),
    issues: recorderId === null ? [] : await issueRepository.ofRecorder(tx, recorderId),
    holderOfNumber: holders.length === 1 ? (holders[0] ?? null) : null,
  };
}

/**
 * What the register makes of an asset: how wrong the clock was, hence when it really was, hence who carried the
 * recorder. The raw value is never touched.
 */
export function settle(
  asset: AssetRecord,
  known: AssetSourceRecord,
  facts: RegisterFacts,
  zoneMinutes: number,
): Settled {
  const clock = clockOf(asset, facts, zoneMinutes);
  const officerId = known.statedBy === null ? carrierAt(facts, clock) : known.officerId;
  return { ...clock, officerId };
}

function clockOf(asset: AssetRecord, facts: RegisterFacts, zoneMinutes: number): Omit<Settled, 'officerId'> {
  const receivedAt = asset.receivedAt ?? asset.begunAt;
  const untimed = { offsetMs: null, offsetSource: null, clockId: null, at: receivedAt, atSource: 'received' as const };
  const deviceAt = asset.deviceRaw === null ? null : (parseDeviceTime(asset.deviceRaw, zoneMinutes)?.at ?? null);
  if (deviceAt === null) return untimed;
  const correction = correctionFor(facts.measurements, { deviceAt, receivedAt });
  const measured = {
    offsetMs: correction?.offsetMs ?? null,
    offsetSource: correction?.measurement.source ?? null,
    clockId: correction?.measurement.id ?? null,
  };
  const at = new Date(deviceAt.getTime() - (correction?.offsetMs ?? 0));
  return isPlausibleTime(at, receivedAt) ? { ...measured, at, atSource: 'device' } : { ...untimed, ...measured };
}

/** By the register at that time; by the number in the name where it says nothing, or nobody knows the time. */
function carrierAt({ issues, holderOfNumber }: RegisterFacts, { at, atSource }: Pick<Settled, 'at' | 'atSource'>) {
  const held = issues.find(({ issuedAt, returnedAt }) => issuedAt <= at && (returnedAt === null || at < returnedAt));
  return atSource === 'device' && held !== undefined ? held.accountId : holderOfNumber;
}

/** Writes what was settled, where it is not so yet. @returns the events of it */
export async function writeSettled(
  tx: Tx,
  asset: AssetRecord,
  known: AssetSourceRecord,
  settled: Settled,
  isNew: boolean,
): Promise<EventDraft[]> {
  const { officerId, clockId, ...clock } = settled;
  const isClockNew =
    clock.offsetMs !== asset.offsetMs || clock.at.getTime() !== asset.at.getTime() || clockId !== known.clockId;
  const isOfficerNew = isNew || officerId !== known.officerId;
  if (isClockNew) await assetRepository.change(tx, asset.id, clock);
  if (isClockNew || isOfficerNew) await assetSourceRepository.put(tx, { ...known, officerId, clockId });
  const drafts: EventDraft[] = [];
  if (isOfficerNew) drafts.push(identifiedEvent({ ...known, officerId }));
  if (clockId !== known.clockId) drafts.push(correctedEvent(asset.id, settled));
  return drafts;
}

function identifiedEvent(source: AssetSourceRecord): EventDraft {
  return {
    type: 'asset.identified',
    chain: `asset:${source.assetId}`,
    on: source.recorderId === null ? [] : [`recorder:${source.recorderId}`],
    public: {
      recorder: source.recorderId,
      officer: source.officerId,
      sequence: source.sequence,
      key_marked: source.isKeyMarked,
      named_time: source.namedTime,
      rule: source.ruleId,
      rule_version: source.ruleVersion,
      stated_by: source.statedBy,
    },
    // Numbers of devices and officers name people to whoever knows the lists.
    personal: {
      ...(source.device === null ? {} : { device: source.device }),
      ...(source.officerNumber === null ? {} : { officer_number: source.officerNumber }),
    },
  };
}

function correctedEvent(assetId: Id, { offsetMs, offsetSource, clockId, at, atSource }: Settled): EventDraft {
  return {
    type: 'asset.clock_corrected',
    chain: `asset:${assetId}`,
    public: {
      ...{ offset_ms: offsetMs, source: offsetSource, measurement: clockId },
      ...{ at: at.toISOString(), at_source: atSource },
    },
  };
}

/** One asset, as it is in this transaction: after its device time was found out. */
export async function resettleAsset(tx: Tx, source: EventSource, assetId: Id, zoneMinutes: number): Promise<void> {
  const known = await assetSourceRepository.find(tx, assetId);
  const asset = known && (await assetRepository.find(tx, assetId));
  if (!asset || !known) return;
  const settled = settle(asset, known, await factsFor(tx, known), zoneMinutes);
  await appendEvents(tx, source, await writeSettled(tx, asset, known, settled, false));
}

/**
 * All material a change in the register concerns: it was issued for a time past, its clock was measured, its number was
 * entered. What is in a closed case stays as it is; of an open one what is due is written anew, since a clip put in
 * another place in time can tear a recording apart or mend it.
 * @returns how many it was found out of anew
 */
export async function resettleMaterialOf(
  tx: Tx,
  source: EventSource,
  recorder: RecorderRecord,
  { rules, zoneMinutes }: { readonly rules: RuleShelf; readonly zoneMinutes: number },
): Promise<number> {
  const facts = await factsFor(tx, { recorderId: recorder.id, officerNumber: null });
  const touched = new Set<Id>();
  let changed = 0;
  let afterId: Id | null = null;
  for (;;) {
    const ids: Id[] = await assetSourceRepository.concernedBy(tx, recorder, { afterId, limit: PAGE });
    const page = await resettlePage(tx, source, { ids, recorder, facts, zoneMinutes });
    changed += page.changed;
    for (const caseId of page.caseIds) touched.add(caseId);
    afterId = ids.at(-1) ?? null;
    if (ids.length < PAGE) break;
  }
  for (const caseId of touched) await refreshLines(tx, rules, caseId, source.at);
  return changed;
}

async function resettlePage(
  tx: Tx,
  source: EventSource,
  page: {
    readonly ids: readonly Id[];
    readonly recorder: RecorderRecord;
    readonly facts: RegisterFacts;
    readonly zoneMinutes: number;
  },
): Promise<{ readonly changed: number; readonly caseIds: readonly Id[] }> {
  const { ids, recorder, facts, zoneMinutes } = page;
  const assets = await assetRepository.findMany(tx, ids);
  const sources = await assetSourceRepository.findMany(tx, ids);
  const links = await linkRepository.detailsOf(tx, ids);
  const open = await heldOpen(
    tx,
    [...links.values()].map(({ caseId }) => caseId),
  );
  const caseIds: Id[] = [];
  let changed = 0;
  for (const asset of assets) {
    const before = sources.get(asset.id);
    const link = links.get(asset.id);
    if (!before || (link && !open.has(link.caseId))) continue;
    const isNew = before.recorderId !== recorder.id;
    const known = { ...before, recorderId: recorder.id };
    const own = known.officerNumber === null ? facts : { ...facts, ...(await holderOf(tx, known.officerNumber)) };
    const drafts = await writeSettled(tx, asset, known, settle(asset, known, own, zoneMinutes), isNew);
    if (drafts.length === 0) continue;
    changed += 1;
    if (link) caseIds.push(link.caseId);
    await appendEvents(tx, source, drafts);
  }
  return { changed, caseIds };
}

async function holderOf(tx: Tx, officerNumber: string): Promise<Pick<RegisterFacts, 'holderOfNumber'>> {
  const { holderOfNumber } = await factsFor(tx, { recorderId: null, officerNumber });
  return { holderOfNumber };
}

/** Held in one order until the transaction ends, so that none is closed, and its lines are written by nobody else, meanwhile. */
async function heldOpen(tx: Tx, caseIds: readonly Id[]): Promise<Set<Id>> {
  const open = new Set<Id>();
  for (const id of [...new Set(caseIds)].sort())
    if ((await caseRepository.lock(tx, id))?.state === 'open') open.add(id);
  return open;
}
