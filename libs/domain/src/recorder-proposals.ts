import type { Place } from './asset.js';
import type { Id } from './ids.js';
import type { Label } from './rule-mistakes.js';

/** The rule by which material is offered to a step; events of what was accepted name it. */
export const PROPOSAL_RULE = { id: 'officer-recorder-time', version: 1 } as const;

/** Recorders are switched on before a step begins, and its end is written down later. */
const MARGIN_MS = 30 * 60_000;
const NEAR_METRES = 500;
const FAR_METRES = 5_000;
const MOST_OFFERED = 3;
const EARTH_METRES = 6_371_000;

/** Material of no case. */
export interface Unplaced {
  readonly assetId: Id;
  /** Who carried the recorder then; null when nobody knows. */
  readonly officerId: Id | null;
  readonly officerName: string | null;
  /** Who handed it in: counts where it is not known who carried the recorder. */
  readonly receivedFrom: Id;
  readonly recorder: string | null;
  readonly at: Date;
  /** Whether that time is the device's; one of receipt says nothing of when it was taken. */
  readonly isTimed: boolean;
  readonly durationMs: number | null;
  readonly place: Place | null;
}

/** A coming of a step that has begun, in an open case. */
export interface CandidateStep {
  readonly caseId: Id;
  readonly occurrenceId: Id;
  readonly title: Label;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly officerIds: readonly Id[];
  /** Of the recordings tied to it already. */
  readonly recorders: readonly string[];
  readonly places: readonly Place[];
}

export interface Proposal {
  readonly assetId: Id;
  readonly caseId: Id;
  readonly occurrenceId: Id;
  readonly score: number;
  readonly reasons: readonly Label[];
  /** Nothing else fits as well: it may be accepted together with others. */
  readonly isClear: boolean;
}

/** Steps whose officer, time, recorder and place fit, best first, each with the reasons in words. */
export function proposalsFor(item: Unplaced, steps: readonly CandidateStep[]): Proposal[] {
  if (!item.isTimed) return [];
  const found = steps.flatMap((step) => fitOf(item, step) ?? []).sort((a, b) => b.score - a.score);
  const [first, second] = found;
  const isClear = first !== undefined && (second === undefined || second.score < first.score);
  return found.slice(0, MOST_OFFERED).map((fit, i) => ({
    ...fit,
    assetId: item.assetId,
    isClear: isClear && i === 0,
  }));
}

function fitOf(
  item: Unplaced,
  step: CandidateStep,
): Pick<Proposal, 'caseId' | 'occurrenceId' | 'score' | 'reasons'> | null {
  const parts = [officerFit(item, step), timeFit(item, step), recorderFit(item, step), placeFit(item, step)];
  if (parts.includes('no')) return null;
  const fits = parts.filter((part) => part !== 'no' && part !== null);
  return {
    caseId: step.caseId,
    occurrenceId: step.occurrenceId,
    score: fits.reduce((sum, { score }) => sum + score, 0),
    reasons: fits.map(({ reason }) => reason),
  };
}

type Fit = { readonly score: number; readonly reason: Label } | 'no' | null;

function officerFit({ officerId, officerName, receivedFrom }: Unplaced, { officerIds }: CandidateStep): Fit {
  if (officerId === null) {
    if (!officerIds.includes(receivedFrom)) return 'no';
    return { score: 1, reason: { zh: '由本案办案人员上传', en: 'handed in by an officer of the case' } };
  }
  if (!officerIds.includes(officerId)) return 'no';
  const [zh, en] = officerName === null ? ['本案办案人员', 'an officer of the case'] : [officerName, officerName];
  return {
    score: 4,
    reason: { zh: `${zh}当时领用该记录仪，是本案办案人员`, en: `${en} carried the recorder then and is in charge` },
  };
}

function timeFit({ at, durationMs }: Unplaced, { startedAt, endedAt, title }: CandidateStep): Fit {
  const from = at.getTime();
  const to = from + (durationMs ?? 0);
  const begins = startedAt.getTime();
  const ends = endedAt?.getTime() ?? Number.POSITIVE_INFINITY;
  if (to < begins - MARGIN_MS || from > ends + MARGIN_MS) return 'no';
  if (from >= begins && from <= ends)
    return {
      score: 3,
      reason: { zh: `拍摄时间在“${title.zh}”进行期间`, en: `recorded while “${title.en}” was going on` },
    };
  const isBefore = from < begins;
  const minutes = Math.ceil((isBefore ? begins - from : from - ends) / 60_000);
  return {
    score: 1,
    reason: isBefore
      ? { zh: `在“${title.zh}”开始前 ${minutes} 分钟开始拍摄`, en: `began ${minutes} min before “${title.en}”` }
      : { zh: `在“${title.zh}”结束后 ${minutes} 分钟拍摄`, en: `recorded ${minutes} min after “${title.en}” ended` },
  };
}

function recorderFit({ recorder }: Unplaced, { recorders }: CandidateStep): Fit {
  if (recorder === null || !recorders.includes(recorder)) return null;
  return {
    score: 2,
    reason: { zh: '同一记录仪的其他材料已归入该环节', en: 'other material of this recorder is in the step already' },
  };
}

/** Only where both are known; a step's address is text, so it is compared with what is tied to it already. */
function placeFit({ place }: Unplaced, { places }: CandidateStep): Fit {
  if (place === null || places.length === 0) return null;
  const metres = Math.min(...places.map((other) => metresBetween(place, other)));
  if (metres > FAR_METRES) return 'no';
  if (metres > NEAR_METRES) return null;
  const shown = Math.max(10, Math.round(metres / 10) * 10);
  return {
    score: 2,
    reason: {
      zh: `拍摄地点距该环节其他材料约 ${shown} 米`,
      en: `taken about ${shown} m from other material of the step`,
    },
  };
}

/** Along the surface (haversine). */
export function metresBetween(a: Place, b: Place): number {
  const rad = Math.PI / 180;
  const north = Math.sin(((b.latitude - a.latitude) * rad) / 2) ** 2;
  const east = Math.sin(((b.longitude - a.longitude) * rad) / 2) ** 2;
  const share = north + Math.cos(a.latitude * rad) * Math.cos(b.latitude * rad) * east;
  return 2 * EARTH_METRES * Math.asin(Math.min(1, Math.sqrt(share)));
}
