import { newId } from '#domain';
import { logRepository } from '#persistence';
import { Metrics } from '../../../apps/api/src/system/metrics.js';
import { appendEvents, bySystem } from '../../../libs/archive/src/ledger/append-events.js';
import { type LoggedArchive, runLoggedArchive } from '../../support/logged-archive.js';

describe('the log in numbers', () => {
  let running: LoggedArchive;
  let metrics: Metrics;

  beforeAll(async () => {
    running = await runLoggedArchive({ quorum: 1 });
    metrics = new Metrics(running.archive);
  });
  afterAll(() => running.stop());

  const write = async (count: number): Promise<void> => {
    const { database, clock } = running.parts;
    const chain = `case:${newId()}` as const;
    const drafts = Array.from({ length: count }, (_, n) => ({ type: 'case.changed' as const, chain, public: { n } }));
    await database.transaction((tx) => appendEvents(tx, bySystem(clock.now()), drafts));
  };
  const read = async (): Promise<Record<string, number>> => {
    const text = await metrics.registry.metrics();
    const lines = text.matchAll(/^liuhen_ledger_(\S+) ([\d.e+]+)$/gm);
    return Object.fromEntries([...lines].map(([, name, value]) => [name, Number(value)]));
  };

  it('tells of no signature before there is one', async () => {
    const numbers = await read();
    expect(numbers).toMatchObject({ entries: 0, signed_entries: 0, frozen: 0 });
    expect(numbers).not.toHaveProperty('signature_age_seconds');
    expect(numbers).not.toHaveProperty('anchored_entries');
    expect(numbers.waiting_events).toBeGreaterThan(0);
  });

  it('tells what is in it, signed, cosigned and waiting', async () => {
    await running.settle();
    const { size } = await logRepository.state(running.logDatabase.reader);
    await running.witnesses.run();
    await write(3);
    const before = await read();
    expect(before).toMatchObject({ entries: size, waiting_events: 3, signed_entries: size });
    expect(before['witness_lag_entries{witness="w1"}']).toBe(0);
    await running.settle();
    running.clock.set(new Date(Date.now() + 90_000));
    const after = await read();
    expect(after).toMatchObject({ entries: size + 3, waiting_events: 0, signed_entries: size + 3, frozen: 0 });
    expect(after['witness_lag_entries{witness="w1"}']).toBe(3);
    expect(after.anchored_entries).toBe(size);
    expect(after.signature_age_seconds).toBeGreaterThan(85);
    expect(after.signature_age_seconds).toBeLessThan(120);
  });

  it('tells that it is frozen', async () => {
    await logRepository.freeze(running.logDatabase.reader, 'behind-signer', new Date());
    expect(await read()).toMatchObject({ frozen: 1 });
  });

  it('says nothing rather than what was so once, when it cannot be read', async () => {
    const { measure } = running.archive.ledger;
    const real = measure.run.bind(measure);
    measure.run = async () => {
      throw new Error('the database is gone');
    };
    expect(await read()).toEqual({});
    measure.run = real;
    expect(await read()).toMatchObject({ frozen: 1 });
  });
});
