import pg from 'pg';

/** Of an agency that is busy: a year's cases, all of them open. */
export const CROWDED_CASES = 20_000;
const UNITS = 33;
const OFFICERS = 400;
/** What is open of each: clocks, papers, facts to be stated, and now and then a breach. */
const LINES = 12;

const TABLES = [
  // What is no UUIDv7 is no id of ours, in a cursor for one.
  `CREATE FUNCTION pg_temp.id7() RETURNS uuid LANGUAGE sql VOLATILE AS
     $$ SELECT overlay(gen_random_uuid()::text PLACING '7' FROM 15)::uuid $$`,
  `CREATE TEMP TABLE crowd_unit AS SELECT n, pg_temp.id7() AS id FROM generate_series(1, ${UNITS}) n`,
  `INSERT INTO units (id, name, parent_id, path, valid_from)
     SELECT id, '第' || n || '大队', $1, $2::text || id || '/', now() FROM crowd_unit`,
  `CREATE TEMP TABLE crowd_officer AS SELECT n, pg_temp.id7() AS id, 1 + n % ${UNITS} AS unit FROM generate_series(1, ${OFFICERS}) n`,
  `INSERT INTO accounts (id, login, name, password_hash, roles, unit_id, created_at)
     SELECT o.id, 'busy-' || o.n, '执法员' || o.n, 'none', '{officer}', u.id, now()
     FROM crowd_officer o JOIN crowd_unit u ON u.n = o.unit`,
  // Every twentieth is of the one who asks.
  `CREATE TEMP TABLE crowd_case AS SELECT c.n, pg_temp.id7() AS id, u.id AS unit_id, $1::text || u.id || '/' AS path,
       date_trunc('milliseconds', now() - interval '1 year' * (1 - c.n::float8 / ${CROWDED_CASES})) AS at,
       CASE WHEN c.n % 20 = 0 THEN $2::uuid ELSE o.id END AS officer
     FROM generate_series(1, ${CROWDED_CASES}) c (n)
     JOIN crowd_officer o ON o.n = 1 + (c.n::bigint * 7919) % ${OFFICERS} JOIN crowd_unit u ON u.n = o.unit`,
  `INSERT INTO cases (id, unit_id, unit_path, number, title, level, state, procedure_id, procedure_version, opened_by,
       opened_at, changed_at, search_text)
     SELECT c.id, unit_id, path, '城执罚〔2026〕' || n || '号', '占道经营案' || n, 'normal', 'open',
       'administrative-penalty-ordinary', 1, officer, at, at, '城执罚〔2026〕' || n || '号 占道经营案' || n FROM crowd_case c`,
  `INSERT INTO case_officers (case_id, account_id) SELECT id, officer FROM crowd_case`,
  // One clock in ten is late; what has no time is due as soon as can be.
  `INSERT INTO case_lines (id, case_id, unit_id, kind, ref, "of", started_at, due_at, late_at, words, rule)
     SELECT pg_temp.id7(), c.id, c.unit_id, kind, 'ref-' || i, 'agency', c.at, due, due,
       '{"zh": "作出处罚决定", "en": "Decision"}',
       '{"procedureId": "administrative-penalty-ordinary", "version": 1, "part": "limits/decision", "title": {"zh": "决定", "en": "Decision"}, "source": "行政处罚法第六十条"}'
     FROM (SELECT c.*, i, CASE WHEN i <= 3 THEN 'clock' WHEN i <= 6 THEN 'duty' WHEN i <= 11 THEN 'statement' ELSE 'breach' END AS kind,
         CASE WHEN i <= 4 THEN date_trunc('milliseconds', now()) + interval '1 day' * ((c.n * 31 + i * 7) % 100 - 10) WHEN i = 12 THEN c.at END AS due
       FROM crowd_case c CROSS JOIN generate_series(1, ${LINES}) i WHERE i < 12 OR c.n % 5 = 0) c`,
  'VACUUM ANALYZE units, accounts, cases, case_officers, case_lines',
];

/** Written straight by SQL: these cases have no events, and are for lists alone. */
export async function crowdCases(
  ownerUrl: string,
  of: { readonly rootId: string; readonly rootPath: string; readonly officerId: string },
): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    // Foreign keys are not asked row by row, and the app's own triggers rest.
    await client.query('SET session_replication_role = replica');
    for (const statement of TABLES) {
      const values = statement.includes('crowd_case AS') ? [of.rootPath, of.officerId] : [of.rootId, of.rootPath];
      await client.query(statement, statement.includes('$1') ? values : []);
    }
  } finally {
    await client.end();
  }
}
