import {
  type Actor,
  ArchiveError,
  type FormTemplate,
  faultsOfForm,
  fillForm,
  findStep,
  type Id,
  type Procedure,
  REVIEW_PAPERS,
  type ReviewFacts,
  type ReviewPaperName,
} from '#domain';
import {
  accountRepository,
  assetRepository,
  catalogueRepository,
  findingRepository,
  formRepository,
  occurrenceRepository,
  type ReviewRecord,
  reviewRepository,
  type Tx,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import type { ReachedCase } from '../cases/case-access.js';
import { savedEvent } from '../forms/draft-form.js';
import type { FormShelf } from '../forms/form-templates.js';
import { issue } from '../forms/issue-form.js';
import { factsOf } from '../forms/reach-form.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import type { EventDraft } from '../ledger/append-events.js';

/** As it is to be at the end of the transaction. */
export interface ReviewOnPaper {
  readonly review: ReviewRecord;
  readonly reached: Pick<ReachedCase, 'found' | 'officers'>;
  /** Who submits it, or gives the last opinion: the paper is his. */
  readonly actor: Actor;
  readonly at: Date;
}

/**
 * The papers of a review, 法制审核送审表 and 法制审核意见书, as forms of its step: filled from it and issued in the transaction
 * that makes it so, printed by a worker as every form is.
 */
export class ReviewForms {
  readonly #parts: Pick<ArchiveParts, 'settings'>;
  readonly #rules: RuleShelf;
  readonly #forms: FormShelf;

  constructor(parts: Pick<ArchiveParts, 'settings'>, rules: RuleShelf, forms: FormShelf) {
    this.#parts = parts;
    this.#rules = rules;
    this.#forms = forms;
  }

  /** Before the transaction, which should not wait for a second connection. @throws ArchiveError `internal` */
  async template(name: ReviewPaperName): Promise<FormTemplate> {
    const found = (await this.#forms.newest()).find(({ id }) => id === REVIEW_PAPERS[name]);
    if (found === undefined) throw new ArchiveError('internal', `no form ${REVIEW_PAPERS[name]} was taken in`);
    return found;
  }

  /**
   * @param id of the form, which the review names
   * @returns its events, which the caller appends
   */
  async issue(
    tx: Tx,
    template: FormTemplate,
    id: Id,
    { review, reached, actor, at }: ReviewOnPaper,
  ): Promise<EventDraft[]> {
    const { found } = reached;
    const { deviceZoneMinutes: zoneMinutes } = this.#parts.settings;
    const procedure = await this.#rules.procedure(found.procedureId, found.procedureVersion);
    const occurrence = await occurrenceRepository.find(tx, found.id, review.occurrenceId);
    if (occurrence === null) throw new ArchiveError('internal', `the step of review ${review.id} is gone`);
    const facts = await factsOf(tx, reached, {
      ...{ procedure, occurrence, accountId: actor.accountId, now: at, zoneMinutes },
      review: await reviewFactsOf(tx, review, procedure),
    });
    const values = fillForm(template, facts);
    const [fault] = faultsOfForm(template, values, false);
    if (fault !== undefined)
      throw new ArchiveError(
        'internal',
        `form ${template.id} ${template.version} cannot hold a review: ${fault.place}`,
      );
    const paper = { occurrenceId: review.occurrenceId, paperId: template.id };
    const form = { id, caseId: found.id, ...paper, templateId: template.id, templateVersion: template.version, values };
    await formRepository.add(tx, { ...form, madeBy: actor.accountId, madeAt: at });
    const draft = { ...form, revision: 1 };
    const how = { by: actor.accountId, at, withEnglish: false, unitPath: found.unitPath, zoneMinutes };
    return [savedEvent(template, draft), await issue(tx, template, draft, how)];
  }
}

async function reviewFactsOf(tx: Tx, review: ReviewRecord, procedure: Procedure): Promise<ReviewFacts> {
  const opinions = await reviewRepository.opinions(tx, [review.id]);
  const people = [review.submittedBy, ...opinions.map(({ givenBy }) => givenBy)];
  const names = await accountRepository.namesOf(tx, [...new Set(people)]);
  const assets = await assetRepository.findMany(
    tx,
    review.materials.map(({ assetId }) => assetId),
  );
  const files = new Map(assets.map(({ id, fileName }) => [id, fileName]));
  const { n, submittedAt, note, outcome, endedAt, stages } = review;
  return {
    ...{ n, submittedAt, note, outcome, endedAt, submittedBy: names.get(review.submittedBy) ?? '' },
    finding: await findingInWords(tx, review.findingId),
    materials: review.materials.map(({ stepId, paperId, assetId }) => {
      const step = findStep(procedure, stepId);
      const paper = step?.papers.find(({ id }) => id === paperId);
      return {
        step: step?.title ?? { zh: stepId, en: stepId },
        title: paper?.title.zh ?? '录音录像',
        fileName: files.get(assetId) ?? '',
      };
    }),
    said: opinions.map(({ stage, givenBy, givenAt, ...said }) => ({
      ...said,
      stage: { kind: stages[stage]?.kind ?? 'read', title: stages[stage]?.level.title ?? { zh: '', en: '' } },
      ...{ by: names.get(givenBy) ?? '', at: givenAt },
    })),
  };
}

async function findingInWords(tx: Tx, findingId: Id | null): Promise<ReviewFacts['finding']> {
  const finding = findingId === null ? null : await findingRepository.find(tx, findingId);
  if (finding === null) return null;
  const catalogue = await catalogueRepository.find(tx, finding.catalogueId, finding.catalogueVersion);
  const entries = catalogue?.entries.filter(({ id }) => finding.entries.includes(id)) ?? [];
  return {
    catalogue: `${catalogue?.title.zh ?? finding.catalogueId} 第 ${finding.catalogueVersion} 版`,
    entries: entries.map(({ title, source }) => ({ title, source })),
    isEvery: finding.isEvery,
  };
}
