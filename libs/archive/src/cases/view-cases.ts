import { type Actor, type CaseState, type Id, may, type Party, type Procedure } from '#domain';
import {
  type CaseRecord,
  type Cursor,
  caseRepository,
  type OccurrenceRecord,
  type Tx,
  unitRepository,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { describeLaw, type LawDetail } from '../law/describe-law.js';
import { readStanding } from '../law/read-standing.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { listScope, requireCase } from './case-access.js';
import { type ClosingDetail, describeClosing } from './describe-closing.js';
import { describeOriginalsCheck, type OriginalsCheckDetail } from './originals-check.js';
import type { ProcedureShelf } from './procedures.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock'>;

/** A case as lists show it. */
export interface CaseLine {
  readonly record: CaseRecord;
  readonly procedure: Procedure;
  readonly unitName: string;
}

export interface CaseDetail extends CaseLine {
  readonly occurrences: readonly OccurrenceRecord[];
  readonly officers: readonly { readonly id: Id; readonly name: string }[];
  readonly parties: readonly Party[];
  readonly mayEdit: boolean;
  readonly mayUpload: boolean;
  readonly mayExport: boolean;
  /** May have all originals looked at again. */
  readonly mayCheck: boolean;
  /** Null while it is open. */
  readonly closing: ClosingDetail | null;
  /** Null when it was never asked for. */
  readonly originalsCheck: OriginalsCheckDetail | null;
  readonly law: LawDetail;
}

export interface CaseListQuery {
  readonly search: string | null;
  readonly state: CaseState | null;
  readonly cursor: Cursor | null;
  readonly limit: number;
}

/** Cases the actor may see, newest first, in pages by key. */
export class ListCases {
  readonly #parts: Needs;
  readonly #procedures: ProcedureShelf;

  constructor(parts: Needs, procedures: ProcedureShelf) {
    this.#parts = parts;
    this.#procedures = procedures;
  }

  async run(actor: Actor, query: CaseListQuery): Promise<{ items: CaseLine[]; next: Cursor | null }> {
    const { reader } = this.#parts.database;
    const scope = await listScope(reader, actor);
    if (scope === null) return { items: [], next: null };
    const records = await caseRepository.list(reader, { ...query, scope, limit: query.limit + 1 });
    const items = await describeCases(reader, this.#procedures, records.slice(0, query.limit));
    const last = items.at(-1)?.record;
    return { items, next: records.length > query.limit && last ? { at: last.openedAt, id: last.id } : null };
  }
}

export class ViewCase {
  readonly #parts: Needs;
  readonly #procedures: ProcedureShelf;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, procedures: ProcedureShelf, rules: RuleShelf) {
    this.#parts = parts;
    this.#procedures = procedures;
    this.#rules = rules;
  }

  /** @throws ArchiveError `not-found` */
  async run(actor: Actor, id: Id): Promise<CaseDetail> {
    const { database, clock } = this.#parts;
    const { reader } = database;
    const { found, officers, subject } = await requireCase(reader, actor, id, 'case.read');
    const file = await readStanding(reader, this.#rules, found);
    const [line] = await describeCases(reader, this.#procedures, [found]);
    if (!line) throw new Error('unreachable: one case gives one line');
    return {
      ...line,
      occurrences: file.occurrences,
      officers,
      parties: await caseRepository.parties(reader, id),
      mayEdit: found.state === 'open' && may(actor, 'case.edit', subject),
      mayUpload: found.state === 'open' && may(actor, 'asset.upload', subject),
      mayExport: may(actor, 'case.export', subject),
      mayCheck: may(actor, 'asset.read', subject),
      closing: await describeClosing(reader, found),
      originalsCheck: await describeOriginalsCheck(reader, found),
      law: await describeLaw(reader, file, { actor, subject, now: clock.now() }),
    };
  }
}

export async function describeCases(
  tx: Tx,
  procedures: ProcedureShelf,
  records: readonly CaseRecord[],
): Promise<CaseLine[]> {
  const names = await unitRepository.namesOf(tx, [...new Set(records.map((record) => record.unitId))]);
  const lines: CaseLine[] = [];
  for (const record of records) {
    const unitName = names.get(record.unitId) ?? '';
    const { body } = await procedures.get(record.procedureId, record.procedureVersion);
    lines.push({ record, procedure: body, unitName });
  }
  return lines;
}
