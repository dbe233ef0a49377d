import {
  type Actor,
  ArchiveError,
  findStep,
  type Id,
  isNextState,
  newId,
  type OccurrenceState,
  type Party,
  utc,
} from '#domain';
import {
  accountRepository,
  assetRepository,
  caseRepository,
  type OccurrenceRecord,
  occurrenceRepository,
  standingRepository,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireMayDecide } from '../law/gates.js';
import { changeByLaw } from '../law/law-change.js';
import { refreshLines } from '../law/refresh-lines.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { appendEvents, by } from '../ledger/append-events.js';
import { lockCase, requireOpen } from './case-access.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock'>;

export interface CaseChange {
  readonly title?: string | undefined;
  readonly officerIds?: readonly Id[] | undefined;
  readonly parties?: readonly Party[] | undefined;
  readonly reason: string;
}

/** Corrects what a case says of itself, with a reason. Its number, procedure and unit stay. */
export class ChangeCase {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @throws ArchiveError `not-found` (case, officer), `case-closed`, `invalid-input` (nobody in charge) */
  async run(actor: Actor, id: Id, change: CaseChange): Promise<void> {
    const at = this.#parts.clock.now();
    await this.#parts.database.transaction(async (tx) => {
      const { found } = await lockCase(tx, actor, id, 'case.edit');
      requireOpen(found);
      if (change.title !== undefined) {
        await caseRepository.setTitle(tx, found, change.title);
        for (const asset of await assetRepository.ofCase(tx, id)) {
          await assetRepository.setSearchText(tx, asset.id, `${asset.fileName} ${found.number} ${change.title}`);
        }
      }
      if (change.officerIds?.length === 0)
        throw new ArchiveError('invalid-input', 'a case has someone in charge', {
          details: { problems: ['officerIds'] },
        });
      for (const officerId of change.officerIds ?? []) {
        const officer = await accountRepository.find(tx, officerId);
        if (!officer?.roles.includes('officer')) throw new ArchiveError('not-found', `no officer ${officerId}`);
      }
      if (change.officerIds) await caseRepository.setOfficers(tx, id, change.officerIds);
      if (change.parties) await caseRepository.setParties(tx, id, change.parties);
      await caseRepository.touch(tx, id, at);
      await appendEvents(tx, by(actor, at), [
        {
          type: 'case.changed',
          chain: `case:${id}`,
          public: change.officerIds ? { officers: [...change.officerIds] } : {},
          personal: {
            reason: change.reason,
            ...(change.title === undefined ? {} : { title: change.title }),
            ...(change.parties === undefined ? {} : { parties: change.parties.map((party) => ({ ...party })) }),
          },
        },
      ]);
      await refreshLines(tx, this.#rules, id, at);
    });
  }
}

/** Lets a repeatable step come once more. */
export class AddOccurrence {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @throws ArchiveError `not-found`, `case-closed`, `precondition-failed` (not repeatable) */
  async run(actor: Actor, caseId: Id, stepId: string): Promise<Id> {
    const at = this.#parts.clock.now();
    const id = newId(at.getTime());
    await this.#parts.database.transaction(async (tx) => {
      const { found } = await lockCase(tx, actor, caseId, 'case.edit');
      requireOpen(found);
      const step = findStep(await this.#rules.procedure(found.procedureId, found.procedureVersion), stepId);
      if (!step) throw new ArchiveError('not-found', `no step ${stepId}`);
      const before = (await occurrenceRepository.list(tx, caseId)).filter((occurrence) => occurrence.stepId === stepId);
      if (before.length > 0 && !step.repeatable)
        throw new ArchiveError('precondition-failed', 'the step comes once only');
      const n = Math.max(0, ...before.map((occurrence) => occurrence.n)) + 1;
      await occurrenceRepository.add(tx, {
        id,
        caseId,
        stepId,
        n,
        state: 'waiting',
        startedAt: null,
        endedAt: null,
        address: null,
      });
      await caseRepository.touch(tx, caseId, at);
      await appendEvents(tx, by(actor, at), [
        { type: 'case.step_added', chain: `case:${caseId}`, public: { occurrence: id, step: stepId, n } },
      ]);
      await refreshLines(tx, this.#rules, caseId, at);
    });
    return id;
  }
}

export interface OccurrenceChange {
  readonly state?: OccurrenceState | undefined;
  readonly startedAt?: Date | null | undefined;
  readonly endedAt?: Date | null | undefined;
  readonly address?: string | null | undefined;
  readonly reason?: string | undefined;
}

/**
 * Starts, ends or corrects a step. Going back needs a reason. The record takes what happened, in whatever order; only a
 * decision has a gate, which nobody passes.
 */
export class ChangeOccurrence {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /**
   * @throws ArchiveError `not-found`, `case-closed`, `invalid-input` (no reason, ends before it starts), `gate-closed` with
   *   `details.faults`: why the decision cannot be begun, or recorded as done
   */
  async run(actor: Actor, caseId: Id, id: Id, change: OccurrenceChange): Promise<void> {
    const at = this.#parts.clock.now();
    await this.#parts.database.transaction((tx) =>
      changeByLaw(tx, this.#rules, { actor, caseId, action: 'case.edit', at }, async ({ file }) => {
        const before = file.occurrences.find((one) => one.id === id);
        if (!before) throw new ArchiveError('not-found', 'no such step in the case');
        const after = apply(before, change, at);
        requireMayDecide(file, before, after);
        const { state, startedAt, endedAt, address } = after;
        await occurrenceRepository.change(tx, id, { state, startedAt, endedAt, address });
        // Who begins a step takes part in it from then on, whoever is in charge later.
        const people = before.state === 'waiting' && startedAt !== null ? file.peopleOf(id, startedAt) : null;
        if (people !== null) await standingRepository.setPeople(tx, id, people);
        return {
          type: 'case.step_changed',
          public: {
            occurrence: id,
            from_state: before.state,
            state,
            started_at: startedAt === null ? null : utc(startedAt),
            ended_at: endedAt === null ? null : utc(endedAt),
            ...(people === null ? {} : { people: people.map(({ accountId, role }) => ({ account: accountId, role })) }),
          },
          personal: {
            ...(address === null ? {} : { address }),
            ...(change.reason === undefined ? {} : { reason: change.reason }),
          },
        };
      }),
    );
  }
}

function apply(before: OccurrenceRecord, change: OccurrenceChange, at: Date): OccurrenceRecord {
  const state = change.state ?? before.state;
  if (isNextState(before.state, state) === 'back' && (change.reason ?? '') === '') {
    throw new ArchiveError('invalid-input', 'going back needs a reason', { details: { problems: ['reason'] } });
  }
  const startedAt =
    change.startedAt !== undefined ? change.startedAt : state === 'waiting' ? null : (before.startedAt ?? at);
  const endedAt = change.endedAt !== undefined ? change.endedAt : state === 'done' ? (before.endedAt ?? at) : null;
  if (startedAt !== null && endedAt !== null && endedAt < startedAt) {
    throw new ArchiveError('invalid-input', 'the step ends before it starts', { details: { problems: ['endedAt'] } });
  }
  return {
    ...before,
    state,
    startedAt,
    endedAt,
    address: change.address !== undefined ? change.address : before.address,
  };
}
