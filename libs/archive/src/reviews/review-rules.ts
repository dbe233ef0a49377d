import {
  type Actor,
  ArchiveError,
  DEFAULT_REVIEW_POLICY,
  type DecisionCatalogue,
  isArchiveError,
  may,
  mistakesOfPolicy,
  parseCatalogue,
  type ReviewPolicy,
} from '#domain';
import { catalogueRepository, reviewPolicyRepository, type Tx, unitRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { keepRuleFolder, type RuleFolder } from '../law/rule-files.js';
import { appendEvents, by } from '../ledger/append-events.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock'>;

const CATALOGUE_ID = 'major-decisions';

const FOLDER: RuleFolder<DecisionCatalogue> = {
  kind: 'catalogue',
  parse: parseCatalogue,
  pathOf: ({ id, version }) => `${id}/${version}.json`,
};

/** Takes the catalogue's files into the database: findings name the version they were made by. */
export class KeepCatalogues {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @param dir holds `major-decisions/<version>.json` @throws ArchiveError `invalid-input`, `conflict` */
  async run(dir: string): Promise<number> {
    return await keepRuleFolder(this.#parts, FOLDER, dir);
  }
}

/** @throws ArchiveError `internal` when none was taken in */
export async function catalogueInForce(tx: Tx): Promise<DecisionCatalogue> {
  const found = await catalogueRepository.newest(tx, CATALOGUE_ID);
  if (found === null) throw new ArchiveError('internal', 'no catalogue of major decisions was taken in');
  return found;
}

export interface PolicyInForce {
  /** 0 until the agency has set any. */
  readonly version: number;
  readonly body: ReviewPolicy;
  readonly setAt: Date | null;
}

export async function policyInForce(tx: Tx): Promise<PolicyInForce> {
  const found = await reviewPolicyRepository.newest(tx);
  return found ?? { version: 0, body: DEFAULT_REVIEW_POLICY, setAt: null };
}

/** How this agency reviews, for everyone to see. */
export class ViewReviewRules {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  async run(): Promise<{ readonly policy: PolicyInForce; readonly catalogue: DecisionCatalogue }> {
    const { reader } = this.#parts.database;
    return { policy: await policyInForce(reader), catalogue: await catalogueInForce(reader) };
  }
}

/** Sets how this agency reviews; reviews that were submitted before go on by what held then. */
export class SetReviewPolicy {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /**
   * @param version of the one it replaces, as it was seen
   * @throws ArchiveError `forbidden`, `not-found` (unit), `conflict` (set by another meanwhile), `invalid-input` with
   *   `details.problems: RuleMistake[]`
   */
  async run(actor: Actor, wish: { body: ReviewPolicy; version: number; reason: string }): Promise<PolicyInForce> {
    if (!may(actor, 'rules.manage')) throw new ArchiveError('forbidden', 'not an administrator');
    const problems = mistakesOfPolicy(wish.body);
    if (problems.length > 0)
      throw new ArchiveError('invalid-input', problems.map(({ en }) => en).join('; '), { details: { problems } });
    const at = this.#parts.clock.now();
    const record = { version: wish.version + 1, body: wish.body, setBy: actor.accountId, setAt: at };
    const setting = this.#parts.database.transaction(async (tx) => {
      if ((await policyInForce(tx)).version !== wish.version) throw new ArchiveError('conflict', 'set meanwhile');
      for (const { unitId } of wish.body.levels)
        if (unitId !== null && (await unitRepository.find(tx, unitId)) === null)
          throw new ArchiveError('not-found', `no unit ${unitId}`);
      await reviewPolicyRepository.add(tx, record);
      await appendEvents(tx, by(actor, at), [
        {
          type: 'system.review_policy_set',
          chain: 'system',
          public: { version: record.version, ...saidOf(wish.body) },
          personal: { reason: wish.reason },
        },
      ]);
    });
    await setting.catch((error: unknown) => {
      throw isArchiveError(error, 'conflict') ? new ArchiveError('conflict', 'the policy was set meanwhile') : error;
    });
    return record;
  }
}

/** As its event says it. */
export function saidOf({ everyDecision, levels, limit }: ReviewPolicy) {
  return {
    every_decision: everyDecision,
    levels: levels.map(({ id, title, unitId, signOff }) => ({
      ...{ id, title: { ...title }, unit: unitId, sign_off: signOff },
    })),
    limit: { count: limit.count, unit: limit.unit, last_day_at_rest: limit.lastDayAtRest },
  };
}
