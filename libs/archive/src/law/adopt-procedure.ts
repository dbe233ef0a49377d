import { type Actor, ArchiveError, findStep, type Id, newId } from '#domain';
import { caseRepository, occurrenceRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import type { ProcedureShelf } from '../cases/procedures.js';
import { changeByLaw } from './law-change.js';
import type { RuleShelf } from './rule-shelf.js';

/** Takes a case on under a newer version of its procedure. What was begun stays; new steps wait. */
export class AdoptProcedure {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;
  readonly #rules: RuleShelf;
  readonly #procedures: ProcedureShelf;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>, rules: RuleShelf, procedures: ProcedureShelf) {
    this.#parts = parts;
    this.#rules = rules;
    this.#procedures = procedures;
  }

  /**
   * @throws ArchiveError `not-found` (case, version), `case-closed`, `precondition-failed` (no newer one; with
   *   `details.steps`: steps that have begun, or hold material, and are not in it)
   */
  async run(actor: Actor, caseId: Id, { version, reason }: { version: number; reason: string }): Promise<void> {
    const at = this.#parts.clock.now();
    await this.#parts.database.transaction((tx) =>
      changeByLaw(tx, this.#rules, { actor, caseId, action: 'case.edit', at }, async ({ file }) => {
        const { record, occurrences } = file;
        if (version <= record.procedureVersion)
          throw new ArchiveError('precondition-failed', 'the case follows this version, or a newer one');
        const adopted = await this.#procedures.find(record.procedureId, version);
        if (adopted === null) throw new ArchiveError('not-found', `no version ${version}`);
        const held = await occurrenceRepository.withMaterial(tx, caseId);
        const isBound = ({ id, state }: { id: Id; state: string }): boolean => state !== 'waiting' || held.has(id);
        const left = occurrences.filter((one) => findStep(adopted.body, one.stepId) === undefined);
        const bound = left.filter(isBound);
        if (bound.length > 0)
          throw new ArchiveError('precondition-failed', 'steps that have begun are not in it', {
            details: { steps: [...new Set(bound.map(({ stepId }) => stepId))] },
          });
        await caseRepository.setProcedureVersion(tx, caseId, version);
        // A coming that waits for a step that is no more stays where it was told of, and is shown no longer.
        for (const { id: stepId } of adopted.body.steps) {
          if (occurrences.some((one) => one.stepId === stepId)) continue;
          const coming = { id: newId(at.getTime()), caseId, stepId, n: 1, state: 'waiting' as const };
          await occurrenceRepository.add(tx, { ...coming, startedAt: null, endedAt: null, address: null });
        }
        return {
          type: 'case.procedure_adopted',
          public: {
            ...{ procedure: record.procedureId, from_version: record.procedureVersion, version },
            procedure_sha256: adopted.sha256,
          },
          personal: { reason },
        };
      }),
    );
  }
}
