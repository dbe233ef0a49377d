import { type Drift, driftsOf, type Id, parseDeviceTime, type Span, type TimeFlag, timeFlagsOf } from '#domain';
import {
  type AssetRecord,
  type AssetSourceRecord,
  accountRepository,
  assetSourceRepository,
  caseRepository,
  clockRepository,
  linkRepository,
  occurrenceRepository,
  type RecorderRecord,
  recorderRepository,
  type Tx,
} from '#persistence';
import { grouped } from './grouped.js';

/** What is known of what took an asset, as it is shown. */
export interface SourceLine {
  readonly source: AssetSourceRecord | null;
  readonly recorder: RecorderRecord | null;
  readonly officerName: string | null;
  readonly statedByName: string | null;
  /** What is not right with its time. */
  readonly flags: readonly TimeFlag[];
}

const STEP_MARGIN_MS = 30 * 60_000;

/** Of many assets, in a fixed number of queries. */
export async function describeSources(
  tx: Tx,
  assets: readonly AssetRecord[],
  zoneMinutes: number,
): Promise<Map<Id, SourceLine>> {
  const ids = assets.map(({ id }) => id);
  const sources = await assetSourceRepository.findMany(tx, ids);
  const recorderIds = [...new Set([...sources.values()].flatMap(({ recorderId }) => recorderId ?? []))];
  const recorders = new Map((await recorderRepository.findMany(tx, recorderIds)).map((one) => [one.id, one]));
  const clocks = grouped(await clockRepository.ofRecorders(tx, recorderIds), ({ recorderId }) => recorderId);
  const drifts = new Map([...clocks].map(([id, measured]) => [id, worstOf(driftsOf(measured))]));
  const people = [...sources.values()].flatMap(({ officerId, statedBy }) => [officerId ?? [], statedBy ?? []].flat());
  const names = await accountRepository.namesOf(tx, [...new Set(people)]);
  const spans = await spansOf(tx, ids);
  return new Map(
    assets.map((asset): [Id, SourceLine] => {
      const source = sources.get(asset.id) ?? null;
      const nameOf = (id: Id | null | undefined): string | null => (id == null ? null : (names.get(id) ?? null));
      const drift = source?.recorderId == null ? null : (drifts.get(source.recorderId) ?? null);
      return [
        asset.id,
        {
          source,
          recorder: source?.recorderId == null ? null : (recorders.get(source.recorderId) ?? null),
          officerName: nameOf(source?.officerId),
          statedByName: nameOf(source?.statedBy),
          flags: flagsOf(asset, source, { zoneMinutes, drift, spans: spans.get(asset.id) ?? null }),
        },
      ];
    }),
  );
}

interface Spans {
  readonly caseSpan: Span;
  readonly stepSpan: Span | null;
}

function flagsOf(
  asset: AssetRecord,
  source: AssetSourceRecord | null,
  of: { readonly zoneMinutes: number; readonly drift: Drift | null; readonly spans: Spans | null },
): TimeFlag[] {
  const time = (raw: string | null | undefined): Date | null =>
    raw == null ? null : (parseDeviceTime(raw, of.zoneMinutes)?.at ?? null);
  return timeFlagsOf({
    deviceAt: time(asset.deviceRaw),
    fileAt: asset.deviceSource === 'name' ? time(source?.fileTime) : null,
    offsetMs: asset.offsetMs ?? 0,
    receivedAt: asset.receivedAt ?? asset.begunAt,
    caseSpan: of.spans?.caseSpan ?? null,
    stepSpan: of.spans?.stepSpan ?? null,
    drift: of.drift,
  });
}

function worstOf(drifts: readonly Drift[]): Drift | null {
  return drifts.reduce<Drift | null>(
    (worst, drift) => (worst === null || Math.abs(drift.msPerDay) > Math.abs(worst.msPerDay) ? drift : worst),
    null,
  );
}

/** When the case was handled, and when the step: a case is often entered after its first inspection. */
async function spansOf(tx: Tx, assetIds: readonly Id[]): Promise<Map<Id, Spans>> {
  const links = await linkRepository.detailsOf(tx, assetIds);
  const spans = new Map<Id, Spans>();
  for (const [caseId, tied] of grouped([...links.values()], (link) => link.caseId)) {
    const found = await caseRepository.find(tx, caseId);
    if (!found) continue;
    const comings = await occurrenceRepository.list(tx, caseId);
    const begins = comings.flatMap(({ startedAt }) => startedAt ?? []);
    const from = new Date(Math.min(found.openedAt.getTime(), ...begins.map((at) => at.getTime() - STEP_MARGIN_MS)));
    for (const { assetId, occurrenceId } of tied) {
      const step = comings.find(({ id }) => id === occurrenceId);
      spans.set(assetId, { caseSpan: { from, to: found.closedAt }, stepSpan: step ? stepSpan(step) : null });
    }
  }
  return spans;
}

function stepSpan({ startedAt, endedAt }: { startedAt: Date | null; endedAt: Date | null }): Span | null {
  if (startedAt === null) return null;
  return {
    from: new Date(startedAt.getTime() - STEP_MARGIN_MS),
    to: endedAt === null ? null : new Date(endedAt.getTime() + STEP_MARGIN_MS),
  };
}
