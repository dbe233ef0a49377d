import { createHash } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { appendEvents, bySystem, checkLog, SEQUENCER_IDLE_MS, Sequencer } from '#archive';
import { type Chain, newId } from '#domain';
import { Database, logRepository, makeLogin, startEmbeddedPostgres } from '#persistence';
import { leafHash } from '#tlog';
import { type Bench, byTurns, compare, type Figures, secondsOf } from '../figure.js';

const WRITERS = 32;
const EVENTS = 6_400;
const CHAINED = 1_280;
const VERIFIED = 60_000;
const PAGE = 2_000;
const QUIET = { info: () => undefined, warn: console.warn, error: console.error };

/** The ledger against the simplest thing that has an order, and its re-verification against a bare loop. */
export const ledger: Figures = {
  name: 'ledger',
  about: `events of ${WRITERS} writers into the log; re-verification of the whole log`,
  async run(bench) {
    const postgres = await startEmbeddedPostgres({ dir: join(bench.dir, 'postgres') });
    const bases = await openBases(postgres.superuserUrl);
    try {
      return [await appending(bench, bases, postgres.superuserUrl), await verifying(bench, bases)];
    } finally {
      await Promise.all([bases.app.close(), bases.log.close()]);
      await postgres.stop();
    }
  },
};

interface Bases {
  readonly app: Database;
  readonly log: Database;
}

async function openBases(ownerUrl: string): Promise<Bases> {
  const owner = await Database.connect({ url: ownerUrl });
  await owner.migrate();
  await owner.close();
  const appUrl = await makeLogin(ownerUrl, { name: 'bench_app', password: 'bench' });
  const logUrl = await makeLogin(ownerUrl, { name: 'bench_log', password: 'bench' }, 'liuhen_sequencer');
  return {
    app: await Database.connect({ url: appUrl, poolSize: 10 }),
    log: await Database.connect({ url: logUrl, poolSize: 2, idleTransactionMs: SEQUENCER_IDLE_MS }),
  };
}

async function appending(bench: Bench, bases: Bases, ownerUrl: string) {
  const chain = new HashChain(ownerUrl);
  await chain.open();
  const runs = await byTurns(bench, {
    ours: async () => EVENTS / (await secondsOf(() => writeIntoLog(bases, EVENTS))),
    chained: async () => CHAINED / (await secondsOf(() => chain.write(CHAINED))),
  });
  await chain.close();
  return compare(
    `events of ${WRITERS} writers, each in a transaction, until all are in the log`,
    'events/s',
    { ours: runs.ours, rival: runs.chained },
    { rivalName: 'one hash chain under an advisory lock, a transaction an event', reach: { atLeast: 5 } },
  );
}

/** As every use case does: a transaction, the chain's head locked, the event, the outbox; the sequencer beside it. */
async function writeIntoLog({ app, log }: Bases, events: number): Promise<void> {
  const sequencer = new Sequencer({ database: log, log: QUIET });
  const before = (await logRepository.state(log.reader)).size + (await logRepository.waitingCount(log.reader));
  const writing = Promise.all(
    Array.from({ length: WRITERS }, async (_, writer) => {
      const chain: Chain = `case:${newId()}`;
      for (let n = 0; n < events / WRITERS; n++) {
        const draft = { type: 'case.changed' as const, chain, public: { writer, n, reason: 'x'.repeat(200) } };
        await app.transaction((tx) => appendEvents(tx, bySystem(new Date()), [draft]));
      }
    }),
  );
  while ((await logRepository.state(log.reader)).size < before + events) await sequencer.step();
  await writing;
  await sequencer.stop();
}

/** The plain thing: lock, read the last hash, hash, insert, commit. */
class HashChain {
  readonly #pool: pg.Pool;

  constructor(url: string) {
    this.#pool = new pg.Pool({ connectionString: url, max: WRITERS });
  }

  async open(): Promise<void> {
    await this.#pool.query(
      'CREATE TABLE hash_chain (n bigserial PRIMARY KEY, body bytea NOT NULL, hash bytea NOT NULL)',
    );
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async write(events: number): Promise<void> {
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        for (let n = 0; n < events / WRITERS; n++) await this.#append(Buffer.from(`${writer} ${n} ${'x'.repeat(500)}`));
      }),
    );
  }

  async #append(body: Buffer): Promise<void> {
    const client = await this.#pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT pg_advisory_xact_lock(1)');
      const { rows } = await client.query<{ hash: Buffer }>('SELECT hash FROM hash_chain ORDER BY n DESC LIMIT 1');
      const hash = createHash('sha256')
        .update(rows[0]?.hash ?? Buffer.alloc(32))
        .update(body)
        .digest();
      await client.query('INSERT INTO hash_chain (body, hash) VALUES ($1, $2)', [body, hash]);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  }
}

async function verifying(bench: Bench, bases: Bases) {
  const { size } = await logRepository.state(bases.log.reader);
  if (size < VERIFIED) await writeIntoLog(bases, Math.ceil((VERIFIED - size) / WRITERS) * WRITERS);
  const entries = (await logRepository.state(bases.log.reader)).size;
  const runs = await byTurns(bench, {
    ours: async () => entries / (await secondsOf(() => verifyAll(bases.app))),
    loop: async () => entries / (await secondsOf(() => readAndHash(bases.app, entries))),
  });
  return compare(
    `re-verification of ${entries.toLocaleString('en')} entries: leaves, tree, tiles, roots, order`,
    'events/s',
    { ours: runs.ours, rival: runs.loop },
    { rivalName: 'a bare loop that reads and hashes the same rows', reach: { atLeast: 0.6 } },
  );
}

async function verifyAll({ reader }: Database): Promise<void> {
  const findings: { where: string; what: string }[] = [];
  await checkLog(reader, findings);
  if (findings.length > 0) throw new Error(findings.map(({ what }) => what).join('; '));
}

async function readAndHash({ reader }: Database, entries: number): Promise<void> {
  const hash = (...chunks: readonly Uint8Array[]): Uint8Array => {
    const sha256 = createHash('sha256');
    for (const chunk of chunks) sha256.update(chunk);
    return sha256.digest();
  };
  for (let at = 0; at < entries; at += PAGE) {
    const rows: { leaf: Buffer }[] = await reader.query(
      `SELECT e.leaf FROM ledger_entries l JOIN events e ON e.id = l.event_id
       WHERE l.index >= $1 AND l.index < $2 ORDER BY l.index`,
      [at, at + PAGE],
    );
    for (const { leaf } of rows) leafHash(hash, leaf);
  }
}
