import { type NameRule, parseNameRule } from '#domain';
import { nameRuleRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { keepRuleFolder, type RuleFolder } from '../law/rule-files.js';

type Needs = Pick<ArchiveParts, 'database'>;

/** New versions come with a start of the command line or the server; a running process learns of them within this. */
const FRESH_MS = 60_000;

const FOLDER: RuleFolder<NameRule> = {
  kind: 'recorder-name',
  parse: parseNameRule,
  pathOf: ({ id }) => `${id}.json`,
};

/** Takes the files of how makers name theirs into the database. */
export class KeepNameRules {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>) {
    this.#parts = parts;
  }

  /** @param dir holds `<id>.json` @throws ArchiveError `invalid-input`, `conflict` */
  async run(dir: string): Promise<number> {
    return await keepRuleFolder(this.#parts, FOLDER, dir);
  }
}

/** The newest version of every rule, as this process knows them. */
export class NameRuleShelf {
  readonly #parts: Needs;
  #known: readonly NameRule[] = [];
  #readAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  async all(): Promise<readonly NameRule[]> {
    if (performance.now() - this.#readAtMs > FRESH_MS) {
      this.#known = await nameRuleRepository.listNewest(this.#parts.database.reader);
      this.#readAtMs = performance.now();
    }
    return this.#known;
  }
}
