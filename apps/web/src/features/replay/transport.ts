import type { ReplayEntry } from './play-order.js';

/** Where the replay of a case stands, and what was asked of it. */
export interface Transport {
  readonly index: number;
  /** Into the current item. */
  readonly offsetMs: number;
  readonly playing: boolean;
  /** Nothing is loaded before the first play or jump: loading is a logged read. */
  readonly begun: boolean;
  readonly finished: boolean;
  /** Grows with each jump, so that the item shown knows to go there. */
  readonly jumps: number;
  readonly rate: number;
  readonly muted: boolean;
  readonly volume: number;
}

export type Act =
  | { readonly do: 'play' | 'pause' | 'toggle' | 'restart' | 'mute' }
  | { readonly do: 'go'; readonly index: number; readonly offsetMs: number }
  | { readonly do: 'jump'; readonly byMs: number }
  | { readonly do: 'at'; readonly index: number; readonly offsetMs: number }
  | { readonly do: 'ended'; readonly index: number }
  | { readonly do: 'rate'; readonly rate: number }
  | { readonly do: 'volume'; readonly volume: number };

export const AT_REST: Transport = {
  index: 0,
  offsetMs: 0,
  playing: false,
  begun: false,
  finished: false,
  jumps: 0,
  rate: 1,
  muted: false,
  volume: 1,
};

/** Reports of an item that is no longer the current one are passed over: items end and load at their own pace. */
export function transport(entries: readonly ReplayEntry[], now: Transport, act: Act): Transport {
  switch (act.do) {
    case 'toggle':
      return transport(entries, now, { do: now.playing ? 'pause' : 'play' });
    case 'play':
      return now.finished ? restart(now) : { ...now, playing: true, begun: true };
    case 'pause':
      return { ...now, playing: false };
    case 'restart':
      return restart(now);
    case 'go':
      return goTo(entries, now, act.index, act.offsetMs);
    case 'jump':
      return jump(entries, now, act.byMs);
    case 'at':
      return act.index === now.index && !now.finished ? { ...now, offsetMs: act.offsetMs } : now;
    case 'ended':
      return act.index === now.index ? next(entries, now) : now;
    case 'rate':
      return { ...now, rate: act.rate };
    case 'mute':
      return { ...now, muted: !now.muted };
    case 'volume':
      return { ...now, volume: act.volume, muted: act.volume === 0 };
  }
}

function restart(now: Transport): Transport {
  return { ...now, index: 0, offsetMs: 0, playing: true, begun: true, finished: false, jumps: now.jumps + 1 };
}

function goTo(entries: readonly ReplayEntry[], now: Transport, index: number, offsetMs: number): Transport {
  const entry = entries[index];
  if (!entry) return now;
  const held = Math.min(Math.max(0, offsetMs), entry.lengthMs);
  return { ...now, index, offsetMs: held, begun: true, finished: false, jumps: now.jumps + 1 };
}

/** A jump past the ends of an item goes on in the one beside it. */
function jump(entries: readonly ReplayEntry[], now: Transport, byMs: number): Transport {
  const entry = entries[now.index];
  if (!entry) return now;
  const to = now.offsetMs + byMs;
  const after = entries[now.index + 1];
  const before = entries[now.index - 1];
  if (to >= entry.lengthMs && after) return goTo(entries, now, after.index, to - entry.lengthMs);
  if (to < 0 && before) return goTo(entries, now, before.index, before.lengthMs + to);
  return goTo(entries, now, now.index, to);
}

function next(entries: readonly ReplayEntry[], now: Transport): Transport {
  const entry = entries[now.index];
  if (now.index + 1 < entries.length) return { ...now, index: now.index + 1, offsetMs: 0, jumps: now.jumps + 1 };
  return { ...now, offsetMs: entry?.lengthMs ?? 0, playing: false, finished: true };
}
