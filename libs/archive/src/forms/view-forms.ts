import { type Actor, type FormTemplate, type Id, may } from '#domain';
import {
  accountRepository,
  assetRepository,
  type ComparisonRecord,
  type FormRecord,
  formRepository,
  type Tx,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireCase } from '../cases/case-access.js';
import type { ProcedureShelf } from '../cases/procedures.js';
import { appendEvents, by } from '../ledger/append-events.js';
import { IDLE_MS } from '../viewing/viewings.js';
import type { FormShelf } from './form-templates.js';
import { fits, reachForm, requirePaper } from './reach-form.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock'>;

export interface FormLine {
  readonly form: FormRecord;
  readonly template: FormTemplate;
  readonly madeBy: string;
  /** Newest first. */
  readonly comparisons: readonly ComparisonRecord[];
}

export interface FormDetail extends FormLine {
  readonly names: ReadonlyMap<Id, string>;
  /** Of the assets that were compared. */
  readonly fileNames: ReadonlyMap<Id, string>;
  readonly mayEdit: boolean;
}

/** Templates for a paper of a step, and the forms of a case. */
export class ViewForms {
  readonly #parts: Needs;
  readonly #forms: FormShelf;
  readonly #procedures: ProcedureShelf;

  constructor(parts: Needs, forms: FormShelf, procedures: ProcedureShelf) {
    this.#parts = parts;
    this.#forms = forms;
    this.#procedures = procedures;
  }

  /** @throws ArchiveError `not-found` */
  async templates(
    actor: Actor,
    caseId: Id,
    paper: { readonly occurrenceId: Id; readonly paperId: string },
  ): Promise<FormTemplate[]> {
    const { reader } = this.#parts.database;
    const { found } = await requireCase(reader, actor, caseId, 'case.read');
    const { body } = await this.#procedures.get(found.procedureId, found.procedureVersion);
    const { step } = await requirePaper(reader, found, body, paper);
    return (await this.#forms.newest()).filter((template) => fits(template, body, step.id, paper.paperId));
  }

  /** @throws ArchiveError `not-found` */
  async ofCase(actor: Actor, caseId: Id): Promise<FormLine[]> {
    const { reader } = this.#parts.database;
    await requireCase(reader, actor, caseId, 'case.read');
    return await this.#lines(reader, await formRepository.ofCase(reader, caseId));
  }

  /**
   * What stands in a form is evidence: reading it is one, logged before anything is given.
   * @throws ArchiveError `not-found`
   */
  async run(actor: Actor, id: Id): Promise<FormDetail> {
    const { reader } = this.#parts.database;
    const { form, reached } = await reachForm(reader, actor, id, { action: 'case.read', hold: false });
    await this.#logRead(actor, form);
    const [line] = await this.#lines(reader, [form]);
    if (line === undefined) throw new Error('unreachable: one form gives one line');
    const { comparisons } = line;
    const assets = await assetRepository.findMany(
      reader,
      comparisons.map(({ assetId }) => assetId),
    );
    return {
      ...line,
      names: await accountRepository.namesOf(
        reader,
        comparisons.map((one) => one.by),
      ),
      fileNames: new Map(assets.map((asset) => [asset.id, asset.fileName])),
      mayEdit: reached.found.state === 'open' && may(actor, 'case.edit', reached.subject),
    };
  }

  async #logRead(actor: Actor, { id, caseId }: FormRecord): Promise<void> {
    const { database, clock } = this.#parts;
    const { sessionId } = actor;
    const at = clock.now();
    await database.transaction(async (tx) => {
      const idleBefore = new Date(at.getTime() - IDLE_MS);
      if (!(await formRepository.view(tx, { id, sessionId, at, idleBefore }))) return;
      await appendEvents(tx, by(actor, at), [
        { type: 'case.form_viewed', chain: `case:${caseId}`, public: { form: id, session: sessionId } },
      ]);
    });
  }

  async #lines(tx: Tx, forms: readonly FormRecord[]): Promise<FormLine[]> {
    const names = await accountRepository.namesOf(
      tx,
      forms.map(({ madeBy }) => madeBy),
    );
    const comparisons = await formRepository.comparisons(
      tx,
      forms.map(({ id }) => id),
    );
    return await Promise.all(
      forms.map(async (form) => ({
        form,
        template: await this.#forms.get(form.templateId, form.templateVersion),
        madeBy: names.get(form.madeBy) ?? '',
        comparisons: comparisons.filter(({ formId }) => formId === form.id),
      })),
    );
  }
}
