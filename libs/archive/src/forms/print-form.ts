import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Actor, ArchiveError, type FormSheet, type FormTemplate, type Id, isArchiveError, sheetOf } from '#domain';
import { accountRepository, assetRepository, type FormRecord, formRepository, unitRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, by, headOf } from '../ledger/append-events.js';
import type { BeginUpload } from '../receive/begin-upload.js';
import type { DropUpload } from '../receive/drop-upload.js';
import type { WriteUpload } from '../receive/write-upload.js';
import type { FormShelf } from './form-templates.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock' | 'log'>;

/** Draws a form as PDF: the same bytes for the same form. The tools are the caller's. */
export type DrawForm = (sheet: FormSheet) => Promise<Uint8Array>;

interface Uploads {
  readonly begin: BeginUpload;
  readonly write: WriteUpload;
  readonly drop: DropUpload;
}

/**
 * Draws a form that was issued and hands it in as its issuer would: received, with a receipt, tied to the step as the
 * paper it is for. Idempotent: which upload it goes into is kept before its first byte, so that a crash leaves one that is
 * dropped or found whole, never a second paper.
 */
export class PrintForm {
  readonly #parts: Needs;
  readonly #forms: FormShelf;
  readonly #uploads: Uploads;

  constructor(parts: Needs, forms: FormShelf, uploads: Uploads) {
    this.#parts = parts;
    this.#forms = forms;
    this.#uploads = uploads;
  }

  /** @returns `failed` where the case was closed meanwhile: then no paper is added to it */
  async run(id: Id, draw: DrawForm): Promise<'printed' | 'failed' | 'nothing-owed'> {
    const { reader } = this.#parts.database;
    const form = await formRepository.find(reader, id);
    if (form?.printState !== 'owed' || form.issuedBy === null) return 'nothing-owed';
    const actor = await this.#issuer(form.issuedBy, id);
    const template = await this.#forms.get(form.templateId, form.templateVersion);
    try {
      const assetId = await this.#handIn(actor, form, template, draw);
      return (await this.#record(actor, form, assetId)) ? 'printed' : 'nothing-owed';
    } catch (error) {
      if (!isArchiveError(error, 'case-closed') && !isArchiveError(error, 'not-found')) throw error;
      this.#parts.log.warn({ formId: id, err: error }, 'a form can no longer be tied to its step');
      await formRepository.setPrinted(reader, id, 'failed');
      return 'failed';
    }
  }

  async #handIn(actor: Actor, form: FormRecord, template: FormTemplate, draw: DrawForm): Promise<Id> {
    const { reader } = this.#parts.database;
    const before = form.assetId === null ? null : await assetRepository.find(reader, form.assetId);
    if (before !== null && before.custody !== 'receiving') return before.id;
    if (before !== null && !(await this.#isDropped(actor, before.id))) return before.id;
    const bytes = Buffer.from(await draw(sheetOf(template, issuedOf(form))));
    const { assetId } = await this.#uploads.begin.run(actor, {
      fileName: fileNameOf(template, form),
      lengthBytes: bytes.length,
      metadata: '',
      declaredSha256: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
      recordedAt: null,
      target: { caseId: form.caseId, occurrenceId: form.occurrenceId, paperId: form.paperId },
    });
    await formRepository.printInto(reader, form.id, assetId);
    await this.#uploads.write.run(actor, assetId, {
      ...{ offsetBytes: 0, body: Readable.from([bytes]), pieceBytes: bytes.length, lengthBytes: null, checksum: null },
    });
    return assetId;
  }

  /** @returns false when all its bytes had come and only its end was cut off: it is finished by now */
  async #isDropped(actor: Actor, assetId: Id): Promise<boolean> {
    try {
      await this.#uploads.drop.run(actor, assetId);
    } catch (error) {
      if (isArchiveError(error, 'upload-finished')) return false;
      if (!isArchiveError(error, 'upload-expired')) throw error;
    }
    return true;
  }

  async #record(actor: Actor, form: FormRecord, assetId: Id): Promise<boolean> {
    const at = this.#parts.clock.now();
    return await this.#parts.database.transaction(async (tx) => {
      if (!(await formRepository.setPrinted(tx, form.id, 'printed'))) return false;
      const assetChain = `asset:${assetId}` as const;
      await appendEvents(tx, by(actor, at), [
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

  /** He asked for it when he issued the form; whether he may add to the case is asked again by the upload. */
  async #issuer(accountId: Id, formId: Id): Promise<Actor> {
    const { reader } = this.#parts.database;
    const account = await accountRepository.find(reader, accountId);
    const unit = account && (await unitRepository.find(reader, account.unitId));
    if (!account || !unit) throw new ArchiveError('internal', `who issued form ${formId} is gone`);
    const { roles, unitId } = account;
    return { accountId, sessionId: formId, roles, unitId, unitPath: unit.path };
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
