import { CaseWalk, RECKONING, TEMPLATES, template } from '../../../test/support/case-walk.js';
import { clocksOf } from './clocks.js';
import { dutiesOf } from './duties.js';
import { flowChart, flowStanding } from './flow-chart.js';
import { orderOf } from './procedure-order.js';

describe.each(['zh', 'en'] as const)('in %s', (language) => {
  it.each(TEMPLATES)(
    'the chart of $id has every step below what it waits for, and no two boxes in one place',
    (procedure) => {
      const chart = flowChart(procedure, null, language);
      const boxes = new Map(chart.steps.map((step) => [step.stepId, step]));
      expect([...boxes.keys()].sort()).toEqual(procedure.steps.map(({ id }) => id).sort());
      for (const [id, before] of orderOf(procedure))
        for (const other of before) {
          const [above, below] = [boxes.get(other), boxes.get(id)];
          expect((above?.y ?? 0) + (above?.height ?? 0)).toBeLessThan(below?.y ?? 0);
        }
      for (const a of chart.steps) {
        expect([a.x >= 0, a.y >= 0, a.x + a.width <= chart.width, a.y + a.height <= chart.height]).not.toContain(false);
        for (const b of chart.steps)
          if (a !== b) {
            const apart =
              a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
            expect(apart).toBe(true);
          }
      }
    },
  );

  it.each(TEMPLATES)('lines of $id lead from box to box, run straight, and through no other box', (procedure) => {
    const { lines, steps } = flowChart(procedure, null, language);
    for (const { from, to, points } of lines) {
      for (const [i, a] of points.slice(1).entries()) {
        const b = points[i] as (typeof points)[number];
        expect(a.x === b.x || a.y === b.y).toBe(true);
        const crossed = steps.filter(
          (step) =>
            step.stepId !== from &&
            step.stepId !== to &&
            Math.max(a.x, b.x) > step.x &&
            Math.min(a.x, b.x) < step.x + step.width &&
            Math.max(a.y, b.y) > step.y &&
            Math.min(a.y, b.y) < step.y + step.height,
        );
        expect(crossed.map(({ stepId }) => stepId)).toEqual([]);
      }
    }
    // Every order that is said can be followed along the lines.
    const next = new Map<string, string[]>();
    for (const { from, to } of lines) next.set(from, [...(next.get(from) ?? []), to]);
    const reaches = (from: string, to: string): boolean =>
      (next.get(from) ?? []).some((id) => id === to || reaches(id, to));
    for (const step of procedure.steps) for (const before of step.after) expect(reaches(before, step.id)).toBe(true);
  });
});

describe('a running case', () => {
  const PENALTY = template('administrative-penalty-ordinary');
  const statusOf = (walk: CaseWalk, stepId: string) => {
    const { standing } = walk;
    const facts = {
      standing,
      duties: dutiesOf(PENALTY, standing),
      clocks: clocksOf(PENALTY, standing, { ...RECKONING, now: walk.now }),
    };
    return flowStanding(PENALTY, facts).get(stepId);
  };

  it('shows what is done, going on, due, missing, late, and what does not apply', () => {
    const walk = new CaseWalk(PENALTY);
    expect([statusOf(walk, 'lead'), statusOf(walk, 'filing'), statusOf(walk, 'site-inspection')]).toEqual([
      'due',
      'waiting',
      'optional',
    ]);
    expect(statusOf(walk, 'seizure')).toBe('unknown');
    walk.state('property-seized', false);
    expect(statusOf(walk, 'seizure')).toBe('not-applicable');
    const coming = {
      ...{ id: 'a', stepId: 'lead', state: 'open' as const, startedAt: walk.now, endedAt: null as Date | null },
      ...{ people: [], papers: [] as { paperId: string; assetId: string }[], recordings: [], unexplainedGaps: 0 },
    };
    walk.standing.comings.push(coming);
    expect(statusOf(walk, 'lead')).toBe('missing');
    coming.papers.push({ paperId: 'case-source-form', assetId: 'x' });
    expect(statusOf(walk, 'lead')).toBe('going-on');
    walk.standing.comings[0] = { ...coming, state: 'done', endedAt: walk.now };
    expect([statusOf(walk, 'lead'), statusOf(walk, 'filing')]).toEqual(['done', 'due']);
    // The lead is to be checked within fifteen working days.
    walk.pass(24 * 60);
    expect(statusOf(walk, 'filing')).toBe('late');
  });
});
