import { ArchiveError, type Procedure, parseProcedure } from '#domain';
import { procedureRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { keepRuleFolder, type RuleFolder } from '../law/rule-files.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock'>;

const FOLDER: RuleFolder<Procedure> = {
  kind: 'procedure',
  parse: parseProcedure,
  pathOf: ({ id, version }) => `${id}/${version}.json`,
};

/** Takes the procedure files into the database. */
export class KeepProcedures {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @param dir holds `<id>/<version>.json` @throws ArchiveError `invalid-input`, `conflict` */
  async run(dir: string): Promise<number> {
    return await keepRuleFolder(this.#parts, FOLDER, dir);
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
