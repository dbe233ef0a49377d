import { type Action, type Actor, caseScope, may, ROLES, type Role, type Subject } from './index.js';

const actor = (roles: readonly Role[], unitPath = '/bureau/field/'): Actor => ({
  accountId: 'me',
  sessionId: 'session',
  roles,
  unitId: 'field',
  unitPath,
});

/** Situations in which a person may meet a case or an asset. */
const SUBJECTS = {
  none: {},
  'own unit': { unitPath: '/bureau/field/', level: 'normal', officerIds: ['other'], receivedFrom: 'other' },
  'unit below': { unitPath: '/bureau/field/team/', level: 'normal', officerIds: ['other'] },
  'unit above': { unitPath: '/bureau/', level: 'normal', officerIds: ['other'] },
  'other unit': { unitPath: '/bureau/market/', level: 'normal', officerIds: ['other'] },
  'unit of like name': { unitPath: '/bureau/field-two/', level: 'normal', officerIds: ['other'] },
  'sensitive in own unit': { unitPath: '/bureau/field/', level: 'sensitive', officerIds: ['other'] },
  'restricted in own unit': { unitPath: '/bureau/field/', level: 'restricted', officerIds: ['other'] },
  'in charge, other unit, restricted': {
    unitPath: '/bureau/market/',
    level: 'restricted',
    officerIds: ['other', 'me'],
  },
  'handed in, case of others': {
    unitPath: '/bureau/market/',
    level: 'restricted',
    officerIds: ['other'],
    receivedFrom: 'me',
  },
  'from elsewhere, case of own unit': {
    unitPath: '/bureau/market/',
    caseUnitPath: '/bureau/field/',
    level: 'normal',
    officerIds: ['other'],
  },
} as const satisfies Record<string, Subject>;
type Situation = keyof typeof SUBJECTS;

const UNIT: readonly Situation[] = [
  'own unit',
  'unit below',
  'sensitive in own unit',
  'from elsewhere, case of own unit',
];
const UNIT_AND_RESTRICTED: readonly Situation[] = [...UNIT, 'restricted in own unit'];
const CHARGE: readonly Situation[] = ['in charge, other unit, restricted'];
const CHARGE_OR_HANDED_IN: readonly Situation[] = [...CHARGE, 'handed in, case of others'];
const ALL = Object.keys(SUBJECTS) as readonly Situation[];

/** Everything that is allowed; what is not named here is refused. */
const ALLOWED: Record<Action, Partial<Record<Role, readonly Situation[]>>> = {
  'case.open': { officer: UNIT_AND_RESTRICTED },
  'case.read': { officer: CHARGE, archivist: UNIT, reviewer: UNIT, supervisor: UNIT_AND_RESTRICTED },
  'case.edit': { officer: CHARGE },
  'case.approve': { supervisor: UNIT_AND_RESTRICTED },
  'case.review': { reviewer: UNIT },
  'reviews.list': { officer: ALL, archivist: ALL, reviewer: ALL, supervisor: ALL },
  'reviews.staffing': { reviewer: ALL, supervisor: ALL, administrator: ALL },
  'case.export': { officer: CHARGE, archivist: UNIT, supervisor: UNIT_AND_RESTRICTED },
  'asset.upload': { officer: ['none', ...CHARGE], archivist: UNIT },
  'asset.read': { officer: CHARGE_OR_HANDED_IN, archivist: UNIT, reviewer: UNIT, supervisor: UNIT_AND_RESTRICTED },
  'asset.mark': { officer: CHARGE_OR_HANDED_IN, archivist: UNIT, reviewer: UNIT, supervisor: UNIT_AND_RESTRICTED },
  'asset.link': { officer: CHARGE_OR_HANDED_IN, archivist: UNIT },
  'asset.download': { officer: CHARGE_OR_HANDED_IN, archivist: UNIT, supervisor: UNIT_AND_RESTRICTED },
  'asset.heal': { supervisor: UNIT_AND_RESTRICTED, administrator: ALL },
  'events.read': { officer: CHARGE_OR_HANDED_IN, archivist: UNIT, reviewer: UNIT, supervisor: UNIT_AND_RESTRICTED },
  'rules.manage': { administrator: ALL },
  'due.read': { officer: ALL },
  'late.read': { supervisor: ALL },
  'ledger.audit': { supervisor: ALL },
  'accounts.manage': { administrator: ALL },
  'accounts.list': { officer: ALL, archivist: ALL, supervisor: ALL, reviewer: ALL, administrator: ALL },
  'system.read': { supervisor: ALL, administrator: ALL },
  'findings.read': { supervisor: ALL, administrator: ALL },
  'recorders.read': {
    officer: UNIT_AND_RESTRICTED,
    archivist: UNIT_AND_RESTRICTED,
    reviewer: UNIT_AND_RESTRICTED,
    supervisor: UNIT_AND_RESTRICTED,
    administrator: ALL,
  },
  'recorders.keep': { archivist: UNIT_AND_RESTRICTED, supervisor: UNIT_AND_RESTRICTED, administrator: ALL },
  'recorders.list': { officer: UNIT_AND_RESTRICTED, archivist: UNIT_AND_RESTRICTED, supervisor: UNIT_AND_RESTRICTED },
};

const ROWS = (Object.keys(ALLOWED) as Action[]).flatMap((action) =>
  ROLES.flatMap((role) =>
    ALL.map((situation) => ({ action, role, situation, ok: ALLOWED[action][role]?.includes(situation) ?? false })),
  ),
);

describe('who may do what', () => {
  it.each(ROWS)('$role, $action, $situation: $ok', ({ action, role, situation, ok }) => {
    expect(may(actor([role]), action, SUBJECTS[situation])).toBe(ok);
  });

  it('adds up over the roles of one person', () => {
    const both = actor(['officer', 'archivist']);
    expect(may(both, 'case.read', SUBJECTS['own unit'])).toBe(true);
    expect(may(both, 'case.read', SUBJECTS['in charge, other unit, restricted'])).toBe(true);
    expect(may(both, 'case.edit', SUBJECTS['own unit'])).toBe(false);
  });

  it('refuses whoever has no role', () => {
    expect(ROWS.some(({ action, situation }) => may(actor([]), action, SUBJECTS[situation]))).toBe(false);
  });

  it('reads an absent subject as "not about one"', () => {
    expect(may(actor(['administrator']), 'accounts.manage')).toBe(true);
    expect(may(actor(['supervisor']), 'asset.read')).toBe(false);
  });
});

describe('what lists are limited to', () => {
  const ALL_LEVELS = ['normal', 'sensitive', 'restricted'];
  it.each<[Role[], ReturnType<typeof caseScope>]>([
    [['officer'], { unitPath: null, officerId: 'me', levels: ['normal', 'sensitive', 'restricted'] }],
    [['archivist'], { unitPath: '/bureau/field/', officerId: null, levels: ['normal', 'sensitive'] }],
    [['archivist', 'officer'], { unitPath: '/bureau/field/', officerId: 'me', levels: ['normal', 'sensitive'] }],
    [['reviewer'], { unitPath: '/bureau/field/', officerId: null, levels: ['normal', 'sensitive'] }],
    [['supervisor'], { unitPath: '/bureau/field/', officerId: null, levels: ['normal', 'sensitive', 'restricted'] }],
    [['administrator'], null],
    [[], null],
  ])('%j', (roles, scope) => expect(caseScope(actor(roles))).toEqual(scope));

  it('keeps what is an officer’s own in another unit, when he is a supervisor too', () => {
    expect(caseScope(actor(['supervisor', 'officer']))).toEqual({
      unitPath: '/bureau/field/',
      officerId: 'me',
      levels: ALL_LEVELS,
    });
  });
});
