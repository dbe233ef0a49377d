import { ArchiveError } from '#domain';
import type { ObjectStore } from '#object-store';
import { type Database, settingsRepository } from '#persistence';

export interface ReplicaSettings {
  /** Every copy is read and hashed again within this. */
  readonly watchPeriodMs: number;
  /** Fastest that one copying, or one look at a copy, goes. */
  readonly bytesPerSecond: number;
  /** Copies are made even in an S3 store that fails the lock self-test. */
  readonly unlockedAllowed: boolean;
  /** Damaged originals are restored without being asked. */
  readonly healsAutomatically: boolean;
}

export interface OpenedReplica {
  readonly store: ObjectStore;
  /** By which rows and events name it. */
  readonly id: string;
}

interface Needs {
  readonly database: Database;
  readonly store: ObjectStore;
  /** Where it is, in the settings: its folder, or its address and bucket. */
  readonly place: string;
  readonly settings: ReplicaSettings;
}

const KEPT_AS = 'replica';

/**
 * The second store, which holds a copy of every sealed original. It is opened when it is needed and not when the archive
 * is: what receives evidence must not stand still because the second copy cannot be made now.
 */
export class Replica {
  readonly settings: ReplicaSettings;
  /** For telling what kind it is; everything else goes through `open`. */
  readonly kind: ObjectStore['kind'];
  readonly #needs: Needs;
  #opened: Promise<OpenedReplica> | null = null;

  constructor(needs: Needs) {
    this.#needs = needs;
    this.settings = needs.settings;
    this.kind = needs.store.kind;
  }

  /**
   * The store, prepared once in the life of the process, and known to be the one its copies are in.
   * @throws ArchiveError `storage-unavailable`, `lock-not-held`; `storage-foreign` when the folder is another than the
   *   one that was there: a disk that is not mounted
   */
  open(): Promise<OpenedReplica> {
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }

  /** The id under which copies were made in this place; null before the first. Asks the database alone. */
  async knownId(): Promise<string | null> {
    const { database, place } = this.#needs;
    const known = (await settingsRepository.get(database.reader, KEPT_AS)) as KnownReplica | null;
    return known?.place === place ? known.id : null;
  }

  async #open(): Promise<OpenedReplica> {
    const { store, place } = this.#needs;
    await store.prepare();
    // A server answers for its buckets by its address: behind another all copies are owed again, and found there.
    const id = store.identity() ?? place;
    await this.#requireKnown(id);
    return { store, id };
  }

  /** Whoever names another place in the settings means another store; at the same place it must be the same. */
  async #requireKnown(id: string): Promise<void> {
    const { database, place } = this.#needs;
    const known = await this.knownId();
    if (known === null) await settingsRepository.put(database.reader, KEPT_AS, { place, id });
    else if (known !== id)
      throw new ArchiveError('storage-foreign', 'another replica folder', { details: { known, found: id } });
  }
}

interface KnownReplica {
  readonly place: string;
  readonly id: string;
}
