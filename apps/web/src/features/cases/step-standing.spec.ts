import type { AssetSummary, CaseView } from '#contract';
import { standingsOf } from './step-standing.js';

const step = (id: string, over: object = {}) => ({
  id,
  title: { zh: id, en: id },
  repeatable: false,
  need: 'always',
  recording: { duty: 'none' },
  papers: [],
  source: '',
  ...over,
});
const coming = (id: string, stepId: string, over: object = {}) => ({ id, stepId, n: 1, state: 'open', ...over });
const asset = (id: string, occurrenceId: string, over: object = {}) =>
  ({
    id,
    kind: 'video',
    custody: 'sealed',
    at: id,
    fileName: id,
    link: { occurrenceId, paperId: null, purpose: null },
    ...over,
  }) as unknown as AssetSummary;
const subject = (steps: object[], occurrences: object[]) =>
  ({ procedure: { steps }, occurrences }) as unknown as CaseView;

const record = { id: 'record', title: { zh: '现场检查笔录', en: 'Site record' }, need: 'always' };

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

  it('misses a recording where one is due, and does not count a quarantined one', () => {
    const view = subject([step('a', { recording: { duty: 'full' } })], [coming('a1', 'a')]);
    expect(standingsOf(view, [])[0]?.recordingMissing).toBe(true);
    expect(standingsOf(view, [asset('v', 'a1', { custody: 'quarantined' })])[0]?.recordingMissing).toBe(true);
    expect(standingsOf(view, [asset('v', 'a1', { kind: 'photo' })])[0]?.recordingMissing).toBe(true);
    expect(standingsOf(view, [asset('v', 'a1')])[0]?.recordingMissing).toBe(false);
  });

  it('asks nothing of an optional step that has not begun', () => {
    const view = (state: string) =>
      subject(
        [step('a', { recording: { duty: 'required' }, need: 'may', papers: [record] })],
        [coming('a1', 'a', { state })],
      );
    expect(standingsOf(view('waiting'), [])[0]).toMatchObject({ recordingMissing: false, papersMissing: 0 });
    expect(standingsOf(view('open'), [])[0]).toMatchObject({ recordingMissing: true, papersMissing: 1 });
  });

  it('knows a paper by what its material is tied as', () => {
    const view = subject([step('a', { papers: [record] })], [coming('a1', 'a')]);
    const held = (over: object) => standingsOf(view, [asset('d', 'a1', { kind: 'paper', ...over })])[0]?.papersMissing;
    expect(held({})).toBe(1);
    expect(held({ link: { occurrenceId: 'a1', paperId: 'record', purpose: null } })).toBe(0);
    expect(held({ link: { occurrenceId: 'a1', paperId: 'other', purpose: '现场检查笔录' } })).toBe(1);
  });
});
