import { type Actor, ArchiveError, type ExcuseKind, type Id, newId } from '#domain';
import { standingRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { changeByLaw, stepOfComing } from './law-change.js';
import type { RuleShelf } from './rule-shelf.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock'>;

export interface ExcuseWish {
  readonly occurrenceId: Id;
  /** Null: the recording of the step. */
  readonly paperId: string | null;
  readonly kind: ExcuseKind;
  readonly reason: string;
}

/** Asks that something a step must have be excused, on a ground the procedure allows. Counts once another approves. */
export class AskExcuse {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @throws ArchiveError `not-found` (case, coming, paper), `case-closed`, `invalid-input` (the law knows no such ground) */
  async run(actor: Actor, caseId: Id, wish: ExcuseWish): Promise<Id> {
    const at = this.#parts.clock.now();
    const id = newId(at.getTime());
    await this.#parts.database.transaction((tx) =>
      changeByLaw(tx, this.#rules, { actor, caseId, action: 'case.edit', at }, async ({ file }) => {
        const { occurrenceId, paperId, kind, reason } = wish;
        const step = stepOfComing(file, occurrenceId);
        if (step === undefined) throw new ArchiveError('not-found', 'no such step in the case');
        if (paperId !== null && !step.papers.some((paper) => paper.id === paperId))
          throw new ArchiveError('not-found', `no paper ${paperId}`);
        const allowed = paperId === null ? file.procedure.excuses.recordings : file.procedure.excuses.papers;
        if (!allowed.kinds.includes(kind))
          throw new ArchiveError('invalid-input', `no such ground: ${allowed.source}`, {
            details: { problems: ['kind'], allowed: allowed.kinds, source: allowed.source },
          });
        const excuse = { id, occurrenceId, paperId, kind, reason, askedBy: actor.accountId, askedAt: at };
        await standingRepository.addExcuse(tx, caseId, excuse);
        return {
          type: 'case.excuse_asked',
          public: { excuse: id, occurrence: occurrenceId, paper: paperId, kind },
          personal: { reason },
        };
      }),
    );
    return id;
  }
}

export interface DecisionWish {
  readonly approve: boolean;
  readonly reason: string;
}

/** Approves an excuse or refuses it, once. */
export class DecideExcuse {
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
        const excuse = file.excuses.find((one) => one.id === id);
        requireDecidable(actor, excuse);
        await standingRepository.decide(tx, 'excuses', id, decisionOf(actor, wish, at));
        return {
          type: 'case.excuse_decided',
          public: { excuse: id, approved: wish.approve },
          personal: { reason: wish.reason },
        };
      }),
    );
  }
}

/** Nobody decides on what he asked for himself, and nothing is decided twice. */
export function requireDecidable(
  actor: Actor,
  asked: { readonly askedBy: Id; readonly isApproved: boolean | null } | undefined,
): void {
  if (asked === undefined) throw new ArchiveError('not-found', 'nothing of that id was asked for');
  if (asked.askedBy === actor.accountId) throw new ArchiveError('forbidden', 'he asked for it himself');
  if (asked.isApproved !== null) throw new ArchiveError('precondition-failed', 'it was decided before');
}

export function decisionOf(actor: Actor, { approve, reason }: DecisionWish, at: Date) {
  return { isApproved: approve, decidedBy: actor.accountId, decidedAt: at, decisionReason: reason };
}
