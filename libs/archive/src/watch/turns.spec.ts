import { newId } from '#domain';
import { nextTurn } from './turns.js';

const DAY = 86_400_000;
const now = new Date('2026-11-22T08:00:00Z');
const when = { now, periodMs: 30 * DAY };

describe('turns', () => {
  it('come within the period, and then once a period', () => {
    for (let i = 0; i < 200; i++) {
      const id = newId();
      const first = nextTurn(id, 'intact', when);
      expect(first.getTime()).toBeGreaterThan(now.getTime());
      expect(first.getTime()).toBeLessThanOrEqual(now.getTime() + when.periodMs);
      const second = nextTurn(id, 'intact', { ...when, now: first });
      expect(second.getTime() - first.getTime()).toBe(when.periodMs);
      // A look that came late does not move the next.
      const late = new Date(first.getTime() + DAY);
      expect(nextTurn(id, 'intact', { ...when, now: late })).toEqual(second);
    }
  });

  it('are spread evenly, though all was received at once', () => {
    const perDay = new Array<number>(30).fill(0);
    const many = 30_000;
    for (let i = 0; i < many; i++) {
      const turn = nextTurn(newId(), 'intact', when).getTime();
      const day = Math.min(29, Math.floor((turn - now.getTime()) / DAY));
      perDay[day] = (perDay[day] ?? 0) + 1;
    }
    for (const count of perDay) expect(Math.abs(count - many / 30)).toBeLessThan(many / 30 / 4);
  });

  it('come within a day after a finding, or when the look could not be had', () => {
    for (const result of ['altered', 'missing', 'not-run'] as const) {
      const turn = nextTurn(newId(), result, when).getTime();
      expect(turn).toBeLessThanOrEqual(now.getTime() + DAY);
    }
  });
});
