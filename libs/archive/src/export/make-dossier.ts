import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ArchiveError, type Chain, type DossierContents, type Id } from '#domain';
import { documentPath, TAG_MANIFEST } from '#dossier';
import { keys } from '#object-store';
import {
  type CheckpointRecord,
  type EventRecord,
  type ExportFailure,
  type ExportRecord,
  exportRepository,
  ledgerRepository,
  logRepository,
  type MadeDossier,
  timestampRepository,
} from '#persistence';
import { formatPolicy, type Policy } from '#tlog';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, bySystem } from '../ledger/append-events.js';
import { anchoredCheckpoint, trustPolicy } from '../ledger/log/anchoring.js';
import { CheckAsset } from '../watch/check-asset.js';
import { type CheckedOriginal, checkOriginal, OriginalDiffers } from './check-originals.js';
import { type CheckedRendition, checkRenditions } from './check-renditions.js';
import { layoutOf, planBytes } from './dossier-plan.js';
import { packPayload } from './pack-payload.js';
import { PartWriter } from './part-writer.js';
import { type DossierFacts, payloadOf, writeParts } from './write-parts.js';

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'replica' | 'clock' | 'settings' | 'threads' | 'signer' | 'log'>;

export type MadeResult = 'ready' | 'failed' | 'nothing-owed';

/** Draws 卷内目录 and 录音录像清单: the same bytes each time. The tools are the caller's. */
export type DrawLists = (
  contents: DossierContents,
) => Promise<readonly { readonly name: string; readonly bytes: Uint8Array }[]>;

export interface MakeOptions {
  /** Null where they cannot be drawn: the dossier is made without them, and its record says so. */
  readonly drawLists?: DrawLists | null;
  readonly signal?: AbortSignal | undefined;
}

interface Checked {
  readonly originals: readonly CheckedOriginal[];
  readonly renditions: readonly CheckedRendition[];
}

/** How long one run waits for the log; after that the job is tried again. */
const LOG_WAIT_MS = 30_000;
const LOG_LOOK_MS = 300;
/** A token over an export is asked for at once; see `LogKeeper`. */
const STAMP_WAIT_MS = 20_000;
const PROGRESS_BYTES = 268_435_456;

/**
 * Makes a dossier that was asked for: every original is read and hashed again, its lists are drawn, an event names all the
 * files that go in; then the checkpoint over that is waited for, and the rest is written down, with the list of files. From that list and the originals
 * the zip file is the same bytes each time, so nothing of its size is ever stored.
 *
 * Idempotent: a crash anywhere before the record repeats it whole, over the same keys. What differs from its events is
 * recorded and named, and no dossier is made.
 */
export class MakeDossier {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `ledger-pending`, `signer-unavailable`, and of the stores: worth another try */
  async run(id: Id, { drawLists = null, signal }: MakeOptions = {}): Promise<MadeResult> {
    const { database, store, settings } = this.#parts;
    const record = await exportRepository.find(database.reader, id);
    if (record?.state !== 'waiting' && record?.state !== 'checking') return 'nothing-owed';
    try {
      const checked = await this.#checkAll(record, signal);
      const exported = await this.#exportEvent(record);
      const policy = await this.#policy();
      const place = { dossierId: record.id, scratchDir: settings.scratchDir };
      return await PartWriter.with(store, place, async (writer) => {
        const hasLists = await this.#writeLists(writer, record, drawLists);
        const payload = [...payloadOf(checked), ...writer.files];
        const packed = await packPayload(this.#parts, record, payload);
        const checkpoint = await this.#checkpointOver(packed, policy, signal);
        const facts = { ...checked, exported, packed, checkpoint, payload, policyText: formatPolicy(policy) };
        return await this.#record(record, checkpoint, { ...(await this.#write(writer, record, facts)), hasLists });
      });
    } catch (error) {
      if (error instanceof OriginalDiffers) return await this.#fail(record, error.failure);
      throw error;
    }
  }

  async #checkAll(record: ExportRecord, signal: AbortSignal | undefined): Promise<Checked> {
    const { database, clock } = this.#parts;
    let [done, told] = [0, 0];
    await exportRepository.progress(database.reader, record.id, 0, clock.now());
    const onRead = (bytes: number): void => {
      done += bytes;
      if (done - told < PROGRESS_BYTES) return;
      told = done;
      // A hint for whoever waits: it may be lost.
      exportRepository.progress(database.reader, record.id, done, clock.now()).catch(() => undefined);
    };
    const originals: CheckedOriginal[] = [];
    const renditions: CheckedRendition[] = [];
    const stop = signal === undefined ? {} : { signal };
    for (const head of record.heads) {
      signal?.throwIfAborted();
      originals.push(await checkOriginal(this.#parts, head, { onRead, ...stop }));
      renditions.push(...(await checkRenditions(this.#parts, { record, head, ...stop })));
    }
    await exportRepository.progress(database.reader, record.id, done, clock.now());
    return { originals, renditions };
  }

  /** @returns whether there are any */
  async #writeLists(writer: PartWriter, { id }: ExportRecord, drawLists: DrawLists | null): Promise<boolean> {
    const { database, log } = this.#parts;
    const contents = await exportRepository.contents(database.reader, id);
    if (contents === null) throw new ArchiveError('internal', `the contents of export ${id} are gone`);
    if (drawLists === null) {
      log.error({ exportId: id }, 'a dossier is made without 卷内目录 and 录音录像清单: they cannot be drawn here');
      return false;
    }
    for (const { name, bytes } of await drawLists(contents)) await writer.add(documentPath(name), bytes);
    return true;
  }

  async #exportEvent(record: ExportRecord): Promise<EventRecord> {
    const event = await ledgerRepository.find(this.#parts.database.reader, record.eventId);
    if (event === null) throw new ArchiveError('internal', `the event of export ${record.id} is gone`);
    return event;
  }

  /** The newest anchored checkpoint that covers the packing, and so the export; a time-stamp over that, if it is to be had. */
  async #checkpointOver(
    packed: EventRecord,
    policy: Policy,
    signal: AbortSignal | undefined,
  ): Promise<CheckpointRecord> {
    const { reader } = this.#parts.database;
    const covering = async (): Promise<CheckpointRecord | null> => {
      const entry = await logRepository.entryOfEvent(reader, packed.id);
      return entry && (await anchoredCheckpoint(reader, policy, entry.index + 1));
    };
    const found = await untilThere(covering, LOG_WAIT_MS, signal);
    if (found === null) throw new ArchiveError('ledger-pending', `no anchored checkpoint covers event ${packed.id}`);
    return (await this.#stampedCheckpointOver(packed, policy, signal)) ?? found;
  }

  /** An authority that is away keeps no dossier back: the nearest token goes in. */
  async #stampedCheckpointOver(
    packed: EventRecord,
    policy: Policy,
    signal: AbortSignal | undefined,
  ): Promise<CheckpointRecord | null> {
    const { database, settings, log } = this.#parts;
    if (settings.isTimeStamped !== true) return null;
    const stamped = async (): Promise<CheckpointRecord | null> => {
      const entry = await logRepository.entryOfEvent(database.reader, packed.id);
      const token = entry && (await timestampRepository.firstFrom(database.reader, entry.index + 1));
      return token && (await anchoredCheckpoint(database.reader, policy, token.size));
    };
    const found = await untilThere(stamped, STAMP_WAIT_MS, signal);
    if (found === null) log.warn({ eventId: packed.id }, 'no time-stamp over the dossier in time: made without');
    return found;
  }

  async #write(
    writer: PartWriter,
    record: ExportRecord,
    facts: Omit<DossierFacts, 'record' | 'verifierPage'>,
  ): Promise<Omit<MadeDossier, 'hasLists'>> {
    const { database, store, settings } = this.#parts;
    const verifierPage = settings.verifierPage ? await readFile(settings.verifierPage).catch(() => null) : null;
    const plan = await writeParts(database.reader, writer, { record, ...facts, verifierPage });
    const bytes = planBytes(plan);
    const key = keys.dossierFile(record.id, writer.files.length);
    const { versionId } = await store.put('media', key, bytes, bytes.length);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const tagManifest = plan.files.find(({ path }) => path === TAG_MANIFEST);
    return {
      plan: { key, versionId, sizeBytes: bytes.length, sha256: `sha256:${digest}` },
      zipBytes: layoutOf(plan).sizeBytes,
      tagManifest: `sha256:${tagManifest?.sha256}`,
    };
  }

  async #policy(): Promise<Policy> {
    const { signer, settings } = this.#parts;
    if (signer === null) throw new ArchiveError('signer-unavailable', 'no signer is set: nothing would be signed');
    const { vkey } = await signer.state().catch((cause: unknown) => {
      throw new ArchiveError('signer-unavailable', 'the signer cannot be asked', { cause });
    });
    return trustPolicy(settings.witnessPolicy, vkey);
  }

  async #record(record: ExportRecord, checkpoint: CheckpointRecord, made: MadeDossier): Promise<MadeResult> {
    const { database, clock } = this.#parts;
    const at = clock.now();
    return await database.transaction(async (tx) => {
      const current = await exportRepository.lock(tx, record.id);
      if (current?.state !== 'waiting' && current?.state !== 'checking') return 'nothing-owed';
      await exportRepository.made(tx, record.id, made, at);
      const { zipBytes, tagManifest } = made;
      const said = { dossier: record.id, tag_manifest: tagManifest, log_size: checkpoint.size, size_bytes: zipBytes };
      await appendEvents(tx, bySystem(at), [{ type: 'case.dossier_made', chain: chainOf(record), public: said }]);
      return 'ready';
    });
  }

  async #fail(record: ExportRecord, failure: ExportFailure): Promise<MadeResult> {
    const { database, clock, log } = this.#parts;
    const at = clock.now();
    log.error({ exportId: record.id, ...failure }, 'no dossier is made: an original is not as its events say');
    // Supervisors are told as of any other look at an original; without it the export fails all the same.
    await new CheckAsset(this.#parts)
      .run(failure.assetId, { cause: 'export' })
      .catch((error: unknown) => log.warn({ assetId: failure.assetId, err: error }, 'the finding was not recorded'));
    return await database.transaction(async (tx) => {
      const current = await exportRepository.lock(tx, record.id);
      if (current?.state !== 'waiting' && current?.state !== 'checking') return 'nothing-owed';
      await exportRepository.failed(tx, record.id, failure, at);
      const { assetId, difference, block } = failure;
      const said = { dossier: record.id, asset: assetId, difference, block };
      await appendEvents(tx, bySystem(at), [
        { type: 'case.export_failed', chain: chainOf(record), on: [`asset:${assetId}`], public: said },
      ]);
      return 'failed';
    });
  }
}

/** @returns null when it has not come in time */
async function untilThere<T>(
  look: () => Promise<T | null>,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<T | null> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const found = await look();
    if (found !== null || Date.now() > deadline) return found;
    await sleep(LOG_LOOK_MS, undefined, signal === undefined ? {} : { signal });
  }
}

function chainOf({ caseId }: ExportRecord): Chain {
  return `case:${caseId}`;
}
