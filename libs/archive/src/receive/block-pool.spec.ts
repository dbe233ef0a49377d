import { setImmediate as settled } from 'node:timers/promises';
import fc from 'fast-check';
import type { Slab } from '../digest/digest-threads.js';
import { BlockPool } from './block-pool.js';

interface Upload {
  readonly blocks: number;
  /** What the store holds back before it lets a block go. */
  readonly partBlocks: number;
}

/** Stands for the store: parts that were given to it and not let go yet. The test decides when. */
class Parts {
  readonly pending: (() => void)[] = [];
  taken = 0;
  mostTaken = 0;

  count(change: number): void {
    this.taken += change;
    this.mostTaken = Math.max(this.mostTaken, this.taken);
  }

  send(slabs: readonly Slab[], give: (slab: Slab) => void): Promise<void> {
    return new Promise((resolve) => {
      this.pending.push(() => {
        this.count(-slabs.length);
        for (const slab of slabs) give(slab);
        resolve();
      });
    });
  }
}

const PARTS_IN_FLIGHT = 2;

async function run(pool: BlockPool, store: Parts, { blocks, partBlocks }: Upload): Promise<void> {
  const lease = await pool.lease(partBlocks + 1);
  const sending = new Set<Promise<void>>();
  let filling: Slab[] = [];
  const send = (): void => {
    const sent = store.send(filling, lease.give).finally(() => sending.delete(sent));
    sending.add(sent);
    filling = [];
  };
  for (let i = 0; i < blocks; i++) {
    filling.push(await lease.take());
    store.count(1);
    if (filling.length < partBlocks) continue;
    while (sending.size >= PARTS_IN_FLIGHT) await Promise.race(sending);
    send();
  }
  if (filling.length > 0) send();
  await Promise.all(sending);
  lease.end();
}

describe('the memory of uploads', () => {
  it('is never more than was set, and never leaves uploads waiting for each other', async () => {
    const uploads = fc.array(
      fc.record({ blocks: fc.integer({ min: 0, max: 30 }), partBlocks: fc.constantFrom(1, 2, 4, 8) }),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(
        uploads,
        fc.integer({ min: 9, max: 24 }),
        fc.infiniteStream(fc.nat()),
        async (all, total, picks) => {
          const pool = new BlockPool(total);
          const store = new Parts();
          let finished = 0;
          for (const upload of all) run(pool, store, upload).then(() => finished++);
          await settled();
          while (store.pending.length > 0) {
            const [release] = store.pending.splice((picks.next().value ?? 0) % store.pending.length, 1);
            release?.();
            await settled();
          }
          expect(finished).toBe(all.length);
          expect(store.taken).toBe(0);
          expect(store.mostTaken).toBeLessThanOrEqual(total);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is used again, not made anew', async () => {
    const pool = new BlockPool(4);
    const seen = new Set<Slab>();
    for (let round = 0; round < 5; round++) {
      const lease = await pool.lease(2);
      const slabs = [await lease.take(), await lease.take()];
      for (const slab of slabs) seen.add(slab);
      for (const slab of slabs) lease.give(slab);
      lease.end();
    }
    expect(seen.size).toBeLessThanOrEqual(4);
  });

  it('goes alone to an upload that needs more than there is', async () => {
    const pool = new BlockPool(2);
    const lease = await pool.lease(5);
    const slabs = [];
    for (let i = 0; i < 5; i++) slabs.push(await lease.take());
    const next = observe(pool.lease(1));
    await settled();
    expect(next.isSettled).toBe(false);
    for (const slab of slabs) lease.give(slab);
    lease.end();
    await next.promise;
  });

  it('lets in all who fit when one leaves, in the order they came', async () => {
    const pool = new BlockPool(10);
    const large = await pool.lease(10);
    const waiting = [4, 3, 3, 1].map((least) => observe(pool.lease(least)));
    await settled();
    expect(waiting.map((lease) => lease.isSettled)).toEqual([false, false, false, false]);
    large.end();
    await settled();
    expect(waiting.map((lease) => lease.isSettled)).toEqual([true, true, true, false]);
    (await waiting[1]?.promise)?.end();
    await settled();
    expect(waiting[3]?.isSettled).toBe(true);
  });

  it('does not let a newcomer slip in before those who wait', async () => {
    const pool = new BlockPool(4);
    const first = await pool.lease(3);
    const large = observe(pool.lease(4));
    const small = observe(pool.lease(1));
    await settled();
    expect([large.isSettled, small.isSettled]).toEqual([false, false]);
    first.end();
    await settled();
    expect([large.isSettled, small.isSettled]).toEqual([true, false]);
  });

  it('gives one alone all of it, and shares it evenly when another comes', async () => {
    const pool = new BlockPool(8);
    const first = await pool.lease(2);
    const slabs = [];
    for (let i = 0; i < 8; i++) slabs.push(await first.take());
    const second = await pool.lease(2);
    const wanted = observe(second.take());
    await settled();
    expect(wanted.isSettled).toBe(false);
    first.give(slabs.pop() as Slab);
    await settled();
    expect(wanted.isSettled).toBe(true);
    // Four each, from now on.
    for (const slab of slabs.splice(0, 3)) first.give(slab);
    const more = observe(first.take());
    await settled();
    expect(more.isSettled).toBe(false);
  });

  it('is no longer waited for by whoever gives up', async () => {
    const pool = new BlockPool(4);
    const holder = await pool.lease(4);
    const stop = new AbortController();
    const large = observe(pool.lease(4, stop.signal));
    const small = observe(pool.lease(2));
    await settled();
    stop.abort(new Error('gone'));
    await expect(large.promise).rejects.toThrow('gone');
    holder.end();
    await small.promise;
    stop.abort();
    await expect(pool.lease(9, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });
});

function observe<T>(promise: Promise<T>): { readonly promise: Promise<T>; readonly isSettled: boolean } {
  const seen = { promise, isSettled: false };
  promise.then(
    () => {
      seen.isSettled = true;
    },
    () => {
      seen.isSettled = true;
    },
  );
  return seen;
}
