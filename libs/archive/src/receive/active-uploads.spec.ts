import { setImmediate as settled } from 'node:timers/promises';
import { ActiveUploads, type Claim } from './active-uploads.js';

/** A request that writes until it is told to stop, then takes a while to store what it has. */
async function write(active: ActiveUploads, log: string[], name: string): Promise<void> {
  const claim = await active.claim('a');
  log.push(`${name} begins`);
  await new Promise<void>((resolve) => {
    if (claim.signal.aborted) resolve();
    claim.signal.addEventListener('abort', () => resolve());
  });
  await settled();
  log.push(`${name} ends`);
  claim.end();
}

describe('writers of one upload', () => {
  it('are one at a time, however many want to be', async () => {
    const active = new ActiveUploads();
    const log: string[] = [];
    const names = ['1', '2', '3', '4'];
    const writers = names.map((name) => write(active, log, name));
    for (let turn = 0; turn < 20; turn++) await settled();
    await active.settle('a');
    await Promise.all(writers);
    expect(log).toHaveLength(8);
    for (let i = 0; i < log.length; i += 2) {
      const [name] = (log[i] ?? '').split(' ');
      expect([log[i], log[i + 1]]).toEqual([`${name} begins`, `${name} ends`]);
    }
    expect(active.has('a')).toBe(false);
  });

  it('are stopped with a reason, and waited for', async () => {
    const active = new ActiveUploads();
    const first = await active.claim('a');
    let second: Claim | null = null;
    const claimed = active.claim('a').then((claim) => {
      second = claim;
    });
    await settled();
    expect(first.signal.reason).toMatchObject({ code: 'upload-taken-over' });
    expect(second).toBeNull();
    first.end();
    await claimed;
    // The end of an old one says nothing of the new one.
    first.end();
    expect(active.has('a')).toBe(true);
  });

  it('do not touch each other when the uploads are different', async () => {
    const active = new ActiveUploads();
    const one = await active.claim('a');
    await active.claim('b');
    await active.settle('c');
    expect(one.signal.aborted).toBe(false);
  });

  it('are disturbed only by one who goes on where they stand', async () => {
    const active = new ActiveUploads();
    const claim = await active.claim('a', 0);
    let at = 5;
    claim.follow(() => at);
    at = 7;
    await expect(active.claim('a', 5)).rejects.toMatchObject({
      code: 'upload-offset-mismatch',
      details: { offsetBytes: 7 },
    });
    expect(claim.signal.aborted).toBe(false);
    const next = active.claim('a', 7);
    expect(claim.signal.aborted).toBe(true);
    claim.end();
    await next;
  });

  it('that have not told yet where they are give way', async () => {
    const active = new ActiveUploads();
    const claim = await active.claim('a', 0);
    void active.claim('a', 3);
    expect(claim.signal.aborted).toBe(true);
  });
});
