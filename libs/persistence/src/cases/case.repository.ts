import { In } from 'typeorm';
import type { CaseCheckCause, CaseState, EventType, Id, Level, OccurrenceState, Party, Procedure } from '#domain';
import type { Tx } from '../database.js';
import { type Cursor, type ListScope, listByTime, type OwnRows } from '../list-by-time.js';
import { readRows } from '../read-rows.js';
import { searchTextOf } from '../search-grams.js';
import { CaseRow, OccurrenceRow, ProcedureRow } from './case.row.js';

export interface CaseRecord {
  readonly id: Id;
  readonly unitId: Id;
  readonly unitPath: string;
  readonly number: string;
  readonly title: string;
  readonly level: Level;
  readonly state: CaseState;
  readonly procedureId: string;
  readonly procedureVersion: number;
  readonly openedBy: Id;
  readonly openedAt: Date;
  readonly changedAt: Date;
  readonly assetCount: number;
  /** Null while it is open. */
  readonly closedAt: Date | null;
  /** When all its originals were last asked to be looked at again; null together with the cause. */
  readonly originalsCheckAskedAt: Date | null;
  readonly originalsCheckCause: CaseCheckCause | null;
  /** When all had been looked at since; null while they are not. */
  readonly originalsCheckedAt: Date | null;
}

export interface OccurrenceRecord {
  readonly id: Id;
  readonly caseId: Id;
  readonly stepId: string;
  readonly n: number;
  readonly state: OccurrenceState;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly address: string | null;
}

export interface ProcedureVersionRecord {
  readonly version: number;
  readonly sha256: string;
  readonly keptAt: Date;
  /** Null: came with the archive. */
  readonly keptBy: Id | null;
  readonly keptByName: string | null;
}

export const procedureRepository = {
  async find(tx: Tx, id: string, version: number): Promise<{ body: Procedure; sha256: string } | null> {
    return await tx.findOneBy(ProcedureRow, { id, version });
  },

  /** Newest first. */
  async versions(tx: Tx, id: string): Promise<ProcedureVersionRecord[]> {
    return await tx.query(
      `SELECT p.version, p.sha256, p.kept_at AS "keptAt", p.kept_by AS "keptBy", a.name AS "keptByName"
       FROM procedures p LEFT JOIN accounts a ON a.id = p.kept_by WHERE p.id = $1 ORDER BY p.version DESC`,
      [id],
    );
  },

  async newestVersion(tx: Tx, id: string): Promise<number> {
    const rows: { version: number }[] = await tx.query(
      'SELECT version FROM procedures WHERE id = $1 ORDER BY version DESC LIMIT 1',
      [id],
    );
    return rows[0]?.version ?? 0;
  },

  /** The newest version of each procedure. */
  async listNewest(tx: Tx): Promise<{ body: Procedure; sha256: string }[]> {
    return await tx.query('SELECT DISTINCT ON (id) body, sha256 FROM procedures ORDER BY id, version DESC');
  },
};

export const caseRepository = {
  async add(tx: Tx, record: CaseRecord, officerIds: readonly Id[], parties: readonly Party[]): Promise<void> {
    await tx.insert(CaseRow, { ...record, searchText: searchText(record, record.title) });
    await caseRepository.setOfficers(tx, record.id, officerIds);
    await caseRepository.setParties(tx, record.id, parties);
  },

  async find(tx: Tx, id: Id): Promise<CaseRecord | null> {
    return await tx.findOneBy(CaseRow, { id });
  },

  async findMany(tx: Tx, ids: readonly Id[]): Promise<CaseRecord[]> {
    return await tx.findBy(CaseRow, { id: In([...ids]) });
  },

  /** Locks the case until the transaction ends: its steps and links change one at a time. */
  async lock(tx: Tx, id: Id): Promise<CaseRecord | null> {
    return await tx.createQueryBuilder(CaseRow, 'c').where('c.id = :id', { id }).setLock('pessimistic_write').getOne();
  },

  /**
   * Holds the case as it is until the transaction ends; others may hold it as well, and none changes it.
   * @returns null when there is none
   */
  async hold(tx: Tx, id: Id): Promise<CaseRecord | null> {
    return await tx.createQueryBuilder(CaseRow, 'c').where('c.id = :id', { id }).setLock('pessimistic_read').getOne();
  },

  async setProcedureVersion(tx: Tx, id: Id, procedureVersion: number): Promise<void> {
    await tx.update(CaseRow, { id }, { procedureVersion });
  },

  async close(tx: Tx, id: Id, at: Date): Promise<void> {
    await tx.update(CaseRow, { id }, { state: 'closed', closedAt: at, changedAt: at });
  },

  async askOriginalsCheck(tx: Tx, id: Id, asked: { cause: CaseCheckCause; askedAt: Date }): Promise<void> {
    const { cause: originalsCheckCause, askedAt: originalsCheckAskedAt } = asked;
    await tx.update(CaseRow, { id }, { originalsCheckCause, originalsCheckAskedAt, originalsCheckedAt: null });
  },

  async setOriginalsChecked(tx: Tx, id: Id, at: Date): Promise<void> {
    await tx.update(CaseRow, { id }, { originalsCheckedAt: at });
  },

  /** Whose originals were asked to be looked at again, and are not all since: longest waiting first. */
  async unchecked(tx: Tx, before: Date, limit: number): Promise<{ id: Id; cause: CaseCheckCause }[]> {
    return await tx.query(
      `SELECT id, originals_check_cause AS cause FROM cases
       WHERE originals_check_asked_at < $1 AND originals_checked_at IS NULL ORDER BY originals_check_asked_at LIMIT $2`,
      [before, limit],
    );
  },

  /** Cases whose row and whose chain do not say the same of whether they are closed. */
  async closedOtherwise(tx: Tx): Promise<Id[]> {
    const rows: { id: Id }[] = await tx.query(
      `SELECT c.id FROM cases c LEFT JOIN events e ON e.type = 'case.closed' AND e.chain = 'case:' || c.id
       WHERE (c.state <> 'open') <> (e.id IS NOT NULL) ORDER BY c.id`,
    );
    return rows.map((row) => row.id);
  },

  /** Events that change a case, or what is in it, behind the one that closed it. */
  async changesAfterClosing(tx: Tx): Promise<{ id: Id; chainSeq: number; type: EventType }[]> {
    const rows: { id: Id; chain_seq: string; type: EventType }[] = await tx.query(
      `SELECT substr(c.chain, 6) AS id, e.chain_seq, e.type FROM events c
       JOIN events e ON e.chain = c.chain AND e.chain_seq > c.chain_seq
       WHERE c.type = 'case.closed' AND e.type = ANY($1::text[]) ORDER BY e.position`,
      [CHANGES],
    );
    return rows.map((row) => ({ id: row.id, chainSeq: Number(row.chain_seq), type: row.type }));
  },

  /** Heads that a closing names and that are no events of those chains. */
  async headsNotThere(tx: Tx): Promise<{ id: Id; head: string }[]> {
    return await tx.query(
      `SELECT substr(c.chain, 6) AS id, h ->> 'chain' AS head FROM events c,
         jsonb_array_elements(convert_from(c.leaf, 'UTF8')::jsonb -> 'public' -> 'heads') h
       WHERE c.type IN ('case.closed', 'case.closing_heads') AND NOT EXISTS (
         SELECT FROM events e WHERE e.chain = h ->> 'chain' AND e.chain_seq = (h ->> 'seq')::bigint
           AND 'sha256:' || encode(e.leaf_hash, 'hex') = h ->> 'leaf') ORDER BY 1, 2`,
    );
  },

  async setTitle(tx: Tx, record: CaseRecord, title: string): Promise<void> {
    await tx.update(CaseRow, { id: record.id }, { title, searchText: searchText(record, title) });
  },

  async touch(tx: Tx, id: Id, at: Date): Promise<void> {
    await tx.update(CaseRow, { id }, { changedAt: at });
  },

  async countAssets(tx: Tx, id: Id): Promise<void> {
    await tx.query(
      'UPDATE cases SET asset_count = (SELECT count(*) FROM asset_links WHERE case_id = $1) WHERE id = $1',
      [id],
    );
  },

  async officers(tx: Tx, id: Id): Promise<{ id: Id; name: string }[]> {
    return await tx.query(
      'SELECT a.id, a.name FROM case_officers o JOIN accounts a ON a.id = o.account_id WHERE o.case_id = $1 ORDER BY a.name, a.id',
      [id],
    );
  },

  async setOfficers(tx: Tx, id: Id, officerIds: readonly Id[]): Promise<void> {
    await tx.query('DELETE FROM case_officers WHERE case_id = $1', [id]);
    await tx.query('INSERT INTO case_officers (case_id, account_id) SELECT $1, unnest($2::uuid[])', [
      id,
      [...new Set(officerIds)],
    ]);
  },

  async parties(tx: Tx, id: Id): Promise<Party[]> {
    return await tx.query('SELECT kind, name FROM case_parties WHERE case_id = $1 ORDER BY n', [id]);
  },

  async setParties(tx: Tx, id: Id, parties: readonly Party[]): Promise<void> {
    await tx.query('DELETE FROM case_parties WHERE case_id = $1', [id]);
    for (const [n, party] of parties.entries()) {
      await tx.query('INSERT INTO case_parties (case_id, n, kind, name) VALUES ($1, $2, $3, $4)', [
        id,
        n,
        party.kind,
        party.name,
      ]);
    }
  },

  /** Newest first; the page begins after `cursor`. */
  async list(
    tx: Tx,
    query: { scope: ListScope; search: string | null; state: CaseState | null; cursor: Cursor | null; limit: number },
  ): Promise<CaseRecord[]> {
    const ids = await listByTime(tx, {
      table: 'cases',
      timeColumn: 'opened_at',
      grams: { sql: 'grams_of(search_text)', facet: null },
      scope: query.scope,
      mine: OWN_CASES,
      filters: { state: query.state },
      search: query.search,
      cursor: query.cursor,
      limit: query.limit,
    });
    return await inOrder(tx, ids);
  },
};

const CHANGES: readonly EventType[] = [
  'case.changed',
  'case.step_added',
  'case.step_changed',
  'case.asset_linked',
  'case.asset_unlinked',
  'case.condition_stated',
  'case.people_set',
  'case.excuse_asked',
  'case.excuse_decided',
  'case.extension_asked',
  'case.extension_decided',
  'case.procedure_adopted',
  'case.form_saved',
  'case.form_issued',
  'case.form_printed',
  'case.form_voided',
  'case.gap_explained',
  'case.decision_judged',
  'case.review_submitted',
  'case.review_taken',
  'case.review_opinion',
  'case.review_ended',
  'case.review_disputed',
  'case.review_discussed',
  'case.closed',
];

const OWN_CASES: OwnRows = {
  sources: [{ from: 'case_officers o JOIN cases r ON r.id = o.case_id', where: 'o.account_id = $ACCOUNT' }],
  isOwn: 'EXISTS (SELECT FROM case_officers o WHERE o.case_id = r.id AND o.account_id = $ACCOUNT)',
};

function searchText(record: CaseRecord, title: string): string {
  return searchTextOf(`${record.number} ${title}`);
}

async function inOrder(tx: Tx, ids: readonly Id[]): Promise<CaseRecord[]> {
  const rows = await readRows(tx, CaseRow, 'r.id = ANY($1::uuid[])', [ids]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

export const occurrenceRepository = {
  async add(tx: Tx, occurrence: OccurrenceRecord): Promise<void> {
    await tx.insert(OccurrenceRow, { ...occurrence });
  },

  async find(tx: Tx, caseId: Id, id: Id): Promise<OccurrenceRecord | null> {
    return await tx.findOneBy(OccurrenceRow, { caseId, id });
  },

  async findMany(tx: Tx, ids: readonly Id[]): Promise<OccurrenceRecord[]> {
    return await tx.findBy(OccurrenceRow, { id: In([...ids]) });
  },

  async list(tx: Tx, caseId: Id): Promise<OccurrenceRecord[]> {
    return await tx.find(OccurrenceRow, { where: { caseId }, order: { stepId: 'ASC', n: 'ASC' } });
  },

  /** Those that something is tied to. */
  async withMaterial(tx: Tx, caseId: Id): Promise<Set<Id>> {
    const rows: { occurrence_id: Id }[] = await tx.query(
      'SELECT DISTINCT occurrence_id FROM asset_links WHERE case_id = $1',
      [caseId],
    );
    return new Set(rows.map((row) => row.occurrence_id));
  },

  async change(
    tx: Tx,
    id: Id,
    change: Partial<Pick<OccurrenceRecord, 'state' | 'startedAt' | 'endedAt' | 'address'>>,
  ): Promise<void> {
    await tx.update(OccurrenceRow, { id }, change);
  },
};
