import pg from 'pg';

/** One line for everything a schema is made of: what two databases must agree on to be the same. */
export async function dumpSchema(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const lines: string[] = [];
    for (const [what, sql] of Object.entries(PARTS)) {
      const { rows } = await client.query<{ line: string }>(sql);
      lines.push(...rows.map((row) => `${what} ${row.line}`).sort());
    }
    return lines;
  } finally {
    await client.end();
  }
}

const OURS = `n.nspname = 'public' AND c.relname <> 'migrations' AND c.relname NOT LIKE 'migrations_%' AND c.relname NOT LIKE 'PK_%'`;
const PARTS = {
  table: `SELECT format('%s %s %s', c.relkind, c.relname, c.relacl) AS line FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OURS}`,
  column: `SELECT format('%s.%s %s %s %s not null %s default %s identity %s', c.relname, a.attname, a.attnum,
      format_type(a.atttypid, a.atttypmod), a.attgenerated, a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity) AS line
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE ${OURS} AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped`,
  constraint: `SELECT format('%s %s %s', c.relname, k.conname, pg_get_constraintdef(k.oid)) AS line
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OURS}`,
  index: `SELECT pg_get_indexdef(i.indexrelid) AS line FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OURS}`,
  trigger: `SELECT format('%s %s', pg_get_triggerdef(t.oid), t.tgenabled) AS line FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OURS} AND NOT t.tgisinternal`,
  function: `SELECT pg_get_functiondef(p.oid) AS line FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public'`,
};
