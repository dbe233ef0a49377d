import { ArchiveError, type Limit, type Procedure, parseCalendar, type Reckoning, type WorkCalendar } from '#domain';
import { ruleRepository, type Tx } from '#persistence';
import type { ProcedureShelf } from '../cases/procedures.js';

/** The rules in force: procedures by version, the newest calendar, and what the agency set. What never changes is read once. */
export class RuleShelf {
  readonly #procedures: ProcedureShelf;
  #calendar: { readonly sha256: string; readonly body: WorkCalendar } | null = null;

  constructor(procedures: ProcedureShelf) {
    this.#procedures = procedures;
  }

  async procedure(id: string, version: number): Promise<Procedure> {
    return (await this.#procedures.get(id, version)).body;
  }

  /** @throws ArchiveError `internal` where no calendar was taken in yet */
  async calendar(tx: Tx): Promise<{ readonly sha256: string; readonly body: WorkCalendar }> {
    const sha256 = await ruleRepository.newestCalendar(tx);
    if (sha256 === null) throw new ArchiveError('internal', 'no calendar was taken in');
    if (this.#calendar?.sha256 === sha256) return this.#calendar;
    const calendar = { sha256, body: parseCalendar(await ruleRepository.calendarBody(tx, sha256)) };
    this.#calendar = calendar;
    return calendar;
  }

  /** What clocks of a procedure are reckoned by, now. */
  async reckoning(tx: Tx, procedureId: string): Promise<Reckoning> {
    const { body: calendar } = await this.calendar(tx);
    const set = await ruleRepository.agencyLimits(tx, procedureId);
    const agencyLimits: ReadonlyMap<string, Limit> = new Map(set.map(({ limitId, limit }) => [limitId, limit]));
    return { calendar, agencyLimits };
  }
}
