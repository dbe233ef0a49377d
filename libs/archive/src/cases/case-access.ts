import { type Action, type Actor, ArchiveError, caseScope, type Id, may, type Subject } from '#domain';
import { type CaseRecord, caseRepository, type ListScope, type Tx, unitRepository } from '#persistence';

export interface ReachedCase {
  readonly found: CaseRecord;
  readonly officers: readonly { readonly id: Id; readonly name: string }[];
  readonly subject: Subject;
}

/**
 * The case, when it is there and the actor may do this with it. Not allowed looks like not existing.
 * @throws ArchiveError `not-found`
 */
export async function requireCase(tx: Tx, actor: Actor, id: Id, action: Action): Promise<ReachedCase> {
  return await reach(tx, actor, await caseRepository.find(tx, id), action);
}

/** The same, holding the case until the transaction ends. */
export async function lockCase(tx: Tx, actor: Actor, id: Id, action: Action): Promise<ReachedCase> {
  return await reach(tx, actor, await caseRepository.lock(tx, id), action);
}

/** @throws ArchiveError `case-closed` */
export function requireOpen({ state }: CaseRecord): void {
  if (state !== 'open') throw new ArchiveError('case-closed', `the case is ${state}`);
}

/** What lists show the actor; null when his roles show him no cases at all. */
const NO_UNITS = { ids: [], areAll: false };

export async function listScope(tx: Tx, actor: Actor): Promise<ListScope | null> {
  const scope = caseScope(actor);
  if (scope === null) return null;
  const units = scope.unitPath === null ? NO_UNITS : await unitRepository.idsUnder(tx, scope.unitPath);
  return { unitIds: units.ids, isWhole: units.areAll, levels: scope.levels, accountId: scope.officerId };
}

async function reach(tx: Tx, actor: Actor, found: CaseRecord | null, action: Action): Promise<ReachedCase> {
  if (!found) throw new ArchiveError('not-found', 'no such case');
  const officers = await caseRepository.officers(tx, found.id);
  const subject = { unitPath: found.unitPath, level: found.level, officerIds: officers.map((officer) => officer.id) };
  if (!may(actor, action, subject)) throw new ArchiveError('not-found', 'not his case');
  return { found, officers, subject };
}
