import { type Actor, ArchiveError, type Id, isArchiveError, type Level, may, newId, type Party } from '#domain';
import { accountRepository, caseRepository, occurrenceRepository, procedureRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { refreshLines } from '../law/refresh-lines.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { appendEvents, by } from '../ledger/append-events.js';

export interface CasePlan {
  readonly procedureId: string;
  readonly number: string;
  readonly title: string;
  readonly level: Level;
  /** In charge beside the one who opens it. */
  readonly officerIds: readonly Id[];
  readonly parties: readonly Party[];
}

/** Opens a case under the newest version of a procedure, with each of its steps waiting once. */
export class OpenCase {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;
  readonly #rules: RuleShelf;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @throws ArchiveError `forbidden`, `not-found` (procedure, officer), `case-number-taken` (in this unit) */
  async run(actor: Actor, plan: CasePlan): Promise<Id> {
    if (!may(actor, 'case.open', { unitPath: actor.unitPath }))
      throw new ArchiveError('forbidden', 'may not open cases');
    const { database, clock } = this.#parts;
    const at = clock.now();
    const id = newId(at.getTime());
    const opening = database.transaction(async (tx) => {
      const procedure = (await procedureRepository.listNewest(tx)).find((kept) => kept.body.id === plan.procedureId);
      if (!procedure) throw new ArchiveError('not-found', `no procedure ${plan.procedureId}`);
      const officerIds = [...new Set([actor.accountId, ...plan.officerIds])];
      for (const officerId of officerIds) {
        const officer = await accountRepository.find(tx, officerId);
        if (!officer?.roles.includes('officer')) throw new ArchiveError('not-found', `no officer ${officerId}`);
      }
      const record = {
        id,
        unitId: actor.unitId,
        unitPath: actor.unitPath,
        number: plan.number,
        title: plan.title,
        level: plan.level,
        state: 'open' as const,
        procedureId: procedure.body.id,
        procedureVersion: procedure.body.version,
        openedBy: actor.accountId,
        openedAt: at,
        changedAt: at,
        assetCount: 0,
        closedAt: null,
        originalsCheckAskedAt: null,
        originalsCheckCause: null,
        originalsCheckedAt: null,
      };
      await caseRepository.add(tx, record, officerIds, plan.parties);
      for (const step of procedure.body.steps) {
        const occurrence = { id: newId(at.getTime()), caseId: id, stepId: step.id, n: 1, state: 'waiting' as const };
        await occurrenceRepository.add(tx, { ...occurrence, startedAt: null, endedAt: null, address: null });
      }
      await appendEvents(tx, by(actor, at), [
        {
          type: 'case.opened',
          chain: `case:${id}`,
          public: {
            procedure: procedure.body.id,
            procedure_version: procedure.body.version,
            procedure_sha256: procedure.sha256,
            level: plan.level,
            officers: officerIds,
          },
          personal: { number: plan.number, title: plan.title, parties: plan.parties.map((party) => ({ ...party })) },
        },
      ]);
      await refreshLines(tx, this.#rules, id, at);
    });
    await opening.catch((error: unknown) => {
      // Of all it writes only the number is not new.
      throw isArchiveError(error, 'conflict')
        ? new ArchiveError('case-number-taken', 'number taken in the unit')
        : error;
    });
    return id;
  }
}
