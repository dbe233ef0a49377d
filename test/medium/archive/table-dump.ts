import pg from 'pg';

/** What every table holds, as one digest each: equal before and after means that nothing was kept. */
export class TableDump {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async open(url: string): Promise<TableDump> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return new TableDump(client);
  }

  async read(): Promise<Record<string, string>> {
    const tables = await this.#client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
    );
    const dump: Record<string, string> = {};
    for (const { name } of tables.rows) {
      const { rows } = await this.#client.query(
        `SELECT count(*) || ' ' || coalesce(md5(string_agg(r::text, '|' ORDER BY r::text)), '') AS held FROM "${name}" r`,
      );
      dump[name] = rows[0].held;
    }
    return dump;
  }

  async close(): Promise<void> {
    await this.#client.end();
  }
}
