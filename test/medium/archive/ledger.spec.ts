import { randomInt } from 'node:crypto';
import { type Chain, newId } from '#domain';
import { type EventRecord, ledgerRepository, settingsRepository } from '#persistence';
import { appendEvents, bySystem } from '../../../libs/archive/src/ledger/append-events.js';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { checked } from './work.js';

const WRITERS = 32;
const TURNS = 8;

describe('the ledger under many writers', () => {
  let running: RunningArchive;

  beforeAll(async () => {
    running = await runArchive();
  });
  afterAll(() => checked(running));

  const eventsOf = (chain: Chain): Promise<EventRecord[]> =>
    ledgerRepository.page(running.parts.database.reader, chain, 0, 10_000);

  it('gives every chain its events without gaps, in the order they were committed', async () => {
    const chains = Array.from({ length: 4 }, (): Chain => `case:${newId()}`);
    const other = await running.another();
    const written = new Map<Chain, number>(chains.map((chain) => [chain, 0]));

    /** State of a chain, changed in the transaction of its event: it must be that of the event before. */
    const turn = async (writer: number): Promise<void> => {
      const { database, clock } = writer % 2 === 0 ? running.parts : other.parts;
      // Named in any order, some twice: locks are taken in one.
      const named = Array.from({ length: randomInt(1, 4) }, () => chains[randomInt(chains.length)] as Chain);
      await database.transaction(async (tx) => {
        const appended = await appendEvents(
          tx,
          bySystem(clock.now()),
          named.map((chain) => ({ type: 'case.changed', chain, public: { writer } })),
        );
        for (const { chain, chainSeq } of appended) {
          expect(Number((await settingsRepository.get(tx, chain)) ?? 0)).toBe(chainSeq - 1);
          await settingsRepository.put(tx, chain, chainSeq);
        }
      });
      for (const chain of named) written.set(chain, (written.get(chain) ?? 0) + 1);
    };
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        for (let i = 0; i < TURNS; i++) await turn(writer);
      }),
    );

    for (const chain of chains) {
      const events = await eventsOf(chain);
      expect(events.map((event) => event.chainSeq)).toEqual(Array.from({ length: events.length }, (_, i) => i + 1));
      expect(events).toHaveLength(written.get(chain) ?? 0);
      const positions = events.map((event) => event.position);
      expect(positions).toEqual([...positions].sort((a, b) => a - b));
    }
  });

  it('makes one chain of many first events', async () => {
    const chain: Chain = `case:${newId()}`;
    const { database, clock } = running.parts;
    await Promise.all(
      Array.from({ length: WRITERS }, () =>
        database.transaction((tx) => appendEvents(tx, bySystem(clock.now()), [{ type: 'case.changed', chain }])),
      ),
    );
    expect(await eventsOf(chain)).toHaveLength(WRITERS);
  });

  it('forgets an event with the transaction that failed, and gives its number to the next', async () => {
    const chain: Chain = `case:${newId()}`;
    const { database, clock } = running.parts;
    const append = (fails: boolean) =>
      database.transaction(async (tx) => {
        await appendEvents(tx, bySystem(clock.now()), [{ type: 'case.changed', chain, personal: { title: '张三' } }]);
        if (fails) throw new Error('changed my mind');
      });
    await append(false);
    await expect(append(true)).rejects.toThrow('changed my mind');
    await append(false);
    expect((await eventsOf(chain)).map((event) => event.chainSeq)).toEqual([1, 2]);
  });

  it('lets a later draft see the heads the earlier ones made', async () => {
    const asset: Chain = `asset:${newId()}`;
    const file: Chain = `case:${newId()}`;
    const { database, clock } = running.parts;
    const [first] = await database.transaction((tx) =>
      appendEvents(tx, bySystem(clock.now()), [
        { type: 'asset.linked', chain: asset },
        { type: 'case.asset_linked', chain: file, public: (heads) => ({ seq: heads.get(asset)?.seq ?? 0 }) },
      ]),
    );
    const [linked] = await eventsOf(file);
    expect(JSON.parse(linked?.leaf.toString('utf8') ?? '').public).toEqual({ seq: first?.chainSeq });
  });

  it('refuses an event outside the strict profile, and all of its transaction', async () => {
    const chain: Chain = `case:${newId()}`;
    const { database, clock } = running.parts;
    const failing = database.transaction(async (tx) => {
      await settingsRepository.put(tx, 'half', 1);
      await appendEvents(tx, bySystem(clock.now()), [{ type: 'case.changed', chain, public: { ratio: 0.5 } }]);
    });
    await expect(failing).rejects.toMatchObject({ code: 'internal' });
    expect(await settingsRepository.get(database.reader, 'half')).toBeNull();
    expect(await eventsOf(chain)).toEqual([]);
  });
});
