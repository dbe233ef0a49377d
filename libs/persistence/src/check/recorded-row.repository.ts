import type { Chain, EventType, EventValue, Id } from '#domain';
import type { Tx } from '../database.js';

/** A row as far as events tell of it. */
export interface RecordedRow {
  readonly chain: Chain;
  /** `form 0199…`, `statement 3`: the row among those of its chain. */
  readonly name: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** An event as the rows are held against it. */
export interface TellingEvent {
  readonly chain: Chain;
  readonly chainSeq: number;
  readonly type: EventType;
  readonly leaf: Buffer;
  /** Personal fields that were not forgotten. */
  readonly opened: Readonly<Record<string, EventValue>>;
}

/** Whose chains rows are told of in. */
export const ROW_OWNERS = ['case', 'asset', 'account', 'recorder', 'system'] as const;
export type RowOwner = (typeof ROW_OWNERS)[number];
/** Of the archive itself there is one chain. */
const SYSTEM = 'system';

/** @param id of the case, asset, account or recorder; of the system itself, its name */
export function chainOfRows(owner: RowOwner, id: Id): Chain {
  return owner === SYSTEM ? SYSTEM : `${owner}:${id}`;
}

/** As events write times. */
const utc = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** What was asked for and decided, as excuses and extensions are. */
const decided = `'reason', reason, 'asked_by', asked_by, 'asked_at', ${utc('asked_at')}, 'approved', is_approved,
    'decided_by', decided_by, 'decided_at', ${utc('decided_at')}, 'decision_reason', decision_reason`;

const OF_CASES = `
  SELECT 'case:' || case_id AS chain, 'form ' || id AS name, jsonb_build_object(
    'state', state, 'revision', revision, 'occurrence', occurrence_id, 'paper', paper_id, 'template', template_id,
    'template_version', template_version, 'values', values, 'number', number, 'issued_by', issued_by,
    'issued_at', ${utc('issued_at')}, 'with_english', with_english, 'counted_unit', counted_unit_id,
    'counted_series', counted_series, 'counted_year', counted_year, 'counted_n', counted_n,
    'printed', CASE print_state WHEN 'printed' THEN asset_id END) AS facts
  FROM forms WHERE case_id = ANY($1::uuid[])
  UNION ALL
  SELECT 'case:' || case_id, 'review ' || id, jsonb_build_object(
    'state', state, 'occurrence', occurrence_id, 'n', n, 'policy_version', policy_version, 'stages', stages,
    'stage', stage, 'finding', finding_id, 'note', note, 'materials', materials, 'due_at', ${utc('due_at')},
    'submitted_by', submitted_by, 'submitted_at', ${utc('submitted_at')}, 'taken_by', taken_by, 'outcome', outcome,
    'ended_at', ${utc('ended_at')}, 'submission_form', submission_form_id, 'opinion_form', opinion_form_id)
  FROM reviews WHERE case_id = ANY($1::uuid[])
  UNION ALL
  SELECT 'case:' || case_id, 'finding ' || id, jsonb_build_object(
    'catalogue', catalogue_id, 'catalogue_version', catalogue_version, 'entries', entries, 'every_decision', is_every,
    'major', is_major, 'judged_by', judged_by, 'judged_at', ${utc('judged_at')},
    'decision', description - 'amountFen' || jsonb_build_object('amount_fen', description -> 'amountFen'))
  FROM decision_findings WHERE case_id = ANY($1::uuid[])
  UNION ALL
  SELECT 'case:' || r.case_id, 'opinion ' || o.review_id || '/' || o.stage, jsonb_build_object(
    'outcome', o.outcome, 'answers', o.answers, 'text', o.text, 'changes', o.changes, 'given_by', o.given_by,
    'given_at', ${utc('o.given_at')}, 'certified_from', o.certified_from::text, 'certified_to', o.certified_to::text)
  FROM review_opinions o JOIN reviews r ON r.id = o.review_id WHERE r.case_id = ANY($1::uuid[])
  UNION ALL
  SELECT 'case:' || r.case_id, 'dispute ' || d.review_id, jsonb_build_object(
    'reason', d.reason, 'raised_by', d.raised_by, 'raised_at', ${utc('d.raised_at')}, 'held_on', d.held_on::text,
    'participants', d.participants, 'result', d.result, 'text', d.text, 'recorded_by', d.recorded_by,
    'recorded_at', ${utc('d.recorded_at')})
  FROM review_disputes d JOIN reviews r ON r.id = d.review_id WHERE r.case_id = ANY($1::uuid[])
  UNION ALL
  SELECT 'case:' || case_id, 'statement ' || row_number() OVER (PARTITION BY case_id ORDER BY n), jsonb_build_object(
    'condition', condition_id, 'occurrence', occurrence_id, 'holds', holds, 'since', ${utc('at')},
    'stated_by', stated_by, 'stated_at', ${utc('stated_at')})
  FROM condition_statements WHERE case_id = ANY($1::uuid[])
  UNION ALL
  SELECT 'case:' || f.case_id, 'comparison ' || c.id, jsonb_build_object(
    'form', c.form_id, 'asset', c.asset_id, 'how', c.how, 'agrees', c.agrees, 'fields', c.fields, 'by', c.by,
    'at', ${utc('c.at')})
  FROM form_comparisons c JOIN forms f ON f.id = c.form_id WHERE f.case_id = ANY($1::uuid[])
  UNION ALL
  SELECT 'case:' || case_id, 'excuse ' || id, jsonb_build_object(
    'occurrence', occurrence_id, 'paper', paper_id, 'kind', kind, ${decided})
  FROM excuses WHERE case_id = ANY($1::uuid[])
  UNION ALL
  SELECT 'case:' || case_id, 'extension ' || id, jsonb_build_object(
    'limit', limit_id, 'occurrence', occurrence_id, ${decided})
  FROM extensions WHERE case_id = ANY($1::uuid[])
  UNION ALL
  SELECT 'case:' || o.case_id, 'people ' || o.id, jsonb_build_object(
    'named', jsonb_agg(p.account_id || ' ' || p.role ORDER BY p.account_id || ' ' || p.role COLLATE "C"))
  FROM occurrence_people p JOIN step_occurrences o ON o.id = p.occurrence_id WHERE o.case_id = ANY($1::uuid[])
  GROUP BY o.case_id, o.id
  UNION ALL
  SELECT 'case:' || case_id, 'explanation ' || id, jsonb_build_object(
    'occurrence', occurrence_id, 'after', after_asset_id, 'before', before_asset_id, 'start_at', ${utc('start_at')},
    'end_at', ${utc('end_at')}, 'text', text, 'explained_by', explained_by, 'explained_at', ${utc('explained_at')})
  FROM gap_explanations WHERE case_id = ANY($1::uuid[])`;

const OF_ASSETS = `
  SELECT 'asset:' || asset_id AS chain, 'mark ' || id || '/' || version AS name, jsonb_build_object(
    'kind', kind, 'range', CASE WHEN page IS NULL THEN jsonb_build_object('start_ms', start_ms, 'end_ms', end_ms) END,
    'page', page, 'reason', reason, 'withdrawn', is_withdrawn, 'text', text, 'author', author, 'at', ${utc('at')}) AS facts
  FROM marks WHERE asset_id = ANY($1::uuid[])
  UNION ALL
  SELECT 'asset:' || asset_id, 'transcript ' || id, jsonb_build_object(
    'made_by', made_by, 'maker', maker, 'text_asset', text_asset_id, 'text', text, 'attached_by', attached_by,
    'attached_at', ${utc('attached_at')})
  FROM transcripts WHERE asset_id = ANY($1::uuid[])`;

const OF_ACCOUNTS = `
  SELECT 'account:' || account_id AS chain, 'certificate ' || id AS name, jsonb_build_object(
    'kind', kind, 'number', number, 'valid_from', valid_from::text, 'valid_to', valid_to::text,
    'withdrawn_at', ${utc('withdrawn_at')}) AS facts
  FROM certificates WHERE account_id = ANY($1::uuid[])`;

const OF_RECORDERS = `
  SELECT 'recorder:' || id AS chain, 'register' AS name, jsonb_build_object(
    'kind', kind, 'unit', unit_id, 'serial', serial, 'maker', maker, 'model', model, 'state', state,
    'added_at', ${utc('added_at')}) AS facts
  FROM recorders WHERE id = ANY($1::uuid[])
  UNION ALL
  SELECT 'recorder:' || recorder_id, 'issue ' || id, jsonb_build_object(
    'account', account_id, 'officer_number', officer_number, 'issued_at', ${utc('issued_at')}, 'issued_by', issued_by,
    'returned_at', ${utc('returned_at')}, 'returned_by', returned_by, 'note', note)
  FROM recorder_issues WHERE recorder_id = ANY($1::uuid[])
  UNION ALL
  SELECT 'recorder:' || recorder_id, 'measurement ' || id, jsonb_build_object(
    'at', ${utc('at')}, 'device_at', ${utc('device_at')}, 'source', source, 'was_set', was_set, 'asset', asset_id,
    'position_ms', position_ms, 'measured_by', measured_by, 'recorded_at', ${utc('recorded_at')})
  FROM recorder_clocks WHERE recorder_id = ANY($1::uuid[])
  UNION ALL
  SELECT 'recorder:' || recorder_id, 'check ' || id, jsonb_build_object(
    'kind', kind, 'passed', passed, 'findings', findings, 'checked_by', checked_by, 'at', ${utc('at')})
  FROM recorder_checks WHERE recorder_id = ANY($1::uuid[])
  UNION ALL
  SELECT 'recorder:' || l.recorder_id, 'list ' || l.id, jsonb_build_object(
    'digest', 'sha256:' || encode(sha256(l.body), 'hex'), 'size_bytes', length(l.body), 'format', l.format,
    'encoding', l.encoding, 'file_name', l.file_name, 'imported_by', l.imported_by, 'imported_at', ${utc('l.imported_at')},
    'entries', (SELECT count(*) FROM recorder_list_entries e WHERE e.list_id = l.id))
  FROM recorder_lists l WHERE l.recorder_id = ANY($1::uuid[])`;

const OF_SYSTEM = `
  SELECT chain, name, facts FROM (
    SELECT 'system' AS chain, 'rule procedure ' || id || '/' || version AS name, jsonb_build_object('sha256', sha256) AS facts
    FROM procedures
    UNION ALL
    SELECT 'system', 'rule form ' || id || '/' || version, jsonb_build_object('sha256', sha256) FROM form_templates
    UNION ALL
    SELECT 'system', 'rule catalogue ' || id || '/' || version, jsonb_build_object('sha256', sha256) FROM catalogues
    UNION ALL
    SELECT 'system', 'rule recorder-name ' || id || '/' || version, jsonb_build_object('sha256', sha256) FROM name_rules
    UNION ALL
    SELECT 'system', 'rule calendar ' || row_number() OVER (ORDER BY n), jsonb_build_object('sha256', sha256) FROM calendars
    UNION ALL
    SELECT 'system', 'limit ' || procedure_id || '/' || limit_id, jsonb_build_object('length', jsonb_build_object(
      'count', "limit" -> 'count', 'unit', "limit" -> 'unit', 'last_day_at_rest', "limit" -> 'lastDayAtRest'),
      'set_by', set_by, 'set_at', ${utc('set_at')})
    FROM agency_limits
    UNION ALL
    SELECT 'system', 'policy ' || version, jsonb_build_object('body', body, 'set_by', set_by, 'set_at', ${utc('set_at')})
    FROM review_policies
    UNION ALL
    SELECT 'system', 'word ' || unit_id, jsonb_build_object('word', word) FROM agency_words
  ) s WHERE chain = ANY($1::text[])`;

const ROWS: Record<RowOwner, string> = {
  ...{ case: OF_CASES, asset: OF_ASSETS, account: OF_ACCOUNTS, recorder: OF_RECORDERS, system: OF_SYSTEM },
};
const TABLES: Record<Exclude<RowOwner, 'system'>, string> = {
  ...{ case: 'cases', asset: 'assets', account: 'accounts', recorder: 'recorders' },
};

export const recordedRowRepository = {
  /** Ids that have a row or a chain, in order: neither is taken away without the other being seen. */
  async owners(tx: Tx, owner: RowOwner, after: Id | null, limit: number): Promise<Id[]> {
    if (owner === SYSTEM) return after === null ? [SYSTEM] : [];
    const rows: { id: Id }[] = await tx.query(
      `SELECT id FROM ${TABLES[owner]} WHERE $1::uuid IS NULL OR id > $1
       UNION SELECT substr(chain, length($2) + 2)::uuid FROM chain_heads
       WHERE starts_with(chain, $2 || ':') AND ($1::uuid IS NULL OR substr(chain, length($2) + 2)::uuid > $1)
       ORDER BY id LIMIT $3`,
      [after, owner, limit],
    );
    return rows.map(({ id }) => id);
  },

  async rows(tx: Tx, owner: RowOwner, ids: readonly Id[]): Promise<RecordedRow[]> {
    return await tx.query(ROWS[owner], [ids]);
  },

  /** In the order of their chains. */
  async events(
    tx: Tx,
    owner: RowOwner,
    of: { readonly ids: readonly Id[]; readonly types: readonly EventType[] },
  ): Promise<TellingEvent[]> {
    const rows: (Omit<TellingEvent, 'chainSeq'> & { readonly chainSeq: string })[] = await tx.query(
      `SELECT e.chain, e.chain_seq AS "chainSeq", e.type, e.leaf, coalesce(
         (SELECT jsonb_object_agg(d.field, d.value) FROM event_disclosures d WHERE d.event_id = e.id), '{}') AS opened
       FROM events e WHERE e.chain = ANY($1::text[]) AND e.type = ANY($2::text[]) ORDER BY e.chain, e.chain_seq`,
      [of.ids.map((id) => chainOfRows(owner, id)), of.types],
    );
    return rows.map((row) => ({ ...row, chainSeq: Number(row.chainSeq) }));
  },
};
