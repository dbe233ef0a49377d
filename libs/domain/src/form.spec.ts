import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { template as procedure, TEMPLATES } from '../../../test/support/case-walk.js';
import { isArchiveError } from './errors.js';
import { compareReading, compareText } from './form-comparison.js';
import { parseFormTemplate } from './form-file.js';
import { type FormFacts, faultsOfForm, fillForm, shownValue } from './form-filling.js';
import { sheetOf } from './form-sheet.js';
import { formNumber, isFormFor } from './form-template.js';
import { REVIEW_HEAD_TEXT, REVIEW_HEADS } from './review.js';
import { REVIEW_PAPERS, type ReviewFacts } from './review-paper.js';
import type { RuleMistake } from './rule-mistakes.js';

const FORMS = new URL('../../../forms/', import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, FORMS), 'utf8'));
const ALL = readdirSync(FORMS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .map((name) => parseFormTemplate(read(name)));
const DECISION = parseFormTemplate(read('penalty/penalty-decision/1.json'));

const AT = new Date('2026-11-20T02:00:00Z');
const CONFORM = REVIEW_HEADS.map((head) => ({ head, finding: 'conforms' as const, ground: `已核对${head}` }));
const OPINION = { outcome: 'passed-with-changes' as const, text: '补正后可以作出', changes: '补正送达回证' };
const REVIEW: ReviewFacts = {
  ...{ n: 2, submittedBy: '王某', submittedAt: AT, note: '请重点审核裁量', outcome: OPINION.outcome, endedAt: AT },
  finding: {
    ...{ catalogue: '目录 第 1 版', isEvery: true },
    entries: [{ title: { zh: '较大数额罚款', en: 'A large fine' }, source: '行政处罚法 58' }],
  },
  // More than anybody could type into a field.
  materials: Array.from({ length: 400 }, (_, i) => ({
    ...{ step: { zh: '现场检查', en: 'Inspection' }, title: '录音录像', fileName: `DSJ_20261120_${i}.mp4` },
  })),
  said: [
    {
      ...{ ...OPINION, stage: { kind: 'read', title: { zh: '局法规科', en: 'Legal' } }, by: '赵某', at: AT },
      answers: CONFORM.map((one) => (one.head === 'papers' ? { ...one, finding: 'flawed' as const } : one)),
    },
    {
      ...{ outcome: 'passed', text: '同意', changes: null, answers: [], by: '钱某', at: AT },
      stage: { kind: 'sign', title: { zh: '局法规科', en: 'Legal' } },
    },
  ],
};

const FACTS: FormFacts = {
  case: {
    ...{ number: '青罚〔2026〕9号', title: '无照经营案', openedAt: new Date('2026-11-01T17:00:00Z') },
    ...{ unitName: '一大队', agencyName: '青川市市场监督管理局', procedure: { zh: '普通程序', en: 'Ordinary' } },
    ...{ parties: ['甲公司', '乙'], officers: ['王某', '李某'] },
  },
  step: { startedAt: new Date('2026-11-21T01:05:00Z'), endedAt: null, address: '幸福路8号', n: 2 },
  review: null,
  forms: [{ templateId: 'prior-notice', number: '青罚告〔2026〕3号', values: { facts: '事实', penalty: '罚款' } }],
  ...{ now: new Date('2026-11-21T16:30:00Z'), self: '王某', zoneMinutes: 480 },
};

describe('templates', () => {
  it.each(ALL)('$id is for papers that a procedure asks for, and no paper has two forms of one kind', (form) => {
    const papers = TEMPLATES.flatMap(({ id, steps }) =>
      steps.flatMap((step) =>
        step.papers.map((paper) => ({ procedure: id, step: step.id, paper: paper.id, duty: paper })),
      ),
    );
    const served = papers.filter((paper) => isFormFor(form, paper));
    expect(served.length).toBeGreaterThan(0);
    for (const { paper, duty, ...of } of served) {
      expect(ALL.filter((other) => isFormFor(other, { ...of, paper })).map(({ id }) => id)).toEqual([form.id]);
      // What the procedure wants numbered has a number.
      if (duty.numbered) expect(form.numbering).not.toBeNull();
    }
  });

  const mistakesOf = (change: (form: Record<string, never>) => void): RuleMistake[] => {
    const form = read('penalty/penalty-decision/1.json') as Record<string, never>;
    change(form);
    try {
      parseFormTemplate(form);
      return [];
    } catch (error) {
      if (!isArchiveError(error, 'invalid-input')) throw error;
      return error.details.problems as RuleMistake[];
    }
  };
  // biome-ignore lint/suspicious/noExplicitAny: rule files of any shape are what is tried here
  type Any = any;
  it.each<[string, (form: Any) => void, string, string]>([
    ['no title', (f) => delete f.title.en, 'title.en', '缺少英文'],
    ['no use', (f) => (f.uses = []), 'uses', '至少要有一项'],
    ['a number without a count', (f) => (f.numbering.pattern = '{word}〔{year}〕号'), 'numbering.pattern', '{n}'],
    ['an open text', (f) => (f.fields[0].personal = false), 'fields[0].personal', 'personal'],
    ['a choice of nothing', (f) => (f.fields[0].kind = 'choice'), 'fields[0].choices', '选项'],
    ['a source that is none', (f) => (f.fields[0].from = 'case.colour'), 'fields[0].from', '应为下列之一'],
    ['a field called number', (f) => (f.fields[0].id = 'number'), 'fields[0].id', '文号'],
    ['an unknown block', (f) => (f.body[0] = { picture: 'x' }), 'body[0].picture', '没有这个字段'],
    ['two blocks in one', (f) => (f.body[0] = { box: 'facts', text: { zh: 'a', en: 'a' } }), 'body[0]', '之一'],
    ['a block of no field', (f) => (f.body[2] = { box: 'colour' }), 'body[2]', 'colour'],
    [
      'a row too wide',
      (f) => (f.body[0].grid[0] = ['party', 'facts', 'basis', 'penalty']),
      'body[0].grid[0]',
      '1 至 3',
    ],
    ['English that leaves a field out', (f) => (f.body[9].text.en = 'x'), 'body[9].text', '相同'],
    ['a field nowhere on the paper', (f) => f.body.splice(0, 1), 'fields[0]', '未印'],
  ])('%s is told with its place', (_, change, place, words) => {
    const found = mistakesOf(change).find((one) => one.place.startsWith(place) && one.zh.includes(words));
    expect(found?.en).toBeTruthy();
  });
});

describe('filling', () => {
  it('takes what the case says, in the agency’s own day', () => {
    expect(fillForm(DECISION, FACTS)).toMatchObject({
      ...{ party: '甲公司、乙', 'case-number': '青罚〔2026〕9号', facts: '事实', penalty: '罚款', defence: '' },
      ...{ agency: '青川市市场监督管理局', 'decided-on': '2026-11-22' },
    });
    const record = ALL.find(({ id }) => id === 'inspection-record');
    expect(record && fillForm(record, FACTS)).toMatchObject({
      began: '2026-11-21T09:05',
      ended: '',
      place: '幸福路8号',
    });
    const closing = ALL.find(({ id }) => id === 'closing-approval');
    expect(closing && fillForm(closing, FACTS)).toMatchObject({ 'opened-on': '2026-11-02', 'decision-number': '' });
  });

  it('what is filled in can always be saved, whatever the case is called', () => {
    const text = fc.string({ unit: 'binary', maxLength: 400 });
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 20 }), (title, parties) => {
        const facts = { ...FACTS, case: { ...FACTS.case, title, parties }, review: { ...REVIEW, note: title } };
        for (const form of ALL) expect(faultsOfForm(form, fillForm(form, facts), true)).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('takes all that a review says, every head with its ground, and cuts nothing of it', () => {
    const filled = (name: keyof typeof REVIEW_PAPERS) => {
      const form = ALL.find(({ id }) => id === REVIEW_PAPERS[name]);
      const values = form ? fillForm(form, { ...FACTS, review: REVIEW }) : {};
      expect(form && faultsOfForm(form, values, false)).toEqual([]);
      return values;
    };
    expect(filled('submission')).toMatchObject({
      ...{ 'submitted-by': '王某', 'submitted-at': '2026-11-20T10:00', times: '2', note: '请重点审核裁量' },
      reason: '较大数额罚款（行政处罚法 58）；本机关规定一律审核',
      materials: expect.stringMatching(/400\. 现场检查　录音录像　DSJ_20261120_399\.mp4$/),
    });
    const opinion = filled('opinion');
    for (const head of REVIEW_HEADS) expect(opinion[`head-${head}`]).toContain(`已核对${head}`);
    expect(opinion).toMatchObject({
      ...{ outcome: '修改后通过', reviewers: '赵某', 'reviewed-on': '2026-11-20' },
      ...{ 'head-papers': '不规范：已核对papers', 'head-crime': '符合：已核对crime' },
    });
    expect(opinion.opinions).toBe(
      [
        ...['【局法规科　审核意见】修改后通过', '补正后可以作出', `问题：“${REVIEW_HEAD_TEXT.papers.zh}”不规范`],
        ...['修改要求：补正送达回证', '审核人：赵某　2026-11-20 10:00'],
        ...['【局法规科　负责人签批】同意', '同意', '签批人：钱某　2026-11-20 10:00'],
      ].join('\n'),
    );
  });

  it('numbers and days are written as agencies write them', () => {
    const numbering = { pattern: '{word}罚决〔{year}〕{n}号', series: 'a' };
    expect(formNumber(numbering, { word: '青$&', year: 2026, n: 7 })).toBe('青$&罚决〔2026〕7号');
    expect(shownValue({ kind: 'date' }, '2026-05-01')).toBe('2026年5月1日');
    expect(shownValue({ kind: 'time' }, '2026-05-01T09:05')).toBe('2026年5月1日9时05分');
  });

  it('the sheet has every value, and room where there is none', () => {
    const values = { ...fillForm(DECISION, FACTS), remedy: '' };
    const form = { id: 'f', values, number: null, issuedAt: FACTS.now, agencyName: '局', withEnglish: false };
    const text = JSON.stringify(sheetOf(DECISION, form));
    for (const value of ['甲公司、乙', '事实', '2026年11月22日', '＿＿']) expect(text).toContain(value);
  });
});

describe('comparing with paper', () => {
  const values = { ...fillForm(DECISION, FACTS), performance: '十五日内缴至指定银行', remedy: '市政府；某区人民法院' };
  const form = { values, number: '青罚决〔2026〕7号' };
  const asRead: Record<string, string> = { ...values, number: form.number };
  const differing = (read: Record<string, string>): string[] =>
    compareReading(DECISION, form, read)
      .filter(({ agrees }) => !agrees)
      .map(({ fieldId }) => fieldId);

  it('what says the same agrees, however it is written', () => {
    expect(differing(asRead)).toEqual([]);
    expect(
      differing({ ...asRead, number: '青罚决［2026］7号'.normalize('NFKC').replace('[', '〔').replace(']', '〕') }),
    ).toEqual([]);
    expect(differing({ ...asRead, 'decided-on': ' 2026年11月22日 ', penalty: '罚 款\n' })).toEqual([]);
    expect(differing({ ...asRead, 'case-number': '青罚〔２０２６〕９号' })).toEqual([]);
  });

  it('a word more or less differs, and so does what was not read', () => {
    expect(differing({ ...asRead, penalty: '罚款罚款' })).toEqual(['penalty']);
    expect(differing({ ...asRead, number: '青罚决〔2026〕17号' })).toEqual(['number']);
    expect(differing({ ...asRead, 'decided-on': '2026年11月23日' })).toEqual(['decided-on']);
    const { penalty: _, ...rest } = asRead;
    expect(differing(rest)).toEqual(['penalty']);
  });

  it('in the text of a file it may be broken at the end of a line, and nowhere else', () => {
    const found = (text: string): boolean =>
      compareText(DECISION, { values: { performance: '十五日内缴至指定银行' }, number: null }, text).every(
        ({ agrees }) => agrees,
      );
    expect(found('履行：十五日内缴至指定银行。')).toBe(true);
    expect(found('十五日内\n缴至指定银行')).toBe(true);
    expect(found('履行 十五日内缴至\n住所 某路\n指定银行 后文')).toBe(true);
    expect(found('十五日内缴至\n某指定银行')).toBe(false);
    expect(found('十五日内缴至甲\n某路\n指定银行')).toBe(false);
    expect(found('五十五日内缴至指定支行')).toBe(false);
  });
});

it('every paper named in the brief of an ordinary penalty has its form', () => {
  const { id, steps } = procedure('administrative-penalty-ordinary');
  const papers = steps.flatMap((step) =>
    step.papers.map((paper) => ({ procedure: id, step: step.id, paper: paper.id })),
  );
  const served = papers.filter((paper) => ALL.some((form) => isFormFor(form, paper))).map(({ paper }) => paper);
  for (const paper of [
    'filing-approval',
    'inspection-record',
    'interview-record',
    'prior-notice',
    'decision',
    'service-return',
    'closing-approval',
    'review-submission',
    'review-opinion',
  ])
    expect(served).toContain(paper);
});
