import type { ReplayEntry } from './play-order.js';
import { AT_REST, transport } from './transport.js';

const entries = [10_000, 4_000, 30_000].map((lengthMs, index) => ({ index, lengthMs }) as ReplayEntry);
const act = (from: typeof AT_REST, ...acts: Parameters<typeof transport>[2][]) =>
  acts.reduce((now, one) => transport(entries, now, one), from);

describe('transport', () => {
  it('plays on through all items to the end, and then from the start again', () => {
    const last = act(AT_REST, { do: 'play' }, { do: 'ended', index: 0 }, { do: 'ended', index: 1 });
    expect(last).toMatchObject({ index: 2, offsetMs: 0, playing: true, finished: false });
    const done = act(last, { do: 'ended', index: 2 });
    expect(done).toMatchObject({ index: 2, offsetMs: 30_000, playing: false, finished: true });
    expect(act(done, { do: 'toggle' })).toMatchObject({ index: 0, offsetMs: 0, playing: true, finished: false });
  });

  it('passes over late reports of items that are gone', () => {
    const now = act(AT_REST, { do: 'play' }, { do: 'ended', index: 0 });
    expect(act(now, { do: 'ended', index: 0 })).toBe(now);
    expect(act(now, { do: 'at', index: 0, offsetMs: 9_999 })).toBe(now);
  });

  it('jumps over the edges of an item into the one beside it', () => {
    const late = act(AT_REST, { do: 'go', index: 0, offsetMs: 8_000 });
    expect(act(late, { do: 'jump', byMs: 5_000 })).toMatchObject({ index: 1, offsetMs: 3_000 });
    const early = act(AT_REST, { do: 'go', index: 2, offsetMs: 1_000 });
    expect(act(early, { do: 'jump', byMs: -2_000 })).toMatchObject({ index: 1, offsetMs: 3_000 });
    expect(act(AT_REST, { do: 'jump', byMs: -5_000 })).toMatchObject({ index: 0, offsetMs: 0 });
    const end = act(AT_REST, { do: 'go', index: 2, offsetMs: 29_000 });
    expect(act(end, { do: 'jump', byMs: 5_000 })).toMatchObject({ index: 2, offsetMs: 30_000 });
  });

  it('keeps playing or resting as it was when it goes elsewhere, and counts the jump', () => {
    expect(act(AT_REST, { do: 'go', index: 1, offsetMs: 99_999 })).toMatchObject({
      index: 1,
      offsetMs: 4_000,
      playing: false,
      begun: true,
      jumps: 1,
    });
    expect(act(AT_REST, { do: 'play' }, { do: 'go', index: 1, offsetMs: 0 }).playing).toBe(true);
    expect(act(AT_REST, { do: 'go', index: 9, offsetMs: 0 })).toBe(AT_REST);
  });
});
