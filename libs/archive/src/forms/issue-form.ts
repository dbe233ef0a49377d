import { type Actor, ArchiveError, type FormTemplate, faultsOfForm, formNumber, type Id, localDay } from '#domain';
import { agencyWordRepository, caseRepository, formRepository, type GivenNumber, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireOpen } from '../cases/case-access.js';
import { appendEvents, by } from '../ledger/append-events.js';
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
      const { given, agencyName } = await this.#number(tx, template, reached.found.unitPath, at);
      await formRepository.issue(tx, id, { by: actor.accountId, at, agencyName, withEnglish, given });
      await caseRepository.touch(tx, form.caseId, at);
      await appendEvents(tx, by(actor, at), [
        {
          type: 'case.form_issued',
          chain: `case:${form.caseId}`,
          public: {
            ...{ form: id, revision, occurrence: form.occurrenceId, paper: form.paperId, with_english: withEnglish },
            counted: given && { unit: given.unitId, series: given.series, year: given.year, n: given.n },
          },
          personal: given === null ? {} : { number: given.number },
        },
      ]);
    });
    await enqueuePrint(this.#parts, id);
  }

  /** The year is that of the agency's own day. */
  async #number(
    tx: Tx,
    { numbering }: FormTemplate,
    unitPath: string,
    at: Date,
  ): Promise<{ given: GivenNumber | null; agencyName: string }> {
    const { unitId, unitName, word } = await agencyWordRepository.of(tx, unitPath);
    if (numbering === null) return { given: null, agencyName: unitName };
    const year = Number(localDay(at, this.#parts.settings.deviceZoneMinutes).slice(0, 4));
    const n = await formRepository.nextNumber(tx, unitId, numbering.series, year);
    const number = formNumber(numbering, { word, year, n });
    return { given: { number, unitId, series: numbering.series, year, n }, agencyName: unitName };
  }
}

/** Makes a form void, issued or not. Its number stays its own, and what was printed stays in the case. */
export class VoidForm {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found`, `case-closed`, `precondition-failed` (void already) */
  async run(actor: Actor, id: Id, { reason }: { readonly reason: string }): Promise<void> {
    const at = this.#parts.clock.now();
    await this.#parts.database.transaction(async (tx) => {
      const { form, reached } = await reachForm(tx, actor, id, { action: 'case.edit', hold: true });
      requireOpen(reached.found);
      if (form.state === 'voided') throw new ArchiveError('precondition-failed', 'the form is void');
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
