import type { AssetSummary, CaseView } from '#contract';
import { standingsOf } from './step-standing.js';

const step = (id: string, over: object = {}) => ({
  id,
  title: { zh: id, en: id },
  repeatable: false,
  papers: [],
  ...over,
});
const coming = (id: string, stepId: string, over: object = {}) => ({ id, stepId, n: 1, state: 'open', ...over });
const law = (occurrenceId: string, over: object = {}) => ({
  ...{ occurrenceId, needed: 'yes', duties: [], papers: [], recording: 'none' },
  ...over,
});
const asset = (id: string, occurrenceId: string) => ({ id, at: id, link: { occurrenceId } }) as unknown as AssetSummary;
const subject = (
  steps: object[],
  occurrences: { id: string }[],
  laws?: object[],
  breaches: object[] = [],
  clocks: object[] = [],
) =>
  ({
    procedure: { steps, limits: [{ id: 'l', until: { step: 'b', at: 'ends' } }] },
    occurrences,
    law: { steps: laws ?? occurrences.map(({ id }) => law(id)), breaches, clocks },
  }) as unknown as CaseView;

describe('standingsOf', () => {
  it('orders by procedure and coming, and material by time', () => {
    const view = subject(
      [step('a', { repeatable: true }), step('b')],
      [coming('b1', 'b'), coming('a2', 'a', { n: 2 }), coming('a1', 'a')],
    );
    const found = standingsOf(view, [asset('z', 'a1'), asset('y', 'a1'), asset('x', 'b1')]);
    expect(found.map((one) => [one.occurrence.id, one.assets.map(({ id }) => id), one.mayRepeat])).toEqual([
      ['a1', ['y', 'z'], false],
      ['a2', [], true],
      ['b1', ['x'], false],
    ]);
  });

  it('counts what is missing, and names the breaches of each coming', () => {
    const duties = [{ status: 'missing' }, { status: 'held' }, { status: 'undetermined' }];
    const breaches = [{ occurrenceId: 'a1' }, { occurrenceId: null }, { occurrenceId: 'b1' }];
    const view = subject(
      [step('a'), step('b')],
      [coming('a1', 'a'), coming('b1', 'b')],
      [law('a1', { duties }), law('b1')],
      breaches,
    );
    expect(standingsOf(view, []).map(({ missing, breaches: own }) => [missing, own.length])).toEqual([
      [1, 1],
      [0, 1],
    ]);
  });

  it('names the limits that a step ends, the first to run out first', () => {
    const running = { limitId: 'l', occurrenceId: 'a1', of: 'agency', sense: 'within', state: 'running', metAt: null };
    const clocks = [
      { ...running, dueAt: '2026-12-02T00:00:00Z' },
      { ...running, dueAt: '2026-12-01T00:00:00Z' },
      { ...running, metAt: '2026-11-01T00:00:00Z', state: 'met' },
    ];
    const view = subject([step('a'), step('b')], [coming('a1', 'a'), coming('b1', 'b')], undefined, [], clocks);
    expect(standingsOf(view, []).map((one) => one.clocks.map(({ dueAt }) => dueAt?.slice(0, 10)))).toEqual([
      [],
      ['2026-12-01', '2026-12-02'],
    ]);
  });

  it('says of what has not begun what it will be asked for', () => {
    const papers = [
      { id: 'record', title: { zh: '笔录', en: 'record' }, need: 'always' },
      { id: 'notice', title: { zh: '通知书', en: 'notice' }, need: 'may' },
      { id: 'list', title: { zh: '清单', en: 'list' }, need: 'always' },
    ];
    const own = law('a1', { recording: 'full', papers: [{ paperId: 'list', assetId: 'x' }] });
    const view = subject([step('a', { papers })], [coming('a1', 'a', { state: 'waiting' })], [own]);
    const [found] = standingsOf(view, []);
    expect(found?.duties.map(({ paperId, status }) => [paperId, status])).toEqual([
      ['record', 'to-come'],
      ['notice', 'optional'],
      ['list', 'held'],
      [null, 'to-come'],
    ]);
    expect(found?.missing).toBe(0);
  });

  it('rules out what does not apply, save what has begun or holds something', () => {
    const isRuledOut = (state: string, assets: AssetSummary[], needed = 'no') =>
      standingsOf(subject([step('a')], [coming('a1', 'a', { state })], [law('a1', { needed })]), assets)[0]?.isRuledOut;
    expect(isRuledOut('waiting', [])).toBe(true);
    expect(isRuledOut('open', [])).toBe(false);
    expect(isRuledOut('waiting', [asset('x', 'a1')])).toBe(false);
    expect(isRuledOut('waiting', [], 'unknown')).toBe(false);
    expect(isRuledOut('waiting', [], 'may')).toBe(false);
  });
});
