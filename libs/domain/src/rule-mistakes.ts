/** Words shown to people, in both languages. */
export interface Label {
  readonly zh: string;
  readonly en: string;
}

/** One thing wrong with a rule file: where, as a path like `steps[2].papers[0].id` (empty: the file), and what. */
export interface RuleMistake extends Label {
  readonly place: string;
}

/**
 * What can be wrong with a rule file, in words for whoever writes it. The place is said beside them, never in them.
 * What is quoted from the file is an id or a day, and was looked at before.
 */
export const MISTAKE = {
  fileNoObject: { zh: '文件应为一个对象', en: 'the file must hold one object' },
  noObject: { zh: '应为对象', en: 'must be an object' },
  noList: { zh: '应为列表', en: 'must be a list' },
  noFlag: { zh: '应为 true 或 false', en: 'must be true or false' },
  noId: { zh: '只能用小写字母、数字和连字符，以字母开头', en: 'must be lower-case letters, digits and hyphens' },
  noChinese: { zh: '缺少中文', en: 'Chinese text is missing' },
  noEnglish: { zh: '缺少英文', en: 'English text is missing' },
  noText: { zh: '应为非空文字；没有内容时不写此字段', en: 'must be text; leave the field out where there is none' },
  unknownField: { zh: '没有这个字段', en: 'no such field' },
  atLeastOne: { zh: '至少要有一项', en: 'at least one is needed' },
  noClause: { zh: '未写明依据的条文', en: 'the clause it follows is missing' },
  notOneOf: (allowed: readonly string[]): Label => ({
    zh: `应为下列之一：${allowed.join('、')}`,
    en: `must be one of ${allowed.join(', ')}`,
  }),
  noWhole: (from: number, to: number): Label =>
    to === Number.MAX_SAFE_INTEGER
      ? { zh: `应为不小于 ${from} 的整数`, en: `must be a whole number from ${from}` }
      : { zh: `应为 ${from} 至 ${to} 的整数`, en: `must be a whole number from ${from} to ${to}` },
  usedTwice: (ids: readonly string[]): Label => ({
    zh: `标识重复：${ids.join('、')}`,
    en: `id used twice: ${ids.join(', ')}`,
  }),

  // calendars
  noOffset: { zh: '应为 -840 至 840 之间的整分钟数', en: 'must be whole minutes from -840 to 840' },
  yearSkipped: { zh: '年份须与上一项相连', en: 'must be the year after the one before' },
  noYear: { zh: '应为年份', en: 'must be a year' },
  noNotice: { zh: '未写明依据的通知', en: 'the notice it follows is missing' },
  endsBefore: { zh: '不得早于开始日', en: 'must not be before its beginning' },
  noDay: { zh: '应为 2026-05-01 这样的日期', en: 'must be a day like 2026-05-01' },
  noWeekend: (date: string): Label => ({ zh: `${date} 不是周六或周日`, en: `${date} is no Saturday or Sunday` }),
  alsoHoliday: (date: string): Label => ({ zh: `${date} 又是放假日`, en: `${date} is also a holiday` }),
  otherYear: (date: string, year: number): Label => ({
    zh: `${date} 不在 ${year} 年`,
    en: `${date} is not in ${year}`,
  }),

  // procedures: single fields
  noNeed: {
    zh: '应为 always、may，或含 when、unless（至少其一，情形的列表）的对象',
    en: 'must be always, may, or an object with when or unless, lists of conditions',
  },
  noMoment: {
    zh: '应为 {step, at}、{case} 或 {recordings} 之一',
    en: 'must be one of {step, at}, {case}, {recordings}',
  },
  noStart: {
    zh: '要求记录音像的，须写明开始和结束的事件',
    en: 'where recording is asked for, the events it starts and ends with are said',
  },
  startForNothing: {
    zh: '不要求记录音像的，开始和结束应为 null',
    en: 'must be null where no recording is asked for',
  },
  notRaised: { zh: '须高于本环节原来的要求', en: 'must be more than the step asks for anyway' },
  nobody: { zh: '须有人办理时，至少写明一种身份', en: 'who acts is missing: at least one role' },

  // procedures: what hangs together
  noCondition: (id: string): Label => ({ zh: `没有情形 ${id}`, en: `no such condition: ${id}` }),
  noStep: (id: string): Label => ({ zh: `没有环节 ${id}`, en: `no such step: ${id}` }),
  ofOneComing: (id: string): Label => ({
    zh: `情形 ${id} 是单次环节的事实，不能决定整个环节或期限`,
    en: `${id} is a fact of one coming of a step and cannot decide on a whole step or a limit`,
  }),
  neverHolds: (id: string): Label => ({
    zh: `${id} 既是需要又是不需要的情形，永不成立`,
    en: `${id} stands under when and unless: it can never hold`,
  }),
  unusedCondition: { zh: '没有任何规则用到这个情形', en: 'no rule asks for this condition' },
  inCircle: (ids: readonly string[]): Label => ({
    zh: `先后顺序成环：${ids.join(' → ')}`,
    en: `steps wait for each other: ${ids.join(' → ')}`,
  }),
  noClosing: { zh: '须有且只有一个结案环节（kind 为 closing）', en: 'exactly one step of kind closing is needed' },
  closingMustCome: {
    zh: '结案环节必须 need 为 always 且不可重复',
    en: 'the closing step is always needed and comes once',
  },
  afterClosing: { zh: '结案之后不能再有环节', en: 'nothing comes after the closing step' },
  notBeforeClosing: {
    zh: '结案环节未等待本环节：须在其 after 中直接或间接列入',
    en: 'the closing step does not wait for it: name it, or what follows it, in its after',
  },
  noDecision: (act: string): Label => ({
    zh: `${act} 类程序须有决定环节（kind 为 decision）`,
    en: `a procedure of the act ${act} needs a step of kind decision`,
  }),
  decisionUnreviewed: {
    zh: '须经法制审核，但本环节不必等待法制审核即可到达',
    en: 'legal review is demanded, and this decision can be reached without it',
  },
  noReview: { zh: '须经法制审核，但没有法制审核环节', en: 'legal review is demanded, and there is no such step' },
  reviewMay: {
    zh: '须经法制审核的，审核环节不能是可有可无（may）',
    en: 'where legal review is demanded its step cannot be one that may come',
  },
  reviewUndemanded: {
    zh: '有法制审核环节，legalReview 却为 false',
    en: 'there is a step of legal review, and legalReview is false',
  },
  reviewNotIndependent: {
    zh: '法制审核须由非本案人员办理：count 至少 1，roles 含 reviewer，independent 为 true',
    en: 'a review is by one who is no officer of the case: count 1 or more, roles with reviewer, independent true',
  },
  tooLateForDecision: { zh: '须在决定之前', en: 'must come before a decision' },
  tooEarlyForDecision: { zh: '须在决定之后', en: 'must come after a decision' },
  neverUntil: (id: string): Label => ({
    zh: `期限起算之后，${id} 不会再来`,
    en: `once the limit has begun, ${id} can no longer come`,
  }),
  sameMoment: { zh: '与起算点相同', en: 'is the moment the limit begins with' },
  notFrom: { zh: '期限不能从这里起算', en: 'no limit begins here' },
  notUntil: { zh: '期限不能到这里为止', en: 'no limit ends here' },
  recordingsAlone: {
    zh: 'recordings 的起止须成对：due 至 handed-in',
    en: 'a limit on recordings runs from due until handed-in',
  },
  waitNoBegin: {
    zh: 'not-before 的期限须以某环节开始（begins）为止',
    en: 'a limit of the sense not-before ends with the beginning of a step',
  },
  pausesItself: { zh: '起算或截止的环节不能中止期限', en: 'a limit is not paused by a step it begins or ends with' },
} as const;

/** What can be wrong with a file that is right by itself, beside the versions of the procedure that are there. */
export const VERSION_MISTAKE = {
  notNext: (version: number): Label => ({
    zh: `应为下一个版本号 ${version}`,
    en: `must be the next version, ${version}`,
  }),
  otherAct: (act: string): Label => ({
    zh: `与上一版（${act}）不是同一类行政行为；另一类行为须用另一标识`,
    en: `the version before is of another act (${act}); another act is another procedure`,
  }),
} as const;
