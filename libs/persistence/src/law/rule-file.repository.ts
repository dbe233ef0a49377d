import type { Id } from '#domain';
import type { Tx } from '../database.js';

/** Rules that come as files with versions. Calendars have none: of them the newest that came is followed. */
export const VERSIONED_RULES = ['procedure', 'form', 'catalogue', 'recorder-name'] as const;
export type VersionedRule = (typeof VERSIONED_RULES)[number];
export type RuleKind = VersionedRule | 'calendar';

/** A file of rules: its text stays as it came, so that its digest can be worked out again at any time. */
export interface RuleFile<Body = unknown> {
  readonly text: string;
  /** Of the text in UTF-8: what `sha256sum` says of the file. */
  readonly sha256: string;
  readonly body: Body;
}

export interface StoredRule extends RuleFile {
  readonly kind: RuleKind;
  readonly id: string;
  readonly version: number;
}

/** `by` null: it came with the archive. */
export interface KeptBy {
  readonly at: Date;
  readonly by: Id | null;
}

/** `differs`: the same version is there with other content. */
export type RuleKept = 'new' | 'known' | 'differs';

const TABLES: Record<VersionedRule, string> = {
  procedure: 'procedures',
  form: 'form_templates',
  catalogue: 'catalogues',
  'recorder-name': 'name_rules',
};

export const ruleFileRepository = {
  async keep(
    tx: Tx,
    kind: VersionedRule,
    { text, sha256, body }: RuleFile<{ readonly id: string; readonly version: number }>,
    { at, by }: KeptBy,
  ): Promise<RuleKept> {
    const table = TABLES[kind];
    const added: unknown[] = await tx.query(
      `INSERT INTO ${table} (id, version, file, body, sha256, kept_at, kept_by) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT DO NOTHING RETURNING id`,
      [body.id, body.version, text, JSON.stringify(body), sha256, at, by],
    );
    if (added.length > 0) return 'new';
    const rows: { sha256: string }[] = await tx.query(`SELECT sha256 FROM ${table} WHERE id = $1 AND version = $2`, [
      body.id,
      body.version,
    ]);
    return rows[0]?.sha256 === sha256 ? 'known' : 'differs';
  },

  /** Keeps a calendar unless the newest is the same. */
  async keepCalendar(tx: Tx, { text, sha256, body }: RuleFile, { at, by }: KeptBy): Promise<RuleKept> {
    if ((await ruleFileRepository.newestCalendar(tx)) === sha256) return 'known';
    await tx.query('INSERT INTO calendars (sha256, file, body, kept_at, kept_by) VALUES ($1, $2, $3, $4, $5)', [
      sha256,
      text,
      JSON.stringify(body),
      at,
      by,
    ]);
    return 'new';
  },

  /** Its digest; null before the first was kept. */
  async newestCalendar(tx: Tx): Promise<string | null> {
    const rows: { sha256: string }[] = await tx.query('SELECT sha256 FROM calendars ORDER BY n DESC LIMIT 1');
    return rows[0]?.sha256 ?? null;
  },

  async calendarBody(tx: Tx, sha256: string): Promise<unknown> {
    const rows: { body: unknown }[] = await tx.query(
      'SELECT body FROM calendars WHERE sha256 = $1 ORDER BY n DESC LIMIT 1',
      [sha256],
    );
    return rows[0]?.body;
  },

  /** Every version of every kind, as it is stored; calendars under the number they came by. */
  async list(tx: Tx): Promise<StoredRule[]> {
    const versioned = Object.entries(TABLES).map(([kind, table]) => selectOf(kind, `id, version`, table));
    return await tx.query(
      `${[...versioned, selectOf('calendar', `'calendar', n`, 'calendars')].join(' UNION ALL ')} ORDER BY kind, id, version`,
    );
  },
};

function selectOf(kind: string, columns: string, table: string): string {
  return `SELECT '${kind}' AS kind, ${columns}, file AS text, body, sha256 FROM ${table}`;
}
