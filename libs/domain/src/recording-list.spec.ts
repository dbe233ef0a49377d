import { template } from '../../../test/support/case-walk.js';
import { recordingList } from './recording-list.js';
import { withRecordingList } from './recording-list-reading.js';

const PENALTY = template('administrative-penalty-ordinary');
const [NAMES = [], ...ROWS] = recordingList(PENALTY);
const at = (name: string): number => NAMES.indexOf(name);

/** The list with one cell of one step's first row written over. */
function changed(step: string, cells: Readonly<Record<string, string>>): string[][] {
  const row = ROWS.findIndex((one) => one[at('执法环节')] === step);
  const rows = ROWS.map((one, i) => (i === row ? one.map((cell, n) => cells[NAMES[n] ?? ''] ?? cell) : [...one]));
  return [[...NAMES], ...rows];
}
const mistakesOf = (rows: string[][]) => withRecordingList(PENALTY, rows).mistakes;
const recordingOf = (rows: string[][], stepId: string) =>
  withRecordingList(PENALTY, rows).procedure?.steps.find(({ id }) => id === stepId)?.recording;

it('has a row for every duty to record, and none where there is none', () => {
  const asked = PENALTY.steps.filter(({ recording }) => recording.duty !== 'none' || recording.raised.length > 0);
  expect(new Set(ROWS.map((row) => row[at('环节标识')]))).toEqual(new Set(asked.map(({ id }) => id)));
  const interview = ROWS.filter((row) => row[at('执法环节')] === '询问');
  expect(interview.map((row) => [row[at('记录要求')], row[at('适用情形')]])).toEqual([
    ['应当记录', ''],
    ['全程记录', '在执法办案场所进行'],
  ]);
});

it('takes over what an agency asks for', () => {
  const rows = changed('现场检查（勘验）', {
    记录要求: '全程音像记录',
    开始记录时间: '出发前',
    '开始记录时间（英文）': '',
  });
  expect(recordingOf(rows, 'site-inspection')).toMatchObject({ duty: 'full', from: { zh: '出发前', en: '出发前' } });
  const read = withRecordingList(PENALTY, rows).procedure;
  expect(read?.version).toBe(PENALTY.version + 1);
  // Everything else is as it was.
  expect(read?.steps.map(({ papers }) => papers)).toEqual(PENALTY.steps.map(({ papers }) => papers));
  expect(read?.limits).toEqual(PENALTY.limits);
});

it('no row means no duty, and conditions that hang on nothing else go with it', () => {
  const without = [NAMES, ...ROWS.filter((row) => row[at('适用情形')] === '')];
  const read = withRecordingList(PENALTY, without).procedure;
  expect(read?.steps.every(({ recording }) => recording.raised.length === 0)).toBe(true);
  expect(read?.conditions.map(({ id }) => id)).not.toContain('at-premises');
  expect(read?.conditions.map(({ id }) => id)).toContain('terminated');
});

it('reads a sheet as an office keeps it: a title above, other names, columns left out, blank rows', () => {
  const own = [
    ['某某市城市管理局音像记录事项清单'],
    ['序号', '环节', '是否全程记录', '开始时间', '结束时间', '保存期限'],
    ['1', '询问', '应录', '开始谈话时', '笔录签名完毕时', '永久'],
    ['', '', '', '', '', ''],
  ];
  expect(recordingOf(own, 'interview')).toEqual({
    duty: 'required',
    from: { zh: '开始谈话时', en: 'when the talk begins' },
    to: { zh: '笔录签名完毕时', en: 'when the record is signed' },
    raised: [],
    details: { retention: '永久' },
  });
});

it.each([
  ['no head', [['a', 'b']], '', '未找到表头'],
  ['a column missing', [['执法环节', '记录要求', '开始记录时间']], '', '结束记录时间'],
  ['a column twice', [[...NAMES, '执法环节'], ...ROWS], 'X1', '重复'],
  ['no such step', changed('询问', { 执法环节: '盘问', 环节标识: '' }), 'D3', '盘问'],
  ['no such id', changed('询问', { 环节标识: 'chat' }), 'W3', 'chat'],
  ['a duty that is none', changed('询问', { 记录要求: '录一点' }), 'G3', '应为下列之一'],
  ['no such condition', changed('询问', { 适用情形: '下雨' }), 'E3', '下雨'],
  ['no beginning', changed('现场检查（勘验）', { 开始记录时间: '' }), 'L3', '开始和结束的事件'],
  ['another procedure', changed('询问', { 执法事项: '行政许可' }), 'C3', '行政处罚普通程序'],
  [
    'a condition that raises nothing',
    changed('现场检查（勘验）', { 适用情形: '在执法办案场所进行', 记录要求: '不要求' }),
    'G3',
    '高于',
  ],
])('%s is named by its cell', (_, rows, place, words) => {
  const [mistake] = mistakesOf(rows);
  const row = ROWS.findIndex((one) => one[at('执法环节')] === '询问') + 2;
  expect(mistake?.zh).toContain(words);
  expect(mistake?.en).not.toBe('');
  expect(mistake?.place.replace(/\d+$/, '')).toBe(place.replace(/\d+$/, ''));
  if (place.endsWith('3') && rows.length > 3 && words !== '高于' && !words.includes('开始和结束'))
    expect(mistake?.place).toBe(place.replace('3', String(row)));
});
