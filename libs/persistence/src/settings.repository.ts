import type { Tx } from './database.js';

/** Small facts the processes tell each other. Not evidence. */
export const settingsRepository = {
  async get(tx: Tx, name: string): Promise<unknown> {
    const rows: { value: unknown }[] = await tx.query('SELECT value FROM settings WHERE name = $1', [name]);
    return rows[0]?.value ?? null;
  },

  async put(tx: Tx, name: string, value: unknown): Promise<void> {
    await tx.query('INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2', [
      name,
      JSON.stringify(value),
    ]);
  },
};
