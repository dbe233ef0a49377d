import type { CaseLaw } from '#contract';
import { agendaOf, countsOf, daysLeft } from './agenda.js';

const title = (zh: string) => ({ zh, en: zh });
const rule = (zh: string) => ({ procedureId: 'p', version: 1, part: zh, title: title(zh), source: '' });
const clock = (zh: string, over: object) => ({
  ...{ limitId: zh, title: title(zh), of: 'agency', sense: 'within', occurrenceId: null, dueAt: null, lastDay: null },
  ...{ rule: rule(zh), warnings: [], ...over },
});
const law = (over: object): CaseLaw =>
  ({
    ...{
      conditions: [],
      steps: [],
      stepDuties: [],
      clocks: [],
      breaches: [],
      closing: [],
      excuses: [],
      extensions: [],
    },
    ...over,
  }) as unknown as CaseLaw;
const words = (of: CaseLaw) => agendaOf(of).map(({ words: { zh } }) => zh);

describe('agendaOf', () => {
  it('puts what is late or out of order first, what only runs last, and the sooner before the later', () => {
    const found = law({
      clocks: [
        clock('还早', { state: 'running', dueAt: '2026-12-30T00:00:00Z' }),
        clock('临期', { state: 'soon', dueAt: '2026-11-25T00:00:00Z' }),
        clock('更近', { state: 'soon', dueAt: '2026-11-23T00:00:00Z' }),
        clock('逾期', { state: 'late', dueAt: '2026-11-20T00:00:00Z' }),
      ],
      breaches: [{ words: title('倒置'), rule: rule('x'), occurrenceId: 'o' }],
      steps: [
        {
          occurrenceId: 'o',
          stepId: 's',
          needed: 'yes',
          beginning: [],
          duties: [
            {
              status: 'missing',
              words: title('缺笔录'),
              rule: rule('y'),
              occurrenceId: 'o',
              paperId: 'p',
              about: 'paper',
            },
          ],
        },
      ],
      conditions: [{ conditionId: 'c', occurrenceId: null, title: title('是否听证'), isOwed: true, statements: [] }],
    });
    expect(words(found)).toEqual(['逾期', '倒置', '更近', '临期', '缺笔录', '是否听证', '还早']);
    expect(countsOf(agendaOf(found))).toEqual({ alarm: 2, warn: 3, todo: 1, note: 1 });
  });

  it('says nothing of what is met, of a party whose time has lapsed, or of what nothing hangs on', () => {
    const found = law({
      clocks: [clock('完成', { state: 'met' }), clock('当事人', { state: 'late', of: 'party' })],
      conditions: [{ conditionId: 'c', occurrenceId: null, title: title('不问'), isOwed: false, statements: [] }],
    });
    expect(words(found)).toEqual([]);
  });

  it('names as next the steps that are needed, have not begun and have their way free', () => {
    const stepOf = (stepId: string, over: object) => ({
      stepId,
      occurrenceId: stepId,
      needed: 'yes',
      beginning: [],
      duties: [],
      ...over,
    });
    const dutyOf = (stepId: string, status: string) => ({ about: 'step', stepId, status, rule: rule(stepId) });
    const found = law({
      steps: [
        stepOf('立案', {}),
        stepOf('决定', { beginning: [{}] }),
        stepOf('听证', { needed: 'unknown' }),
        stepOf('询问', {}),
        stepOf('法制审核', { beginning: [{ code: 'people' }] }),
      ],
      stepDuties: [
        dutyOf('立案', 'missing'),
        dutyOf('决定', 'missing'),
        dutyOf('听证', 'undetermined'),
        dutyOf('询问', 'held'),
        dutyOf('法制审核', 'missing'),
      ],
    });
    expect(words(found)).toEqual(['立案', '法制审核']);
  });

  it('asks whoever may approve, and only tells the others', () => {
    const asked = (mayDecide: boolean) =>
      law({
        extensions: [{ id: 'e', limitId: '决定', decision: null, mayDecide, occurrenceId: null }],
        clocks: [clock('决定', { state: 'met' })],
      });
    expect(agendaOf(asked(true))).toMatchObject([{ kind: 'approval', urgency: 'todo', words: title('决定') }]);
    expect(agendaOf(asked(false))).toMatchObject([{ kind: 'approval', urgency: 'note' }]);
  });
});

describe('recordings that owe notes', () => {
  it('are named one by one, with the clause, and lead to the recording', () => {
    const missing = [{ what: 'transcript' as const, words: title('缺文字记录'), source: '证据规定 12' }];
    const [item] = agendaOf(law({}), [
      { assetId: 'a', fileName: '录音.mp3', kind: 'sound', occurrenceId: 'o', missing },
    ]);
    expect(item).toMatchObject({ kind: 'note', urgency: 'warn', assetId: 'a', source: '证据规定 12' });
    expect(item?.words.zh).toBe('录音.mp3：缺文字记录');
  });
});

describe('daysLeft', () => {
  it('counts civil days', () => {
    const noon = new Date(2026, 10, 22, 12);
    expect(daysLeft(new Date(2026, 10, 22, 23, 59).toISOString(), noon)).toBe(0);
    expect(daysLeft(new Date(2026, 10, 23, 0, 1).toISOString(), noon)).toBe(1);
    expect(daysLeft(new Date(2026, 10, 20, 23).toISOString(), noon)).toBe(-2);
  });
});
