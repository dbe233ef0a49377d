import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError, type FormTemplate, parseFormTemplate } from '#domain';
import { formTemplateRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';

type Needs = Pick<ArchiveParts, 'database'>;

/** Takes the templates of forms into the database, as procedures are: what was used is never edited. */
export class KeepFormTemplates {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @param dir holds `<act>/<id>/<version>.json` @throws ArchiveError `invalid-input`, `conflict` */
  async run(dir: string): Promise<number> {
    const files = (await readdir(dir, { recursive: true })).filter((name) => name.endsWith('.json')).sort();
    for (const name of files) await this.#keep(join(dir, name), name.replaceAll('\\', '/'));
    return files.length;
  }

  async #keep(path: string, name: string): Promise<void> {
    const bytes = await readFile(path);
    const template = parseFormTemplate(JSON.parse(bytes.toString('utf8')));
    if (name !== `${template.act}/${template.id}/${template.version}.json`)
      throw new ArchiveError('invalid-input', `form ${name} says it is ${template.act}/${template.id}`);
    const sha256 = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    if (!(await this.#parts.database.transaction((tx) => formTemplateRepository.keep(tx, template, sha256))))
      throw new ArchiveError('conflict', `form ${name} was changed after it was taken in; make a new version`);
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
