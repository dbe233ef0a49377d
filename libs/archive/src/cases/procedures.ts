import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError, type Procedure, parseProcedure } from '#domain';
import { procedureRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock'>;

/**
 * Takes the procedure files into the database. A file that was used is never edited: the same id and version with
 * other content stops the start, since cases name the digest of what they began with.
 */
export class KeepProcedures {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @param dir holds `<id>/<version>.json` @throws ArchiveError `invalid-input`, `conflict` */
  async run(dir: string): Promise<number> {
    let kept = 0;
    const folders = (await readdir(dir, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    for (const id of folders.map((entry) => entry.name).sort()) {
      for (const file of (await readdir(join(dir, id))).filter((name) => name.endsWith('.json')).sort()) {
        await this.#keep(join(dir, id, file), `${id}/${file}`);
        kept += 1;
      }
    }
    return kept;
  }

  async #keep(path: string, name: string): Promise<void> {
    const bytes = await readFile(path);
    const procedure = parseProcedure(JSON.parse(bytes.toString('utf8')));
    if (name !== `${procedure.id}/${procedure.version}.json`) {
      throw new ArchiveError('invalid-input', `procedure file ${name} says it is ${procedure.id}/${procedure.version}`);
    }
    const sha256 = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    const isSame = await this.#parts.database.transaction((tx) =>
      procedureRepository.keep(tx, procedure, sha256, { at: this.#parts.clock.now(), by: null }),
    );
    if (!isSame)
      throw new ArchiveError('conflict', `procedure ${name} was changed after it was taken in; make a new version`);
  }
}

export class ListProcedures {
  readonly #parts: Pick<ArchiveParts, 'database'>;

  constructor(parts: Pick<ArchiveParts, 'database'>) {
    this.#parts = parts;
  }

  async run(): Promise<Procedure[]> {
    return (await procedureRepository.listNewest(this.#parts.database.reader)).map((kept) => kept.body);
  }
}

export interface KeptProcedure {
  readonly body: Procedure;
  readonly sha256: string;
}

/** Versions never change: each is read from the database once. */
export class ProcedureShelf {
  readonly #parts: Pick<ArchiveParts, 'database'>;
  readonly #known = new Map<string, KeptProcedure>();

  constructor(parts: Pick<ArchiveParts, 'database'>) {
    this.#parts = parts;
  }

  /** What a case names. */
  async get(id: string, version: number): Promise<KeptProcedure> {
    const found = await this.find(id, version);
    if (!found) throw new ArchiveError('internal', `procedure ${id}/${version} is gone`);
    return found;
  }

  async find(id: string, version: number): Promise<KeptProcedure | null> {
    const name = `${id}/${version}`;
    const known = this.#known.get(name) ?? (await procedureRepository.find(this.#parts.database.reader, id, version));
    if (known !== null) this.#known.set(name, known);
    return known;
  }
}
