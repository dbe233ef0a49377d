import { text } from 'node:stream/consumers';
import {
  type Actor,
  ArchiveError,
  compareReading,
  compareText,
  type FieldComparison,
  type FormValues,
  type Id,
  MISTAKE,
  NUMBER_OF_FORM,
  newId,
} from '#domain';
import { formRepository, linkRepository, renditionRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireAsset } from '../assets/asset-subject.js';
import { requireOpen } from '../cases/case-access.js';
import { appendEvents, by } from '../ledger/append-events.js';
import type { OpenViewing } from '../viewing/viewings.js';
import { requireSound, templateOf } from './draft-form.js';
import type { FormShelf } from './form-templates.js';
import { reachForm } from './reach-form.js';

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'clock'>;

/** Longer texts are cut: a form has a few pages. */
const MAX_TEXT_BYTES = 4 * 1_048_576;

/**
 * Holds a paper copy that was scanned into the case against its electronic form (纸质与电子一致): by what somebody read off
 * it, or by the text of the file where it has any. Agreeing or not, it is kept and is an event.
 */
export class CompareForm {
  readonly #parts: Needs;
  readonly #forms: FormShelf;
  readonly #openViewing: OpenViewing;

  constructor(parts: Needs, forms: FormShelf, openViewing: OpenViewing) {
    this.#parts = parts;
    this.#forms = forms;
    this.#openViewing = openViewing;
  }

  /**
   * @param read by field; null: search the text of the file
   * @throws ArchiveError `not-found` (form, asset, asset of another case), `case-closed`, `precondition-failed` (a draft; no text in the
   *   file), `invalid-input`
   */
  async run(
    actor: Actor,
    id: Id,
    { assetId, read }: { readonly assetId: Id; readonly read: FormValues | null },
  ): Promise<void> {
    const { database, clock } = this.#parts;
    const template = await templateOf(this.#parts, this.#forms, actor, id);
    const { form, reached } = await reachForm(database.reader, actor, id, { action: 'case.edit', hold: false });
    requireOpen(reached.found);
    if (form.state !== 'issued') throw new ArchiveError('precondition-failed', `the form is ${form.state}`);
    const { asset, link } = await requireAsset(database.reader, actor, assetId, 'asset.read');
    if (link?.caseId !== form.caseId) throw new ArchiveError('not-found', `asset ${assetId} is not in the case`);
    const known = new Set([NUMBER_OF_FORM, ...template.fields.map((field) => field.id)]);
    const unknown = Object.keys(read ?? {}).filter((place) => !known.has(place));
    requireSound(unknown.map((place) => ({ place, ...MISTAKE.unknownField })));
    // Reading the text of evidence is reading evidence; who typed it in has opened it before.
    if (read === null) await this.#openViewing.run(actor, asset);
    const fields =
      read === null ? compareText(template, form, await this.#textOf(assetId)) : compareReading(template, form, read);
    const at = clock.now();
    await database.transaction(async (tx) => {
      const { form: held, reached: now } = await reachForm(tx, actor, id, { action: 'case.edit', hold: true });
      requireOpen(now.found);
      if (held.state !== 'issued') throw new ArchiveError('precondition-failed', `the form is ${held.state}`);
      if ((await linkRepository.find(tx, assetId))?.caseId !== held.caseId)
        throw new ArchiveError('not-found', `asset ${assetId} is not in the case`);
      const how = read === null ? ('pdf-text' as const) : ('by-hand' as const);
      const agrees = fields.every((field) => field.agrees);
      const made = { id: newId(at.getTime()), formId: id, assetId, how, by: actor.accountId, at, agrees, fields };
      await formRepository.addComparison(tx, made);
      await appendEvents(tx, by(actor, at), [
        {
          type: 'case.form_compared',
          chain: `case:${held.caseId}`,
          on: [`asset:${assetId}`],
          public: {
            comparison: made.id,
            form: id,
            asset: assetId,
            how,
            agrees,
            differing: differing(fields),
            compared: fields.length,
          },
          personal: { read: fields.map(({ fieldId, paper }) => ({ field: fieldId, paper })) },
        },
      ]);
    });
  }

  /** @throws ArchiveError `precondition-failed` */
  async #textOf(assetId: Id): Promise<string> {
    const { database, store } = this.#parts;
    const found = (await renditionRepository.of(database.reader, assetId)).find(({ kind }) => kind === 'text');
    const file = found?.files[0];
    if (file === undefined || file.sizeBytes > MAX_TEXT_BYTES)
      throw new ArchiveError('precondition-failed', 'the file has no text to search; read it and type in what it says');
    const { key, versionId, sizeBytes } = file;
    const { pages } = JSON.parse(await text(await store.read({ area: 'media', key, versionId, sizeBytes }))) as {
      pages: readonly string[];
    };
    return pages.join('\n');
  }
}

function differing(fields: readonly FieldComparison[]): string[] {
  return fields.filter(({ agrees }) => !agrees).map(({ fieldId }) => fieldId);
}
