import { setTimeout as sleep } from 'node:timers/promises';
import { ArchiveError } from '#domain';
import { createJobQueue, type JobLog, type QueueConfig } from '#jobs';
import { FilesystemObjectStore, type ObjectStore, S3ObjectStore, type S3StoreConfig } from '#object-store';
import { Database, settingsRepository } from '#persistence';
import { isSigningError, SignerClient } from '#signing';
import type { ArchiveParts, ArchiveSettings, Clock } from './archive.js';
import { systemClock } from './archive.js';
import { type Archive, assembleArchive } from './assemble.js';
import { DigestThreads } from './digest/digest-threads.js';
import { CompareWithSigner } from './ledger/log/freeze-ledger.js';
import { Replica, type ReplicaSettings } from './replica/replica.js';

const REPLICA_PATIENCE_MS = 10_000;

export type StoreConfig =
  | { readonly kind: 'filesystem'; readonly root: string }
  | ({ readonly kind: 's3' } & S3StoreConfig);

export interface ReplicaOptions extends ReplicaSettings {
  readonly store: StoreConfig;
}

export interface ArchiveOptions {
  readonly databaseUrl: string;
  readonly databasePoolSize?: number;
  readonly applicationName: string;
  readonly queue: QueueConfig;
  readonly store: StoreConfig;
  /** A second store; none when not said. */
  readonly replica?: ReplicaOptions | null;
  readonly settings: ArchiveSettings;
  /** Threads for hashing; two let a seal keep SM3 and SHA-256 apart. */
  readonly digestThreads: number;
  /** Where the signer listens; without it nothing is signed. */
  readonly signerSocket?: string | null;
  readonly log: JobLog;
  readonly clock?: Clock;
}

export interface OpenedArchive {
  readonly archive: Archive;
  readonly parts: ArchiveParts;
  close(): Promise<void>;
}

/**
 * Connects to the servers named and puts the archive together over them: the same for the API, the worker and the
 * command line. The queue and the second store may be away; database and store may not.
 * @throws ArchiveError `database-unavailable`, `storage-unavailable`, `storage-foreign`
 */
export async function openArchive(options: ArchiveOptions): Promise<OpenedArchive> {
  const store = openStore(options.store);
  await store.prepare();
  const database = await Database.connect({
    url: options.databaseUrl,
    poolSize: options.databasePoolSize ?? 10,
    applicationName: options.applicationName,
  });
  await requireKnownStore(database, store).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  const queue = createJobQueue(options.queue, { log: options.log });
  const threads = new DigestThreads(options.digestThreads);
  const { settings, log } = options;
  const signer = options.signerSocket ? new SignerClient({ socketPath: options.signerSocket }) : null;
  const clock = options.clock ?? systemClock;
  const replica = options.replica ? openReplica(database, options.replica) : null;
  if (replica !== null) await tryReplica(replica, log);
  const parts: ArchiveParts = { database, store, replica, queue, threads, settings, log, signer, clock };
  if (signer !== null) await compareWithSigner({ database, signer, clock, log });
  return {
    parts,
    archive: assembleArchive(parts),
    close: async () => {
      await queue.close().catch(() => undefined);
      await database.close();
      await threads.close();
    },
  };
}

/** Nothing waits for a second store that hangs: what needs it asks again. */
async function tryReplica(replica: Replica, log: JobLog): Promise<void> {
  const opened = replica
    .open()
    .then(() => undefined)
    .catch((error: unknown) => log.error({ err: error }, 'THE REPLICA CANNOT BE USED NOW'));
  await Promise.race([opened, sleep(REPLICA_PATIENCE_MS, undefined, { ref: false })]);
}

/** @throws ArchiveError `invalid-input` for an address that must not be used */
function openReplica(database: Database, { store: config, ...settings }: ReplicaOptions): Replica {
  const place = config.kind === 's3' ? `${new URL(config.endpoint).host}/${config.buckets.vault}` : config.root;
  return new Replica({ database, store: openStore(config), place, settings });
}

/**
 * A folder that is not the one this database's originals are in would make all of them seem missing.
 * @throws ArchiveError `storage-foreign`
 */
async function requireKnownStore(database: Database, store: ObjectStore): Promise<void> {
  const found = store.identity();
  if (found === null) return;
  const known = await settingsRepository.get(database.reader, 'store');
  if (known === null) await settingsRepository.put(database.reader, 'store', found);
  else if (known !== found)
    throw new ArchiveError('storage-foreign', 'another store folder', { details: { known, found } });
}

/**
 * Before this process records anything: what it recorded into a database that was put back would stand against what was
 * signed. A signer that is away, or on another machine, is asked by whoever keeps the log.
 */
async function compareWithSigner(needs: ConstructorParameters<typeof CompareWithSigner>[0]): Promise<void> {
  await new CompareWithSigner(needs).run().catch((error: unknown) => {
    if (!isSigningError(error)) throw error;
    needs.log.warn({ err: error }, 'the signer cannot be asked now whether the database is as far as what it signed');
  });
}

/** The filesystem store keeps its objects below the data folder, so that one folder is the whole archive. */
export function openStore(config: StoreConfig): ObjectStore {
  if (config.kind === 's3') return new S3ObjectStore(config);
  return new FilesystemObjectStore({ root: config.root });
}
