import { type Actor, ArchiveError, type Id, isArchiveError, newId, REVIEW_HEADS } from '#domain';
import { reviewRepository } from '#persistence';
import type { CaseByApi } from '../../support/case-by-api.js';
import { certify } from '../../support/certify.js';
import { type LawArchive, runLawArchive } from './law-archive.js';
import { caseBeforeReview, RETURNED, reviewer } from './review-work.js';

/** Deterministic: a failure names its seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

interface Person {
  readonly name: string;
  readonly actor: Actor;
  readonly isReviewer: boolean;
  /** Last day of a certificate of legal review; null without one. */
  certifiedTo: string | null;
}

const STEPS = 60;
const answers = REVIEW_HEADS.map((head) => ({ head, finding: 'conforms' as const, ground: '已核对' }));

describe('no order of calls', () => {
  let law: LawArchive;
  const people: Person[] = [];

  beforeAll(async () => {
    law = await runLawArchive();
    const { unitId } = law.officer.session.account;
    const [unit] = await law.api.archive.people.listUnits.run();
    const actorOf = (accountId: Id, roles: Actor['roles']): Actor => ({
      ...{ accountId, roles, unitId, sessionId: newId(), unitPath: unit?.path ?? '' },
    });
    const add = (name: string, accountId: Id, roles: Actor['roles'], certifiedTo: string | null): void => {
      people.push({ name, actor: actorOf(accountId, roles), isReviewer: roles.includes('reviewer'), certifiedTo });
    };
    const of = (client: { session: { account: { id: Id } } }): Id => client.session.account.id;
    add('officer', of(law.officer), ['officer'], null);
    add('fit', of(await reviewer(law)), ['reviewer'], '2035-12-31');
    add('fit too', of(await reviewer(law)), ['reviewer'], '2035-12-31');
    add('runs out', of(await reviewer(law, { validTo: '2026-03-20' })), ['reviewer'], '2026-03-20');
    add('without', of(await reviewer(law, null)), ['reviewer'], null);
    const both = await law.api.signIn(['officer', 'reviewer']);
    await certify(law.administrator, of(both), { kind: 'legal-review' });
    add('officer and reviewer', of(both), ['officer', 'reviewer'], '2035-12-31');
    add('supervisor', of(law.supervisor), ['supervisor'], null);
  });
  afterAll(() => law.stop());

  it.each([1, 2, 3, 4])('passes a review by one who may not review it (seed %i)', async (seed) => {
    const random = randomOf(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const walked: CaseByApi = await caseBeforeReview(law);
    const { occurrenceId } = walked.step('legal-review');
    const caseId = walked.view.id;
    const { reviews, cases, law: rules } = law.api.archive;
    const { reader } = law.api.parts.database;
    const [officer] = people;
    if (!officer) throw new Error('nobody');
    const officerIds = new Set(walked.view.officers.map(({ id }) => id));
    const counts: Record<string, number> = {};
    const newest = async () => (await reviewRepository.ofCase(reader, caseId)).at(-1) ?? null;

    /** By the model, not by the engine: what the one who acts is on this day. */
    const isFit = async ({ actor, isReviewer, certifiedTo }: Person, id: Id, submittedBy: Id): Promise<boolean> => {
      const day = new Date(law.api.clock.now().getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
      const acted = (await reviewRepository.opinions(reader, [id])).some(({ givenBy }) => givenBy === actor.accountId);
      const isOut = officerIds.has(actor.accountId) || submittedBy === actor.accountId || acted;
      return isReviewer && certifiedTo !== null && day <= certifiedTo && !isOut;
    };

    const moves: Record<string, (who: Person) => Promise<unknown>> = {
      submit: ({ actor }) => reviews.submit.run(actor, caseId, { occurrenceId, note: null }),
      take: async ({ actor }) => reviews.take.run(actor, (await newest())?.id ?? newId()),
      opine: async (who) => {
        const review = await newest();
        if (review === null) return;
        const isOpen = review.state === 'open' && (review.takenBy === null || review.takenBy === who.actor.accountId);
        const fit = await isFit(who, review.id, review.submittedBy);
        const opinion = pick([
          { stage: 0, outcome: 'passed' as const, answers, text: '同意', changes: null },
          { ...RETURNED, outcome: 'returned' as const, answers: [...RETURNED.answers] as never, changes: null },
        ]);
        const given = await reviews.giveOpinion.run(who.actor, review.id, opinion).then(
          () => null,
          (error: unknown) => error,
        );
        // Who may is let in, who may not is kept out, and neither for another reason.
        expect([seed, who.name, given === null]).toEqual([seed, who.name, isOpen && fit]);
        if (given !== null) throw given;
      },
      dispute: async ({ actor }) => reviews.dispute.run(actor, (await newest())?.id ?? newId(), '不同意退回'),
      discuss: async ({ actor }) =>
        reviews.discuss.run(actor, (await newest())?.id ?? newId(), {
          ...{ heldOn: new Date(law.api.clock.now().getTime() + 8 * 3_600_000).toISOString().slice(0, 10) },
          ...{ result: 'returned' as const, text: '维持退回' },
          participants: [
            { name: '甲', post: '局长' },
            { name: '乙', post: '副局长' },
          ],
        }),
      people: ({ actor }) =>
        rules.setPeople.run(actor, caseId, occurrenceId, {
          people: [{ accountId: pick(people).actor.accountId, role: 'reviewer' }],
          reason: '更正',
        }),
      charge: async ({ actor }) => {
        const next = [officer.actor.accountId, ...(random() < 0.5 ? [pick(people.slice(5, 6)).actor.accountId] : [])];
        await cases.change.run(actor, caseId, { officerIds: next, reason: '调整承办人' });
        officerIds.clear();
        for (const id of next) officerIds.add(id);
      },
      reopen: ({ actor }) => cases.changeOccurrence.run(actor, caseId, occurrenceId, { state: 'open', reason: '更正' }),
      pass: async () => void law.api.clock.advance(Math.floor(random() * 48) * 3_600_000),
    };

    for (let step = 0; step < STEPS; step++) {
      const name = pick([...Object.keys(moves), 'submit', 'opine', 'opine', 'opine']);
      const who = name === 'submit' || name === 'charge' ? pick([officer, pick(people)]) : pick(people);
      law.api.clock.advance(60_000);
      const error = await moves[name]?.(who).then(
        () => null,
        (reason: unknown) => reason,
      );
      if (error && !isArchiveError(error)) throw error;
      if (isArchiveError(error, 'internal')) throw new ArchiveError('internal', `seed ${seed}: ${error.message}`);
      if (error === null) counts[name] = (counts[name] ?? 0) + 1;
    }
    // The rows say the same: every review that passed was read by one with a certificate that held.
    for (const review of await reviewRepository.ofCase(reader, caseId)) {
      if (review.outcome === null || review.outcome === 'returned') continue;
      const opinions = await reviewRepository.opinions(reader, [review.id]);
      expect(opinions.filter(({ certified }) => certified !== null).length).toBe(review.stages.length);
    }
    // A sequence in which nothing is ever let through would prove nothing.
    expect(counts.submit ?? 0).toBeGreaterThan(0);
    expect(counts.opine ?? 0).toBeGreaterThan(0);
  });
});
