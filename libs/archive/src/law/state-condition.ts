import { type Actor, ArchiveError, conditionsOf, type Id, newId, type ProcedureStep, utc } from '#domain';
import { standingRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { refuseWaiver } from '../reviews/reviews-of.js';
import { changeByLaw, type LawChange, stepOfComing } from './law-change.js';
import type { RuleShelf } from './rule-shelf.js';

export interface ConditionWish {
  readonly conditionId: string;
  /** The coming of a step it is stated of; null: of the case. */
  readonly occurrenceId: Id | null;
  readonly holds: boolean;
  /** Since when; not said: now. */
  readonly at?: Date | undefined;
}

/** States a fact that duties, steps or clocks hang on. What was stated before stays, and says since when. */
export class StateCondition {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;
  readonly #rules: RuleShelf;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /**
   * @throws ArchiveError `not-found` (case, condition, coming), `case-closed`, `invalid-input` (of the case, or of a
   *   coming, the other way; a time to come, or before what was stated last), `precondition-failed` (that no review is
   *   needed, of a decision that is in the catalogue)
   */
  async run(actor: Actor, caseId: Id, wish: ConditionWish): Promise<void> {
    const statedAt = this.#parts.clock.now();
    const at = wish.at ?? statedAt;
    await this.#parts.database.transaction((tx) =>
      changeByLaw(tx, this.#rules, { actor, caseId, action: 'case.edit', at: statedAt }, async (change) => {
        requireStatable(change, wish);
        requireInOrder(change, wish, { at, statedAt });
        await refuseWaiver(tx, caseId, wish);
        const { conditionId, occurrenceId, holds } = wish;
        const id = newId(statedAt.getTime());
        const statement = { id, conditionId, occurrenceId, holds, at, statedAt, statedBy: actor.accountId };
        await standingRepository.addStatement(tx, caseId, statement);
        return {
          type: 'case.condition_stated',
          public: { condition: conditionId, occurrence: occurrenceId, holds, since: utc(at) },
        };
      }),
    );
  }
}

function requireStatable({ file }: LawChange, { conditionId, occurrenceId }: ConditionWish): void {
  const condition = file.procedure.conditions.find(({ id }) => id === conditionId);
  if (condition === undefined) throw new ArchiveError('not-found', `no condition ${conditionId}`);
  if ((condition.of === 'case') !== (occurrenceId === null))
    throw new ArchiveError('invalid-input', `it is stated of the ${condition.of}`, {
      details: { problems: ['occurrenceId'] },
    });
  if (occurrenceId === null) return;
  const step = stepOfComing(file, occurrenceId);
  if (step === undefined) throw new ArchiveError('not-found', 'no such step in the case');
  if (!asksOf(step).includes(conditionId))
    throw new ArchiveError('invalid-input', 'nothing in the step hangs on it', {
      details: { problems: ['conditionId'] },
    });
}

/** What a coming of the step can be asked. */
export function asksOf({ papers, recording }: ProcedureStep): string[] {
  return [...papers.flatMap(({ need }) => conditionsOf(need)), ...recording.raised.flatMap(({ when }) => when)];
}

/** The last statement counts: one put before it would be said and never heard. */
function requireInOrder(
  { file }: LawChange,
  { conditionId, occurrenceId }: ConditionWish,
  { at, statedAt }: { at: Date; statedAt: Date },
): void {
  const before = file.statements.filter(
    (one) => one.conditionId === conditionId && one.occurrenceId === occurrenceId && one.at > at,
  );
  if (at > statedAt) throw mistimed('不能晚于现在', 'it lies in the future');
  if (at < file.record.openedAt) throw mistimed('不能早于立案建档时间', 'it lies before the case was opened');
  if (before.length > 0) throw mistimed('不能早于上一次填明的时间', 'it lies before what was stated of it last');
}

function mistimed(zh: string, en: string): ArchiveError {
  return new ArchiveError('invalid-input', en, { details: { problems: [{ place: 'at', zh, en }] } });
}
