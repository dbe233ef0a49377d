import { lstat, unlink } from 'node:fs/promises';
import { basename, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ERROR_TEXT, isArchiveError, type NameRule } from '#domain';
import type { MeasuredFile } from '#dossier';
import type { ApiClient } from '../../client/api-client.js';
import { sendFile } from '../../client/tus-upload.js';
import type { UploadMemory } from '../../client/upload-memory.js';
import { CommandFailure } from '../../failure.js';
import { measureFile } from '../receipt/measure-file.js';
import type { Journal, JournalEntry } from './journal.js';
import { isKeyFile } from './key-files.js';
import { filesBelow, Settling, type SourceFile } from './source-files.js';
import type { StationReceipts } from './station-receipts.js';

export interface StationPlan {
  readonly folders: readonly string[];
  /** Files that are read and sent at the same time. */
  readonly atOnce: number;
  /** How long a file must lie unchanged before it is taken to be whole. */
  readonly settleMs: number;
  /** Whether the source is removed once its receipt is sealed, checked and in the log. */
  readonly isToClear: boolean;
  readonly rules: readonly NameRule[];
  /** Words beside the usual ones that mark a key file. */
  readonly keyWords: readonly string[];
}

export type WorkState =
  | 'settling'
  | 'waiting'
  | 'measuring'
  | 'sending'
  | 'sealing'
  | 'sealed'
  | 'cleared'
  /** Tried again later. */
  | 'failed'
  /** The archive's answer is not that of an archive that has it: somebody must look. */
  | 'refused';

/** A file of the station, and how far it has come. */
export interface Work {
  file: SourceFile;
  readonly name: string;
  readonly isKey: boolean;
  state: WorkState;
  doneBytes: number;
  /** Why it failed or was refused, in both languages. */
  problem: string | null;
  assetId: string | null;
  measured: MeasuredFile | null;
  retryAtMs: number;
  /** When it came into its state. */
  sinceMs: number;
}

interface StationParts {
  readonly client: ApiClient;
  readonly journal: Journal;
  readonly receipts: StationReceipts;
  readonly memory: UploadMemory;
  /** Told of every change of state, for a log. */
  readonly onChange: (work: Work) => void;
  readonly onTrouble: (path: string, error: Error) => void;
}

const LOOK_MS = 1_000;
const RETRY_MS = 15_000;
/** A single run does not wait longer for a file that somebody goes on writing, or for an archive that does not seal. */
const PATIENCE_MS = 600_000;
/** Receipts that are asked for in one look: sealing reads every byte again and takes its time. */
const RECEIPTS_A_LOOK = 20;

/**
 * Takes the files of watched folders in: key files first, then the oldest; each is hashed, sent, and followed until the
 * archive has read it back and sealed it, and its receipt was checked against what was hashed here. Every step is in
 * the journal before the next begins, so that it can be killed at any moment and goes on where it was.
 */
export class Station {
  readonly #plan: StationPlan;
  readonly #parts: StationParts;
  readonly #settling: Settling;
  readonly #works = new Map<string, Work>();
  readonly #running = new Set<Promise<void>>();
  /** The archive does not let the station in: no file will fare better. */
  #shutOut: Error | null = null;

  constructor(plan: StationPlan, parts: StationParts) {
    this.#plan = plan;
    this.#parts = parts;
    this.#settling = new Settling(plan.settleMs);
  }

  get works(): readonly Work[] {
    return [...this.#works.values()];
  }

  /**
   * @param until ends it: at once what is not begun; what is being sent is cut, and goes on another time
   * @param isOnce ends when every file there was is sealed, refused or given up for now
   * @throws ArchiveError `not-signed-in`, `forbidden`: the archive does not let the station in
   */
  async run(until: AbortSignal, isOnce: boolean): Promise<void> {
    while (!until.aborted && this.#shutOut === null) {
      await this.#look();
      this.#begin(until);
      await this.#askReceipts();
      if (isOnce && this.#running.size === 0 && this.works.every(isAtRest)) break;
      await sleep(LOOK_MS, undefined, { signal: until }).catch(() => undefined);
    }
    await Promise.allSettled(this.#running);
    if (this.#shutOut !== null) throw this.#shutOut;
  }

  async #look(): Promise<void> {
    const found: SourceFile[] = [];
    for (const folder of this.#plan.folders) {
      for await (const file of filesBelow(folder, this.#parts.onTrouble)) {
        found.push(file);
        this.#know(file, folder);
      }
    }
    const atRest = new Set(this.#settling.look(found, Date.now()).map(({ path }) => path));
    const paths = new Set(found.map(({ path }) => path));
    for (const [path, work] of this.#works) {
      if (work.state === 'settling' && atRest.has(path)) work.state = 'waiting';
      // Taken away by somebody before it was sent: there is nothing left to do, and nothing to count.
      const isGone =
        !paths.has(path) && (work.state === 'settling' || work.state === 'waiting' || work.state === 'failed');
      if (isGone) this.#works.delete(path);
    }
  }

  #know(file: SourceFile, folder: string): void {
    const { path, sizeBytes, mtimeMs } = file;
    const known = this.#works.get(path);
    if (known !== undefined && isSame(known.file, file)) return;
    // Another file in the place of one that is being sent is a matter of the next look.
    if (known?.state === 'measuring' || known?.state === 'sending') return;
    const { rules, keyWords: words } = this.#plan;
    const entry = this.#parts.journal.entryOf(file);
    this.#works.set(path, {
      file: { path, sizeBytes, mtimeMs },
      name: basename(path),
      isKey: isKeyFile(relative(folder, path), { rules, words }),
      ...{ state: entry === null ? 'settling' : this.#stateAfter(entry), doneBytes: entry === null ? 0 : sizeBytes },
      ...{ problem: null, assetId: entry?.assetId ?? null, measured: entry, retryAtMs: 0, sinceMs: Date.now() },
    });
  }

  /** A file that was to be cleared and is still there: its receipt is asked for once more before it goes. */
  #stateAfter({ state }: JournalEntry): WorkState {
    return state === 'sent' || this.#plan.isToClear ? 'sealing' : 'sealed';
  }

  #begin(until: AbortSignal): void {
    const now = Date.now();
    const ready = this.works
      .filter(({ state, retryAtMs }) => state === 'waiting' || (state === 'failed' && retryAtMs <= now))
      .sort((a, b) => Number(b.isKey) - Number(a.isKey) || a.file.mtimeMs - b.file.mtimeMs);
    for (const work of ready.slice(0, this.#plan.atOnce - this.#running.size)) {
      this.#set(work, 'measuring');
      const running = this.#send(work, until)
        .catch((error: unknown) => this.#fail(work, error))
        .finally(() => {
          this.#running.delete(running);
          if (!until.aborted && this.#shutOut === null) this.#begin(until);
        });
      this.#running.add(running);
    }
  }

  async #send(work: Work, until: AbortSignal): Promise<void> {
    const { client, journal, memory } = this.#parts;
    const { file, name } = work;
    const measured = await measureFile(file.path);
    if (!(await isUnchanged(file))) return this.#set(work, 'settling');
    if (until.aborted) return;
    work.measured = measured;
    work.assetId = journal.sameContent(measured.sha256)?.assetId ?? null;
    if (work.assetId === null) {
      this.#set(work, 'sending');
      const sha256 = measured.sha256.slice('sha256:'.length);
      const lastModified = new Date(file.mtimeMs).toISOString();
      work.assetId = await sendFile(
        client,
        {
          path: file.path,
          sizeBytes: file.sizeBytes,
          sha256,
          fileName: name,
          target: null,
          recordedAt: null,
          lastModified,
        },
        { memory, signal: until, onProgress: (sent) => (work.doneBytes = sent) },
      );
    }
    work.doneBytes = file.sizeBytes;
    await this.#note(work, 'sent');
    this.#set(work, 'sealing');
  }

  async #askReceipts(): Promise<void> {
    const waiting = this.works.filter(({ state, retryAtMs }) => state === 'sealing' && retryAtMs <= Date.now());
    for (const work of waiting.slice(0, RECEIPTS_A_LOOK)) {
      try {
        await this.#askReceipt(work);
      } catch (error) {
        // The archive is away: the receipt is asked for again, the file is not sent again.
        this.#delay(work, error);
      }
    }
  }

  async #askReceipt(work: Work): Promise<void> {
    const { assetId, measured } = work;
    if (assetId === null || measured === null) return;
    const standing = await this.#parts.receipts.check(assetId, measured).catch((error: unknown) => {
      if (isArchiveError(error, 'not-found'))
        return { kind: 'refused' as const, why: '服务没有此材料 the archive has it not' };
      throw error;
    });
    work.problem = standing.kind === 'refused' ? standing.why : null;
    if (standing.kind === 'refused') return this.#set(work, 'refused');
    if (standing.kind === 'waiting') return;
    await this.#note(work, 'sealed');
    this.#set(work, 'sealed');
    if (this.#plan.isToClear) await this.#clear(work);
  }

  /** Only the very file that was sent: what has come into its place since stays. */
  async #clear(work: Work): Promise<void> {
    if (!(await isUnchanged(work.file))) return;
    await unlink(work.file.path);
    await this.#note(work, 'cleared');
    this.#set(work, 'cleared');
  }

  async #note({ file, measured, assetId }: Work, state: 'sent' | 'sealed' | 'cleared'): Promise<void> {
    if (measured === null || assetId === null) throw new Error(`${file.path} was not sent`);
    const { sha256, blockRoot } = measured;
    await this.#parts.journal.add({ ...file, sha256, blockRoot, assetId, state, at: new Date().toISOString() });
  }

  #fail(work: Work, error: unknown): void {
    this.#delay(work, error);
    this.#set(work, 'failed');
  }

  #delay(work: Work, error: unknown): void {
    if (isArchiveError(error, 'not-signed-in') || isArchiveError(error, 'forbidden')) this.#shutOut = error;
    work.problem = wordsOf(error);
    work.retryAtMs = Date.now() + RETRY_MS;
  }

  #set(work: Work, state: WorkState): void {
    work.state = state;
    work.sinceMs = Date.now();
    this.#parts.onChange(work);
  }
}

/** Nothing more is done with it in this run. */
function isAtRest({ state, problem, sinceMs }: Work): boolean {
  if (state === 'sealing' || state === 'settling') return problem !== null || Date.now() - sinceMs > PATIENCE_MS;
  return state === 'sealed' || state === 'cleared' || state === 'refused' || state === 'failed';
}

function isSame(a: SourceFile, b: SourceFile): boolean {
  return a.sizeBytes === b.sizeBytes && a.mtimeMs === b.mtimeMs;
}

async function isUnchanged(file: SourceFile): Promise<boolean> {
  const found = await lstat(file.path).catch(() => null);
  return found?.isFile() === true && found.size === file.sizeBytes && found.mtimeMs === file.mtimeMs;
}

function wordsOf(error: unknown): string {
  if (error instanceof CommandFailure) return `${error.words.zh} ${error.words.en}`;
  if (isArchiveError(error)) return `${ERROR_TEXT[error.code].zh} ${ERROR_TEXT[error.code].en}`;
  return error instanceof Error ? error.message : String(error);
}
