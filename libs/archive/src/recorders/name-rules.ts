import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError, type NameRule, parseNameRule } from '#domain';
import { nameRuleRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';

type Needs = Pick<ArchiveParts, 'database'>;

/** New versions come with a start of the command line or the server; a running process learns of them within this. */
const FRESH_MS = 60_000;

/** Takes the files of how makers name theirs into the database. A version that was taken in is never changed. */
export class KeepNameRules {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @param dir holds `<id>.json` @throws ArchiveError `invalid-input`, `conflict` (changed without a new version) */
  async run(dir: string): Promise<number> {
    const names = (await readdir(dir)).filter((name) => name.endsWith('.json')).sort();
    for (const name of names) {
      const bytes = await readFile(join(dir, name));
      const rule = parseNameRule(JSON.parse(bytes.toString('utf8')));
      if (name !== `${rule.id}.json`)
        throw new ArchiveError('invalid-input', `recorder-name file ${name} says it is ${rule.id}`);
      const sha256 = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      const isSame = await this.#parts.database.transaction((tx) => nameRuleRepository.keep(tx, rule, sha256));
      if (!isSame)
        throw new ArchiveError('conflict', `recorder-name file ${name} was changed; give it the next version`);
    }
    return names.length;
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
