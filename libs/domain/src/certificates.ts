import { addDays, type LocalDate, type WorkCalendar } from './calendar.js';
import type { ActingRole } from './procedure.js';
import type { Participant } from './standing.js';

/** 行政执法证, and the qualification of a legal reviewer (国家统一法律职业资格, 行政处罚法 art. 58). */
export const CERTIFICATE_KINDS = ['enforcement', 'legal-review'] as const;
export type CertificateKind = (typeof CERTIFICATE_KINDS)[number];

export interface CertificateTerm {
  readonly kind: CertificateKind;
  /** Both days count. */
  readonly validFrom: LocalDate;
  readonly validTo: LocalDate;
  readonly withdrawnAt: Date | null;
}

/** Who chairs a hearing or answers for the agency is appointed; the law asks for no certificate (行政处罚法 art. 64, 57). */
const ASKED: Record<ActingRole, CertificateKind | null> = {
  officer: 'enforcement',
  reviewer: 'legal-review',
  chair: null,
  head: null,
};
const ALWAYS = { from: '0001-01-01', to: '9999-12-31' } as const;

/** The term that bears out somebody's part on a day: the one that holds on it, or the last there is. */
export function certifiedFor(
  role: ActingRole,
  certificates: readonly CertificateTerm[],
  on: Date,
  calendar: WorkCalendar,
): { readonly from: LocalDate; readonly to: LocalDate } | null {
  const kind = ASKED[role];
  if (kind === null) return ALWAYS;
  const day = calendar.dateOf(on);
  const terms = certificates.filter((one) => one.kind === kind).map((one) => termOf(one, calendar));
  return terms.find(({ from, to }) => from <= day && day <= to) ?? terms.at(-1) ?? null;
}

/** Both days count. */
export function isCertifiedOn({ certified }: Pick<Participant, 'certified'>, day: LocalDate): boolean {
  return certified !== null && certified.from <= day && day <= certified.to;
}

/** One that was withdrawn held until the day before. */
function termOf({ validFrom, validTo, withdrawnAt }: CertificateTerm, calendar: WorkCalendar) {
  const last = withdrawnAt === null ? validTo : addDays(calendar.dateOf(withdrawnAt), -1);
  return { from: validFrom, to: last < validTo ? last : validTo };
}
