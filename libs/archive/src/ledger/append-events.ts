import { randomBytes } from 'node:crypto';
import {
  type Actor,
  type Chain,
  type EventType,
  type EventValue,
  type Id,
  type LedgerEvent,
  newId,
  utc,
} from '#domain';
import { type ChainHead, type Disclosure, ledgerRepository, type Tx } from '#persistence';
import { canonicalEvent, commitment, digestText, eventLeafHash } from './canonical.js';

/** Who did it, where he belongs, when. */
export interface EventSource {
  readonly actor: Id | 'system';
  readonly org: Id | null;
  readonly at: Date;
}

export interface EventDraft {
  readonly type: EventType;
  readonly chain: Chain;
  readonly on?: readonly Chain[];
  /** A function sees the chain heads as they are when the event is built, those of earlier drafts included. */
  readonly public?: EventFields | ((heads: ReadonlyMap<Chain, ChainHead>) => EventFields);
  /** Personal text: into the event only as a salted commitment. */
  readonly personal?: EventFields;
}

export interface EventFields {
  readonly [field: string]: EventValue;
}

export interface AppendedEvent {
  readonly id: Id;
  readonly chain: Chain;
  readonly chainSeq: number;
  readonly leafHash: Buffer;
}

export function by(actor: Pick<Actor, 'accountId' | 'unitId'>, at: Date): EventSource {
  return { actor: actor.accountId, org: actor.unitId, at };
}

export function bySystem(at: Date): EventSource {
  return { actor: 'system', org: null, at };
}

/**
 * Adds events in the transaction of the change they tell of. The chains' heads are locked first and all at once, so
 * chain order is commit order and no two transactions wait for each other; drafts are then laid down in their order.
 */
export async function appendEvents(
  tx: Tx,
  source: EventSource,
  drafts: readonly EventDraft[],
): Promise<AppendedEvent[]> {
  const heads = await ledgerRepository.lockHeads(
    tx,
    drafts.map((draft) => draft.chain),
  );
  const appended: AppendedEvent[] = [];
  for (const draft of drafts) appended.push(await appendOne(tx, source, draft, heads));
  return appended;
}

/** The head of a chain as events name it. */
export function headOf(heads: ReadonlyMap<Chain, ChainHead>, chain: Chain): EventFields {
  const head = heads.get(chain);
  return { seq: head?.seq ?? 0, leaf: head?.leafHash ? digestText(head.leafHash) : null };
}

async function appendOne(
  tx: Tx,
  source: EventSource,
  draft: EventDraft,
  heads: Map<Chain, ChainHead>,
): Promise<AppendedEvent> {
  const head = heads.get(draft.chain) ?? { seq: 0, leafHash: null };
  const { committed, disclosures } = commit(draft.personal ?? {});
  const event: LedgerEvent = {
    v: 1,
    id: newId(source.at.getTime()),
    type: draft.type,
    chain: draft.chain,
    chain_seq: head.seq + 1,
    chain_prev: head.leafHash === null ? null : digestText(head.leafHash),
    at: utc(source.at),
    actor: source.actor,
    org: source.org,
    on: [...(draft.on ?? [])],
    public: typeof draft.public === 'function' ? draft.public(heads) : (draft.public ?? {}),
    committed,
  };
  const leaf = canonicalEvent(event);
  const leafHash = eventLeafHash(leaf);
  const record = {
    id: event.id,
    chain: event.chain,
    chainSeq: event.chain_seq,
    type: event.type,
    at: source.at,
    actor: event.actor,
    leaf,
    leafHash,
    prevHash: head.leafHash,
  };
  await ledgerRepository.append(tx, record, disclosures);
  heads.set(draft.chain, { seq: event.chain_seq, leafHash });
  return { id: event.id, chain: event.chain, chainSeq: event.chain_seq, leafHash };
}

function commit(personal: EventFields): { committed: Record<string, string>; disclosures: Disclosure[] } {
  const committed: Record<string, string> = {};
  const disclosures: Disclosure[] = [];
  for (const [field, value] of Object.entries(personal)) {
    const salt = randomBytes(32);
    committed[field] = commitment(salt, value);
    disclosures.push({ field, salt, value });
  }
  return { committed, disclosures };
}
