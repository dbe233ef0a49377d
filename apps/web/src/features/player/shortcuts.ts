/** What a key asks of a player. Positions in ms. */
export type Command =
  | { readonly do: 'toggle' | 'fullscreen' | 'mute' | 'help' | 'start' | 'end' | 'next-item' | 'previous-item' }
  | { readonly do: 'jump'; readonly byMs: number }
  | { readonly do: 'frame'; readonly by: 1 | -1 }
  | { readonly do: 'speed'; readonly by: 1 | -1 };

export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const COMMANDS: Record<string, Command> = {
  ' ': { do: 'toggle' },
  k: { do: 'toggle' },
  j: { do: 'jump', byMs: -10_000 },
  l: { do: 'jump', byMs: 10_000 },
  arrowleft: { do: 'jump', byMs: -5_000 },
  arrowright: { do: 'jump', byMs: 5_000 },
  ',': { do: 'frame', by: -1 },
  '.': { do: 'frame', by: 1 },
  '<': { do: 'speed', by: -1 },
  '>': { do: 'speed', by: 1 },
  home: { do: 'start' },
  end: { do: 'end' },
  f: { do: 'fullscreen' },
  m: { do: 'mute' },
  n: { do: 'next-item' },
  p: { do: 'previous-item' },
  '?': { do: 'help' },
};

export function commandFor(event: Key): Command | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  return COMMANDS[event.key.toLowerCase()] ?? null;
}

export const SPEEDS: readonly number[] = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];

/** The next speed up or down; stays at the ends. */
export function nextSpeed(rate: number, by: 1 | -1): number {
  const at = SPEEDS.indexOf(rate);
  return SPEEDS[(at === -1 ? SPEEDS.indexOf(1) : at) + by] ?? rate;
}
