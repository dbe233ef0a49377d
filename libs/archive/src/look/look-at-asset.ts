import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  type AssetKind,
  type Id,
  newId,
  type Place,
  type PlayMode,
  parseDeviceTime,
  type RenditionKind,
  type UnviewableReason,
} from '#domain';
import { keys } from '#object-store';
import {
  type AssetChange,
  type AssetRecord,
  assetRepository,
  type ProxyState,
  type RenditionFile,
  type RenditionRecord,
  renditionRepository,
  type Tx,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { storedOriginal } from '../assets/stored-original.js';
import { withLinesOfAsset } from '../law/refresh-lines.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { appendEvents, bySystem, type EventDraft } from '../ledger/append-events.js';
import { enqueueWork } from '../upkeep/enqueue-owed.js';
import { renditionEvent } from './rendition-event.js';
import { isDeadly, rememberingDeath } from './tool-deaths.js';

/** A rendition as the tool left it in the output folder. */
export interface MadeRendition {
  readonly kind: RenditionKind;
  readonly files: readonly { readonly name: string; readonly mime: string; readonly sizeBytes: number }[];
  readonly tool: string;
  readonly version: string;
  readonly args: readonly string[];
}

/** What looking at an original found. */
export interface LookFacts {
  readonly kind: Exclude<AssetKind, 'unknown'>;
  readonly mime: string;
  readonly playMode: PlayMode;
  /** null: it can be looked at. */
  readonly unviewable: UnviewableReason | null;
  readonly durationMs: number | null;
  readonly pageCount: number | null;
  /** Device time as the file has it, or null. */
  readonly deviceTime: { readonly raw: string; readonly source: 'container' | 'exif' } | null;
  readonly place: Place | null;
  /** Raw facts as the tools gave them. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly renditions: readonly MadeRendition[];
}

/** Does the looking: given a read-only path to the original and an empty folder for what it makes. */
export type Look = (input: { path: string; sizeBytes: number; outputDir: string }) => Promise<LookFacts>;

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'queue' | 'clock' | 'settings' | 'log'>;

/** Finds out what an original is and makes what people look at. The tools are the caller's; the facts are recorded here. */
export class LookAtAsset {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  async run(assetId: Id, look: Look): Promise<void> {
    const asset = await assetRepository.find(this.#parts.database.reader, assetId);
    if (asset?.viewing !== 'pending' || asset.custody === 'receiving') return;
    if (isDeadly(asset)) return await this.giveUp(assetId, 'corrupt');
    const isProxyOwed = await withScratch(this.#parts, async (outputDir) => {
      const found = await this.#parts.store.withLocalFile(storedOriginal(asset), outputDir.copies, (path) =>
        rememberingDeath(this.#parts, assetId, () =>
          look({ path, sizeBytes: asset.sizeBytes ?? 0, outputDir: outputDir.made }),
        ),
      );
      const renditions = await storeRenditions(this.#parts, asset, found.renditions, outputDir.made);
      return await this.#record(asset, found, renditions);
    });
    if (isProxyOwed) await enqueueWork(this.#parts, assetId, ['asset.proxy']);
  }

  /** The tools failed for good: evidence all the same, shown as not viewable. */
  async giveUp(assetId: Id, reason: UnviewableReason): Promise<void> {
    const { database, clock } = this.#parts;
    await database.transaction(async (tx) => {
      const asset = await assetRepository.lock(tx, assetId);
      if (asset?.viewing !== 'pending') return;
      await assetRepository.change(tx, assetId, { viewing: 'unviewable', unviewableReason: reason });
      await appendEvents(tx, bySystem(clock.now()), [
        { type: 'asset.looked', chain: `asset:${assetId}`, public: { viewing: 'unviewable', reason } },
      ]);
    });
  }

  /** @returns whether a proxy is owed now */
  async #record(asset: AssetRecord, found: LookFacts, renditions: readonly RenditionRecord[]): Promise<boolean> {
    const { database, clock } = this.#parts;
    const proxyState: ProxyState = found.unviewable === null && found.playMode === 'proxy' ? 'owed' : 'none';
    const isRecorded = await database.transaction(async (tx) => {
      const current = await assetRepository.lock(tx, asset.id);
      if (current?.viewing !== 'pending') return false;
      await keepRenditions(tx, renditions);
      await assetRepository.change(tx, asset.id, {
        ...changeOf(found),
        proxyState,
        ...this.#deviceClock(current, found),
      });
      // Only now it is known for a recording, which its step may have waited for.
      await withLinesOfAsset(tx, this.#rules, { assetId: asset.id, now: clock.now() }, () =>
        appendEvents(tx, bySystem(clock.now()), [lookedEvent(asset.id, found, renditions)]),
      );
      return true;
    });
    if (!isRecorded) await dropStored(this.#parts, renditions);
    return isRecorded && proxyState === 'owed';
  }

  /** The time in the file counts before what the sender said; an impossible one is kept raw and not used. */
  #deviceClock(asset: AssetRecord, found: LookFacts): AssetChange {
    const raw = found.deviceTime?.raw ?? asset.deviceRaw;
    if (raw === null) return {};
    const parsed = parseDeviceTime(raw, this.#parts.settings.deviceZoneMinutes);
    const change: AssetChange = {
      deviceRaw: raw,
      deviceSource: found.deviceTime?.source ?? asset.deviceSource,
      zoneKnown: parsed?.zoneKnown ?? false,
    };
    const received = asset.receivedAt ?? this.#parts.clock.now();
    if (parsed === null || !isPlausible(parsed.at, received)) return change;
    return { ...change, at: new Date(parsed.at.getTime() - (asset.offsetMs ?? 0)), atSource: 'device' };
  }
}

/** Recorders that lost their clock say 1970 or 2000; nothing was recorded a day after it was received. */
function isPlausible(at: Date, receivedAt: Date): boolean {
  return at.getUTCFullYear() >= 2005 && at.getTime() <= receivedAt.getTime() + 86_400_000;
}

function changeOf(found: LookFacts): AssetChange {
  const { kind, mime, playMode, unviewable, durationMs, pageCount, place, facts } = found;
  return {
    viewing: unviewable === null ? 'viewable' : 'unviewable',
    unviewableReason: unviewable,
    kind,
    mime,
    playMode: unviewable === null ? playMode : 'none',
    durationMs,
    pageCount,
    place,
    facts,
  };
}

function lookedEvent(assetId: Id, found: LookFacts, renditions: readonly RenditionRecord[]): EventDraft {
  return {
    type: 'asset.looked',
    chain: `asset:${assetId}`,
    public: {
      viewing: found.unviewable === null ? 'viewable' : 'unviewable',
      reason: found.unviewable,
      kind: found.kind,
      mime: found.mime,
      play_mode: found.playMode,
      duration_ms: found.durationMs,
      renditions: renditions.map(renditionEvent),
    },
  };
}

/** Working folders of one job, gone when it ends however it ends. `copies` is on the same disk as `made`. */
export async function withScratch<T>(
  parts: Pick<ArchiveParts, 'settings'>,
  work: (dir: { readonly made: string; readonly copies: string }) => Promise<T>,
): Promise<T> {
  await mkdir(parts.settings.scratchDir, { recursive: true });
  const dir = await mkdtemp(join(parts.settings.scratchDir, 'job-'));
  try {
    const made = join(dir, 'made');
    const copies = join(dir, 'copies');
    await mkdir(made);
    await mkdir(copies);
    return await work({ made, copies });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Puts the files into the media area; a crash before they are recorded leaves files nobody names. */
export async function storeRenditions(
  parts: Pick<ArchiveParts, 'store' | 'clock'>,
  asset: AssetRecord,
  made: readonly MadeRendition[],
  dir: string,
): Promise<RenditionRecord[]> {
  const records: RenditionRecord[] = [];
  for (const rendition of made) {
    const id = newId();
    const files: RenditionFile[] = [];
    for (const file of rendition.files) {
      const { name, mime, sizeBytes } = file;
      const hash = createHash('sha256');
      const source = Readable.from(hashing(createReadStream(join(dir, name)), hash), { objectMode: false });
      const { key, versionId } = await parts.store.put('media', keys.rendition(asset.id, id, name), source, sizeBytes);
      files.push({ name, mime, sizeBytes, sha256: hash.digest('hex'), key, versionId });
    }
    records.push({
      id,
      assetId: asset.id,
      kind: rendition.kind,
      files,
      tool: rendition.tool,
      toolVersion: rendition.version,
      args: [...rendition.args],
      fromBlockRoot: asset.blockRoot ?? '',
      madeAt: parts.clock.now(),
    });
  }
  return records;
}

async function* hashing(source: Readable, hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    hash.update(chunk as Buffer);
    yield chunk as Buffer;
  }
}

export async function keepRenditions(tx: Tx, renditions: readonly RenditionRecord[]): Promise<RenditionRecord[]> {
  const replaced: RenditionRecord[] = [];
  for (const rendition of renditions) {
    const before = await renditionRepository.put(tx, rendition);
    if (before) replaced.push(before);
  }
  return replaced;
}

export async function dropStored(
  parts: Pick<ArchiveParts, 'store'>,
  renditions: readonly RenditionRecord[],
): Promise<void> {
  for (const file of renditions.flatMap((rendition) => rendition.files))
    await parts.store.remove('media', file.key).catch(() => undefined);
}
