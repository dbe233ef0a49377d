import { ArchiveError } from '#domain';
import { keys, type ObjectStore } from '#object-store';
import { type CheckpointRecord, checkpointRepository, type Database, type LogState, logRepository } from '#persistence';
import type { SignerClient } from '#signing';
import { encodeEntries, formatCheckpoint, formatNote, parseSignatureLines, TILE_WIDTH } from '#tlog';
import type { Clock, Log } from '../../archive.js';
import { FreezeLedger } from './freeze-ledger.js';
import { proveGrowth } from './tree-proofs.js';

export interface PublishNeeds {
  /** Of the login that may grow the log. */
  readonly database: Database;
  readonly store: ObjectStore;
  readonly signer: SignerClient;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Has the log's head signed. Order: the entries where a restored database finds them again, then the signature, then
 * the record of it. A crash after the first leaves entries twice, which is harmless; one after the second a signature
 * nobody has seen, and the signer gives the same again.
 */
export class PublishLog {
  readonly #needs: PublishNeeds;
  readonly #freeze: FreezeLedger;
  #origin: string | null = null;
  /** Entries up to here are in the vault or in staging; read from there after a start. */
  #keptSize: number | null = null;

  constructor(needs: PublishNeeds) {
    this.#needs = needs;
    this.#freeze = new FreezeLedger(needs);
  }

  /**
   * @returns the newest checkpoint; null when there is nothing to sign yet, or the log is frozen
   * @throws SigningError when the signer cannot be asked; ArchiveError of the stores
   */
  async run(): Promise<CheckpointRecord | null> {
    const { database, clock } = this.#needs;
    const state = await logRepository.state(database.reader);
    const newest = await checkpointRepository.newest(database.reader);
    if (state.frozenReason !== null) return null;
    if (state.size === (newest?.size ?? 0)) return newest;
    await this.#keepEntries(state);
    const text = formatCheckpoint({ ...state, origin: await this.#askOrigin(), extensions: [] });
    const line = await this.#sign(state, text, newest?.size ?? 0);
    if (line === null) return null;
    const note = formatNote({ text, signatures: parseSignatureLines(line) });
    const checkpoint = { size: state.size, root: state.root, note, signedAt: clock.now() };
    await checkpointRepository.add(database.reader, checkpoint);
    return checkpoint;
  }

  async #sign(state: LogState, text: string, lastSigned: number): Promise<string | null> {
    const { signer, database } = this.#needs;
    // A log that got smaller than what was signed is told so by the signer.
    let oldSize = Math.min(lastSigned, state.size);
    // Once from where we know it to be, once from where it says it is: a crash may have kept us from hearing the last.
    for (let attempt = 1; attempt <= 2; attempt++) {
      const proof = await proveGrowth(database.reader, oldSize, state.size);
      const answer = await signer.signCheckpoint({ oldSize, proof, text });
      if ('line' in answer) return answer.line;
      if ('refused' in answer) {
        await this.#freeze.run('signer-refuses', { size: state.size, reason: answer.reason });
        return null;
      }
      if (answer.conflict > state.size) {
        await this.#freeze.run('behind-signer', { size: state.size, signed: answer.conflict });
        return null;
      }
      oldSize = answer.conflict;
    }
    return null;
  }

  /** Nothing is signed that would be lost with the database. */
  async #keepEntries(state: LogState): Promise<void> {
    const { database, store } = this.#needs;
    const from = this.#keptSize ?? (await this.#findKeptSize(state));
    for (let at = Math.max(from, state.vaultedSize); at < state.size; ) {
      const entries = await logRepository.entries(database.reader, at, Math.min(TILE_WIDTH, state.size - at));
      const bytes = Buffer.from(encodeEntries(entries.map(({ leaf, index }) => leaf ?? lost(index))));
      await store.put('staging', keys.logEntries(at, at + entries.length), bytes, bytes.length);
      at += entries.length;
      this.#keptSize = at;
    }
    this.#keptSize = state.size;
  }

  async #findKeptSize(state: LogState): Promise<number> {
    let size = state.vaultedSize;
    for await (const { key } of this.#needs.store.list('staging', keys.logEntriesWaiting())) {
      const range = keys.rangeOfLogEntries(key);
      if (range !== null && range.from <= size && range.to > size) size = Math.min(range.to, state.size);
    }
    return size;
  }

  async #askOrigin(): Promise<string> {
    this.#origin ??= (await this.#needs.signer.state()).origin;
    return this.#origin;
  }
}

function lost(index: number): never {
  throw new ArchiveError('internal', `the event of entry ${index} is gone`);
}
