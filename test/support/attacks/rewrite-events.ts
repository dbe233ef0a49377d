import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type pg from 'pg';
import { newId } from '#domain';
import { GrowingTiles, GrowingTree, leafHash } from '#tlog';
import { sha256 } from '../log-crypto.js';
import { asSuperuser } from './superuser.js';

/** What a leaf says, as it may be changed. */
export type Body = Record<string, unknown> & { chain: string; chain_seq: number; chain_prev: string | null };

interface Row {
  readonly index: number;
  readonly id: string;
  readonly leaf: Buffer;
}

/** Changes what one event says and its digest beside it, as far as anybody sees who looks at the row. */
export async function editEvent(url: string, index: number, change: (body: Body) => void): Promise<void> {
  await asSuperuser(url, async (client) => {
    const row = await entryAt(client, index);
    const leaf = changed(row.leaf, change);
    const { actor, at, type } = JSON.parse(leaf.toString('utf8')) as Body;
    await client.query('UPDATE events SET leaf = $2, leaf_hash = $3, actor = $4, at = $5, type = $6 WHERE id = $1', [
      row.id,
      leaf,
      hashOf(leaf),
      actor,
      at,
      type,
    ]);
    await client.query('UPDATE ledger_entries SET leaf_hash = $2 WHERE index = $1', [index, hashOf(leaf)]);
  });
}

/** Changes only the columns lists and searches are made of. */
export async function editColumns(url: string, index: number): Promise<void> {
  await asSuperuser(url, async (client) => {
    const { id } = await entryAt(client, index);
    await client.query(`UPDATE events SET at = at - interval '1 day' WHERE id = $1`, [id]);
  });
}

/** Takes an event out, with its entry; those after it move up. */
export async function deleteEvent(url: string, index: number): Promise<void> {
  await asSuperuser(url, async (client) => {
    const { id } = await entryAt(client, index);
    await client.query('DELETE FROM ledger_entries WHERE index = $1', [index]);
    await client.query('DELETE FROM event_disclosures WHERE event_id = $1', [id]);
    await client.query('DELETE FROM events WHERE id = $1', [id]);
    await moveEntries(client, index + 1, -1);
    await client.query('UPDATE ledger SET size = size - 1 WHERE id = 1');
  });
}

/** Puts an event of his own between two others, well-formed in itself. */
export async function insertEvent(url: string, index: number): Promise<void> {
  await asSuperuser(url, async (client) => {
    const { leaf: model } = await entryAt(client, index);
    const [id, chain] = [newId(), `case:${newId()}`];
    const leaf = changed(model, (body) => Object.assign(body, { id, chain, chain_seq: 1, chain_prev: null, on: [] }));
    await client.query(
      `INSERT INTO events (id, chain, chain_seq, type, at, actor, leaf, leaf_hash, prev_hash)
       SELECT $1, $2, 1, b->>'type', (b->>'at')::timestamptz, b->>'actor', $3, $4, NULL
       FROM (SELECT convert_from($3, 'UTF8')::jsonb AS b) body`,
      [id, chain, leaf, hashOf(leaf)],
    );
    await client.query('INSERT INTO chain_heads (chain, seq, leaf_hash) VALUES ($1, 1, $2)', [chain, hashOf(leaf)]);
    await moveEntries(client, index, 1);
    await client.query('INSERT INTO ledger_entries (index, event_id, leaf_hash) VALUES ($1, $2, $3)', [
      ...[index, id, hashOf(leaf)],
    ]);
    await client.query('UPDATE ledger SET size = size + 1 WHERE id = 1');
  });
}

/** Two entries change places. */
export async function swapEvents(url: string, one: number, other: number): Promise<void> {
  await asSuperuser(url, async (client) => {
    const [first, second] = [await entryAt(client, one), await entryAt(client, other)];
    await client.query('DELETE FROM ledger_entries WHERE index IN ($1, $2)', [one, other]);
    for (const [index, { id, leaf }] of [
      [one, second],
      [other, first],
    ] as const) {
      await client.query('INSERT INTO ledger_entries (index, event_id, leaf_hash) VALUES ($1, $2, $3)', [
        ...[index, id, hashOf(leaf)],
      ]);
    }
  });
}

/** Overwrites a stored hash of the tree. */
export async function editTile(url: string, index: number): Promise<void> {
  await asSuperuser(url, async (client) => {
    await client.query(
      `UPDATE ledger_tiles SET hashes = overlay(hashes PLACING sha256('x') FROM $2 FOR 32)
       WHERE level = 0 AND index = $1`,
      [Math.floor(index / 256), (index % 256) * 32 + 1],
    );
  });
}

export interface Rewriting {
  /** Entry that is to say something else. */
  readonly index: number;
  readonly change: (body: Body) => void;
  /** Signed notes are taken away too, with all that others signed under them. */
  readonly dropsCheckpoints?: boolean;
}

/**
 * Everything anew, as if the event had always said that: each event after it in its chain, every entry, tile and head,
 * the log's own row. What is left agrees with itself to the last bit.
 */
export async function recomputeAll(url: string, { index, change, dropsCheckpoints = true }: Rewriting): Promise<void> {
  await asSuperuser(url, async (client) => {
    const heads = new Map<string, { seq: number; hash: Buffer }>();
    const [tree, tiles] = [new GrowingTree(sha256), new GrowingTiles(sha256)];
    const { rows } = await client.query<Row>(
      'SELECT l.index, e.id, e.leaf FROM ledger_entries l JOIN events e ON e.id = l.event_id ORDER BY l.index',
    );
    for (const row of rows) {
      const leaf = changed(row.leaf, (body) => {
        if (Number(row.index) === index) change(body);
        const head = heads.get(body.chain);
        body.chain_prev = head === undefined ? null : `sha256:${head.hash.toString('hex')}`;
      });
      const body = JSON.parse(leaf.toString('utf8')) as Body;
      const prev = heads.get(body.chain)?.hash ?? null;
      const hash = hashOf(leaf);
      heads.set(body.chain, { seq: body.chain_seq, hash });
      tree.append(hash);
      tiles.append(hash);
      if (leaf.equals(row.leaf)) continue;
      await client.query(
        'UPDATE events SET leaf = $2, leaf_hash = $3, prev_hash = $4, actor = $5, at = $6, type = $7 WHERE id = $1',
        [row.id, leaf, hash, prev, body.actor, body.at, body.type],
      );
      await client.query('UPDATE ledger_entries SET leaf_hash = $2 WHERE index = $1', [row.index, hash]);
    }
    for (const [chain, { seq, hash }] of heads)
      await client.query('UPDATE chain_heads SET leaf_hash = $3 WHERE chain = $1 AND seq = $2', [chain, seq, hash]);
    for (const { level, index: at, hashes } of tiles.take())
      await client.query(
        `INSERT INTO ledger_tiles (level, index, hashes) VALUES ($1, $2, $3)
         ON CONFLICT (level, index) DO UPDATE SET hashes = excluded.hashes`,
        [level, at, Buffer.from(hashes)],
      );
    await client.query('UPDATE ledger SET root = $1, size = $2 WHERE id = 1', [Buffer.from(tree.root()), tree.size]);
    if (!dropsCheckpoints) return;
    await client.query('TRUNCATE ledger_cosignatures, ledger_timestamps, ledger_checkpoints, ledger_witnesses');
    await client.query('UPDATE ledger SET vaulted_size = 0, vaulted_at = NULL WHERE id = 1');
  });
}

async function entryAt(client: pg.Client, index: number): Promise<Row> {
  const { rows } = await client.query<Row>(
    'SELECT l.index, e.id, e.leaf FROM ledger_entries l JOIN events e ON e.id = l.event_id WHERE l.index = $1',
    [index],
  );
  if (rows[0] === undefined) throw new Error(`there is no entry ${index} to attack`);
  return rows[0];
}

/** Over a place out of the way: an index is unique at every moment. */
async function moveEntries(client: pg.Client, from: number, by: 1 | -1): Promise<void> {
  await client.query('UPDATE ledger_entries SET index = -index - 1 WHERE index >= $1', [from]);
  await client.query('UPDATE ledger_entries SET index = -index - 1 + $1 WHERE index < 0', [by]);
}

function changed(leaf: Buffer, change: (body: Body) => void): Buffer {
  const body = JSON.parse(leaf.toString('utf8')) as Body;
  change(body);
  return Buffer.from(canonicalize(body) ?? '', 'utf8');
}

function hashOf(leaf: Buffer): Buffer {
  return Buffer.from(leafHash(sha256, leaf));
}

/** What all of them want: another time, another officer, another digest. */
export function forged(body: Body): void {
  const actor = createHash('sha256').update(String(body.id)).digest('hex').slice(0, 12);
  body.actor = `00000000-0000-7000-8000-${actor}`;
}
