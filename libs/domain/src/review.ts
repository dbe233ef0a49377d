import type { LocalDate } from './calendar.js';
import type { Limit } from './deadline.js';
import type { Id } from './ids.js';
import type { Label, RuleMistake } from './rule-mistakes.js';
import type { Participant, Rule } from './standing.js';

/**
 * The ten heads a decision is reviewed under: 国办发〔2018〕118号 names body, officers, procedure, facts and evidence, law and
 * discretion, powers, papers, crimes to be transferred; agencies ask for facts, evidence, law and discretion each by itself.
 */
export const REVIEW_HEADS = [
  ...(['body', 'officers', 'procedure', 'facts', 'evidence'] as const),
  ...(['law', 'discretion', 'powers', 'papers', 'crime'] as const),
] as const;
export type ReviewHead = (typeof REVIEW_HEADS)[number];

/** As statements, so that "conforms" is always the good answer. */
export const REVIEW_HEAD_TEXT: Record<ReviewHead, Label> = {
  body: { zh: '执法主体合法', en: 'The body is one that may act' },
  officers: { zh: '执法人员具备执法资格', en: 'The officers are qualified' },
  procedure: { zh: '执法程序合法', en: 'The procedure was kept' },
  facts: { zh: '案件事实清楚', en: 'The facts are clear' },
  evidence: { zh: '证据合法充分', en: 'The evidence is lawful and sufficient' },
  law: { zh: '适用法律、法规、规章准确', en: 'The law is applied rightly' },
  discretion: { zh: '裁量基准运用适当', en: 'Discretion is used by the standards' },
  powers: { zh: '未超越执法机关法定权限', en: 'It is within the powers of the agency' },
  papers: { zh: '执法文书完备、规范', en: 'The papers are complete and in form' },
  crime: { zh: '涉嫌犯罪的，已移送司法机关', en: 'Where a crime is suspected, it was transferred' },
};

/** `conforms`: nothing against it. `flawed`: to be mended. `unlawful`: the decision cannot stand so. */
export const HEAD_FINDINGS = ['conforms', 'flawed', 'unlawful', 'not-applicable'] as const;
export type HeadFinding = (typeof HEAD_FINDINGS)[number];

/** Where the law leaves no discretion, or no crime is suspected, there is nothing to be looked at. */
const MAY_NOT_APPLY: readonly ReviewHead[] = ['discretion', 'crime'];

export interface HeadAnswer {
  readonly head: ReviewHead;
  readonly finding: HeadFinding;
  /** What the finding rests on. */
  readonly ground: string;
}

export const REVIEW_OUTCOMES = ['passed', 'passed-with-changes', 'returned'] as const;
export type ReviewOutcome = (typeof REVIEW_OUTCOMES)[number];

/** What a reviewer says at his level. */
export interface ReviewOpinion {
  readonly outcome: ReviewOutcome;
  readonly answers: readonly HeadAnswer[];
  readonly text: string;
  /** What has to be changed before the decision is made; null where nothing has. */
  readonly changes: string | null;
}

const WORDS = {
  unanswered: { zh: '未填写审核结论', en: 'no finding given' },
  answeredTwice: { zh: '重复填写', en: 'answered twice' },
  noGround: { zh: '未写明理由', en: 'no ground given' },
  mustApply: { zh: '此项每案均须审核', en: 'this head is looked at in every case' },
  passedFlawed: { zh: '有不符合项，不能审核通过', en: 'not all heads conform: it cannot pass as it is' },
  passedUnlawful: { zh: '有违法项，只能退回', en: 'a head is unlawful: it can only be returned' },
  noFlaw: { zh: '没有不符合项，应为审核通过', en: 'all heads conform: it passes' },
  noChanges: { zh: '未写明须作哪些修改', en: 'what has to be changed is missing' },
  needlessChanges: { zh: '只有修改后通过的，才写修改要求', en: 'changes are asked for only where it passes with them' },
  noText: { zh: '未写明审核意见', en: 'the opinion is missing' },
} as const;

/** What is wrong with an opinion, each with its place; nothing found means it can be given. */
export function mistakesOfOpinion({ outcome, answers, text, changes }: ReviewOpinion): RuleMistake[] {
  const found: RuleMistake[] = [];
  const add = (place: string, words: Label): void => void found.push({ place, ...words });
  for (const head of REVIEW_HEADS) {
    const [answer, second] = answers.filter((one) => one.head === head);
    if (answer === undefined) add(`answers.${head}`, WORDS.unanswered);
    else if (answer.ground.trim() === '') add(`answers.${head}`, WORDS.noGround);
    if (second !== undefined) add(`answers.${head}`, WORDS.answeredTwice);
    if (answer?.finding === 'not-applicable' && !mayNotApply(head)) add(`answers.${head}`, WORDS.mustApply);
  }
  const has = (finding: HeadFinding): boolean => answers.some((one) => one.finding === finding);
  const isClean = !has('flawed') && !has('unlawful');
  if (outcome !== 'returned' && has('unlawful')) add('outcome', WORDS.passedUnlawful);
  else if (outcome === 'passed' && !isClean) add('outcome', WORDS.passedFlawed);
  else if (outcome !== 'passed' && isClean) add('outcome', WORDS.noFlaw);
  const isChanged = changes !== null && changes.trim() !== '';
  if (outcome === 'passed-with-changes' && !isChanged) add('changes', WORDS.noChanges);
  if (outcome !== 'passed-with-changes' && isChanged) add('changes', WORDS.needlessChanges);
  if (text.trim() === '') add('text', WORDS.noText);
  return found;
}

export function mayNotApply(head: ReviewHead): boolean {
  return MAY_NOT_APPLY.includes(head);
}

/** One level of review as the agency has set it: 大队法制科, 局法规科. */
export interface ReviewLevel {
  readonly id: string;
  readonly title: Label;
  /** Its reviewers are of exactly this unit; null: any reviewer whose rights reach the case. */
  readonly unitId: Id | null;
  /** Whether the head signs what the reviewer found (股室初审, 负责人签批). */
  readonly signOff: boolean;
}

/** How an agency reviews. Versions are kept; a review goes by the one in force when it was submitted. */
export interface ReviewPolicy {
  /** Every decision is reviewed, whatever the catalogue says of it. */
  readonly everyDecision: boolean;
  /** Lowest first, one at least. */
  readonly levels: readonly ReviewLevel[];
  /** From submission until the review ends; 118号 leaves it to the agency. */
  readonly limit: Limit;
}

/** Until an agency says otherwise. Five working days: 玉环坎门街道 审核办法 (a local rule, 待核实). */
export const DEFAULT_REVIEW_POLICY: ReviewPolicy = {
  everyDecision: false,
  levels: [{ id: 'legal', title: { zh: '法制审核', en: 'Legal review' }, unitId: null, signOff: false }],
  limit: { count: 5, unit: 'working-days', lastDayAtRest: 'stays' },
};

/** Among the limits of a case. */
export const REVIEW_LIMIT = 'review-opinion';

/** @param version of the policy; 0 is the one that holds until an agency says otherwise */
export function ruleOfReviewLimit(version: number): Rule {
  return {
    ...{ procedureId: 'review-policy', version, part: 'limit' },
    title: { zh: '法制审核时限', en: 'Time for the legal review' },
    source:
      version === 0
        ? '国办发〔2018〕118号：审核时限由执法机关规定；未规定的，按缺省 5 个工作日'
        : '国办发〔2018〕118号：审核时限由执法机关规定；本机关法制审核规则',
  };
}

/** What is wrong with a policy, each with its place. */
export function mistakesOfPolicy({ levels, limit }: ReviewPolicy): RuleMistake[] {
  const found: RuleMistake[] = [];
  if (levels.length === 0) found.push({ place: 'levels', zh: '至少要有一级审核', en: 'one level at least' });
  const ids = levels.map(({ id }) => id);
  if (new Set(ids).size < ids.length) found.push({ place: 'levels', zh: '标识重复', en: 'an id comes twice' });
  if (!Number.isInteger(limit.count) || limit.count < 1)
    found.push({ place: 'limit.count', zh: '应为正整数', en: 'must be a whole number from 1' });
  return found;
}

/** One thing to be done in a review, by one person: a level reads and finds, or its head signs. */
export interface ReviewStage {
  readonly kind: 'read' | 'sign';
  readonly level: Pick<ReviewLevel, 'id' | 'title' | 'unitId'>;
}

export function stagesOf({ levels }: Pick<ReviewPolicy, 'levels'>): ReviewStage[] {
  return levels.flatMap(({ id, title, unitId, signOff }): ReviewStage[] => {
    const level = { id, title, unitId };
    return signOff
      ? [
          { kind: 'read', level },
          { kind: 'sign', level },
        ]
      : [{ kind: 'read', level }];
  });
}

export interface StageResult {
  readonly kind: ReviewStage['kind'];
  readonly outcome: ReviewOutcome;
}

/**
 * Where a review stands after what was said so far, stage by stage: null while more is to come. One that returns it ends
 * it; changes asked for at any level are asked for in the end.
 */
export function outcomeOf(stages: readonly ReviewStage[], results: readonly StageResult[]): ReviewOutcome | null {
  if (results.some(({ outcome }) => outcome === 'returned')) return 'returned';
  if (results.length < stages.length) return null;
  return results.some(({ outcome }) => outcome === 'passed-with-changes') ? 'passed-with-changes' : 'passed';
}

export type Unfitness = 'officer-of-case' | 'submitter' | 'acted-before' | 'other-unit' | 'no-certificate';

export const UNFITNESS_TEXT: Record<Unfitness, Label> = {
  'officer-of-case': { zh: '本案承办人不得审核本案', en: 'an officer of the case does not review it' },
  submitter: { zh: '送审人不得审核', en: 'whoever submitted it does not review it' },
  'acted-before': { zh: '已在前一环节审核过，须由他人办理', en: 'has acted in it already; somebody else goes on' },
  'other-unit': { zh: '不是本级审核单位的人员', en: 'is not of the unit that reviews at this level' },
  'no-certificate': {
    zh: '当日没有有效的法制审核资格证书',
    en: 'has no certificate of legal review valid on the day',
  },
};

export interface ReviewActor {
  readonly accountId: Id;
  readonly unitId: Id;
  /** Qualification to review (法律职业资格 or the like); null where there is none. Both days count. */
  readonly certified: Participant['certified'];
}

/** What a review says of who may act in it. */
export interface ReviewPeople {
  readonly officerIds: readonly Id[];
  readonly submittedBy: Id;
  readonly actedIds: readonly Id[];
}

/** Why somebody may not act at a stage on that day; nothing means he may. A head who signs needs no certificate. */
export function unfitnessOf(
  stage: ReviewStage,
  who: ReviewActor,
  { officerIds, submittedBy, actedIds }: ReviewPeople,
  day: LocalDate,
): Unfitness[] {
  const { certified } = who;
  const isQualified = certified !== null && certified.from <= day && day <= certified.to;
  const isOtherUnit = stage.kind === 'read' && stage.level.unitId !== null && stage.level.unitId !== who.unitId;
  return [
    ...(officerIds.includes(who.accountId) ? (['officer-of-case'] as const) : []),
    ...(submittedBy === who.accountId ? (['submitter'] as const) : []),
    ...(actedIds.includes(who.accountId) ? (['acted-before'] as const) : []),
    ...(isOtherUnit ? (['other-unit'] as const) : []),
    ...(stage.kind === 'read' && !isQualified ? (['no-certificate'] as const) : []),
  ];
}

/** Reviewers are to be five in a hundred of those with enforcement certificates at least (国办发〔2018〕118号). */
export const LEAST_REVIEWERS_PERCENT = 5;

export interface ReviewStaffing {
  readonly officers: number;
  readonly reviewers: number;
  /** Reviewers needed for so many officers. */
  readonly needed: number;
  readonly isMet: boolean;
}

export function staffingOf({ officers, reviewers }: Pick<ReviewStaffing, 'officers' | 'reviewers'>): ReviewStaffing {
  const needed = Math.ceil((officers * LEAST_REVIEWERS_PERCENT) / 100);
  return { officers, reviewers, needed, isMet: reviewers >= needed };
}

/** Fewest at a collective discussion: one alone is no collective. */
export const LEAST_DISCUSSING = 2;

/** The condition a procedure's review hangs on where it is one of major decisions only. */
export const MAJOR_CONDITION = 'complex-or-major';
