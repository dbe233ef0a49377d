import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type { Chain, Id } from '#domain';
import { newId } from '#domain';
import { logRepository } from '#persistence';
import { parseCheckpoint, parseNote } from '#tlog';
import { appendEvents, bySystem } from '../../../libs/archive/src/ledger/append-events.js';
import { ReadLog } from '../../../libs/archive/src/ledger/log/read-log.js';
import { storedRoot } from '../../../libs/archive/src/ledger/log/tree-proofs.js';
import { startEmbeddedPostgres } from '../../../libs/persistence/src/embedded-postgres.js';
import { startChild, type TestChild } from '../../support/child-process.js';
import { type LoggedArchive, runLoggedArchive } from '../../support/logged-archive.js';
import { startPostgres } from '../../support/postgres.js';
import type { KeeperOrder } from '../crash/keeper-child.js';
import { checkFindings, settleAll } from './ledger-work.js';

// A process of its own is started for every point.
jest.setTimeout(1_200_000);

/** What whoever was told of it may rely on. */
class Promises {
  readonly #running: LoggedArchive;
  readonly #acknowledged: Id[] = [];
  readonly #notes: string[] = [];

  constructor(running: LoggedArchive) {
    this.#running = running;
  }

  /** One event in a chain, acknowledged once it is committed. */
  async write(chain: Chain, n: number): Promise<void> {
    const { database, clock } = this.#running.parts;
    const draft = { type: 'case.changed' as const, chain, public: { n } };
    const [event] = await database.transaction((tx) => appendEvents(tx, bySystem(clock.now()), [draft]));
    this.#acknowledged.push(event?.id ?? '');
  }

  /** The checkpoint as anybody can fetch it now. */
  async fetchCheckpoint(): Promise<void> {
    const note = await new ReadLog(this.#running.parts).checkpoint().catch(() => null);
    if (note !== null && note !== this.#notes.at(-1)) this.#notes.push(note);
  }

  /** I1 to I4, I9: nothing lost, nothing twice, no gap, no signed head contradicted, nothing frozen. */
  async expectKept(): Promise<void> {
    const { reader } = this.#running.logDatabase;
    const entries = await logRepository.entries(reader, 0, 1_000_000);
    const logged = new Set(entries.map(({ eventId }) => eventId));
    expect(this.#acknowledged.filter((id) => !logged.has(id))).toEqual([]);
    expect(logged.size).toBe(entries.length);
    expect(entries.map(({ index }) => index)).toEqual(entries.map((_, i) => i));
    for (const note of this.#notes) {
      const { size, root } = parseCheckpoint(parseNote(note).text);
      expect(Buffer.from(await storedRoot(reader, size)).equals(root)).toBe(true);
    }
    expect((await logRepository.state(reader)).frozenReason).toBeNull();
    expect(await checkFindings(this.#running)).toEqual([]);
  }
}

function startKeeper(running: LoggedArchive, order: Pick<KeeperOrder, 'fatal' | 'leaseMs'>): Promise<TestChild> {
  const whole: KeeperOrder = {
    ...order,
    options: running.options,
    sequencerUrl: running.sequencerUrl,
    signerSocket: join(running.signerDir, 'signer.sock'),
    witness: { url: running.witness.url, vkey: running.witness.vkey },
    memoryPath: running.watchMemoryPath,
  };
  return startChild(new URL('../crash/keeper-child.ts', import.meta.url), [JSON.stringify(whole)]);
}

describe('a death at any step of keeping the log', () => {
  let running: LoggedArchive;

  beforeAll(async () => {
    running = await runLoggedArchive();
  });
  afterAll(() => running.stop());

  it('loses, doubles and contradicts nothing', async () => {
    const promises = new Promises(running);
    const chain: Chain = `case:${newId()}`;
    const points: string[] = [];
    for (let fatal = 1; ; fatal++) {
      // A few at a time: now and then over the edge of a tile.
      for (let n = 0; n < 7; n++) await promises.write(chain, n);
      const child = await startKeeper(running, { fatal, leaseMs: 800 });
      const said = await lastLine(child);
      await child.kill();
      await promises.fetchCheckpoint();
      if (said === 'ended') break;
      points.push(said.replace('killed at ', ''));
      // Another goes on with what it left, to the end: the next death is then one point further, none is passed over.
      await settleAll(running);
      await running.sequencer.stop();
      await promises.fetchCheckpoint();
    }
    await promises.expectKept();
    const steps = ['put', 'signCheckpoint', 'cosign', 'beginIntake', 'finishIntake', 'lock', 'remove', 'statement'];
    expect(points).toEqual(
      expect.arrayContaining([
        ...steps.flatMap((step) => [`${step}, under way`, `${step}, done`]),
        ...['transaction, before the commit', 'transaction, committed', 'part 1, stored'],
      ]),
    );
  });

  const lastLine = async (child: TestChild): Promise<string> => {
    for (;;) {
      const line = await child.nextLine();
      if (line === 'ended' || line.startsWith('killed')) return line;
    }
  };
});

describe('two keepers', () => {
  it('one stopped for 12 s is followed by the other, and refused when it wakes up', async () => {
    const running = await runLoggedArchive();
    const promises = new Promises(running);
    const first = await startKeeper(running, { fatal: null, leaseMs: 10_000 });
    let isWriting = true;
    const writing = (async () => {
      for (let n = 0; isWriting; n++) {
        await promises.write(`case:${newId()}`, n);
        await promises.fetchCheckpoint();
        await sleep(50);
      }
    })();
    try {
      while ((await first.nextLine()) !== 'leads');
      const epoch = async () => (await logRepository.state(running.logDatabase.reader)).epoch;
      const before = await epoch();
      const second = running.keep();
      await sleep(1_000);
      first.process.kill('SIGSTOP');
      await sleep(12_000);
      expect(await epoch()).toBeGreaterThan(before);
      expect(running.sequencer.holdsLease).toBe(true);
      first.process.kill('SIGCONT');
      const lost = /another sequencer has taken over|could not grow/;
      while (!lost.test(await first.nextLine()));
      isWriting = false;
      await writing;
      expect(running.sequencer.holdsLease).toBe(true);
      while ((await logRepository.waitingCount(running.logDatabase.reader)) > 0) await sleep(50);
      await second.stop();
      await promises.expectKept();
    } finally {
      isWriting = false;
      await first.kill();
      await running.stop();
    }
  });
});

describe('PostgreSQL killed in mid-load', () => {
  it('is started again and the log goes on: what was acknowledged is there, once', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'liuhen-killed-'));
    const server = await startPostgres(dir);
    const running = await runLoggedArchive({ server });
    const promises = new Promises(running);
    const keeper = running.keep();
    let [isWriting, refused] = [true, 0];
    const writing = Array.from({ length: 4 }, async () => {
      for (let n = 0; isWriting; n++) {
        await promises.write(`case:${newId()}`, n).catch(() => {
          refused += 1;
          return sleep(100);
        });
        await promises.fetchCheckpoint();
      }
    });
    await sleep(3_000);
    // As a power cut: the postmaster's children notice that it is gone and end.
    process.kill(server.pid ?? 0, 'SIGKILL');
    await sleep(2_000);
    const again = await startEmbeddedPostgres({ dir, port: Number(new URL(server.superuserUrl).port) });
    await sleep(6_000);
    isWriting = false;
    await Promise.all(writing);
    while ((await logRepository.waitingCount(running.logDatabase.reader)) > 0) await sleep(100);
    await keeper.stop();
    expect(refused).toBeGreaterThan(0);
    await promises.expectKept();
    await running.stop();
    await again.stop();
    await rm(dir, { recursive: true, force: true });
  });
});
