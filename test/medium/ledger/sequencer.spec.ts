import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Chain, newId } from '#domain';
import { Database, type LoggedEvent, logRepository } from '#persistence';
import { treeRoot } from '#tlog';
import { appendEvents, bySystem } from '../../../libs/archive/src/ledger/append-events.js';
import { eventLeafHash, sha256 } from '../../../libs/archive/src/ledger/canonical.js';
import { SEQUENCER_IDLE_MS, Sequencer } from '../../../libs/archive/src/ledger/log/sequencer.js';
import { storedRoot } from '../../../libs/archive/src/ledger/log/tree-proofs.js';
import { type RunningArchive, runArchive, SILENT } from '../../support/running-archive.js';

describe('the sequencer', () => {
  let running: RunningArchive;
  let database: Database;
  const owned: Sequencer[] = [];

  beforeEach(async () => {
    running = await runArchive();
    database = await Database.connect({ url: running.sequencerUrl, poolSize: 4, idleTransactionMs: SEQUENCER_IDLE_MS });
  });
  afterEach(async () => {
    await Promise.all(owned.splice(0).map((sequencer) => sequencer.stop()));
    await database.close();
    await running.stop();
  });

  const sequencer = (leaseMs = 10_000): Sequencer => {
    const made = new Sequencer({ database, log: SILENT }, { leaseMs });
    owned.push(made);
    return made;
  };
  const log = async (): Promise<LoggedEvent[]> => await logRepository.entries(database.reader, 0, 100_000);
  const write = async (chain: Chain, n: number): Promise<void> => {
    const { database: app, clock } = running.parts;
    const draft = { type: 'case.changed' as const, chain, public: { n } };
    await app.transaction((tx) => appendEvents(tx, bySystem(clock.now()), [draft]));
  };

  it('moves all committed events, each chain in its order, and nothing twice', async () => {
    const chains = Array.from({ length: 6 }, (): Chain => `case:${newId()}`);
    const one = sequencer();
    let isWriting = true;
    const writing = Promise.all(
      chains.flatMap((chain) =>
        Array.from({ length: 5 }, (_, k) => k).map(async (k) => {
          for (let n = 0; n < 12; n++) await write(chain, k * 100 + n);
        }),
      ),
    ).finally(() => {
      isWriting = false;
    });
    while (isWriting || (await logRepository.waitingCount(database.reader)) > 0) await one.step();
    await writing;

    const entries = await log();
    expect(entries.map(({ index }) => index)).toEqual(entries.map((_, i) => i));
    expect(new Set(entries.map(({ eventId }) => eventId)).size).toBe(entries.length);
    for (const chain of chains) {
      const its = entries.filter((entry) => entry.chain === chain).map(({ chainSeq }) => chainSeq);
      expect(its).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    }
    const state = await logRepository.state(database.reader);
    const leaves = entries.map(({ leaf }) => eventLeafHash(leaf as Buffer));
    expect(state.size).toBe(entries.length);
    expect(state.root.equals(treeRoot(sha256, leaves))).toBe(true);
  });

  it('goes on from the tiles after a restart, over the edge of a tile', async () => {
    const chain: Chain = `case:${newId()}`;
    for (let round = 0; round < 3; round++) {
      const { database: app, clock } = running.parts;
      const drafts = Array.from({ length: 130 }, (_, n) => ({ type: 'case.changed' as const, chain, public: { n } }));
      await app.transaction((tx) => appendEvents(tx, bySystem(clock.now()), drafts));
      const fresh = sequencer();
      while ((await fresh.step()) !== 0);
      await fresh.stop();
    }
    const entries = await log();
    const leaves = entries.map(({ leafHash }) => leafHash);
    expect(entries.length).toBeGreaterThan(390);
    for (const size of [1, 255, 256, 257, entries.length]) {
      const root = Buffer.from(await storedRoot(database.reader, size));
      expect(root.equals(treeRoot(sha256, leaves.slice(0, size)))).toBe(true);
    }
  });

  it('is one at a time: the second stands by, takes over when the first has ended', async () => {
    const [first, second] = [sequencer(), sequencer()];
    expect(await first.step()).toBeGreaterThan(0);
    expect(await second.step()).toBeNull();
    await first.stop();
    await write(`case:${newId()}`, 1);
    expect(await second.step()).toBe(1);
  });

  it('is refused when it wakes up late, and nothing is logged twice', async () => {
    const [late, next] = [sequencer(200), sequencer(60_000)];
    await late.step();
    await sleep(300);
    await write(`case:${newId()}`, 1);
    expect(await next.step()).toBe(1);
    await write(`case:${newId()}`, 2);
    expect(await late.step()).toBeNull();
    expect(late.holdsLease).toBe(false);
    expect(await next.step()).toBe(1);
    const entries = await log();
    expect(new Set(entries.map(({ eventId }) => eventId)).size).toBe(entries.length);
  });

  it('that is paused inside a batch loses the batch, and another takes over', async () => {
    const client = new pg.Client({
      connectionString: running.sequencerUrl,
      idle_in_transaction_session_timeout: 500,
    });
    client.on('error', () => undefined);
    await client.connect();
    const epoch = await logRepository.takeLease(database.reader, 'paused', 400);
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM ledger WHERE id = 1 AND epoch = $1 FOR UPDATE', [epoch]);
    await sleep(700);
    const next = sequencer();
    expect(await next.step()).toBeGreaterThan(0);
    await expect(client.query('COMMIT')).rejects.toThrow();
    await client.end().catch(() => undefined);
  });

  it('takes up what waits for a transaction that began earlier and ended later', async () => {
    const one = sequencer();
    while ((await one.step()) !== 0);
    const { database: app, clock } = running.parts;
    const slow: Chain = `case:${newId()}`;
    await app.transaction(async (tx) => {
      await appendEvents(tx, bySystem(clock.now()), [{ type: 'case.changed', chain: slow }]);
      await write(`case:${newId()}`, 1);
      expect(await one.step()).toBe(1);
    });
    expect(await one.step()).toBe(1);
    expect((await log()).at(-1)?.chain).toBe(slow);
  });

  it('has rights nobody else has', async () => {
    await sequencer().step();
    const app = running.parts.database.reader;
    const denied = [
      `INSERT INTO ledger_entries (index, event_id, leaf_hash) SELECT 99999, event_id, leaf_hash FROM ledger_entries LIMIT 1`,
      `DELETE FROM ledger_outbox`,
      `UPDATE ledger SET size = 0 WHERE id = 1`,
      `UPDATE ledger_tiles SET hashes = hashes`,
      `INSERT INTO ledger_checkpoints (size, root, note, signed_at) SELECT size, root, 'x', now() FROM ledger`,
    ];
    for (const statement of denied) await expect(app.query(statement)).rejects.toThrow(/permission denied/);
    await expect(database.reader.query(`UPDATE events SET type = type`)).rejects.toThrow(/permission denied/);
  });

  it('keeps a log that even its owner cannot change by accident', async () => {
    await sequencer().step();
    const owner = await Database.connect({ url: running.ownerUrl, poolSize: 1 });
    const refused = [
      'UPDATE ledger_entries SET leaf_hash = leaf_hash',
      'DELETE FROM ledger_entries WHERE index = 0',
      'TRUNCATE ledger_tiles CASCADE',
      `UPDATE ledger_tiles SET hashes = decode(repeat('00', 32), 'hex')`,
      'UPDATE ledger SET size = size - 1',
      `SET session_replication_role = replica; DELETE FROM ledger_entries WHERE index = 0`,
    ];
    for (const statement of refused) await expect(owner.reader.query(statement)).rejects.toThrow();
    await owner.close();
  });

  it('stops with the log when it is frozen; only the owner lets it go on', async () => {
    const one = sequencer();
    while ((await one.step()) !== 0);
    await logRepository.freeze(running.parts.database.reader, 'behind-signer', new Date());
    await expect(write(`case:${newId()}`, 1)).rejects.toMatchObject({ code: 'ledger-frozen' });
    expect(await one.step()).toBe(0);
    await expect(logRepository.thaw(running.parts.database.reader)).rejects.toThrow(/only the owner/);
    await expect(logRepository.thaw(database.reader)).rejects.toThrow(/only the owner/);
    const owner = await Database.connect({ url: running.ownerUrl, poolSize: 1 });
    await logRepository.thaw(owner.reader);
    await owner.close();
    await write(`case:${newId()}`, 2);
    expect(await one.step()).toBe(1);
  });
});
