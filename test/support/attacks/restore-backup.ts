import pg from 'pg';

export interface Backup {
  /** Puts the database back as it was; whoever is connected is thrown out. */
  restore(): Promise<void>;
  drop(): Promise<void>;
}

/** A copy of the whole database as it is now, by the server's superuser. */
export async function takeBackup(url: string): Promise<Backup> {
  const name = new URL(url).pathname.slice(1);
  const copy = `${name}_backup_${Date.now().toString(36)}`;
  await onServer(url, async (client) => {
    await aside(client, name, () => client.query(`CREATE DATABASE ${copy} TEMPLATE ${name}`));
  });
  return {
    restore: () =>
      onServer(url, async (client) => {
        await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
        await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
        await client.query(`CREATE DATABASE ${name} TEMPLATE ${copy}`);
      }),
    drop: () => onServer(url, async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${copy}`))),
  };
}

/** While nobody is connected. */
async function aside(client: pg.Client, name: string, work: () => Promise<unknown>): Promise<void> {
  await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  try {
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    await untilAlone(client, name);
    await work();
  } finally {
    await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
  }
}

async function untilAlone(client: pg.Client, name: string): Promise<void> {
  for (;;) {
    const { rows } = await client.query('SELECT count(*) AS n FROM pg_stat_activity WHERE datname = $1', [name]);
    if (rows[0].n === '0') return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function onServer(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const server = new URL(url);
  server.pathname = '/postgres';
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
