import { type Id, type ReviewOutcome, utc } from '#domain';
import { type OpinionRecord, occurrenceRepository, type ReviewRecord, standingRepository, type Tx } from '#persistence';
import type { EventDraft } from '../ledger/append-events.js';

/**
 * What the end of a review does to its step: who reviewed has taken part in it, and where it passed the step is done. After
 * a return it goes on, until it is submitted again.
 */
export async function endStep(
  tx: Tx,
  review: ReviewRecord,
  { outcome, opinions, at }: { outcome: ReviewOutcome; opinions: readonly OpinionRecord[]; at: Date },
): Promise<EventDraft[]> {
  const { caseId, occurrenceId } = review;
  const occurrence = await occurrenceRepository.find(tx, caseId, occurrenceId);
  const people = peopleIn(opinions);
  await standingRepository.setPeople(tx, occurrenceId, people);
  const chain = `case:${caseId}` as const;
  const drafts: EventDraft[] = [
    {
      type: 'case.people_set',
      chain,
      public: {
        occurrence: occurrenceId,
        people: people.map(({ accountId, role }) => ({ account: accountId, role })),
        by_review: review.id,
      },
    },
  ];
  if (outcome === 'returned' || occurrence === null || occurrence.state === 'done') return drafts;
  const { startedAt, address, state: before } = occurrence;
  await occurrenceRepository.change(tx, occurrenceId, { state: 'done', startedAt: startedAt ?? at, endedAt: at });
  const times = { started_at: utc(startedAt ?? at), ended_at: utc(at) };
  drafts.push({
    type: 'case.step_changed',
    chain,
    public: { occurrence: occurrenceId, from_state: before, state: 'done', ...times },
    personal: address === null ? {} : { address },
  });
  return drafts;
}

function peopleIn(
  opinions: readonly OpinionRecord[],
): { readonly accountId: Id; readonly role: 'reviewer' | 'head' }[] {
  return opinions.map(({ givenBy, certified }) => ({
    accountId: givenBy,
    role: certified === null ? 'head' : 'reviewer',
  }));
}
