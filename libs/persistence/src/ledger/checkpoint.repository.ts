import type { Tx } from '../database.js';

export interface CheckpointRecord {
  readonly size: number;
  readonly root: Buffer;
  /** The signed note, without cosignatures. */
  readonly note: string;
  readonly signedAt: Date;
}

export interface CosignatureRecord {
  readonly size: number;
  readonly witness: string;
  /** A signature line of C2SP signed-note, with its newline. */
  readonly line: string;
  readonly cosignedAt: Date;
}

export interface WitnessRecord {
  readonly name: string;
  readonly vkey: string;
  /** Size it has cosigned last. */
  readonly size: number;
  readonly askedAt: Date | null;
  readonly answeredAt: Date | null;
  readonly refusal: string | null;
  readonly refusedAt: Date | null;
}

/** Signed heads of the log, and who else signed them. */
export const checkpointRepository = {
  async add(tx: Tx, checkpoint: CheckpointRecord): Promise<void> {
    await tx.query(
      `INSERT INTO ledger_checkpoints (size, root, note, signed_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
      [checkpoint.size, checkpoint.root, checkpoint.note, checkpoint.signedAt],
    );
  },

  /** The newest checkpoint, or the newest that is not larger. */
  async newest(tx: Tx, atMost: number | null = null): Promise<CheckpointRecord | null> {
    const rows: RawCheckpoint[] = await tx.query(
      `SELECT size, root, note, signed_at FROM ledger_checkpoints WHERE $1::bigint IS NULL OR size <= $1
       ORDER BY size DESC LIMIT 1`,
      [atMost],
    );
    return rows[0] ? toCheckpoint(rows[0]) : null;
  },

  /** Checkpoints in a range of sizes that at least so many have cosigned, whoever they are, largest first. */
  async cosigned(
    tx: Tx,
    of: {
      readonly cosignatures: number;
      readonly atLeast: number;
      readonly below: number | null;
      readonly limit: number;
    },
  ): Promise<CheckpointRecord[]> {
    const rows: RawCheckpoint[] = await tx.query(
      `SELECT size, root, note, signed_at FROM ledger_checkpoints c
       WHERE size >= $2 AND ($3::bigint IS NULL OR size < $3)
         AND (SELECT count(*) FROM ledger_cosignatures s WHERE s.size = c.size) >= $1
       ORDER BY size DESC LIMIT $4`,
      [of.cosignatures, of.atLeast, of.below, of.limit],
    );
    return rows.map(toCheckpoint);
  },

  /** Checkpoints larger than a size, smallest first. */
  async after(tx: Tx, size: number, limit: number): Promise<CheckpointRecord[]> {
    const rows: RawCheckpoint[] = await tx.query(
      'SELECT size, root, note, signed_at FROM ledger_checkpoints WHERE size > $1 ORDER BY size LIMIT $2',
      [size, limit],
    );
    return rows.map(toCheckpoint);
  },

  async addCosignature(tx: Tx, { size, witness, line, cosignedAt }: CosignatureRecord): Promise<void> {
    await tx.query(
      `INSERT INTO ledger_cosignatures (size, witness, line, cosigned_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
      [size, witness, line, cosignedAt],
    );
  },

  async cosignatures(tx: Tx, size: number): Promise<CosignatureRecord[]> {
    const rows: { size: string; witness: string; line: string; cosigned_at: Date }[] = await tx.query(
      'SELECT size, witness, line, cosigned_at FROM ledger_cosignatures WHERE size = $1 ORDER BY witness',
      [size],
    );
    return rows.map((row) => ({
      size: Number(row.size),
      witness: row.witness,
      line: row.line,
      cosignedAt: row.cosigned_at,
    }));
  },

  async putWitness(tx: Tx, witness: WitnessRecord): Promise<void> {
    await tx.query(
      `INSERT INTO ledger_witnesses (name, vkey, size, asked_at, answered_at, refusal, refused_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (name) DO UPDATE SET vkey = $2, size = $3, asked_at = $4, answered_at = $5, refusal = $6,
         refused_at = $7`,
      [
        ...[witness.name, witness.vkey, witness.size, witness.askedAt, witness.answeredAt],
        ...[witness.refusal, witness.refusedAt],
      ],
    );
  },

  async witnesses(tx: Tx): Promise<WitnessRecord[]> {
    const rows: RawWitness[] = await tx.query('SELECT * FROM ledger_witnesses ORDER BY name');
    return rows.map((row) => ({
      name: row.name,
      vkey: row.vkey,
      size: Number(row.size),
      askedAt: row.asked_at,
      answeredAt: row.answered_at,
      refusal: row.refusal,
      refusedAt: row.refused_at,
    }));
  },
};

interface RawCheckpoint {
  readonly size: string;
  readonly root: Buffer;
  readonly note: string;
  readonly signed_at: Date;
}

interface RawWitness {
  readonly name: string;
  readonly vkey: string;
  readonly size: string;
  readonly asked_at: Date | null;
  readonly answered_at: Date | null;
  readonly refusal: string | null;
  readonly refused_at: Date | null;
}

function toCheckpoint(row: RawCheckpoint): CheckpointRecord {
  return { size: Number(row.size), root: row.root, note: row.note, signedAt: row.signed_at };
}
