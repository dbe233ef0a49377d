import {
  type HeadFinding,
  REVIEW_HEAD_TEXT,
  REVIEW_HEADS,
  type ReviewHead,
  type ReviewOpinion,
  type ReviewOutcome,
  type ReviewStage,
} from './review.js';
import type { Label } from './rule-mistakes.js';
import { localTime } from './time.js';

/** What a field of 法制审核送审表 or 法制审核意见书 can be filled with: what the review itself says. */
export const REVIEW_SOURCES = [
  'review.n',
  'review.submittedBy',
  'review.submittedAt',
  'review.grounds',
  'review.note',
  'review.materials',
  'review.outcome',
  'review.endedAt',
  'review.opinions',
  'review.reviewers',
  ...REVIEW_HEADS.map((head) => `review.head.${head}` as const),
] as const;
export type ReviewSource = (typeof REVIEW_SOURCES)[number];

/** The papers a review makes itself, by the ids that procedures and templates of forms give them. */
export const REVIEW_PAPERS = { submission: 'review-submission', opinion: 'review-opinion' } as const;
export type ReviewPaperName = keyof typeof REVIEW_PAPERS;

export interface ReviewFacts {
  /** Which submission, from 1. */
  readonly n: number;
  readonly submittedBy: string;
  readonly submittedAt: Date;
  readonly note: string | null;
  /** Why the decision is reviewed: entries of the catalogue; null where nobody looked it up. */
  readonly finding: {
    readonly catalogue: string;
    readonly entries: readonly { readonly title: Label; readonly source: string }[];
    readonly isEvery: boolean;
  } | null;
  readonly materials: readonly { readonly step: Label; readonly title: string; readonly fileName: string }[];
  /** What was said, stage by stage; none when it is submitted. */
  readonly said: readonly SaidAtStage[];
  readonly outcome: ReviewOutcome | null;
  readonly endedAt: Date | null;
}

export interface SaidAtStage extends ReviewOpinion {
  readonly stage: Pick<ReviewStage, 'kind'> & { readonly title: Label };
  readonly by: string;
  readonly at: Date;
}

const OUTCOMES: Record<ReviewOutcome, string> = {
  passed: '审核通过',
  'passed-with-changes': '修改后通过',
  returned: '退回',
};

const FINDINGS: Record<HeadFinding, string> = {
  conforms: '符合',
  flawed: '不规范',
  unlawful: '违法',
  'not-applicable': '不涉及',
};

export function isReviewSource(from: string | null): from is ReviewSource {
  return from?.startsWith('review.') ?? false;
}

/** In the words of the paper; a time where it is one. Nothing (null, or empty) where the review has not got so far. */
export function saidByReview(from: ReviewSource, review: ReviewFacts, zoneMinutes: number): string | Date | null {
  const head = REVIEW_HEADS.find((one) => from === `review.head.${one}`);
  if (head !== undefined) return headText(review, head);
  const { n, submittedBy, submittedAt, note, outcome, endedAt } = review;
  const found: Partial<Record<ReviewSource, string | Date | null>> = {
    ...{ 'review.n': String(n), 'review.submittedBy': submittedBy, 'review.submittedAt': submittedAt },
    ...{ 'review.grounds': groundsText(review), 'review.note': note, 'review.materials': materialsText(review) },
    ...{ 'review.outcome': outcome && OUTCOMES[outcome], 'review.endedAt': endedAt },
    'review.opinions': review.said.map((said) => saidText(said, zoneMinutes)).join('\n'),
    'review.reviewers': review.said
      .filter(({ stage }) => stage.kind === 'read')
      .map(({ by }) => by)
      .join('、'),
  };
  return found[from] ?? null;
}

/** What the last reader found under a head; those before him are among the opinions. */
function headText({ said }: ReviewFacts, head: ReviewHead): string {
  const read = said.findLast(({ stage }) => stage.kind === 'read');
  const answer = read?.answers.find((one) => one.head === head);
  return answer === undefined ? '' : `${FINDINGS[answer.finding]}：${answer.ground}`;
}

function groundsText({ finding }: ReviewFacts): string {
  if (finding === null) return '按执法程序送审';
  const titles = finding.entries.map(({ title, source }) => `${title.zh}（${source}）`);
  const every = finding.isEvery ? ['本机关规定一律审核'] : [];
  return [...titles, ...every].join('；') || `${finding.catalogue}：未列入目录，按执法程序送审`;
}

function materialsText({ materials }: ReviewFacts): string {
  const lines = materials.map(({ step, title, fileName }, i) => `${i + 1}. ${step.zh}　${title}　${fileName}`);
  return lines.join('\n') || '此前环节没有须送审的材料。';
}

function saidText({ stage, outcome, answers, text, changes, by, at }: SaidAtStage, zoneMinutes: number): string {
  const isSigned = stage.kind === 'sign';
  const result = isSigned && outcome !== 'returned' ? '同意' : OUTCOMES[outcome];
  const against = answers
    .filter(({ finding }) => finding === 'flawed' || finding === 'unlawful')
    .map(({ head, finding }) => `“${REVIEW_HEAD_TEXT[head].zh}”${FINDINGS[finding]}`);
  return [
    `【${stage.title.zh}　${isSigned ? '负责人签批' : '审核意见'}】${result}`,
    text,
    ...(against.length === 0 ? [] : [`问题：${against.join('；')}`]),
    ...(changes === null ? [] : [`修改要求：${changes}`]),
    `${isSigned ? '签批人' : '审核人'}：${by}　${localTime(at, zoneMinutes).replace('T', ' ')}`,
  ].join('\n');
}
