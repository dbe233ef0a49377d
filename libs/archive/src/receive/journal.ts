import { ArchiveError } from '#domain';
import { type TailState, type UploadPartRecord, type UploadRecord, uploadRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock' | 'settings'>;

export interface JournalStart {
  readonly upload: UploadRecord;
  readonly parts: readonly UploadPartRecord[];
  /** Nothing is recorded before `record` or `recordWhole` asks: the piece counts only as a whole. */
  readonly holdsBack: boolean;
}

/** Records durable parts as they come, in order, behind the intake; refused when another writer has taken over. */
export class Journal {
  readonly parts: UploadPartRecord[];
  readonly #needs: Needs;
  readonly #upload: UploadRecord;
  readonly #holdsBack: boolean;
  readonly #owed: UploadPartRecord[] = [];
  #running: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  constructor(needs: Needs, { upload, parts, holdsBack }: JournalStart) {
    this.#needs = needs;
    this.#upload = upload;
    this.parts = [...parts];
    this.#holdsBack = holdsBack;
  }

  add(part: UploadPartRecord): void {
    this.parts.push(part);
    this.#owed.push(part);
    if (!this.#holdsBack) this.#running = this.#running.then(() => this.#recordParts());
  }

  /** Records all that is owed, and what lies beyond the last part. */
  async record(tail: TailState | null, storedBytes: number): Promise<void> {
    this.#running = this.#running.then(() => this.#record(this.#owed.splice(0), tail, storedBytes));
    await this.settle();
    this.throwIfFailed();
  }

  /** Records the last parts of a whole upload, unless that is done. */
  async recordWhole(): Promise<void> {
    this.#running = this.#running.then(() => this.#recordParts());
    await this.settle();
    this.throwIfFailed();
  }

  async settle(): Promise<void> {
    await this.#running;
  }

  throwIfFailed(): void {
    if (this.#failure) throw this.#failure;
  }

  expiresAt(): Date {
    return new Date(this.#needs.clock.now().getTime() + this.#needs.settings.uploadExpiresMs);
  }

  async #recordParts(): Promise<void> {
    const parts = this.#owed.splice(0);
    const last = parts.at(-1);
    if (last) await this.#record(parts, null, last.offsetBytes + last.sizeBytes);
  }

  async #record(parts: readonly UploadPartRecord[], tail: TailState | null, storedBytes: number): Promise<void> {
    if (this.#failure) return;
    const partCount = this.parts.length - this.#owed.length;
    const progress = { parts, partCount, storedBytes, tail, expiresAt: this.expiresAt(), at: this.#needs.clock.now() };
    try {
      // One statement: a transaction by itself, without the round trips of one.
      const isOurs = await uploadRepository.record(this.#needs.database.reader, this.#upload, progress);
      if (!isOurs) this.#failure = new ArchiveError('upload-taken-over', 'another writer has this upload');
    } catch (error) {
      this.#failure = error;
    }
  }
}
