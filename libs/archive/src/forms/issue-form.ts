import {
  type Actor,
  ArchiveError,
  type FormTemplate,
  faultsOfForm,
  formNumber,
  type Id,
  isMadeByReview,
  localDay,
} from '#domain';
import {
  agencyWordRepository,
  caseRepository,
  type FormRecord,
  formRepository,
  type GivenNumber,
  type Tx,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireOpen } from '../cases/case-access.js';
import { appendEvents, by, type EventDraft } from '../ledger/append-events.js';
import { requireSound, templateOf } from './draft-form.js';
import type { FormShelf } from './form-templates.js';
import { reachForm } from './reach-form.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock' | 'settings' | 'queue' | 'log'>;

/**
 * Issues a form: complete, numbered, and from here on as it is. Its PDF is drawn by a worker and tied to the step as the
 * paper it is for.
 */
export class IssueForm {
  readonly #parts: Needs;
  readonly #forms: FormShelf;

  constructor(parts: Needs, forms: FormShelf) {
    this.#parts = parts;
    this.#forms = forms;
  }

  /**
   * @throws ArchiveError `not-found`, `case-closed`, `precondition-failed`, `conflict` (saved by somebody else
   *   meanwhile), `invalid-input` with `details.problems`: what is not filled in
   */
  async run(
    actor: Actor,
    id: Id,
    { revision, withEnglish }: { readonly revision: number; readonly withEnglish: boolean },
  ): Promise<void> {
    const { database, clock } = this.#parts;
    const at = clock.now();
    const template = await templateOf(this.#parts, this.#forms, actor, id);
    await database.transaction(async (tx) => {
      const { form, reached } = await reachForm(tx, actor, id, { action: 'case.edit', hold: true });
      requireOpen(reached.found);
      if (form.state !== 'draft') throw new ArchiveError('precondition-failed', `the form is ${form.state}`);
      if (form.revision !== revision) throw new ArchiveError('conflict', `the form is at revision ${form.revision}`);
      requireSound(faultsOfForm(template, form.values, false));
      const { deviceZoneMinutes: zoneMinutes } = this.#parts.settings;
      const issued = await issue(tx, template, form, {
        ...{ by: actor.accountId, at, withEnglish, unitPath: reached.found.unitPath, zoneMinutes },
      });
      await caseRepository.touch(tx, form.caseId, at);
      await appendEvents(tx, by(actor, at), [issued]);
    });
    await enqueuePrint(this.#parts, id);
  }
}

interface Issue {
  readonly by: Id;
  readonly at: Date;
  readonly withEnglish: boolean;
  /** Of the case. */
  readonly unitPath: string;
  readonly zoneMinutes: number;
}

/** Numbers a draft and fixes it. @returns its event, which the caller appends in the same transaction */
export async function issue(
  tx: Tx,
  template: FormTemplate,
  form: Pick<FormRecord, 'id' | 'caseId' | 'occurrenceId' | 'paperId' | 'revision'>,
  { by: accountId, at, withEnglish, unitPath, zoneMinutes }: Issue,
): Promise<EventDraft> {
  const { given, agencyName } = await numberFor(tx, template, unitPath, localDay(at, zoneMinutes));
  await formRepository.issue(tx, form.id, { by: accountId, at, agencyName, withEnglish, given });
  return {
    type: 'case.form_issued',
    chain: `case:${form.caseId}`,
    public: {
      ...{ form: form.id, revision: form.revision, occurrence: form.occurrenceId, paper: form.paperId },
      with_english: withEnglish,
      counted: given && { unit: given.unitId, series: given.series, year: given.year, n: given.n },
    },
    personal: given === null ? {} : { number: given.number },
  };
}

/** The year is that of the agency's own day. */
async function numberFor(
  tx: Tx,
  { numbering }: FormTemplate,
  unitPath: string,
  day: string,
): Promise<{ given: GivenNumber | null; agencyName: string }> {
  const { unitId, unitName, word } = await agencyWordRepository.of(tx, unitPath);
  if (numbering === null) return { given: null, agencyName: unitName };
  const year = Number(day.slice(0, 4));
  const n = await formRepository.nextNumber(tx, unitId, numbering.series, year);
  const number = formNumber(numbering, { word, year, n });
  return { given: { number, unitId, series: numbering.series, year, n }, agencyName: unitName };
}

/** Makes a form void, issued or not. Its number stays its own, and what was printed stays in the case. */
export class VoidForm {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;
  readonly #forms: FormShelf;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>, forms: FormShelf) {
    this.#parts = parts;
    this.#forms = forms;
  }

  /** @throws ArchiveError `not-found`, `case-closed`, `precondition-failed` (void already, or a paper of a review) */
  async run(actor: Actor, id: Id, { reason }: { readonly reason: string }): Promise<void> {
    const at = this.#parts.clock.now();
    const template = await templateOf(this.#parts, this.#forms, actor, id);
    await this.#parts.database.transaction(async (tx) => {
      const { form, reached } = await reachForm(tx, actor, id, { action: 'case.edit', hold: true });
      requireOpen(reached.found);
      if (form.state === 'voided') throw new ArchiveError('precondition-failed', 'the form is void');
      if (isMadeByReview(template))
        throw new ArchiveError('precondition-failed', 'what a review has said stands until it is reviewed again');
      await formRepository.void(tx, id, at);
      await caseRepository.touch(tx, form.caseId, at);
      await appendEvents(tx, by(actor, at), [
        {
          type: 'case.form_voided',
          chain: `case:${form.caseId}`,
          public: { form: id, from_state: form.state },
          personal: { reason },
        },
      ]);
    });
  }
}

/** Asks once more for a print that failed. */
export class AskPrint {
  readonly #parts: Pick<ArchiveParts, 'database' | 'queue' | 'log'>;

  constructor(parts: Pick<ArchiveParts, 'database' | 'queue' | 'log'>) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found`, `case-closed` */
  async run(actor: Actor, id: Id): Promise<void> {
    await this.#parts.database.transaction(async (tx) => {
      const { reached } = await reachForm(tx, actor, id, { action: 'case.edit', hold: true });
      requireOpen(reached.found);
      await formRepository.owePrint(tx, id);
    });
    await enqueuePrint(this.#parts, id);
  }
}

/** The queue is a hint: the sweep asks again. */
export async function enqueuePrint({ queue, log }: Pick<ArchiveParts, 'queue' | 'log'>, formId: Id): Promise<void> {
  await queue
    .enqueue('form.print', { formId }, { now: true })
    .catch((error: unknown) => log.warn({ formId, err: error }, 'the queue took no job; the sweep will ask again'));
}
