import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '#domain';
import { checkpointRepository, logRepository } from '#persistence';
import { type LoggedArchive, runLoggedArchive } from '../../support/logged-archive.js';
import { write } from './ledger-work.js';

const WRITERS = 8;
const LOAD_MS = 12_000;
const BOUND_MS = 10_000;

interface Seen {
  readonly size: number;
  readonly at: number;
}

describe('T14: the time an event can be changed in before anybody outside knows it', () => {
  let running: LoggedArchive;

  beforeAll(async () => {
    running = await runLoggedArchive({ quorum: 1 });
  });
  afterAll(() => running.stop());

  it('is finite, and below 10 s under load', async () => {
    const keeper = running.keep();
    const { reader } = running.logDatabase;
    const committed = new Map<string, number>();
    const [signed, cosigned]: [Seen[], Seen[]] = [[], []];
    const end = Date.now() + LOAD_MS;
    let isDone = false;
    const writers = Array.from({ length: WRITERS }, async () => {
      while (Date.now() < end) committed.set(await write(running, 1, `case:${newId()}`), Date.now());
    });
    const looking = (async () => {
      while (!isDone) {
        see(signed, (await checkpointRepository.newest(reader))?.size);
        see(cosigned, (await logRepository.state(reader)).anchoredSize);
        await sleep(20);
      }
    })();
    await Promise.all(writers);
    const total = committed.size;
    await until(async () => (await logRepository.waitingCount(reader)) === 0);
    const { size } = await logRepository.state(reader);
    await until(async () => (cosigned.at(-1)?.size ?? 0) >= size);
    isDone = true;
    await looking;
    await keeper.stop();

    const entries = (await logRepository.entries(reader, 0, size)).filter(({ chain }) => committed.has(chain ?? ''));
    expect(entries).toHaveLength(total);
    const lags = (seen: readonly Seen[]) =>
      entries.map(
        ({ index, chain }) =>
          (seen.find((one) => one.size > index)?.at ?? Number.POSITIVE_INFINITY) - (committed.get(chain ?? '') ?? 0),
      );
    const [toSigned, toCosigned] = [p99(lags(signed)), p99(lags(cosigned))];
    console.info(`T14: ${total} events, p99 to signature ${toSigned} ms, to cosignature ${toCosigned} ms`);
    expect(toSigned).toBeLessThan(BOUND_MS);
    expect(toCosigned).toBeLessThan(BOUND_MS);
  });
});

function see(seen: Seen[], size: number | undefined): void {
  if (size !== undefined && size > (seen.at(-1)?.size ?? 0)) seen.push({ size, at: Date.now() });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(50);
}

function p99(lags: readonly number[]): number {
  const sorted = [...lags].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.POSITIVE_INFINITY;
}
