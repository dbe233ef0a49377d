import { ArchiveError, type Chain, type EventType, type Id } from '#domain';
import { type ChainHead, type ExportedHead, ledgerRepository, type Tx } from '#persistence';
import type { EventDraft, EventFields } from './append-events.js';
import { digestText } from './canonical.js';

/** A leaf has at most 65 535 bytes, and a head takes some 150 of them. */
const HEADS_AN_EVENT = 300;

/**
 * Where the chains of these assets end, held until the transaction ends: all at once, the case's too, and in the one
 * order, since events follow in the same transaction.
 */
export async function lockedHeads(tx: Tx, caseId: Id, assets: readonly { readonly id: Id }[]): Promise<ExportedHead[]> {
  const chains = assets.map(({ id }): Chain => `asset:${id}`);
  const heads = await ledgerRepository.lockHeads(tx, [...chains, `case:${caseId}`]);
  return chains.sort().map((chain) => ({ chain, ...placeOf(chain, heads.get(chain)) }));
}

function placeOf(chain: Chain, head: ChainHead | undefined): { seq: number; leaf: string } {
  if (!head?.leafHash) throw new ArchiveError('internal', `${chain} has no head`);
  return { seq: head.seq, leaf: digestText(head.leafHash) };
}

/**
 * An event that names where other chains end. Heads that do not fit into it go before it, in events of their own.
 * @param named.parts type of those events; they say what `named.public` says and their part of the heads
 */
export function draftsNamingHeads(
  heads: readonly ExportedHead[],
  named: {
    readonly chain: Chain;
    readonly type: EventType;
    readonly parts: EventType;
    /** Said by every one of them. */
    readonly public: EventFields;
    /** Said by the last alone. */
    readonly also?: EventFields;
    readonly personal: EventFields;
  },
): EventDraft[] {
  const { chain, type, parts, also, personal } = named;
  const said = (part: readonly ExportedHead[]): EventFields => ({
    ...named.public,
    heads: part.map((head) => ({ ...head })),
  });
  const drafts: EventDraft[] = [];
  let at = 0;
  for (; heads.length - at > HEADS_AN_EVENT; at += HEADS_AN_EVENT)
    drafts.push({ type: parts, chain, public: said(heads.slice(at, at + HEADS_AN_EVENT)) });
  return [...drafts, { type, chain, public: { ...said(heads.slice(at)), ...also }, personal }];
}
