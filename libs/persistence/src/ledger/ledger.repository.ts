import type { Chain, EventType, Id } from '#domain';
import type { Tx } from '../database.js';
import { EventRow } from './event.row.js';

export interface ChainHead {
  readonly seq: number;
  readonly leafHash: Buffer | null;
}

export interface EventRecord {
  readonly position: number;
  readonly id: Id;
  readonly chain: Chain;
  readonly chainSeq: number;
  readonly type: EventType;
  readonly at: Date;
  readonly actor: string;
  readonly leaf: Buffer;
  readonly leafHash: Buffer;
  readonly prevHash: Buffer | null;
}

export interface Disclosure {
  readonly field: string;
  readonly salt: Buffer;
  readonly value: unknown;
}

export const ledgerRepository = {
  /**
   * Locks the heads of these chains until the transaction ends; chain order is thereby commit order. Always in one
   * order, so that two transactions over the same chains cannot wait for each other.
   */
  async lockHeads(tx: Tx, chains: readonly Chain[]): Promise<Map<Chain, ChainHead>> {
    const sorted = [...new Set(chains)].sort();
    const heads = await lockOrMakeHeads(tx, sorted);
    // A chain begun by another since the statement began is not among them: it is there now.
    return heads.size === sorted.length ? heads : await lockOrMakeHeads(tx, sorted);
  },

  /**
   * Adds the event with what it commits to, and makes it the head of its chain, which the caller has locked. From the
   * outbox the sequencer takes it into the log.
   * @throws ArchiveError `ledger-frozen`
   */
  async append(tx: Tx, event: Omit<EventRecord, 'position'>, disclosures: readonly Disclosure[]): Promise<void> {
    await tx.query('SELECT append_event($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)', [
      ...[event.id, event.chain, event.chainSeq, event.type, event.at, event.actor],
      ...[event.leaf, event.leafHash, event.prevHash],
      disclosures.map(({ field }) => field),
      disclosures.map(({ salt }) => salt),
      disclosures.map(({ value }) => JSON.stringify(value)),
    ]);
  },

  /** Events of a chain from `afterSeq` on, oldest first. */
  async page(tx: Tx, chain: Chain, afterSeq: number, limit: number): Promise<EventRecord[]> {
    const rows = await tx
      .createQueryBuilder(EventRow, 'e')
      .where('e.chain = :chain AND e.chainSeq > :afterSeq', { chain, afterSeq })
      .orderBy('e.chainSeq')
      .limit(limit)
      .getMany();
    return rows as EventRecord[];
  },

  async find(tx: Tx, id: Id): Promise<EventRecord | null> {
    return (await tx.findOneBy(EventRow, { id })) as EventRecord | null;
  },

  /** The newest event of a type in a chain. */
  async last(tx: Tx, chain: Chain, type: EventType): Promise<EventRecord | null> {
    const row = await tx
      .createQueryBuilder(EventRow, 'e')
      .where('e.chain = :chain AND e.type = :type', { chain, type })
      .orderBy('e.chainSeq', 'DESC')
      .limit(1)
      .getOne();
    return row as EventRecord | null;
  },

  /** All events of these types in a chain, oldest first. */
  async ofTypes(tx: Tx, chain: Chain, types: readonly EventType[]): Promise<EventRecord[]> {
    const rows = await tx
      .createQueryBuilder(EventRow, 'e')
      .where('e.chain = :chain AND e.type = ANY(:types)', { chain, types: [...types] })
      .orderBy('e.chainSeq')
      .getMany();
    return rows as EventRecord[];
  },

  async disclosures(tx: Tx, eventIds: readonly Id[]): Promise<Map<Id, Disclosure[]>> {
    const rows: { event_id: Id; field: string; salt: Buffer; value: unknown }[] = await tx.query(
      'SELECT event_id, field, salt, value FROM event_disclosures WHERE event_id = ANY($1::uuid[]) ORDER BY field',
      [eventIds],
    );
    const byEvent = new Map<Id, Disclosure[]>();
    for (const row of rows) {
      const list = byEvent.get(row.event_id) ?? [];
      list.push({ field: row.field, salt: row.salt, value: row.value });
      byEvent.set(row.event_id, list);
    }
    return byEvent;
  },

  /** Events at these places of chains, or with these ids; none for places that are free. */
  async at(tx: Tx, places: readonly Pick<EventRecord, 'id' | 'chain' | 'chainSeq'>[]): Promise<EventRecord[]> {
    const rows = await tx
      .createQueryBuilder(EventRow, 'e')
      .where('(e.chain, e.chainSeq) IN (SELECT * FROM unnest(:chains::text[], :seqs::bigint[]))')
      .orWhere('e.id = ANY(:ids::uuid[])')
      .setParameters({
        chains: places.map(({ chain }) => chain),
        seqs: places.map(({ chainSeq }) => chainSeq),
        ids: places.map(({ id }) => id),
      })
      .getMany();
    return rows as EventRecord[];
  },

  /** Lost events as they were, in order, each as the head of its chain unless that is further; for the owner alone. */
  async putBack(tx: Tx, events: readonly Omit<EventRecord, 'position'>[]): Promise<void> {
    await tx.query(
      `INSERT INTO events (id, chain, chain_seq, type, at, actor, leaf, leaf_hash, prev_hash)
       SELECT e.id, e.chain, e.seq, e.type, e.at, e.actor, e.leaf, e.leaf_hash, e.prev_hash
       FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::timestamptz[], $6::text[], $7::bytea[],
         $8::bytea[], $9::bytea[]) WITH ORDINALITY e(id, chain, seq, type, at, actor, leaf, leaf_hash, prev_hash, n)
       ORDER BY e.n`,
      [
        ...[events.map(({ id }) => id), events.map(({ chain }) => chain), events.map(({ chainSeq }) => chainSeq)],
        ...[events.map(({ type }) => type), events.map(({ at }) => at), events.map(({ actor }) => actor)],
        ...[events.map(({ leaf }) => leaf), events.map(({ leafHash }) => leafHash)],
        events.map(({ prevHash }) => prevHash),
      ],
    );
    const heads = [...new Map(events.map((event) => [event.chain, event])).values()];
    await tx.query(
      `INSERT INTO chain_heads (chain, seq, leaf_hash) SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[])
       ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq, leaf_hash = excluded.leaf_hash
       WHERE chain_heads.seq < excluded.seq`,
      [heads.map(({ chain }) => chain), heads.map(({ chainSeq }) => chainSeq), heads.map(({ leafHash }) => leafHash)],
    );
  },

  /** Every chain with its head, for checks. */
  async heads(tx: Tx): Promise<{ chain: Chain; seq: number; leafHash: Buffer }[]> {
    const rows: { chain: Chain; seq: string; leaf_hash: Buffer }[] = await tx.query(
      'SELECT chain, seq, leaf_hash FROM chain_heads ORDER BY chain',
    );
    return rows.map((row) => ({ chain: row.chain, seq: Number(row.seq), leafHash: row.leaf_hash }));
  },

  /** Chains that have events and no head; for checks. */
  /** 0 where nothing was ever written to the chain. */
  async headSeq(tx: Tx, chain: Chain): Promise<number> {
    const rows: { seq: string }[] = await tx.query('SELECT seq FROM chain_heads WHERE chain = $1', [chain]);
    return Number(rows[0]?.seq ?? 0);
  },
  async headless(tx: Tx): Promise<Chain[]> {
    const rows: { chain: Chain }[] = await tx.query(
      'SELECT DISTINCT chain FROM events e WHERE NOT EXISTS (SELECT 1 FROM chain_heads h WHERE h.chain = e.chain) ORDER BY chain',
    );
    return rows.map((row) => row.chain);
  },
};

/** One round trip, since every change of state waits for it. New chains are at 0 and are this transaction's. */
async function lockOrMakeHeads(tx: Tx, sorted: readonly Chain[]): Promise<Map<Chain, ChainHead>> {
  const rows: { chain: Chain; seq: string; leaf_hash: Buffer }[] = await tx.query(
    'SELECT chain, seq, leaf_hash FROM lock_chain_heads($1)',
    [sorted],
  );
  return new Map(
    rows.map((row) => [row.chain, { seq: Number(row.seq), leafHash: row.seq === '0' ? null : row.leaf_hash }]),
  );
}
