import { type ActingRole, type Actor, ArchiveError, type Id } from '#domain';
import { accountRepository, standingRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { changeByLaw } from './law-change.js';
import type { RuleShelf } from './rule-shelf.js';

export interface PeopleWish {
  readonly people: readonly { readonly accountId: Id; readonly role: ActingRole }[];
  /** Needed once the step has begun. */
  readonly reason?: string | undefined;
}

/** Says who takes part in a coming of a step, and as what; of one that has begun it is a correction. */
export class SetPeople {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;
  readonly #rules: RuleShelf;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @throws ArchiveError `not-found` (case, coming, account), `case-closed`, `invalid-input` (no reason) */
  async run(actor: Actor, caseId: Id, occurrenceId: Id, wish: PeopleWish): Promise<void> {
    const at = this.#parts.clock.now();
    await this.#parts.database.transaction((tx) =>
      changeByLaw(tx, this.#rules, { actor, caseId, action: 'case.edit', at }, async ({ file }) => {
        const coming = file.occurrences.find(({ id }) => id === occurrenceId);
        if (coming === undefined) throw new ArchiveError('not-found', 'no such step in the case');
        if (coming.state !== 'waiting' && (wish.reason ?? '') === '')
          throw new ArchiveError('invalid-input', 'a correction needs a reason', { details: { problems: ['reason'] } });
        const ids = [...new Set(wish.people.map(({ accountId }) => accountId))];
        if ((await accountRepository.namesOf(tx, ids)).size < ids.length)
          throw new ArchiveError('not-found', 'somebody named has no account');
        await standingRepository.setPeople(tx, occurrenceId, wish.people);
        return {
          type: 'case.people_set',
          public: {
            occurrence: occurrenceId,
            people: wish.people.map(({ accountId, role }) => ({ account: accountId, role })),
          },
          personal: wish.reason === undefined ? {} : { reason: wish.reason },
        };
      }),
    );
  }
}
