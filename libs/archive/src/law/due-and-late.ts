import { type Actor, ArchiveError, type Id, may } from '#domain';
import {
  type CaseLineRecord,
  caseLineRepository,
  type LineCase,
  type LineCursor,
  type LineKind,
  type Tx,
  unitRepository,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';

export interface LineQuery {
  readonly kind: LineKind | null;
  readonly cursor: LineCursor | null;
  readonly limit: number;
}

export interface LineWithCase {
  readonly line: CaseLineRecord;
  readonly of: LineCase;
  readonly isLate: boolean;
}

export interface LinePage {
  readonly items: readonly LineWithCase[];
  readonly next: LineCursor | null;
}

type Needs = Pick<ArchiveParts, 'database' | 'clock'>;

/** What is due in the cases an officer is in charge of: earliest first, what has no time last. */
export class ListDue {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `forbidden` */
  async run(actor: Actor, query: LineQuery): Promise<LinePage> {
    if (!may(actor, 'due.read')) throw new ArchiveError('forbidden', 'not an officer');
    const { reader } = this.#parts.database;
    const now = this.#parts.clock.now();
    const asked = { ...query, accountId: actor.accountId, limit: query.limit + 1, now };
    const lines = await caseLineRepository.due(reader, asked);
    return await pageOf(reader, lines, query.limit, { now, timeOf: ({ dueAt }) => dueAt });
  }
}

/** Rules broken by now in the unit of a supervisor and those below it: longest first. */
export class ListLate {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `forbidden`, `not-found` (a unit that is not his) */
  async run(
    actor: Actor,
    query: LineQuery & { readonly unitId: Id | null; readonly officerId: Id | null },
  ): Promise<LinePage> {
    if (!may(actor, 'late.read')) throw new ArchiveError('forbidden', 'not a supervisor');
    const { reader } = this.#parts.database;
    const path = await pathOf(reader, actor, query.unitId);
    const { ids, areAll } = await unitRepository.idsUnder(reader, path);
    const scope = { unitIds: ids, isWhole: areAll, levels: [], accountId: null };
    const now = this.#parts.clock.now();
    const lines = await caseLineRepository.late(reader, { ...query, scope, limit: query.limit + 1, now });
    return await pageOf(reader, lines, query.limit, { now, timeOf: ({ lateAt }) => lateAt });
  }
}

async function pathOf(tx: Tx, actor: Actor, unitId: Id | null): Promise<string> {
  if (unitId === null) return actor.unitPath;
  const unit = await unitRepository.find(tx, unitId);
  if (!unit?.path.startsWith(actor.unitPath)) throw new ArchiveError('not-found', 'no unit of his');
  return unit.path;
}

async function pageOf(
  tx: Tx,
  lines: readonly CaseLineRecord[],
  limit: number,
  { now, timeOf }: { readonly now: Date; readonly timeOf: (line: CaseLineRecord) => Date | null },
): Promise<LinePage> {
  const shown = lines.slice(0, limit);
  const cases = await caseLineRepository.casesOf(
    tx,
    shown.map(({ caseId }) => caseId),
  );
  const items = shown.flatMap((line) => {
    const of = cases.get(line.caseId);
    return of ? [{ line, of, isLate: line.lateAt !== null && line.lateAt < now }] : [];
  });
  const last = shown.at(-1);
  return { items, next: lines.length > limit && last ? { at: timeOf(last), id: last.id } : null };
}
