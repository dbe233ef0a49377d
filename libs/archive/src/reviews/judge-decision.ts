import {
  type Actor,
  ArchiveError,
  type DecisionDescription,
  findInCatalogue,
  MAJOR_CONDITION,
  newId,
  type Procedure,
  stated,
  utc,
} from '#domain';
import { caseRepository, type FindingRecord, findingRepository, standingRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { lockCase, requireOpen } from '../cases/case-access.js';
import { readStanding } from '../law/read-standing.js';
import { refreshLines } from '../law/refresh-lines.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { appendEvents, by, type EventDraft } from '../ledger/append-events.js';
import { catalogueInForce, policyInForce } from './review-rules.js';

/** Looks a decision up in the catalogue of major decisions, and states of the case what was found. */
export class JudgeDecision {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;
  readonly #rules: RuleShelf;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @throws ArchiveError `not-found`, `case-closed`, `invalid-input` (an amount is asked for) */
  async run(actor: Actor, caseId: string, described: Omit<DecisionDescription, 'act'>): Promise<FindingRecord> {
    const at = this.#parts.clock.now();
    return await this.#parts.database.transaction(async (tx) => {
      const { found } = await lockCase(tx, actor, caseId, 'case.edit');
      requireOpen(found);
      const { procedure, standing } = await readStanding(tx, this.#rules, found);
      const catalogue = await catalogueInForce(tx);
      const { everyDecision } = (await policyInForce(tx)).body;
      const description = { ...described, act: procedure.act };
      const { entries, unstated } = findInCatalogue(catalogue, description);
      const isEvery = everyDecision && procedure.legalReview;
      if (entries.length === 0 && unstated.length > 0 && !isEvery)
        throw new ArchiveError('invalid-input', 'the catalogue asks for the amount', {
          details: {
            problems: unstated.map(({ title }) => ({ place: 'amountFen', ...AMOUNT_ASKED(title.zh, title.en) })),
          },
        });
      const finding: FindingRecord = {
        ...{ id: newId(at.getTime()), caseId, description, catalogueId: catalogue.id },
        ...{ catalogueVersion: catalogue.version, entries: entries.map(({ id }) => id), isEvery },
        ...{ isMajor: isEvery || entries.length > 0, judgedBy: actor.accountId, judgedAt: at },
      };
      await findingRepository.add(tx, finding);
      const drafts: EventDraft[] = [judged(finding)];
      if (hasCondition(procedure) && stated(MAJOR_CONDITION, standing, null) !== finding.isMajor) {
        const statement = { conditionId: MAJOR_CONDITION, occurrenceId: null, holds: finding.isMajor };
        const id = newId(at.getTime());
        await standingRepository.addStatement(tx, caseId, {
          ...{ id, ...statement, at, statedAt: at, statedBy: actor.accountId },
        });
        drafts.push({
          type: 'case.condition_stated',
          chain: `case:${caseId}`,
          public: {
            condition: MAJOR_CONDITION,
            occurrence: null,
            holds: finding.isMajor,
            since: utc(at),
            by_finding: finding.id,
          },
        });
      }
      await caseRepository.touch(tx, caseId, at);
      await appendEvents(tx, by(actor, at), drafts);
      await refreshLines(tx, this.#rules, caseId, at);
      return finding;
    });
  }
}

const AMOUNT_ASKED = (zh: string, en: string) => ({
  zh: `须填写数额，才能判断是否属于“${zh}”`,
  en: `the amount is needed to tell whether it is “${en}”`,
});

function hasCondition({ conditions }: Procedure): boolean {
  return conditions.some(({ id, of }) => id === MAJOR_CONDITION && of === 'case');
}

function judged({ id, caseId, description, ...found }: FindingRecord): EventDraft {
  const { act, kinds, amountFen, party, effects } = description;
  return {
    type: 'case.decision_judged',
    chain: `case:${caseId}`,
    public: {
      ...{ finding: id, catalogue: found.catalogueId, catalogue_version: found.catalogueVersion },
      ...{ entries: [...found.entries], every_decision: found.isEvery, major: found.isMajor },
      decision: { act, kinds: [...kinds], amount_fen: amountFen, party, effects: [...effects] },
    },
  };
}
