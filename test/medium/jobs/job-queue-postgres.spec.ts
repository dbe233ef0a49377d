import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { prepareQueueDatabase } from '#jobs';
import { startEmbeddedPostgres } from '../../../libs/persistence/src/embedded-postgres.js';
import { jobQueueContract } from '../../contracts/job-queue.contract.js';

/** The queue is used by a role that owns nothing, as in production. */
const APP = 'queue_user';

jobQueueContract('PostgreSQL', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'liuhen-postgres-'));
  let server = await startEmbeddedPostgres({ dir });
  const { port } = server;
  const ownerUrl = server.superuserUrl;
  await run(ownerUrl, `create role ${APP} login password 'test'`);
  await prepareQueueDatabase(ownerUrl, APP);
  await prepareQueueDatabase(ownerUrl, APP);
  return {
    config: () => ({ kind: 'postgres', connectionString: `postgresql://${APP}:test@127.0.0.1:${port}/postgres` }),
    wipe: () =>
      run(
        ownerUrl,
        `do $$ declare t text; begin
           for t in select tablename from pg_tables where schemaname = 'bullmq' and tablename <> 'migration' loop
             execute format('truncate bullmq.%I cascade', t);
           end loop;
         end $$`,
      ),
    stopServer: () => server.stop(),
    startServer: async () => {
      server = await startEmbeddedPostgres({ dir, port });
    },
    cutConnections: () =>
      run(ownerUrl, `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${APP}'`),
    hang: async () => {
      const locker = new pg.Client({ connectionString: ownerUrl });
      await locker.connect();
      await locker.query('begin');
      await locker.query('lock table bullmq.job, bullmq.meta in access exclusive mode');
      return () => locker.end();
    },
    close: async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
});

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        await client.query(statement);
        return;
      } catch (error) {
        // Whole tables are emptied under workers that hold rows of several: either may be the one that gives way.
        if ((error as { code?: string }).code !== '40P01' || attempt === 10) throw error;
      }
    }
  } finally {
    await client.end();
  }
}
