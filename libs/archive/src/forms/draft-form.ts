import {
  type Actor,
  ArchiveError,
  type FormTemplate,
  type FormValues,
  faultsOfForm,
  fillForm,
  type Id,
  newId,
  type RuleMistake,
} from '#domain';
import { caseRepository, formRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { lockCase, requireCase, requireOpen } from '../cases/case-access.js';
import type { ProcedureShelf } from '../cases/procedures.js';
import { appendEvents, by, type EventDraft } from '../ledger/append-events.js';
import type { FormShelf } from './form-templates.js';
import { factsOf, fits, reachForm, requirePaper } from './reach-form.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock' | 'settings'>;

export interface FormWish {
  readonly occurrenceId: Id;
  readonly paperId: string;
  readonly templateId: string;
}

/** Begins a form for a paper of a step, filled from the case as far as the case says it. */
export class DraftForm {
  readonly #parts: Needs;
  readonly #forms: FormShelf;
  readonly #procedures: ProcedureShelf;

  constructor(parts: Needs, forms: FormShelf, procedures: ProcedureShelf) {
    this.#parts = parts;
    this.#forms = forms;
    this.#procedures = procedures;
  }

  /** @throws ArchiveError `not-found` (case, step, paper, no template for it), `case-closed` */
  async run(actor: Actor, caseId: Id, wish: FormWish): Promise<Id> {
    const { database, clock, settings } = this.#parts;
    const at = clock.now();
    const id = newId(at.getTime());
    // Read before the transaction, which should not wait for a second connection.
    const { found: seen } = await requireCase(database.reader, actor, caseId, 'case.edit');
    const { body: procedure } = await this.#procedures.get(seen.procedureId, seen.procedureVersion);
    const template = (await this.#forms.newest()).find((one) => one.id === wish.templateId);
    await database.transaction(async (tx) => {
      const reached = await lockCase(tx, actor, caseId, 'case.edit');
      requireOpen(reached.found);
      const { occurrence, step } = await requirePaper(tx, reached.found, procedure, wish);
      if (template === undefined || !fits(template, procedure, step.id, wish.paperId))
        throw new ArchiveError('not-found', `no form ${wish.templateId} for ${step.id}/${wish.paperId}`);
      const about = { procedure, occurrence, accountId: actor.accountId, review: null, now: at };
      const values = fillForm(
        template,
        await factsOf(tx, reached, { ...about, zoneMinutes: settings.deviceZoneMinutes }),
      );
      const { version: templateVersion } = template;
      const form = { id, caseId, ...wish, templateVersion, values, madeBy: actor.accountId, madeAt: at };
      await formRepository.add(tx, form);
      await caseRepository.touch(tx, caseId, at);
      await appendEvents(tx, by(actor, at), [savedEvent(template, { ...form, revision: 1 })]);
    });
    return id;
  }
}

/** Keeps what was written into a form that is not issued yet. */
export class SaveForm {
  readonly #parts: Needs;
  readonly #forms: FormShelf;

  constructor(parts: Needs, forms: FormShelf) {
    this.#parts = parts;
    this.#forms = forms;
  }

  /**
   * @throws ArchiveError `not-found`, `case-closed`, `precondition-failed` (issued or void), `conflict` (somebody else
   *   saved meanwhile), `invalid-input` with `details.problems: RuleMistake[]`
   */
  async run(
    actor: Actor,
    id: Id,
    { values, revision }: { readonly values: FormValues; readonly revision: number },
  ): Promise<void> {
    const { database, clock } = this.#parts;
    const at = clock.now();
    const template = await templateOf(this.#parts, this.#forms, actor, id);
    await database.transaction(async (tx) => {
      const { form, reached } = await reachForm(tx, actor, id, { action: 'case.edit', hold: true });
      requireOpen(reached.found);
      if (form.state !== 'draft') throw new ArchiveError('precondition-failed', `the form is ${form.state}`);
      if (form.revision !== revision) throw new ArchiveError('conflict', `the form is at revision ${form.revision}`);
      requireSound(faultsOfForm(template, values, true));
      const whole = Object.fromEntries(template.fields.map((field) => [field.id, values[field.id] ?? '']));
      await formRepository.save(tx, id, whole, at);
      await caseRepository.touch(tx, form.caseId, at);
      await appendEvents(tx, by(actor, at), [savedEvent(template, { ...form, values: whole, revision: revision + 1 })]);
    });
  }
}

/** Before a transaction: the template never changes, and its version is fixed with the form. */
export async function templateOf(
  parts: Pick<ArchiveParts, 'database'>,
  forms: FormShelf,
  actor: Actor,
  id: Id,
): Promise<FormTemplate> {
  const { form } = await reachForm(parts.database.reader, actor, id, { action: 'case.read', hold: false });
  return await forms.get(form.templateId, form.templateVersion);
}

/** @throws ArchiveError `invalid-input` with `details.problems` */
export function requireSound(problems: readonly RuleMistake[]): void {
  if (problems.length === 0) return;
  const said = problems.map(({ place, en }) => `${place}: ${en}`).join('; ');
  throw new ArchiveError('invalid-input', `form: ${said}`, { details: { problems } });
}

export interface SavedForm {
  readonly id: Id;
  readonly caseId: Id;
  readonly occurrenceId: Id;
  readonly paperId: string;
  readonly revision: number;
  readonly values: FormValues;
}

/** What is personal goes in field by field, each with its own salt: one name can be forgotten and the rest stays. */
export function savedEvent(template: FormTemplate, form: SavedForm): EventDraft {
  const said = template.fields.filter(({ id }) => (form.values[id] ?? '') !== '');
  const named = (personal: boolean) =>
    Object.fromEntries(
      said
        .filter((field) => field.personal === personal)
        .map(({ id }) => [`field_${id.replaceAll('-', '_')}`, form.values[id] ?? '']),
    );
  return {
    type: 'case.form_saved',
    chain: `case:${form.caseId}`,
    public: {
      ...{ form: form.id, template: template.id, template_version: template.version },
      ...{ occurrence: form.occurrenceId, paper: form.paperId, revision: form.revision },
      values: named(false),
    },
    personal: named(true),
  };
}
