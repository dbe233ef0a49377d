import { type Actor, ArchiveError, type Id, may } from '#domain';
import { type AgencyWord, agencyWordRepository, unitRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, by } from '../ledger/append-events.js';

/** The word before the numbers of an agency's papers (机关代字). A unit with one counts for itself and those below it. */
export class AgencyWords {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>) {
    this.#parts = parts;
  }

  async list(): Promise<AgencyWord[]> {
    return await agencyWordRepository.list(this.#parts.database.reader);
  }

  /** @throws ArchiveError `forbidden`, `not-found` */
  async set(actor: Actor, unitId: Id, word: string): Promise<void> {
    if (!may(actor, 'rules.manage')) throw new ArchiveError('forbidden', 'not an administrator');
    const at = this.#parts.clock.now();
    await this.#parts.database.transaction(async (tx) => {
      if ((await unitRepository.find(tx, unitId)) === null) throw new ArchiveError('not-found', `no unit ${unitId}`);
      await agencyWordRepository.set(tx, unitId, word);
      await appendEvents(tx, by(actor, at), [
        { type: 'system.agency_word_set', chain: 'system', public: { unit: unitId, word } },
      ]);
    });
  }
}
