import type { Account } from '#contract';
import type { Role } from '#domain';

type Roles = readonly Role[];

/** A station is a machine: it has no desk. */
type Desk = Exclude<Role, 'station'>;

/** Every page of the bar, by the name its words have. */
export type NavPage =
  | 'cases'
  | 'due'
  | 'late'
  | 'sorting'
  | 'assets'
  | 'reviews'
  | 'recorders'
  | 'procedures'
  | 'rules'
  | 'accounts'
  | 'findings'
  | 'ledger'
  | 'system';

export type NavGroup = 'work' | 'rules' | 'administration';

/** What each desk opens, what it does daily first. A page is named here exactly where the server lets the role in. */
const DESKS: Record<Desk, { readonly daily: readonly NavPage[]; readonly seldom: readonly NavPage[] }> = {
  officer: { daily: ['cases', 'due', 'sorting', 'assets'], seldom: ['reviews', 'recorders', 'procedures'] },
  reviewer: { daily: ['reviews', 'cases', 'assets'], seldom: ['recorders', 'procedures'] },
  archivist: { daily: ['cases', 'sorting', 'assets', 'recorders'], seldom: ['reviews', 'procedures'] },
  supervisor: {
    daily: ['cases', 'late', 'findings', 'assets'],
    seldom: ['reviews', 'sorting', 'recorders', 'procedures', 'rules', 'ledger', 'system'],
  },
  administrator: {
    daily: ['accounts', 'findings', 'system'],
    seldom: ['recorders', 'procedures', 'rules', 'reviews', 'ledger'],
  },
};

/** Nearest to the case first: who has several roles sees the desks in this order. */
const ORDER: readonly Desk[] = ['officer', 'reviewer', 'archivist', 'supervisor', 'administrator'];
/** More would not be calm: what is beyond stands first in the menu. */
const MOST_DAILY = 6;

const GROUPS: Record<NavGroup, readonly NavPage[]> = {
  work: ['cases', 'due', 'late', 'sorting', 'assets', 'reviews', 'recorders'],
  rules: ['procedures', 'rules'],
  administration: ['accounts', 'findings', 'ledger', 'system'],
};

export interface Navigation {
  /** On the bar itself. */
  readonly daily: readonly NavPage[];
  /** In the menu beside it; groups that are empty are left out. */
  readonly menu: readonly { readonly group: NavGroup; readonly pages: readonly NavPage[] }[];
}

/** What stands on the bar and what in its menu, for whoever has these roles. */
export function navigationOf(roles: Roles): Navigation {
  const desks = ORDER.filter((role) => roles.includes(role)).map((role) => DESKS[role]);
  const daily = [...new Set(desks.flatMap((desk) => desk.daily))].slice(0, MOST_DAILY);
  const rest = new Set(desks.flatMap((desk) => [...desk.daily, ...desk.seldom]));
  const menu = (Object.keys(GROUPS) as NavGroup[]).map((group) => ({
    group,
    pages: GROUPS[group].filter((page) => rest.has(page) && !daily.includes(page)),
  }));
  return { daily, menu: menu.filter(({ pages }) => pages.length > 0) };
}

/** Where an account begins its day. */
export function startOf(roles: Roles): string {
  return `/${navigationOf(roles).daily[0] ?? 'procedures'}`;
}

export function seesEvidence({ roles }: Pick<Account, 'roles'>): boolean {
  return roles.some((role) => role !== 'administrator');
}

/** Names of files say what was filmed: read where the lists are brought in, and by who looks after it. */
export function readsLists({ roles }: Pick<Account, 'roles'>): boolean {
  return roles.some((role) => role === 'officer' || role === 'archivist' || role === 'supervisor');
}
