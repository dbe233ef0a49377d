import {
  type Action,
  type Actor,
  ArchiveError,
  type FormFacts,
  type FormTemplate,
  findStep,
  type Id,
  isFormFor,
  isMadeByReview,
  type Procedure,
  type ProcedureStep,
  type ReviewFacts,
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

/** Whether somebody may write such a form for this paper: the papers of a review are written by the review. */
export function fits(template: FormTemplate, procedure: Procedure, stepId: string, paperId: string): boolean {
  return !isMadeByReview(template) && isFormFor(template, { procedure: procedure.id, step: stepId, paper: paperId });
}

/** What the case says of itself to a form. */
export async function factsOf(
  tx: Tx,
  { found, officers }: Pick<ReachedCase, 'found' | 'officers'>,
  about: {
    readonly procedure: Procedure;
    readonly occurrence: OccurrenceRecord;
    /** Who fills it in. */
    readonly accountId: Id;
    readonly review: ReviewFacts | null;
    readonly now: Date;
    readonly zoneMinutes: number;
  },
): Promise<FormFacts> {
  const { procedure, occurrence, accountId, review, now, zoneMinutes } = about;
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
    ...{ review, now, zoneMinutes },
    self: (await accountRepository.namesOf(tx, [accountId])).get(accountId) ?? '',
  };
}
