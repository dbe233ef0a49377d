import type { Level } from './asset.js';
import type { Id } from './ids.js';

/**
 * Who may do what. One pure function decides; anything it does not allow is refused.
 * Rights of a role cover the actor's unit and the units below it; officers reach only cases they are in charge of
 * and material they handed in. Reviewers (法制审核) read what an archivist reads and give out nothing. Administrators keep accounts and the system and see no evidence by office.
 */
export const ROLES = ['officer', 'archivist', 'supervisor', 'reviewer', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

export interface Actor {
  readonly accountId: Id;
  readonly sessionId: Id;
  readonly roles: readonly Role[];
  readonly unitId: Id;
  /** Materialised path of the unit, `/root/child/`; a unit is below another when its path begins with the other's. */
  readonly unitPath: string;
}

export type Action =
  | 'case.open'
  | 'case.read'
  | 'case.edit'
  | 'case.approve'
  | 'case.review'
  | 'reviews.list'
  | 'reviews.staffing'
  | 'case.export'
  | 'asset.upload'
  | 'asset.read'
  | 'asset.mark'
  | 'asset.link'
  | 'asset.download'
  | 'asset.heal'
  | 'events.read'
  | 'ledger.audit'
  | 'rules.manage'
  | 'due.read'
  | 'late.read'
  | 'accounts.manage'
  | 'accounts.list'
  | 'system.read'
  | 'findings.read'
  | 'recorders.read'
  | 'recorders.keep'
  | 'recorders.list';

/** What the action is about. Absent fields mean "not about one". */
export interface Subject {
  readonly unitPath?: string;
  /** Unit of the case an asset is in: who may read a case file may read all of it, wherever its material came from. */
  readonly caseUnitPath?: string;
  readonly level?: Level;
  /** Officers in charge of the case. */
  readonly officerIds?: readonly Id[];
  /** Who handed the asset in. */
  readonly receivedFrom?: Id;
  /** Who carried the recorder when it was taken: it is his, whoever docked the recorder. */
  readonly carriedBy?: Id | null;
}

type Rule = (actor: Actor, subject: Subject) => boolean;

const RULES: Record<Action, Partial<Record<Role, Rule>>> = {
  'case.open': { officer: inUnit },
  'case.read': { officer: inCharge, archivist: inUnitAndCleared, reviewer: inUnitAndCleared, supervisor: inUnit },
  'case.edit': { officer: inCharge },
  // Excuses and extensions that an officer asks for.
  'case.approve': { supervisor: inUnit },
  'case.review': { reviewer: inUnitAndCleared },
  'reviews.list': { officer: always, archivist: always, reviewer: always, supervisor: always },
  'reviews.staffing': { reviewer: always, supervisor: always, administrator: always },
  'case.export': { officer: inCharge, archivist: inUnitAndCleared, supervisor: inUnit },
  'asset.upload': { officer: mayAdd, archivist: inUnitAndCleared },
  'asset.read': {
    officer: inChargeOrHandedIn,
    archivist: inUnitAndCleared,
    reviewer: inUnitAndCleared,
    supervisor: inUnit,
  },
  // Marks, notes on interruptions, transcripts: whoever works on the case, and those who look through it.
  'asset.mark': {
    officer: inChargeOrHandedIn,
    archivist: inUnitAndCleared,
    reviewer: inUnitAndCleared,
    supervisor: inUnit,
  },
  'asset.link': { officer: inChargeOrHandedIn, archivist: inUnitAndCleared },
  'asset.download': { officer: inChargeOrHandedIn, archivist: inUnitAndCleared, supervisor: inUnit },
  // No reading of evidence: an administrator mends what he may not see.
  'asset.heal': { supervisor: inUnit, administrator: always },
  'events.read': {
    officer: inChargeOrHandedIn,
    archivist: inUnitAndCleared,
    reviewer: inUnitAndCleared,
    supervisor: inUnit,
  },
  'ledger.audit': { supervisor: always },
  // Procedures, the calendar's warnings, lengths the law leaves to the agency.
  'rules.manage': { administrator: always },
  'due.read': { officer: always },
  'late.read': { supervisor: always },
  'accounts.manage': { administrator: always },
  'accounts.list': { officer: always, archivist: always, supervisor: always, reviewer: always, administrator: always },
  'system.read': { supervisor: always, administrator: always },
  'findings.read': { supervisor: always, administrator: always },
  // Reviewers too: what took a clip, and how far its clock was off, is part of judging it.
  'recorders.read': {
    officer: inUnit,
    archivist: inUnit,
    reviewer: inUnit,
    supervisor: inUnit,
    administrator: always,
  },
  // Whoever keeps the cupboard: archivists run the docks.
  'recorders.keep': { archivist: inUnit, supervisor: inUnit, administrator: always },
  // Names of files say what was filmed: no matter of administrators.
  'recorders.list': { officer: inUnit, archivist: inUnit, supervisor: inUnit },
};

export function may(actor: Actor, action: Action, subject: Subject = {}): boolean {
  return actor.roles.some((role) => RULES[action][role]?.(actor, subject) ?? false);
}

/** Unit paths and officer an actor's lists are limited to; `null` where the role sees no cases at all. */
export function caseScope(
  actor: Actor,
): { readonly unitPath: string | null; readonly officerId: Id | null; readonly levels: readonly Level[] } | null {
  // What is an officer's own is his in any unit, whatever other role he has.
  const officerId = actor.roles.includes('officer') ? actor.accountId : null;
  if (actor.roles.includes('supervisor'))
    return { unitPath: actor.unitPath, officerId, levels: ['normal', 'sensitive', 'restricted'] };
  if (actor.roles.includes('archivist') || actor.roles.includes('reviewer'))
    return { unitPath: actor.unitPath, officerId, levels: ['normal', 'sensitive'] };
  if (officerId !== null) return { unitPath: null, officerId, levels: ['normal', 'sensitive', 'restricted'] };
  return null;
}

function always(): boolean {
  return true;
}

function inUnit(actor: Actor, subject: Subject): boolean {
  return [subject.unitPath, subject.caseUnitPath].some((path) => path?.startsWith(actor.unitPath));
}

/** Restricted material stays with the officers in charge and the supervisor. */
function inUnitAndCleared(actor: Actor, subject: Subject): boolean {
  return inUnit(actor, subject) && subject.level !== 'restricted';
}

function inCharge(actor: Actor, subject: Subject): boolean {
  return subject.officerIds?.includes(actor.accountId) ?? false;
}

function inChargeOrHandedIn(actor: Actor, subject: Subject): boolean {
  return inCharge(actor, subject) || [subject.receivedFrom, subject.carriedBy].includes(actor.accountId);
}

/** An officer may hand in material of no case yet, or of a case he is in charge of. */
function mayAdd(actor: Actor, subject: Subject): boolean {
  return subject.officerIds === undefined || inCharge(actor, subject);
}
