import type { Readable } from 'node:stream';

/**
 * Where objects live. `vault` holds originals and is written once; `staging` holds the ends of unfinished
 * uploads and is never locked; `media` holds renditions, which can be made again.
 */
export type Area = 'vault' | 'staging' | 'media';

/** An object as it was stored. On S3 the version is part of its name: reading by key alone is never done. */
export interface StoredObject {
  readonly area: Area;
  readonly key: string;
  /** S3 version id; null on the filesystem, which keeps one version. */
  readonly versionId: string | null;
  readonly sizeBytes: number;
}

/** An original that is still arriving. Kept by the caller; enough, with the parts and tail, to go on anywhere. */
export interface Intake {
  /** Key in the vault that the finished object will have; never used twice. */
  readonly key: string;
  /** S3 multipart upload id; empty on the filesystem. */
  readonly handle: string;
  /**
   * Blocks (1 MiB) in a part; a power of two, so that a part is a whole subtree of the block tree. A writer holds
   * back up to this many blocks before it begins to store them. The filesystem holds back none and says 1: its parts
   * are runs of whole blocks of any length.
   */
  readonly partBlocks: number;
}

/** A run of whole blocks that is durable (fsync; a stored S3 part). */
export interface StoredPart {
  readonly number: number;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  /** S3 etag of the part; empty on the filesystem. Names the part, proves nothing. */
  readonly etag: string;
}

/** Durable bytes beyond the last part: in the same file on the filesystem, an object in staging on S3. */
export interface StoredTail {
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  /** Key in staging; empty on the filesystem. */
  readonly key: string;
}

export interface IntakeProgress {
  readonly parts: readonly StoredPart[];
  readonly tail: StoredTail | null;
}

export interface IntakeWriterOptions {
  /** Called in order as parts become durable. */
  readonly onPart: (part: StoredPart) => void;
  /** The writer no longer needs this buffer (same object as was given to `write`). */
  readonly onReleased: (bytes: Buffer) => void;
}

export interface FlushOptions {
  /**
   * These were the object's last bytes: what lies beyond the last whole part becomes a short last part (reported by
   * `onPart`) and there is no tail. Saves S3 from storing it twice. After that, only `finishIntake` may follow.
   */
  readonly last?: boolean;
}

/**
 * Takes the bytes of one request in order. Not shared between requests.
 * A failure (`write`, `flush`) leaves everything reported by `onPart` durable and the rest unknown.
 */
export interface IntakeWriter {
  /**
   * The next bytes: a whole block (1 MiB), or less only as the last call before `flush`.
   * The buffer stays the writer's until `onReleased`. Resolves when the next may be given (back-pressure).
   */
  write(bytes: Buffer): Promise<void>;
  /**
   * Makes all that was written durable and closes the writer. The tail is what lies beyond the last whole part
   * (filesystem: beyond the last whole block). An older tail object is left alone: the caller still relies on it
   * until its own record of the new one is committed, then calls `dropTail`.
   */
  flush(options?: FlushOptions): Promise<StoredTail | null>;
  /** Gives up what is not durable yet, releases buffers, closes files. Never throws. */
  abandon(): Promise<void>;
}

export interface BlockReader {
  /** Fills the buffer, less only at the end of the object. @returns bytes read; 0 after the end */
  read(into: Buffer): Promise<number>;
  close(): Promise<void>;
}

export interface Retention {
  /** `none`: this store cannot lock (filesystem) or the version is not locked. */
  readonly mode: 'COMPLIANCE' | 'GOVERNANCE' | 'none';
  readonly until: Date | null;
}

/** What the lock self-test tries: setting a lock, then all that a lock must refuse. */
export const LOCK_ATTEMPTS = ['lock', 'delete-version', 'delete-batch', 'shorten', 'downgrade', 'overwrite'] as const;
export type LockAttempt = (typeof LOCK_ATTEMPTS)[number];
/** `not-run`: the lock could not even be set, so there was nothing to attack. */
export type LockVerdict = 'held' | 'not-held' | 'not-run';

export interface LockTest {
  readonly attempts: Readonly<Record<LockAttempt, LockVerdict>>;
  /** Every attempt was held. */
  readonly isHeld: boolean;
}

export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string | null;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  readonly sizeBytes: number;
}

/** First and last byte, both included, as in an HTTP range. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The store port. Errors are ArchiveError: `storage-full`, `storage-unavailable`, `object-missing`,
 * `object-exists`, `lock-not-held`, `invalid-input`.
 */
export interface ObjectStore {
  readonly kind: 'filesystem' | 's3';

  /** Checks that the areas exist (creating them where allowed) and can be written. Called once at start. */
  prepare(): Promise<void>;
  /**
   * The mark `prepare` leaves in a folder, by which its owner knows it again: a disk that is not mounted leaves an
   * empty folder, and all originals would seem to be missing. Null where the server answers for it (an S3 bucket that
   * is gone is an error).
   */
  identity(): string | null;
  /** Cheap reachability check for readiness; fails too when the store is not the one that was prepared. */
  check(): Promise<void>;
  /** Free bytes for originals, or null when the store cannot tell. */
  freeBytes(): Promise<number | null>;

  // Receiving originals, straight into the vault -------------------------------------------------

  /** @param expectedSizeBytes null when the sender does not know yet (tus deferred length) */
  beginIntake(key: string, expectedSizeBytes: number | null): Promise<Intake>;
  /** Goes on after `parts`; bytes of the tail are given again by the caller, who reads them by `readTail`. */
  resumeIntake(intake: Intake, parts: readonly StoredPart[], options: IntakeWriterOptions): Promise<IntakeWriter>;
  /** The bytes of a tail, at most one part. */
  readTail(intake: Intake, tail: StoredTail): Promise<Readable>;
  dropTail(intake: Intake, tail: StoredTail): Promise<void>;
  /**
   * Makes the object of the parts and the tail, durable and read-only in the vault. Idempotent: called again after
   * a crash it finds the finished object. Throws `conflict` with `details.firstBadPart` when the store holds other
   * parts than named, `object-missing` when nothing is left to finish.
   */
  finishIntake(intake: Intake, progress: IntakeProgress): Promise<StoredObject>;
  /**
   * Unfinished intakes, and tails of finished ones, that nothing was stored for since `before`: for finding those
   * nobody has a record of. What `abortIntake` takes; how its bytes are divided is not known here (`partBlocks` 1).
   */
  unfinishedIntakes(before: Date): AsyncIterable<Intake>;
  /** Drops an unfinished intake and its tail. Idempotent; never touches a finished object. */
  abortIntake(intake: Intake, tail: StoredTail | null): Promise<void>;

  // Reading ---------------------------------------------------------------------------------------

  /** Streams the named version. Ends with `object-missing` when it is gone, and fails when fewer bytes come than asked. */
  read(object: StoredObject, range?: ByteRange, signal?: AbortSignal): Promise<Readable>;
  /**
   * The whole named version, read into memory the caller lends and uses again: for reading back what was received,
   * where fresh memory for every block costs more than the reading. Errors as of `read`.
   */
  readBlocks(object: StoredObject, signal?: AbortSignal): Promise<BlockReader>;
  /** Size of the named version as the store sees it now; throws `object-missing`. */
  stat(object: StoredObject): Promise<{ readonly sizeBytes: number }>;
  /** All versions and delete markers at the key, newest first. */
  listVersions(area: Area, key: string): Promise<ObjectVersion[]>;
  /**
   * A local path to the object's bytes for the time of `use`, read-only. The filesystem store gives its own file;
   * S3 copies into `scratchDir` first and removes the copy afterwards.
   */
  withLocalFile<T>(object: StoredObject, scratchDir: string, use: (path: string) => Promise<T>): Promise<T>;

  // Locking ---------------------------------------------------------------------------------------

  /**
   * Locks the version until the date (S3: COMPLIANCE) and reads the lock back; throws `lock-not-held` when what is
   * read back is weaker. Never shortens. The filesystem answers `none`: it cannot lock.
   */
  lock(object: StoredObject, until: Date): Promise<Retention>;
  retention(object: StoredObject): Promise<Retention>;
  /**
   * Attacks locked scratch objects (`self-test/` in the vault, a few bytes, locked for minutes) with the rights of the
   * archive itself, and says what held. Null for a store that cannot lock (filesystem): there is nothing to test.
   * @throws ArchiveError `storage-unavailable`: no verdict
   */
  testLock(): Promise<LockTest | null>;

  // A second time ---------------------------------------------------------------------------------

  /**
   * Puts an object into the vault at a key that may be taken. What is there is kept: on S3 as the version it is, on the
   * filesystem under another name. Nothing of it shows before the source has come to its end; when that fails, or is
   * not `sizeBytes` long, all is as it was. To be read back by the caller.
   * @param aside where the filesystem keeps what is there: names to choose from, the first that is free
   */
  putBeside(key: string, source: Readable, sizeBytes: number, aside: (n: number) => string): Promise<StoredObject>;

  // Renditions and staging ------------------------------------------------------------------------

  /** Writes a whole object outside the vault; replaces what was there. Length must match `sizeBytes`, else it fails and nothing is left. */
  put(area: Exclude<Area, 'vault'>, key: string, source: Readable | Buffer, sizeBytes: number): Promise<StoredObject>;
  remove(area: Exclude<Area, 'vault'>, key: string): Promise<void>;
  /** Keys under a prefix, in order. */
  list(area: Area, prefix: string): AsyncIterable<{ readonly key: string; readonly sizeBytes: number }>;
}
