import { isNextState, type OccurrenceState } from './index.js';

describe('the states of a step', () => {
  it.each<[OccurrenceState, OccurrenceState, ReturnType<typeof isNextState>]>([
    ['waiting', 'waiting', 'no'],
    ['waiting', 'open', 'forward'],
    ['waiting', 'done', 'forward'],
    ['open', 'waiting', 'back'],
    ['open', 'open', 'no'],
    ['open', 'done', 'forward'],
    ['done', 'waiting', 'back'],
    ['done', 'open', 'back'],
    ['done', 'done', 'no'],
  ])('from %s to %s: %s', (from, to, way) => expect(isNextState(from, to)).toBe(way));
});
