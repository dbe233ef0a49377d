import type { Upload } from 'tus-js-client';
import { ApiFailure } from '../../api/client.js';
import { declaredDigestOf, isReadable, sampleOf } from './file-identity.js';
import { SpeedMeter } from './speed-meter.js';
import type { UploadItem, UploadTarget } from './upload-item.js';
import { prepareTransfer } from './upload-transfer.js';

const PARALLEL = 3;
/** Progress comes many times a second; views are told at this pace. */
const TELL_EVERY_MS = 200;

interface Entry {
  item: UploadItem;
  readonly file: File;
  readonly uploadUrl: string | null;
  readonly meter: SpeedMeter;
  /** Made once, however often it is paused meanwhile. */
  transfer: Promise<Upload> | null;
  /** Counts goings-on: of two that overlap, only the later may start the transfer. */
  run: number;
}

/** All uploads of this page. Lives above the router: moving between pages does not touch them. */
export class UploadManager {
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<() => void>();
  readonly #onReceived: (item: UploadItem) => void;
  #snapshot: readonly UploadItem[] = [];
  #telling: ReturnType<typeof setTimeout> | null = null;
  #nextId = 1;

  constructor(onReceived: (item: UploadItem) => void) {
    this.#onReceived = onReceived;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): readonly UploadItem[] => this.#snapshot;

  add(files: readonly File[], target: UploadTarget | null, uploadUrl: string | null = null): void {
    for (const file of files) {
      const id = `${this.#nextId++}`;
      const item: UploadItem = {
        id,
        fileName: file.name,
        sizeBytes: file.size,
        sentBytes: 0,
        state: 'queued',
        bytesPerSecond: null,
        failure: null,
        assetId: null,
        target,
        resumed: uploadUrl !== null,
        retrying: false,
      };
      this.#entries.set(id, { item, file, uploadUrl, meter: new SpeedMeter(), transfer: null, run: 0 });
    }
    this.#fill();
  }

  pause(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry || !['sending', 'queued', 'reading'].includes(entry.item.state)) return;
    this.#halt(entry);
    this.#set(entry, { state: 'paused', bytesPerSecond: null });
    this.#fill();
  }

  /** Goes on after a pause or a failure. */
  resume(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry || (entry.item.state !== 'paused' && entry.item.state !== 'failed')) return;
    this.#set(entry, { state: 'queued', failure: null });
    this.#fill();
  }

  pauseAll(): void {
    for (const id of [...this.#entries.keys()].reverse()) this.pause(id);
  }

  resumeAll(): void {
    for (const id of this.#entries.keys()) this.resume(id);
  }

  /** The network is back: what it had cut goes on. */
  resumeCut(): void {
    for (const [id, { item }] of this.#entries) if (item.failure?.code === 'network') this.resume(id);
  }

  /** Drops what was sent, here and in the archive. */
  async cancel(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry || entry.item.state === 'sent') return;
    this.#entries.delete(id);
    this.#tell();
    this.#fill();
    // The archive sweeps up what this does not reach.
    await entry.transfer?.then((upload) => upload.abort(true)).catch(() => undefined);
  }

  remove(id: string): void {
    const state = this.#entries.get(id)?.item.state;
    if (state === 'sent' || state === 'failed') this.#entries.delete(id);
    this.#tell();
  }

  removeEnded(): void {
    for (const [id, { item }] of this.#entries) if (item.state === 'sent') this.#entries.delete(id);
    this.#tell();
  }

  /** Someone else may sign in next: nothing of this person's files stays on screen. */
  stopAll(): void {
    for (const entry of this.#entries.values()) this.#halt(entry);
    this.#entries.clear();
    this.#tell();
  }

  #fill(): void {
    const entries = [...this.#entries.values()];
    const busy = entries.filter(({ item }) => item.state === 'sending' || item.state === 'reading').length;
    for (const entry of entries.filter(({ item }) => item.state === 'queued').slice(0, Math.max(0, PARALLEL - busy))) {
      this.#set(entry, { state: entry.transfer ? 'sending' : 'reading' });
      void this.#run(entry);
    }
    this.#tell();
  }

  async #run(entry: Entry): Promise<void> {
    entry.run += 1;
    const { run } = entry;
    try {
      entry.transfer ??= this.#prepare(entry);
      const upload = await entry.transfer;
      if (entry.run !== run || !this.#isCurrent(entry) || entry.item.state === 'paused') return;
      entry.meter.reset();
      this.#set(entry, { state: 'sending' });
      upload.start();
    } catch {
      // The file was moved, altered or its disk taken out while it was read.
      entry.transfer = null;
      this.#fail(entry, new ApiFailure('unreadable', 0));
    }
  }

  async #prepare(entry: Entry): Promise<Upload> {
    const sample = await sampleOf(entry.file);
    const sha256 = await declaredDigestOf(entry.file);
    const plan = { file: entry.file, target: entry.item.target, sample, sha256, uploadUrl: entry.uploadUrl };
    const { upload, resumed } = await prepareTransfer(plan, {
      onProgress: (sentBytes) => this.#progress(entry, sentBytes),
      onRetrying: () => this.#retrying(entry),
      onReceived: (assetId) => this.#received(entry, assetId),
      onFailed: (failure) => void this.#judge(entry, failure),
    });
    this.#set(entry, { resumed });
    return upload;
  }

  #progress(entry: Entry, sentBytes: number): void {
    if (entry.item.state !== 'sending') return;
    entry.meter.measure(performance.now(), sentBytes);
    this.#set(entry, { sentBytes, bytesPerSecond: entry.meter.bytesPerSecond, retrying: false });
  }

  #retrying(entry: Entry): void {
    entry.meter.reset();
    this.#set(entry, { bytesPerSecond: null, retrying: true });
  }

  #received(entry: Entry, assetId: string | null): void {
    this.#set(entry, { state: 'sent', sentBytes: entry.file.size, bytesPerSecond: null, assetId, failure: null });
    this.#onReceived(entry.item);
    this.#fill();
  }

  /** A browser says the same of a lost line and of a card taken out; only one of them comes right by itself. */
  async #judge(entry: Entry, failure: ApiFailure): Promise<void> {
    const { run } = entry;
    const readable = failure.code !== 'network' || (await isReadable(entry.file));
    if (entry.run !== run || !this.#isCurrent(entry) || entry.item.state !== 'sending') return;
    this.#fail(entry, readable ? failure : new ApiFailure('unreadable', 0));
  }

  #fail(entry: Entry, failure: ApiFailure): void {
    this.#set(entry, { state: 'failed', bytesPerSecond: null, failure, retrying: false });
    this.#fill();
  }

  #halt(entry: Entry): void {
    // Without an end of the transfer in the archive: it can go on from what was stored.
    entry.transfer?.then((upload) => upload.abort()).catch(() => undefined);
  }

  #isCurrent(entry: Entry): boolean {
    return this.#entries.get(entry.item.id) === entry;
  }

  #set(entry: Entry, change: Partial<UploadItem>): void {
    entry.item = { ...entry.item, ...change };
    if (change.state === undefined) this.#tellSoon();
    else this.#tell();
  }

  #tellSoon(): void {
    this.#telling ??= setTimeout(() => this.#tell(), TELL_EVERY_MS);
  }

  #tell(): void {
    if (this.#telling !== null) clearTimeout(this.#telling);
    this.#telling = null;
    this.#snapshot = [...this.#entries.values()].map(({ item }) => item);
    for (const listener of this.#listeners) listener();
  }
}
