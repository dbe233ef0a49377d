import { slowReader } from './slow-reader.js';

describe('a slow reader', () => {
  const endless = { read: async (into: Buffer) => into.length, close: async () => undefined };

  it('goes no faster than it may', async () => {
    const reader = slowReader(endless, 1_000_000);
    const startedAt = performance.now();
    for (let i = 0; i < 4; i++) expect(await reader.read(Buffer.alloc(50_000))).toBe(50_000);
    // Three pauses of 50 ms; a timer may be a moment early.
    expect(performance.now() - startedAt).toBeGreaterThan(140);
  });

  it('stops waiting when it is told to', async () => {
    const stop = new AbortController();
    const reader = slowReader(endless, 1, stop.signal);
    await reader.read(Buffer.alloc(1_000));
    const waiting = reader.read(Buffer.alloc(1_000));
    stop.abort();
    await expect(waiting).rejects.toThrow();
  });
});
