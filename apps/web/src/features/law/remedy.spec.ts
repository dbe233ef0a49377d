import { describe, expect, it } from '@jest/globals';
import type { CaseView, FaultView } from '#contract';
import { remedyOf } from './remedy.js';

const subject = {
  occurrences: [
    { id: 'interview-1', stepId: 'interview', n: 1 },
    { id: 'interview-2', stepId: 'interview', n: 2 },
    { id: 'decision-1', stepId: 'decision', n: 1 },
  ],
  law: {
    conditions: [
      { conditionId: 'major', occurrenceId: null, holds: null },
      { conditionId: 'signed', occurrenceId: 'interview-2', holds: null },
    ],
  },
} as unknown as CaseView;
const fault = (code: FaultView['code'], part: string, occurrenceId: string | null = null): FaultView =>
  ({ code, stepId: 'decision', occurrenceId, rule: { part } }) as unknown as FaultView;

describe('remedyOf', () => {
  it('lets a fact of the case be stated where it is missed', () => {
    expect(remedyOf(fault('condition-unstated', 'conditions/major'), subject, 'decision-1')).toEqual({
      conditionId: 'major',
      holds: null,
    });
  });

  it('leads to the coming a fact, a paper or a recording is missed in', () => {
    expect(remedyOf(fault('condition-unstated', 'conditions/signed'), subject, 'decision-1')).toEqual({
      occurrenceId: 'interview-2',
    });
    const duty = fault('duty', 'steps/interview/recording', 'interview-1');
    expect(remedyOf(duty, subject, 'decision-1')).toEqual({ occurrenceId: 'interview-1' });
  });

  it('leads to the last coming of a step that is not done', () => {
    const missing = fault('step-missing', 'steps/interview', 'decision-1');
    expect(remedyOf(missing, subject, 'decision-1')).toEqual({ occurrenceId: 'interview-2' });
  });

  it('sends nobody where he is, nor anywhere for what cannot be mended', () => {
    expect(remedyOf(fault('duty', 'steps/decision/papers/decision', 'decision-1'), subject, 'decision-1')).toBeNull();
    expect(remedyOf(fault('later-begun', 'steps/interview'), subject, 'decision-1')).toBeNull();
    expect(remedyOf(fault('too-early', 'limits/hearing-ahead'), subject, 'decision-1')).toBeNull();
  });
});
