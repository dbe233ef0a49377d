import { ArchiveError } from '#domain';
import { keys, type ObjectStore } from '#object-store';
import { checkpointRepository, type Database, logRepository } from '#persistence';
import { bundlePath, encodeEntries, newTiles, TILE_WIDTH, type TileId, tilePath } from '#tlog';
import type { Clock } from '../../archive.js';
import { newestNote } from './newest-note.js';
import { tileReader } from './stored-tree.js';
import { writeOnce } from './write-once.js';

interface Needs {
  /** Of the login that may grow the log. */
  readonly database: Database;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly settings: { readonly retentionDays: number };
}

const DAY_MS = 86_400_000;

/**
 * Publishes the log into the vault, locked: tiles and entries that are new, then the checkpoint over them. From there
 * a database that is lost or rolled back is caught up, and whoever can read the vault can mirror the log.
 */
export class VaultLog {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * @returns entries that were new; 0 when nothing was
   * @throws ArchiveError `object-altered` when the vault holds other bytes under a name of ours
   */
  async run(): Promise<number> {
    const { database, clock } = this.#needs;
    const { reader } = database;
    const [state, checkpoint] = [await logRepository.state(reader), await checkpointRepository.newest(reader)];
    if (checkpoint === null || checkpoint.size <= state.vaultedSize) return 0;
    for (const tile of newTiles(state.vaultedSize, checkpoint.size)) await this.#publish(tile);
    const note = await newestNote(reader, checkpoint);
    await this.#write(keys.logCheckpoint(checkpoint.size), Buffer.from(note));
    await logRepository.setVaulted(reader, checkpoint.size, clock.now());
    await this.#dropWaiting(checkpoint.size);
    return checkpoint.size - state.vaultedSize;
  }

  async #publish(tile: TileId): Promise<void> {
    const { reader } = this.#needs.database;
    if (tile.level === 0) {
      const entries = await logRepository.entries(reader, tile.index * TILE_WIDTH, tile.width);
      const leaves = entries.map(({ leaf, index }) => leaf ?? lost(index));
      await this.#write(keys.logTile(bundlePath(tile)), Buffer.from(encodeEntries(leaves)));
    }
    await this.#write(keys.logTile(tilePath(tile)), Buffer.from(await tileReader(reader)(tile)));
  }

  async #write(key: string, bytes: Buffer): Promise<void> {
    const { store, clock, settings } = this.#needs;
    const until = new Date(clock.now().getTime() + settings.retentionDays * DAY_MS);
    await store.lock(await writeOnce(store, key, bytes), until);
  }

  /** What is in the vault need not wait in staging. */
  async #dropWaiting(size: number): Promise<void> {
    const { store } = this.#needs;
    for await (const { key } of store.list('staging', keys.logEntriesWaiting())) {
      if ((keys.rangeOfLogEntries(key)?.to ?? Number.POSITIVE_INFINITY) <= size) await store.remove('staging', key);
    }
  }
}

function lost(index: number): never {
  throw new ArchiveError('internal', `the event of entry ${index} is gone`);
}
