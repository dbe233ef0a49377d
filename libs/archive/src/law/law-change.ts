import { type Actor, type EventType, findStep, type Id, type ProcedureStep } from '#domain';
import { caseRepository, type Tx } from '#persistence';
import { lockCase, type ReachedCase, requireOpen } from '../cases/case-access.js';
import { appendEvents, by, type EventDraft } from '../ledger/append-events.js';
import { type CaseFile, readStanding } from './read-standing.js';
import { refreshLines } from './refresh-lines.js';
import type { RuleShelf } from './rule-shelf.js';

export interface LawChange {
  readonly reached: ReachedCase;
  readonly file: CaseFile;
}

/** What a change tells of itself; its chain is the case's. */
export type CaseEvent = Omit<EventDraft, 'chain'> & { readonly type: EventType };

/**
 * One change of an open case, held locked: reads how it stands, lets `change` write and say the event, and works out anew
 * what is due.
 * @throws ArchiveError `not-found`, `case-closed`, and what `change` throws
 */
export async function changeByLaw(
  tx: Tx,
  rules: RuleShelf,
  asked: {
    readonly actor: Actor;
    readonly caseId: Id;
    readonly action: 'case.edit' | 'case.approve';
    readonly at: Date;
  },
  change: (found: LawChange) => Promise<CaseEvent>,
): Promise<void> {
  const { actor, caseId, action, at } = asked;
  const reached = await lockCase(tx, actor, caseId, action);
  requireOpen(reached.found);
  const file = await readStanding(tx, rules, reached.found);
  const event = await change({ reached, file });
  await caseRepository.touch(tx, caseId, at);
  await appendEvents(tx, by(actor, at), [{ ...event, chain: `case:${caseId}` }]);
  await refreshLines(tx, rules, caseId, at);
}

/** The step a coming is of; undefined when the case has no such coming. */
export function stepOfComing({ procedure, occurrences }: CaseFile, occurrenceId: Id): ProcedureStep | undefined {
  const found = occurrences.find(({ id }) => id === occurrenceId);
  return found && findStep(procedure, found.stepId);
}
