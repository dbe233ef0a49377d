import { ArchiveError, type Id } from '#domain';
import { type CheckpointRecord, checkpointRepository, type Database, type LogEntry, logRepository } from '#persistence';
import {
  type BundleId,
  encodeEntries,
  formatLogProof,
  HASH_BYTES,
  parseTilePath,
  TILE_WIDTH,
  type TileId,
} from '#tlog';
import { newestNote } from './newest-note.js';
import { proveInclusion } from './tree-proofs.js';

export type LogPath = ReturnType<typeof parseTilePath>;

/** Where an event is in the log, and the proof of it. */
export interface LogPlace {
  readonly index: number;
  /** C2SP tlog-proof: index, inclusion proof, checkpoint with its signatures. */
  readonly proof: string;
}

/**
 * The log as it is read from outside (C2SP tlog-tiles): checkpoint, tiles, entry bundles, and proofs made of them.
 * Nothing is given that no signed checkpoint covers.
 */
export class ReadLog {
  readonly #database: Database;

  constructor({ database }: { readonly database: Database }) {
    this.#database = database;
  }

  /**
   * The newest signed checkpoint, with the cosignatures it has.
   * @throws ArchiveError `ledger-pending` before the first
   */
  async checkpoint(): Promise<string> {
    return await newestNote(this.#database.reader, await this.#newest());
  }

  /**
   * What a path of tlog-tiles names.
   * @throws ArchiveError `not-found` for any other path
   */
  placeOf(path: string): LogPath {
    try {
      return parseTilePath(path);
    } catch (cause) {
      throw new ArchiveError('not-found', 'no path of the log', { cause });
    }
  }

  /** @throws ArchiveError `not-found` for what the signed log does not have, `internal` for an entry that is gone */
  async bytes(place: LogPath): Promise<Buffer> {
    return place.level === 'entries' ? await this.#entries(place) : await this.#tile(place as TileId);
  }

  async #tile({ level, index, width }: TileId): Promise<Buffer> {
    const { size } = await this.#newest();
    if ((index * TILE_WIDTH + width) * TILE_WIDTH ** level > size) throw notThere();
    const hashes = await logRepository.tile(this.#database.reader, level, index);
    if (hashes === null || hashes.length < width * HASH_BYTES) throw notThere();
    return hashes.subarray(0, width * HASH_BYTES);
  }

  async #entries({ index, width }: BundleId): Promise<Buffer> {
    const { size } = await this.#newest();
    if (index * TILE_WIDTH + width > size) throw notThere();
    const entries = await logRepository.entries(this.#database.reader, index * TILE_WIDTH, width);
    const leaves = entries.map(({ leaf, index: at }) => {
      if (leaf === null) throw new ArchiveError('internal', `the event of entry ${at} is gone`);
      return leaf;
    });
    return Buffer.from(encodeEntries(leaves));
  }

  /**
   * The proof that an event is in the log.
   * @throws ArchiveError `not-found` when the log has no such leaf; `ledger-pending` when it is not signed for yet
   */
  async prove(of: { readonly eventId: Id } | { readonly leafHash: Uint8Array }): Promise<LogPlace> {
    const { reader } = this.#database;
    const entry =
      'eventId' in of
        ? await logRepository.entryOfEvent(reader, of.eventId)
        : await logRepository.entryOfLeaf(reader, of.leafHash);
    if (entry === null) throw notThere();
    const newest = await this.#newest();
    if (entry.index >= newest.size) throw new ArchiveError('ledger-pending', `entry ${entry.index} is not signed for`);
    return await this.#place(entry, newest);
  }

  async #place({ index }: LogEntry, checkpoint: CheckpointRecord): Promise<LogPlace> {
    const { reader } = this.#database;
    const proof = await proveInclusion(reader, index, checkpoint.size);
    const note = await newestNote(reader, checkpoint);
    return { index, proof: formatLogProof({ index, proof, extra: null, checkpoint: note }) };
  }

  async #newest(): Promise<CheckpointRecord> {
    const checkpoint = await checkpointRepository.newest(this.#database.reader);
    if (checkpoint === null) throw new ArchiveError('ledger-pending', 'nothing is signed yet');
    return checkpoint;
  }
}

function notThere(): ArchiveError {
  return new ArchiveError('not-found', 'the signed log does not have this');
}
