import { type Actor, ArchiveError, type Id, may, type ReviewStaffing, staffingOf } from '#domain';
import { reviewRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import type { RuleShelf } from '../law/rule-shelf.js';

export interface UnitStaffing extends ReviewStaffing {
  readonly unitId: Id;
  readonly unitName: string;
}

export interface Staffing {
  /** The unit of who asks, and each below it, with all that are below them. */
  readonly units: readonly UnitStaffing[];
  readonly all: ReviewStaffing;
}

/** How many reviewers there are for how many officers, by certificates that hold today (5 %, 国办发〔2018〕118号). */
export class ViewStaffing {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;
  readonly #rules: RuleShelf;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @throws ArchiveError `forbidden` */
  async run(actor: Actor): Promise<Staffing> {
    if (!may(actor, 'reviews.staffing')) throw new ArchiveError('forbidden', 'may not see staffing');
    const { reader } = this.#parts.database;
    const { body: calendar } = await this.#rules.calendar(reader);
    // An administrator keeps the certificates of the whole agency, wherever he sits.
    const path = actor.roles.includes('administrator') ? '/' : actor.unitPath;
    const staff = await reviewRepository.staff(reader, path, calendar.dateOf(this.#parts.clock.now()));
    const under = (from: string): ReviewStaffing => {
      const own = staff.filter(({ unitPath }) => unitPath.startsWith(from));
      const sum = (of: 'officers' | 'reviewers'): number => own.reduce((total, one) => total + one[of], 0);
      return staffingOf({ officers: sum('officers'), reviewers: sum('reviewers') });
    };
    return {
      units: staff.map(({ unitId, unitName, unitPath }) => ({ unitId, unitName, ...under(unitPath) })),
      all: under(path),
    };
  }
}
