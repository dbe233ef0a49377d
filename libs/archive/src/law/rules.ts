import {
  type Actor,
  ArchiveError,
  addDays,
  type CalendarYear,
  type Limit,
  type LocalDate,
  may,
  type ProcedureLimit,
  parseCalendar,
} from '#domain';
import { caseLineRepository, procedureRepository, ruleFileRepository, ruleRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, by, bySystem } from '../ledger/append-events.js';
import { readRuleFile, sayKept } from './rule-files.js';
import type { RuleShelf } from './rule-shelf.js';

/** Takes the calendar's file into the database when it is another than the newest there; clocks follow it from then on. */
export class KeepCalendar {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `invalid-input` with all its mistakes */
  async run(path: string): Promise<void> {
    const { database, clock } = this.#parts;
    const file = await readRuleFile(path, (value) => ({ value, id: parseCalendar(value).id }));
    const at = clock.now();
    await database.transaction(async (tx) => {
      const isFirst = (await ruleFileRepository.newestCalendar(tx)) === null;
      const kept = await ruleFileRepository.keepCalendar(tx, { ...file, body: file.body.value }, { at, by: null });
      if (kept === 'known') return;
      await sayKept(tx, bySystem(at), 'calendar', [{ id: file.body.id, version: null, sha256: file.sha256 }]);
      // One after the first moves clocks that run.
      if (!isFirst) await caseLineRepository.owe(tx, 'all', at);
    });
  }
}

export interface CalendarDetail {
  readonly id: string;
  readonly sha256: string;
  readonly utcOffsetMinutes: number;
  readonly years: readonly CalendarYear[];
  /** The last day that is sure; null: none. */
  readonly publishedTo: LocalDate | null;
  /** Less than a year ahead is sure. */
  readonly endsSoon: boolean;
}

export class DescribeCalendar {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;
  readonly #rules: RuleShelf;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  async run(): Promise<CalendarDetail> {
    const { sha256, body } = await this.#rules.calendar(this.#parts.database.reader);
    const { id, utcOffsetMinutes, years } = body;
    const last = years.filter(({ published }) => published).at(-1);
    const publishedTo = last === undefined ? null : `${last.year}-12-31`;
    const nextYear = addDays(body.dateOf(this.#parts.clock.now()), 365);
    return {
      id,
      sha256,
      utcOffsetMinutes,
      years,
      publishedTo,
      endsSoon: publishedTo === null || publishedTo < nextYear,
    };
  }
}

export interface AgencyLimitDetail {
  readonly procedureId: string;
  readonly limit: ProcedureLimit;
  /** Null: what holds by law. */
  readonly set: Limit | null;
}

/** Lengths that the newest version of each procedure leaves to the agency, and what it has set. */
export class ListAgencyLimits {
  readonly #parts: Pick<ArchiveParts, 'database'>;

  constructor(parts: Pick<ArchiveParts, 'database'>) {
    this.#parts = parts;
  }

  async run(): Promise<AgencyLimitDetail[]> {
    const { reader } = this.#parts.database;
    const set = await ruleRepository.agencyLimits(reader);
    const kept = await procedureRepository.listNewest(reader);
    return kept.flatMap(({ body }) =>
      body.limits
        .filter(({ agencyMaySet }) => agencyMaySet)
        .map((limit) => ({
          procedureId: body.id,
          limit,
          set: set.find((one) => one.procedureId === body.id && one.limitId === limit.id)?.limit ?? null,
        })),
    );
  }
}

/** Sets a length that the law leaves to the agency, or goes back to what holds where nothing is set. */
export class SetAgencyLimit {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `forbidden`, `not-found` (no such limit, or not the agency's to set) */
  async run(
    actor: Actor,
    wish: { procedureId: string; limitId: string; limit: Limit | null; reason: string },
  ): Promise<void> {
    if (!may(actor, 'rules.manage')) throw new ArchiveError('forbidden', 'not an administrator');
    const { procedureId, limitId, limit, reason } = wish;
    const at = this.#parts.clock.now();
    await this.#parts.database.transaction(async (tx) => {
      const kept = (await procedureRepository.listNewest(tx)).find(({ body }) => body.id === procedureId);
      const found = kept?.body.limits.find(({ id }) => id === limitId);
      if (!found?.agencyMaySet) throw new ArchiveError('not-found', 'no such limit that is the agency’s to set');
      await ruleRepository.setAgencyLimit(tx, { procedureId, limitId, limit }, { accountId: actor.accountId, at });
      await appendEvents(tx, by(actor, at), [
        {
          type: 'system.limit_set',
          chain: 'system',
          public: {
            ...{ procedure: procedureId, limit: limitId },
            length:
              limit === null ? null : { count: limit.count, unit: limit.unit, last_day_at_rest: limit.lastDayAtRest },
          },
          personal: { reason },
        },
      ]);
      await caseLineRepository.owe(tx, { procedureId }, at);
    });
  }
}
