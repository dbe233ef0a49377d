import { type Actor, ArchiveError, clocksOf, type Id, newId } from '#domain';
import { standingRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { type DecisionWish, decisionOf, requireDecidable } from './excuses.js';
import { changeByLaw } from './law-change.js';
import type { RuleShelf } from './rule-shelf.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock'>;

export interface ExtensionWish {
  readonly limitId: string;
  /** The coming the limit runs from; null from the opening of the case. */
  readonly occurrenceId: Id | null;
  readonly reason: string;
}

/** Asks for more time where the law allows it. Counts once another approves, if he does before the time is over. */
export class AskExtension {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /**
   * @throws ArchiveError `not-found` (case, or no such clock runs), `case-closed`, `precondition-failed` with
   *   `details.problems` (cannot be extended, or not again)
   */
  async run(actor: Actor, caseId: Id, wish: ExtensionWish): Promise<Id> {
    const at = this.#parts.clock.now();
    const id = newId(at.getTime());
    await this.#parts.database.transaction((tx) =>
      changeByLaw(tx, this.#rules, { actor, caseId, action: 'case.edit', at }, async ({ file }) => {
        const { limitId, occurrenceId, reason } = wish;
        const clock = clocksOf(file.procedure, file.standing, { ...file.reckoning, now: at }).find(
          (one) => one.limit.id === limitId && one.occurrenceId === occurrenceId,
        );
        if (clock === undefined) throw new ArchiveError('not-found', 'no such clock');
        const most = clock.limit.extension?.times ?? 0;
        const asked = file.extensions.filter(
          (one) => one.limitId === limitId && one.occurrenceId === occurrenceId && one.isApproved !== false,
        );
        if (asked.length >= most)
          throw new ArchiveError('precondition-failed', `extended ${most} times at most: ${clock.rule.source}`, {
            details: { problems: ['limitId'], times: most, source: clock.rule.source },
          });
        const extension = { id, limitId, occurrenceId, reason, askedBy: actor.accountId, askedAt: at };
        await standingRepository.addExtension(tx, caseId, extension);
        return {
          type: 'case.extension_asked',
          public: { extension: id, limit: limitId, occurrence: occurrenceId },
          personal: { reason },
        };
      }),
    );
    return id;
  }
}

/** Approves an extension or refuses it, once. */
export class DecideExtension {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @throws ArchiveError `not-found`, `case-closed`, `precondition-failed` (decided before), `forbidden` (his own) */
  async run(actor: Actor, caseId: Id, id: Id, wish: DecisionWish): Promise<void> {
    const at = this.#parts.clock.now();
    await this.#parts.database.transaction((tx) =>
      changeByLaw(tx, this.#rules, { actor, caseId, action: 'case.approve', at }, async ({ file }) => {
        requireDecidable(
          actor,
          file.extensions.find((one) => one.id === id),
        );
        await standingRepository.decide(tx, 'extensions', id, decisionOf(actor, wish, at));
        return {
          type: 'case.extension_decided',
          public: { extension: id, approved: wish.approve },
          personal: { reason: wish.reason },
        };
      }),
    );
  }
}
