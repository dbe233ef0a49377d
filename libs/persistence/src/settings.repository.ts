import type { Tx } from './database.js';

/** Small facts the processes tell each other. Not evidence. */
export const settingsRepository = {
  async get(tx: Tx, name: string): Promise<unknown> {
    const rows: { value: unknown }[] = await tx.query('SELECT value FROM settings WHERE name = $1', [name]);
    return rows[0]?.value ?? null;
  },

  /** The fact, held until the transaction ends; null when it is not there yet. */
  async lock(tx: Tx, name: string): Promise<unknown> {
    await tx.query(`INSERT INTO settings (name, value) VALUES ($1, 'null') ON CONFLICT (name) DO NOTHING`, [name]);
    const rows: { value: unknown }[] = await tx.query('SELECT value FROM settings WHERE name = $1 FOR UPDATE', [name]);
    return rows[0]?.value ?? null;
  },

  async put(tx: Tx, name: string, value: unknown): Promise<void> {
    await tx.query('INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2', [
      name,
      JSON.stringify(value),
    ]);
  },
};
