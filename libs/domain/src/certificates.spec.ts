import { WorkCalendar } from './calendar.js';
import { type CertificateTerm, certifiedFor, isCertifiedOn } from './certificates.js';

const CHINA = new WorkCalendar('china', 480, []);
const term = (validFrom: string, validTo: string, change: Partial<CertificateTerm> = {}): CertificateTerm => ({
  ...{ kind: 'enforcement', validFrom, validTo, withdrawnAt: null, ...change },
});
/** Noon of a day in Beijing. */
const noon = (day: string): Date => new Date(`${day}T04:00:00Z`);

describe('who is certified on a day', () => {
  const isHeld = (terms: readonly CertificateTerm[], day: string, role: 'officer' | 'reviewer' = 'officer'): boolean =>
    isCertifiedOn({ certified: certifiedFor(role, terms, noon(day), CHINA) }, day);

  it('counts both days, and neither the one before nor the one after', () => {
    const own = [term('2026-03-02', '2026-03-31')];
    expect(['2026-03-01', '2026-03-02', '2026-03-31', '2026-04-01'].map((day) => isHeld(own, day))).toEqual([
      ...[false, true, true, false],
    ]);
  });

  it('takes whichever term holds, though another ends later', () => {
    const own = [term('2020-01-01', '2024-12-31'), term('2026-01-01', '2030-12-31')];
    expect([isHeld(own, '2023-05-05'), isHeld(own, '2025-05-05'), isHeld(own, '2027-05-05')]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('ends with the day before it was withdrawn, by the day of the agency', () => {
    // 00:30 on the 11th in Beijing, the 10th in London.
    const own = [term('2020-01-01', '2030-12-31', { withdrawnAt: new Date('2026-03-10T16:30:00Z') })];
    expect([isHeld(own, '2026-03-10'), isHeld(own, '2026-03-11')]).toEqual([true, false]);
    const late = [term('2020-01-01', '2022-12-31', { withdrawnAt: noon('2026-03-10') })];
    expect(isHeld(late, '2023-01-01')).toBe(false);
  });

  it('asks each office for its own certificate, and none of who is appointed', () => {
    const officer = [term('2020-01-01', '2030-12-31')];
    const reviewer = [term('2020-01-01', '2030-12-31', { kind: 'legal-review' })];
    const day = '2026-03-10';
    expect([isHeld(officer, day, 'reviewer'), isHeld(reviewer, day, 'reviewer'), isHeld(reviewer, day)]).toEqual([
      ...[false, true, false],
    ]);
    expect(certifiedFor('officer', [], noon(day), CHINA)).toBeNull();
    for (const role of ['chair', 'head'] as const)
      expect(isCertifiedOn({ certified: certifiedFor(role, [], noon(day), CHINA) }, day)).toBe(true);
  });
});
