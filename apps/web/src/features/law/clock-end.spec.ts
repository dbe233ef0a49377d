import { describe, expect, it } from '@jest/globals';
import type { CaseView, ClockView } from '#contract';
import { clocksEndedBy, endOf, isEndedByStep, isLive } from './clock-end.js';

const subject = {
  procedure: {
    limits: [
      { id: 'decision', until: { step: 'decision', at: 'ends' } },
      { id: 'hand-in', until: { recordings: 'handed-in' } },
    ],
  },
  occurrences: [
    { id: 'd2', stepId: 'decision', n: 2, state: 'waiting' },
    { id: 'd1', stepId: 'decision', n: 1, state: 'done' },
  ],
} as unknown as CaseView;
const clock = (over: Partial<ClockView>): ClockView =>
  ({
    limitId: 'decision',
    occurrenceId: 'filing-1',
    of: 'agency',
    sense: 'within',
    state: 'running',
    metAt: null,
    ...over,
  }) as ClockView;

describe('the end of a clock', () => {
  it('is the first coming of its step that is not done', () => {
    expect(endOf(subject, clock({}))).toBe('d2');
  });

  it('is where it runs from when no step ends it', () => {
    expect(endOf(subject, clock({ limitId: 'hand-in', occurrenceId: 'inspection-1' }))).toBe('inspection-1');
    expect(endOf(subject, clock({ limitId: 'unknown', occurrenceId: null }))).toBeNull();
  });

  it('tells what a step ends from what the handing in of recordings does', () => {
    const clocks = [clock({}), clock({ limitId: 'hand-in', occurrenceId: 'd2' }), clock({ limitId: 'gone' })];
    const found = clocksEndedBy({ ...subject, law: { clocks } } as unknown as CaseView, 'd2');
    expect(found.map((one) => [one.limitId, isEndedByStep(subject, one)])).toEqual([
      ['decision', true],
      ['hand-in', false],
    ]);
  });

  it('matters while it can be missed, and not when it is met, is a party’s that has lapsed, or says not before', () => {
    expect(['running', 'soon', 'late', 'paused'].map((state) => isLive(clock({ state: state as 'late' })))).toEqual(
      Array(4).fill(true),
    );
    expect(isLive(clock({ metAt: '2026-01-01T00:00:00Z', state: 'met' }))).toBe(false);
    expect(isLive(clock({ of: 'party', state: 'late' }))).toBe(false);
    expect(isLive(clock({ sense: 'not-before' }))).toBe(false);
  });
});
