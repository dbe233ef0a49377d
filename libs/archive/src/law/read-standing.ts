import {
  type CaseStanding,
  type CertificateTerm,
  type Coming,
  certifiedFor,
  findStep,
  type Id,
  type Participant,
  type Procedure,
  type ProcedureStep,
  type Reckoning,
} from '#domain';
import {
  type CaseRecord,
  caseRepository,
  type ExcuseRecord,
  type ExtensionRecord,
  type OccurrenceRecord,
  occurrenceRepository,
  type PersonRecord,
  type ReviewRecord,
  reviewRepository,
  type StatementRecord,
  standingRepository,
  type TiedAsset,
  type Tx,
} from '#persistence';
import { unexplainedGapsOf } from '../recorders/gaps.js';
import { reviewsOf } from '../reviews/reviews-of.js';
import type { RuleShelf } from './rule-shelf.js';

/** All that the rules read of a case, and what they are. */
export interface CaseFile {
  readonly record: CaseRecord;
  readonly procedure: Procedure;
  readonly reckoning: Reckoning;
  readonly standing: CaseStanding;
  readonly occurrences: readonly OccurrenceRecord[];
  readonly statements: readonly StatementRecord[];
  readonly excuses: readonly ExcuseRecord[];
  readonly extensions: readonly ExtensionRecord[];
  /** In the order they were submitted. */
  readonly reviews: readonly ReviewRecord[];
  /** Who takes part in a coming, or would by default if it began at that time. */
  peopleOf(occurrenceId: Id, at: Date): Participant[];
}

/**
 * Reads a case for the rules. The number of statements is fixed, however much there is in the case. Whoever acts on what
 * they say holds the case locked.
 */
export async function readStanding(tx: Tx, rules: RuleShelf, record: CaseRecord): Promise<CaseFile> {
  const { id } = record;
  const procedure = await rules.procedure(record.procedureId, record.procedureVersion);
  const reckoning = await rules.reckoning(tx, record.procedureId);
  const officerIds = (await caseRepository.officers(tx, id)).map((officer) => officer.id);
  const occurrences = await occurrenceRepository.list(tx, id);
  const assets = await standingRepository.tiedAssets(tx, id);
  const gaps = await unexplainedGapsOf(tx, id, rules.gapLimitMs);
  const statements = await standingRepository.statements(tx, id);
  const excuses = await standingRepository.excuses(tx, id);
  const extensions = await standingRepository.extensions(tx, id);
  const reviews = await reviewRepository.ofCase(tx, id);
  const roster = new Roster(
    { procedure, officerIds, occurrences, reckoning },
    await standingRepository.people(tx, id),
    await standingRepository.certificates(tx, id),
  );
  const standing: CaseStanding = {
    openedAt: record.openedAt,
    closedAt: record.closedAt,
    officerIds,
    statements,
    comings: occurrences.map((occurrence) => ({
      ...comingOf(occurrence, roster, assets),
      unexplainedGaps: gaps.get(occurrence.id) ?? 0,
    })),
    reviews: await reviewsOf(tx, reviews),
    excuses: excuses.map((one) => ({ ...one, approvedBy: one.isApproved === true ? one.decidedBy : null })),
    extensions: extensions.flatMap(({ limitId, occurrenceId, isApproved, decidedBy, decidedAt }) =>
      isApproved === true && decidedBy !== null && decidedAt !== null
        ? [{ limitId, occurrenceId, approvedBy: decidedBy, approvedAt: decidedAt }]
        : [],
    ),
  };
  const peopleOf = (occurrenceId: Id, at: Date): Participant[] => roster.of(occurrenceId, at);
  return { record, procedure, reckoning, standing, occurrences, statements, excuses, extensions, reviews, peopleOf };
}

function comingOf(
  occurrence: OccurrenceRecord,
  roster: Roster,
  assets: readonly TiedAsset[],
): Omit<Coming, 'unexplainedGaps'> {
  const { id, stepId, state, startedAt, endedAt } = occurrence;
  const tied = assets.filter(({ occurrenceId }) => occurrenceId === id);
  return {
    ...{ id, stepId, state, startedAt, endedAt },
    people: startedAt === null ? [] : roster.recorded(id, startedAt),
    papers: tied.flatMap(({ assetId, paperId }) => (paperId === null ? [] : [{ assetId, paperId }])),
    recordings: tied.filter(({ isRecording }) => isRecording),
  };
}

/** As what officers of the case take part where nothing else is said; null where they would not do. */
export function defaultRoleIn({ who }: ProcedureStep): 'officer' | null {
  return who.roles.length === 0 || who.roles.includes('officer') ? 'officer' : null;
}

class Roster {
  readonly #case: Pick<CaseFile, 'procedure' | 'occurrences' | 'reckoning'> & { readonly officerIds: readonly Id[] };
  readonly #people: readonly PersonRecord[];
  readonly #certificates: readonly (CertificateTerm & { readonly accountId: Id })[];

  constructor(
    of: Pick<CaseFile, 'procedure' | 'occurrences' | 'reckoning'> & { readonly officerIds: readonly Id[] },
    people: readonly PersonRecord[],
    certificates: readonly (CertificateTerm & { readonly accountId: Id })[],
  ) {
    this.#case = of;
    this.#people = people;
    this.#certificates = certificates;
  }

  of(occurrenceId: Id, at: Date): Participant[] {
    const recorded = this.recorded(occurrenceId, at);
    return recorded.length > 0 ? recorded : this.#byDefault(occurrenceId, at);
  }

  recorded(occurrenceId: Id, at: Date): Participant[] {
    return this.#people
      .filter((person) => person.occurrenceId === occurrenceId)
      .map(({ accountId, role }) => this.#participant(accountId, role, at));
  }

  #byDefault(occurrenceId: Id, at: Date): Participant[] {
    const { procedure, occurrences, officerIds } = this.#case;
    const occurrence = occurrences.find(({ id }) => id === occurrenceId);
    const step = occurrence && findStep(procedure, occurrence.stepId);
    const role = step ? defaultRoleIn(step) : null;
    return role === null ? [] : officerIds.map((accountId) => this.#participant(accountId, role, at));
  }

  #participant(accountId: Id, role: Participant['role'], at: Date): Participant {
    const own = this.#certificates.filter((one) => one.accountId === accountId);
    return { accountId, role, certified: certifiedFor(role, own, at, this.#case.reckoning.calendar) };
  }
}
