import { MIN_RETENTION_DAYS, retainUntil } from './index.js';

describe('retention', () => {
  it('is 183 days from receipt when nothing longer is asked', () => {
    expect(retainUntil(new Date('2026-08-31T16:00:00.000Z'))).toEqual(new Date('2027-03-02T16:00:00.000Z'));
    expect(MIN_RETENTION_DAYS).toBe(183);
  });

  it('is at least half a calendar year whatever the month', () => {
    for (let month = 0; month < 12; month++) {
      const received = new Date(Date.UTC(2026, month, 1));
      const halfYear = new Date(Date.UTC(2026, month + 6, 1));
      expect(retainUntil(received, 184).getTime()).toBeGreaterThanOrEqual(halfYear.getTime());
    }
  });

  it('counts whole days', () => {
    expect(retainUntil(new Date(0), 1)).toEqual(new Date(86_400_000));
  });
});
