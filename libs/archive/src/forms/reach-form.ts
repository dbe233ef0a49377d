import {
  type Action,
  type Actor,
  ArchiveError,
  type FormFacts,
  type FormTemplate,
  findStep,
  type Id,
  isFormFor,
  type Procedure,
  type ProcedureStep,
} from '#domain';
import {
  accountRepository,
  agencyWordRepository,
  type CaseRecord,
  caseRepository,
  type FormRecord,
  formRepository,
  type OccurrenceRecord,
  occurrenceRepository,
  type Tx,
  unitRepository,
} from '#persistence';
import { lockCase, type ReachedCase, requireCase } from '../cases/case-access.js';

/**
 * A form, with its case; held until the transaction ends where `hold` says so. Not allowed looks like not existing.
 * @throws ArchiveError `not-found`
 */
export async function reachForm(
  tx: Tx,
  actor: Actor,
  id: Id,
  { action, hold }: { readonly action: Action; readonly hold: boolean },
): Promise<{ readonly form: FormRecord; readonly reached: ReachedCase }> {
  const found = await formRepository.find(tx, id);
  if (found === null) throw new ArchiveError('not-found', `no form ${id}`);
  const reached = await (hold ? lockCase : requireCase)(tx, actor, found.caseId, action);
  // Forms change under the lock of their case only: what was read before it may be old.
  const form = hold ? await formRepository.find(tx, id) : found;
  if (form === null) throw new ArchiveError('not-found', `no form ${id}`);
  return { form, reached };
}

/** @throws ArchiveError `not-found` when the case has no such step, or the step no such paper */
export async function requirePaper(
  tx: Tx,
  found: CaseRecord,
  procedure: Procedure,
  { occurrenceId, paperId }: { readonly occurrenceId: Id; readonly paperId: string },
): Promise<{ readonly occurrence: OccurrenceRecord; readonly step: ProcedureStep }> {
  const occurrence = await occurrenceRepository.find(tx, found.id, occurrenceId);
  const step = occurrence && findStep(procedure, occurrence.stepId);
  if (!occurrence || !step?.papers.some(({ id }) => id === paperId))
    throw new ArchiveError('not-found', `no paper ${paperId} in that step`);
  return { occurrence, step };
}

export function fits(template: FormTemplate, procedure: Procedure, stepId: string, paperId: string): boolean {
  return isFormFor(template, { procedure: procedure.id, step: stepId, paper: paperId });
}

/** What the case says of itself to a form. */
export async function factsOf(
  tx: Tx,
  { found, officers }: ReachedCase,
  about: {
    readonly procedure: Procedure;
    readonly occurrence: OccurrenceRecord;
    readonly actor: Actor;
    readonly now: Date;
    readonly zoneMinutes: number;
  },
): Promise<FormFacts> {
  const { procedure, occurrence, actor, now, zoneMinutes } = about;
  const names = await unitRepository.namesOf(tx, [found.unitId]);
  const agency = await agencyWordRepository.of(tx, found.unitPath);
  const forms = await formRepository.ofCase(tx, found.id);
  return {
    case: {
      number: found.number,
      title: found.title,
      openedAt: found.openedAt,
      unitName: names.get(found.unitId) ?? '',
      agencyName: agency.unitName,
      procedure: procedure.title,
      parties: (await caseRepository.parties(tx, found.id)).map(({ name }) => name),
      officers: officers.map(({ name }) => name),
    },
    step: occurrence,
    forms: forms.filter(({ state }) => state === 'issued').reverse(),
    ...{ now, zoneMinutes, self: (await accountRepository.namesOf(tx, [actor.accountId])).get(actor.accountId) ?? '' },
  };
}
