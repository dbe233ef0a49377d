import { ArchiveError, type Limit, type Procedure, parseCalendar, type Reckoning, type WorkCalendar } from '#domain';
import { ruleFileRepository, ruleRepository, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import type { ProcedureShelf } from '../cases/procedures.js';
import { gapLimitOf } from '../recorders/gaps.js';

/** The rules in force: procedures by version, the newest calendar, and what the agency set. What never changes is read once. */
export class RuleShelf {
  readonly #procedures: ProcedureShelf;
  /** A break of a recording is one from this length on. */
  readonly gapLimitMs: number;
  #calendar: { readonly sha256: string; readonly body: WorkCalendar } | null = null;

  constructor(procedures: ProcedureShelf, { settings }: Pick<ArchiveParts, 'settings'>) {
    this.#procedures = procedures;
    this.gapLimitMs = gapLimitOf({ settings });
  }

  async procedure(id: string, version: number): Promise<Procedure> {
    return (await this.#procedures.get(id, version)).body;
  }

  /** @throws ArchiveError `internal` where no calendar was taken in yet */
  async calendar(tx: Tx): Promise<{ readonly sha256: string; readonly body: WorkCalendar }> {
    const sha256 = await ruleFileRepository.newestCalendar(tx);
    if (sha256 === null) throw new ArchiveError('internal', 'no calendar was taken in');
    if (this.#calendar?.sha256 === sha256) return this.#calendar;
    const calendar = { sha256, body: parseCalendar(await ruleFileRepository.calendarBody(tx, sha256)) };
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
