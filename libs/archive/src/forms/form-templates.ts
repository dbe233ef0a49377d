import { ArchiveError, type FormTemplate, parseFormTemplate } from '#domain';
import { formTemplateRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { keepRuleFolder, type RuleFolder } from '../law/rule-files.js';

type Needs = Pick<ArchiveParts, 'database'>;

const FOLDER: RuleFolder<FormTemplate> = {
  kind: 'form',
  parse: parseFormTemplate,
  pathOf: ({ act, id, version }) => `${act}/${id}/${version}.json`,
};

/** Takes the templates of forms into the database. */
export class KeepFormTemplates {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>) {
    this.#parts = parts;
  }

  /** @param dir holds `<act>/<id>/<version>.json` @throws ArchiveError `invalid-input`, `conflict` */
  async run(dir: string): Promise<number> {
    return await keepRuleFolder(this.#parts, FOLDER, dir);
  }
}

/** Versions never change: each is read from the database once. */
export class FormShelf {
  readonly #parts: Needs;
  readonly #known = new Map<string, FormTemplate>();

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  async get(id: string, version: number): Promise<FormTemplate> {
    const name = `${id}/${version}`;
    const known =
      this.#known.get(name) ?? (await formTemplateRepository.find(this.#parts.database.reader, id, version));
    if (known === null) throw new ArchiveError('internal', `form template ${name} is gone`);
    this.#known.set(name, known);
    return known;
  }

  async newest(): Promise<FormTemplate[]> {
    return await formTemplateRepository.listNewest(this.#parts.database.reader);
  }
}
