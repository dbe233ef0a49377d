import type { Chain } from '#domain';
import type { EventRecord } from '#persistence';

/** The public fields of an event, as its bytes have them. */
export type Said = Readonly<Record<string, unknown>>;

type Leaf = Pick<EventRecord, 'leaf'>;

/** What an event says to everyone. Its form is that of its type; who reads it looks at what he takes out. */
export function saidBy(event: Leaf): Said {
  return bodyOf(event).public;
}

/** The chains an event names beside its own. */
export function chainsNamedBy(event: Leaf): readonly Chain[] {
  return bodyOf(event).on;
}

function bodyOf({ leaf }: Leaf): { readonly on: readonly Chain[]; readonly public: Said } {
  return JSON.parse(leaf.toString('utf8'));
}
