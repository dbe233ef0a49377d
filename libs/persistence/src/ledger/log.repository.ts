import { ArchiveError, type Chain, type EventType, type Id } from '#domain';
import type { Tx } from '../database.js';
import { type EventRecord, ledgerRepository } from './ledger.repository.js';

/** The log's one row. */
export interface LogState {
  readonly size: number;
  readonly root: Buffer;
  /** Counts the sequencers there have been; names the one that holds the lease. */
  readonly epoch: number;
  readonly holder: string | null;
  readonly leaseEnds: Date;
  /** Entries that are published in the vault, with the checkpoint over them. */
  readonly vaultedSize: number;
  readonly vaultedAt: Date | null;
  /** Size of the newest checkpoint that a quorum of witnesses has cosigned; 0 before the first. */
  readonly anchoredSize: number;
  readonly anchoredAt: Date | null;
  /** Why nothing is appended any more; null while all is well. */
  readonly frozenReason: string | null;
  readonly frozenAt: Date | null;
}

/** A committed event that is not in the log yet. */
export interface WaitingEvent {
  readonly position: number;
  readonly eventId: Id;
  readonly leaf: Buffer;
}

export interface LogEntry {
  readonly index: number;
  readonly eventId: Id;
  readonly leafHash: Buffer;
}

/** An entry with the bytes of its event; null where the event is gone. */
export interface LoggedLeaf {
  readonly index: number;
  readonly leafHash: Buffer;
  readonly leaf: Buffer | null;
}

/** An entry with the event it stands for; null where the event is gone. */
export interface LoggedEvent extends LogEntry {
  readonly leaf: Buffer | null;
  readonly chain: Chain | null;
  readonly chainSeq: number | null;
  readonly type: EventType | null;
  readonly actor: string | null;
  readonly at: Date | null;
}

export interface StoredTile {
  readonly level: number;
  readonly index: number;
  /** 32 bytes each, 1 to 256. */
  readonly hashes: Uint8Array;
}

export interface PutBack {
  /** Size of the log before. */
  readonly from: number;
  /** Those the database does not have, in order. */
  readonly events: readonly Omit<EventRecord, 'position'>[];
  readonly entries: readonly LogEntry[];
  readonly tiles: readonly StoredTile[];
  readonly size: number;
  readonly root: Uint8Array;
}

const STATE = `SELECT size, root, epoch, holder, lease_ends, vaulted_size, vaulted_at, anchored_size,
  anchored_at, frozen_reason, frozen_at FROM ledger WHERE id = 1`;

export const logRepository = {
  async state(tx: Tx): Promise<LogState> {
    const rows: RawState[] = await tx.query(STATE);
    return toState(rows);
  },

  /**
   * Takes the lease when nobody holds it; the next epoch begins. The server's clock counts, as for all that ends.
   * @returns the epoch, or null when another holds it
   */
  async takeLease(tx: Tx, holder: string, leaseMs: number): Promise<number | null> {
    const [taken]: [{ epoch: string }[], number] = await tx.query(
      `UPDATE ledger SET epoch = epoch + 1, holder = $1, lease_ends = clock_timestamp() + $2 * interval '1 ms'
       WHERE id = 1 AND lease_ends < clock_timestamp() RETURNING epoch`,
      [holder, leaseMs],
    );
    return taken[0] ? Number(taken[0].epoch) : null;
  },

  /**
   * Locks the log for a batch: only for the holder of the lease, and while it lasts. Whoever comes late is refused;
   * whoever wants to take over waits until the batch has ended.
   * @returns null when the lease is another's or has run out
   */
  async lockForBatch(tx: Tx, epoch: number): Promise<LogState | null> {
    const rows: RawState[] = await tx.query(`${STATE} AND epoch = $1 AND lease_ends > clock_timestamp() FOR UPDATE`, [
      epoch,
    ]);
    return rows.length === 1 ? toState(rows) : null;
  },

  /** Renews the lease, and says whether it was still ours. */
  async renewLease(tx: Tx, epoch: number, leaseMs: number): Promise<boolean> {
    const [renewed]: [unknown[], number] = await tx.query(
      `UPDATE ledger SET lease_ends = clock_timestamp() + $2 * interval '1 ms'
       WHERE id = 1 AND epoch = $1 AND lease_ends > clock_timestamp() RETURNING id`,
      [epoch, leaseMs],
    );
    return renewed.length === 1;
  },

  /** Lets the next one begin at once. */
  async endLease(tx: Tx, epoch: number): Promise<void> {
    await tx.query(`UPDATE ledger SET lease_ends = '-infinity', holder = NULL WHERE id = 1 AND epoch = $1`, [epoch]);
  },

  /** The first committed events that wait, in order. Within a chain what comes later is visible only after what came before. */
  async waiting(tx: Tx, limit: number): Promise<WaitingEvent[]> {
    const rows: { position: string; event_id: Id; leaf: Buffer }[] = await tx.query(
      `SELECT o.position, o.event_id, e.leaf FROM
         (SELECT position, event_id FROM ledger_outbox ORDER BY position LIMIT $1) o
       JOIN events e ON e.id = o.event_id ORDER BY o.position`,
      [limit],
    );
    return rows.map((row) => ({ position: Number(row.position), eventId: row.event_id, leaf: row.leaf }));
  },

  async waitingCount(tx: Tx): Promise<number> {
    const rows: { n: string }[] = await tx.query('SELECT count(*) AS n FROM ledger_outbox');
    return Number(rows[0]?.n ?? 0);
  },

  /** One batch: the entries, the tiles they changed, the new right edge; what has been moved leaves the outbox. */
  async append(
    tx: Tx,
    batch: {
      readonly epoch: number;
      readonly entries: readonly LogEntry[];
      readonly positions: readonly number[];
      readonly tiles: readonly StoredTile[];
      readonly size: number;
      readonly root: Uint8Array;
      readonly leaseMs: number;
    },
  ): Promise<void> {
    const { entries, tiles } = batch;
    await tx.query(
      `WITH moved AS (DELETE FROM ledger_outbox WHERE position = ANY($1::bigint[]))
       INSERT INTO ledger_entries (index, event_id, leaf_hash)
       SELECT * FROM unnest($2::bigint[], $3::uuid[], $4::bytea[])`,
      [
        batch.positions,
        entries.map(({ index }) => index),
        entries.map(({ eventId }) => eventId),
        entries.map(({ leafHash }) => leafHash),
      ],
    );
    await putTiles(tx, tiles);
    await tx.query(
      `UPDATE ledger SET size = $2, root = $3, lease_ends = clock_timestamp() + $4 * interval '1 ms'
       WHERE id = 1 AND epoch = $1`,
      [batch.epoch, batch.size, Buffer.from(batch.root), batch.leaseMs],
    );
  },

  /** The hashes of a tile as far as it has grown; null when there is none. */
  async tile(tx: Tx, level: number, index: number): Promise<Buffer | null> {
    const rows: { hashes: Buffer }[] = await tx.query(
      'SELECT hashes FROM ledger_tiles WHERE level = $1 AND index = $2',
      [level, index],
    );
    return rows[0]?.hashes ?? null;
  },

  /** The hashes of these tiles as far as they have grown, in the order asked for; null for those there are none of. */
  async tilesAt(tx: Tx, tiles: readonly Pick<StoredTile, 'level' | 'index'>[]): Promise<(Buffer | null)[]> {
    const rows: { hashes: Buffer | null }[] = await tx.query(
      `SELECT t.hashes FROM unnest($1::integer[], $2::bigint[]) WITH ORDINALITY w(level, index, n)
       LEFT JOIN ledger_tiles t ON t.level = w.level AND t.index = w.index ORDER BY w.n`,
      [tiles.map(({ level }) => level), tiles.map(({ index }) => index)],
    );
    return rows.map(({ hashes }) => hashes);
  },

  /** Tiles from a place on, level by level from the left; for reading all of them. */
  async tilesFrom(tx: Tx, level: number, index: number, limit: number): Promise<StoredTile[]> {
    const rows: { level: number; index: string; hashes: Buffer }[] = await tx.query(
      `SELECT level, index, hashes FROM ledger_tiles WHERE (level, index) >= ($1, $2) ORDER BY level, index LIMIT $3`,
      [level, index, limit],
    );
    return rows.map((row) => ({ level: row.level, index: Number(row.index), hashes: row.hashes }));
  },

  /** Entries from an index on, each with its event. */
  async entries(tx: Tx, from: number, limit: number): Promise<LoggedEvent[]> {
    const rows: RawEntry[] = await tx.query(
      `SELECT l.index, l.event_id, l.leaf_hash, e.leaf, e.chain, e.chain_seq, e.type, e.actor, e.at
       FROM (SELECT * FROM ledger_entries WHERE index >= $1 ORDER BY index LIMIT $2) l
       LEFT JOIN events e ON e.id = l.event_id ORDER BY l.index`,
      [from, limit],
    );
    return rows.map(toLogged);
  },

  /** The same with the bytes alone, for walking through all of them. */
  async leaves(tx: Tx, from: number, limit: number): Promise<LoggedLeaf[]> {
    const rows: { index: string; leaf_hash: Buffer; leaf: Buffer | null }[] = await tx.query(
      `SELECT l.index, l.leaf_hash, e.leaf FROM ledger_entries l LEFT JOIN events e ON e.id = l.event_id
       WHERE l.index >= $1 AND l.index < $1 + $2 ORDER BY l.index`,
      [from, limit],
    );
    return rows.map((row) => ({ index: Number(row.index), leafHash: row.leaf_hash, leaf: row.leaf }));
  },

  /** Committed, and not taken into the log yet. */
  async isWaiting(tx: Tx, eventId: Id): Promise<boolean> {
    const rows: unknown[] = await tx.query('SELECT 1 FROM ledger_outbox WHERE event_id = $1', [eventId]);
    return rows.length === 1;
  },

  async entryOfEvent(tx: Tx, eventId: Id): Promise<LogEntry | null> {
    const rows: RawEntry[] = await tx.query(
      'SELECT index, event_id, leaf_hash FROM ledger_entries WHERE event_id = $1',
      [eventId],
    );
    return rows[0] ? toEntry(rows[0]) : null;
  },

  async entryOfLeaf(tx: Tx, leafHash: Uint8Array): Promise<LogEntry | null> {
    const rows: RawEntry[] = await tx.query(
      'SELECT index, event_id, leaf_hash FROM ledger_entries WHERE leaf_hash = $1 ORDER BY index LIMIT 1',
      [Buffer.from(leafHash)],
    );
    return rows[0] ? toEntry(rows[0]) : null;
  },

  /** Indexes of the events of one chain, oldest first. */
  async entriesOfChain(tx: Tx, chain: Chain): Promise<LoggedEvent[]> {
    const rows: RawEntry[] = await tx.query(
      `SELECT l.index, l.event_id, l.leaf_hash, e.leaf, e.chain, e.chain_seq, e.type, e.actor, e.at
       FROM events e JOIN ledger_entries l ON l.event_id = e.id WHERE e.chain = $1 ORDER BY e.chain_seq`,
      [chain],
    );
    return rows.map(toLogged);
  },

  /** Indexes below `size` of the events of these chains up to a place in each, in the order of the log. */
  async indexesOf(tx: Tx, heads: readonly { chain: Chain; seq: number }[], size: number): Promise<number[]> {
    const rows: { index: string }[] = await tx.query(
      `SELECT l.index FROM unnest($1::text[], $2::bigint[]) h(chain, seq)
       JOIN events e ON e.chain = h.chain AND e.chain_seq <= h.seq
       JOIN ledger_entries l ON l.event_id = e.id WHERE l.index < $3 ORDER BY l.index`,
      [heads.map(({ chain }) => chain), heads.map(({ seq }) => seq), size],
    );
    return rows.map((row) => Number(row.index));
  },

  /** The entries at these indexes, in order, each with its event. */
  async entriesAt(tx: Tx, indexes: readonly number[]): Promise<LoggedEvent[]> {
    const rows: RawEntry[] = await tx.query(
      `SELECT l.index, l.event_id, l.leaf_hash, e.leaf, e.chain, e.chain_seq, e.type
       FROM ledger_entries l LEFT JOIN events e ON e.id = l.event_id
       WHERE l.index = ANY($1::bigint[]) ORDER BY l.index`,
      [indexes],
    );
    return rows.map(toLogged);
  },

  /** A quorum of witnesses has cosigned all up to this size. */
  async setAnchored(tx: Tx, size: number, at: Date): Promise<void> {
    await tx.query('UPDATE ledger SET anchored_size = $1, anchored_at = $2 WHERE id = 1 AND anchored_size < $1', [
      size,
      at,
    ]);
  },

  /** The vault holds all up to this size. */
  async setVaulted(tx: Tx, size: number, at: Date): Promise<void> {
    await tx.query('UPDATE ledger SET vaulted_size = $1, vaulted_at = $2 WHERE id = 1 AND vaulted_size <= $1', [
      size,
      at,
    ]);
  },

  /**
   * Puts lost entries back, with the events of those that are gone too; only the owner of the schema may. Whoever held
   * the lease has lost it. A frozen log stays frozen to everybody else until `frozenReason` is null and this commits.
   * @throws ArchiveError `conflict` when the log has grown meanwhile
   */
  async putBack(tx: Tx, batch: PutBack): Promise<void> {
    const { from, events, entries, tiles } = batch;
    const [held]: [unknown[], number] = await tx.query(
      `UPDATE ledger SET frozen_reason = NULL, frozen_at = NULL, epoch = epoch + 1, lease_ends = '-infinity', holder = NULL
       WHERE id = 1 AND size = $1 RETURNING id`,
      [from],
    );
    if (held.length === 0) throw new ArchiveError('conflict', `the log has not ${from} entries any more`);
    await ledgerRepository.putBack(tx, events);
    await tx.query('DELETE FROM ledger_outbox WHERE event_id = ANY($1::uuid[])', [
      entries.map(({ eventId }) => eventId),
    ]);
    await tx.query(
      `INSERT INTO ledger_entries (index, event_id, leaf_hash)
       SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::bytea[])`,
      [
        entries.map(({ index }) => index),
        entries.map(({ eventId }) => eventId),
        entries.map(({ leafHash }) => leafHash),
      ],
    );
    await putTiles(tx, tiles);
    await tx.query('UPDATE ledger SET size = $1, root = $2 WHERE id = 1', [batch.size, Buffer.from(batch.root)]);
  },

  /** Says why nothing may be appended from now on; the first reason stays. */
  async freeze(tx: Tx, reason: string, at: Date): Promise<void> {
    await tx.query('UPDATE ledger SET frozen_reason = $1, frozen_at = $2 WHERE id = 1 AND frozen_reason IS NULL', [
      reason,
      at,
    ]);
  },

  /** Only the owner of the schema may. */
  async thaw(tx: Tx): Promise<void> {
    await tx.query('UPDATE ledger SET frozen_reason = NULL, frozen_at = NULL WHERE id = 1');
  },
};

async function putTiles(tx: Tx, tiles: readonly StoredTile[]): Promise<void> {
  if (tiles.length === 0) return;
  await tx.query(
    `INSERT INTO ledger_tiles (level, index, hashes) SELECT * FROM unnest($1::integer[], $2::bigint[], $3::bytea[])
     ON CONFLICT (level, index) DO UPDATE SET hashes = excluded.hashes`,
    [
      tiles.map(({ level }) => level),
      tiles.map(({ index }) => index),
      tiles.map(({ hashes }) => Buffer.from(hashes.buffer, hashes.byteOffset, hashes.length)),
    ],
  );
}

/** As the database gives them: bigint as text. */
interface RawState {
  readonly size: string;
  readonly root: Buffer;
  readonly epoch: string;
  readonly holder: string | null;
  readonly lease_ends: Date;
  readonly vaulted_size: string;
  readonly vaulted_at: Date | null;
  readonly anchored_size: string;
  readonly anchored_at: Date | null;
  readonly frozen_reason: string | null;
  readonly frozen_at: Date | null;
}

interface RawEntry {
  readonly index: string;
  readonly event_id: Id;
  readonly leaf_hash: Buffer;
  readonly leaf?: Buffer | null;
  readonly chain?: Chain | null;
  readonly chain_seq?: string | null;
  readonly type?: EventType | null;
  readonly actor?: string | null;
  readonly at?: Date | null;
}

function toState(rows: readonly RawState[]): LogState {
  const [row] = rows;
  if (!row) throw new Error('the ledger has no row: the schema is not complete');
  return {
    size: Number(row.size),
    root: row.root,
    epoch: Number(row.epoch),
    holder: row.holder,
    leaseEnds: row.lease_ends,
    vaultedSize: Number(row.vaulted_size),
    vaultedAt: row.vaulted_at,
    anchoredSize: Number(row.anchored_size),
    anchoredAt: row.anchored_at,
    frozenReason: row.frozen_reason,
    frozenAt: row.frozen_at,
  };
}

function toEntry(row: RawEntry): LogEntry {
  return { index: Number(row.index), eventId: row.event_id, leafHash: row.leaf_hash };
}

function toLogged(row: RawEntry): LoggedEvent {
  return {
    ...toEntry(row),
    leaf: row.leaf ?? null,
    chain: row.chain ?? null,
    chainSeq: row.chain_seq === null || row.chain_seq === undefined ? null : Number(row.chain_seq),
    type: row.type ?? null,
    actor: row.actor ?? null,
    at: row.at ?? null,
  };
}
