import { ArchiveError, type FormSheet, type FormTemplate, type Id, isArchiveError, sheetOf } from '#domain';
import { accountRepository, type FormRecord, formRepository, type Tx, unitRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, by, headOf } from '../ledger/append-events.js';
import type { Sender } from '../receive/begin-upload.js';
import type { ReceiveMade } from '../receive/receive-made.js';
import type { FormShelf } from './form-templates.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock' | 'log'>;

/** Draws a form as PDF: the same bytes for the same form. The tools are the caller's. */
export type DrawForm = (sheet: FormSheet) => Promise<Uint8Array>;

/**
 * Draws a form that was issued and hands it in as its issuer would: received, with a receipt, tied to the step as the
 * paper it is for. Idempotent: which upload it goes into is kept before its first byte, so that a crash leaves one that is
 * dropped or found whole, never a second paper.
 */
export class PrintForm {
  readonly #parts: Needs;
  readonly #forms: FormShelf;
  readonly #receive: ReceiveMade;

  constructor(parts: Needs, forms: FormShelf, receive: ReceiveMade) {
    this.#parts = parts;
    this.#forms = forms;
    this.#receive = receive;
  }

  /** @returns `failed` where the case was closed meanwhile: then no paper is added to it */
  async run(id: Id, draw: DrawForm): Promise<'printed' | 'failed' | 'nothing-owed'> {
    const { reader } = this.#parts.database;
    const form = await formRepository.find(reader, id);
    if (form?.printState !== 'owed' || form.issuedBy === null) return 'nothing-owed';
    try {
      const issuer = await this.#issuer(form.issuedBy, id);
      const assetId = await this.#handIn(form, issuer, draw);
      return (await this.#record(form, issuer, assetId)) ? 'printed' : 'nothing-owed';
    } catch (error) {
      if (!isArchiveError(error, 'case-closed')) throw error;
      this.#parts.log.warn({ formId: id, err: error }, 'a form can no longer be tied to its step');
      await formRepository.setPrinted(reader, id, 'failed');
      return 'failed';
    }
  }

  async #handIn(form: FormRecord, issuer: Sender, draw: DrawForm): Promise<Id> {
    const template = await this.#forms.get(form.templateId, form.templateVersion);
    const paper = {
      fileName: fileNameOf(template, form),
      draw: () => draw(sheetOf(template, issuedOf(form))),
      target: { caseId: form.caseId, occurrenceId: form.occurrenceId, paperId: form.paperId },
      said: { made_from: { form: form.id } },
      also: async (tx: Tx, assetId: Id) => {
        if (!(await formRepository.printInto(tx, form.id, assetId, form.assetId)))
          throw new ArchiveError('conflict', 'another prints this form, or it is void');
      },
    };
    return await this.#receive.run(issuer, paper, form.assetId);
  }

  async #record(form: FormRecord, issuer: Sender, assetId: Id): Promise<boolean> {
    const at = this.#parts.clock.now();
    return await this.#parts.database.transaction(async (tx) => {
      if (!(await formRepository.setPrinted(tx, form.id, 'printed'))) return false;
      const assetChain = `asset:${assetId}` as const;
      await appendEvents(tx, by(issuer, at), [
        {
          type: 'case.form_printed',
          chain: `case:${form.caseId}`,
          on: [assetChain],
          public: (heads) => ({
            ...{ form: form.id, asset: assetId, occurrence: form.occurrenceId, paper: form.paperId },
            asset_head: headOf(heads, assetChain),
          }),
        },
      ]);
      return true;
    });
  }

  /** In his name, and so of his unit as it is today: his right to the case was asked when he issued the form. */
  async #issuer(accountId: Id, formId: Id): Promise<Sender> {
    const { reader } = this.#parts.database;
    const account = await accountRepository.find(reader, accountId);
    const unit = account && (await unitRepository.find(reader, account.unitId));
    if (!account || !unit) throw new ArchiveError('internal', `who issued form ${formId} is gone`);
    return { accountId, unitId: unit.id, unitPath: unit.path };
  }
}

export function issuedOf(form: FormRecord) {
  const { id, values, number, issuedAt, agencyName, withEnglish } = form;
  if (issuedAt === null || agencyName === null) throw new ArchiveError('internal', `form ${id} was never issued`);
  return { id, values, number, issuedAt, agencyName, withEnglish };
}

/** `行政处罚决定书 青市监罚决〔2026〕3号.pdf` */
function fileNameOf({ title }: FormTemplate, { number }: FormRecord): string {
  return `${title.zh}${number === null ? '' : ` ${number}`}.pdf`;
}
