import {
  type HeadFinding,
  OUTCOME_TEXT,
  REVIEW_HEAD_TEXT,
  REVIEW_HEADS,
  type ReviewPaper,
  type SaidAtStage,
} from '#domain';
import type { CellLine, ListPlan, Row } from './list-document.js';
import { timeText, zoneText } from './list-words.js';

const FINDINGS: Record<HeadFinding, string> = {
  conforms: '符合',
  flawed: '不规范',
  unlawful: '违法',
  'not-applicable': '不涉及',
};

const COLUMNS = {
  submission: [
    { zh: '序号', en: 'No.', widthMm: 12, align: 'center' as const },
    { zh: '环　节', en: 'Step', widthMm: 36 },
    { zh: '材　料', en: 'Material', widthMm: 46 },
    { zh: '文　件', en: 'File', widthMm: 76 },
  ],
  opinion: [
    { zh: '序号', en: 'No.', widthMm: 12, align: 'center' as const },
    { zh: '审核内容', en: 'Head', widthMm: 50 },
    { zh: '结　论', en: 'Finding', widthMm: 22, align: 'center' as const },
    { zh: '理　由', en: 'Ground', widthMm: 86 },
  ],
};

/** 法制审核送审表 with its materials; 法制审核意见书 with the ten heads of the last reading, and what each level said. */
export function reviewPlan(paper: ReviewPaper): ListPlan {
  const { kind, zoneMinutes, caseNumber, number } = paper;
  const isOpinion = kind === 'opinion';
  const at = timeText(paper.at, zoneMinutes);
  return {
    title: isOpinion ? '法制审核意见书' : '法制审核送审表',
    subtitle: isOpinion ? 'Opinion of the legal review' : 'Submission for legal review',
    layout: 'portrait',
    about: aboutOf(paper),
    columns: COLUMNS[kind],
    rows: isOpinion ? opinionRows(paper) : submissionRows(paper),
    notes: isOpinion ? [] : ['材料已按执法程序核对齐全后送审。 Submitted after the materials were found complete.'],
    foot: [
      `${caseNumber}　${number ?? `第 ${paper.n} 次送审`}　${at}（${zoneText(zoneMinutes)}）`,
      `据审核记录自动制作；内容已记入存证日志　Made from the record of the review　${paper.reviewId}`,
    ],
    at: new Date(paper.at),
  };
}

function aboutOf(paper: ReviewPaper): [string, string][] {
  const { zoneMinutes, number, outcome } = paper;
  const submitted = `${paper.submittedBy}　${timeText(paper.submittedAt, zoneMinutes)}（第 ${paper.n} 次送审）`;
  return [
    ...(number === null ? [] : [['文　　号 No.', number] as [string, string]]),
    ['案　　号 Case no.', paper.caseNumber],
    ['案件名称 Case', paper.caseTitle],
    ['办案单位 Unit', paper.unitName],
    ['当 事 人 Parties', paper.parties.join('、') || '—'],
    ['承 办 人 Officers', paper.officers.join('、')],
    ['执法程序 Procedure', `${paper.procedure.zh}　${paper.step.zh}`],
    ['送　　审 Submitted', submitted],
    ['送审事由 Grounds', groundsOf(paper)],
    ...(outcome === null ? [] : [['审核结论 Outcome', OUTCOME_TEXT[outcome].zh] as [string, string]]),
  ];
}

function groundsOf({ finding }: ReviewPaper): string {
  if (finding === null) return '按执法程序送审';
  const titles = finding.entries.map(({ title, source }) => `${title.zh}（${source}）`);
  const every = finding.isEvery ? ['本机关规定一律审核'] : [];
  return [...titles, ...every].join('；') || `${finding.catalogue}：未列入目录，按执法程序送审`;
}

function submissionRows({ materials, note }: ReviewPaper): Row[] {
  const rows = materials.map(
    ({ step, title, fileName }, i): Row => ({ cells: [String(i + 1), step.zh, title, fileName] }),
  );
  if (rows.length === 0) rows.push({ heading: '此前环节没有须送审的材料。' });
  if (note !== null && note !== '') rows.push({ heading: '送审说明' }, { text: [{ text: note }] });
  return rows;
}

function opinionRows(paper: ReviewPaper): Row[] {
  const { said, zoneMinutes } = paper;
  const read = said.findLast(({ stage }) => stage.kind === 'read');
  const heads = REVIEW_HEADS.map((head, i): Row => {
    const answer = read?.answers.find((one) => one.head === head);
    const { zh, en } = REVIEW_HEAD_TEXT[head];
    const name: CellLine[] = [{ text: zh }, { text: en, size: 6.5, isQuiet: true }];
    return { cells: [String(i + 1), name, answer ? FINDINGS[answer.finding] : '—', answer?.ground ?? '—'] };
  });
  return [...heads, ...said.flatMap((one) => saidRows(one, zoneMinutes))];
}

function saidRows({ stage, outcome, text, changes, by, at }: SaidAtStage, zoneMinutes: number): Row[] {
  const isSigned = stage.kind === 'sign';
  const result = isSigned && outcome !== 'returned' ? '同意' : OUTCOME_TEXT[outcome].zh;
  return [
    { heading: `${stage.title.zh}${isSigned ? '　负责人签批' : '　审核意见'}：${result}` },
    {
      text: [
        { text },
        ...(changes === null ? [] : [{ text: `修改要求：${changes}` }]),
        { text: `${isSigned ? '签批人' : '审核人'}：${by}　　${timeText(at, zoneMinutes)}`, isQuiet: true },
      ],
    },
  ];
}
