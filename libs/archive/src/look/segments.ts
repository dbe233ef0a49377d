import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Actor, ArchiveError, type Id } from '#domain';
import { keys } from '#object-store';
import {
  type AssetRecord,
  assetRepository,
  type CachedSegmentRecord,
  type RenditionRecord,
  renditionRepository,
  segmentRepository,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireAsset } from '../assets/asset-subject.js';
import { storedOriginal } from '../assets/stored-original.js';
import type { OpenedBytes } from '../viewing/open-original.js';
import type { OpenViewing } from '../viewing/viewings.js';
import { withScratch } from './look-at-asset.js';

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'queue' | 'clock' | 'settings' | 'log'>;

/** Cuts segments out of an original into a folder, as `<5 digits>.ts`. */
export type CutSegments = (input: {
  path: string;
  outputDir: string;
  /** The file of the segment index, as the look made it. */
  index: string;
  facts: Readonly<Record<string, unknown>>;
  from: number;
  count: number;
}) => Promise<readonly { readonly segment: number; readonly name: string }[]>;

/** Segments cut at once: the viewer will want the next ones, and starting the tool costs more than cutting. */
const RUN = 8;
const WAIT_MS = 25_000;
const POLL_MS = 40;
const RECIPE = 'ts1';

/** Makes segments on request into the bounded cache. Done twice it does the same. */
export class MakeSegments {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  async run(wish: { assetId: Id; fromSegment: number; count: number }, cut: CutSegments): Promise<void> {
    const { database, store, clock } = this.#parts;
    const asset = await assetRepository.find(database.reader, wish.assetId);
    if (asset?.playMode !== 'remux') return;
    const index = await readIndex(this.#parts, asset);
    const facts = await assetRepository.facts(database.reader, asset.id);
    await withScratch(this.#parts, async (dir) => {
      const made = await store.withLocalFile(storedOriginal(asset), dir.copies, (path) =>
        cut({ path, outputDir: dir.made, index, facts, from: wish.fromSegment, count: wish.count }),
      );
      for (const { segment, name } of made) {
        const path = join(dir.made, name);
        const { size } = await stat(path);
        const stored = await store.put('media', keys.segment(asset.id, RECIPE, name), createReadStream(path), size);
        const record: CachedSegmentRecord = {
          assetId: asset.id,
          n: segment,
          key: stored.key,
          versionId: stored.versionId,
          sizeBytes: size,
          usedAt: clock.now(),
        };
        await segmentRepository.put(database.reader, record);
      }
    });
  }
}

/** Opens one segment, having it made first when it is not in the cache. */
export class OpenSegment {
  readonly #parts: Needs;
  readonly #openViewing: OpenViewing;

  constructor(parts: Needs, openViewing: OpenViewing) {
    this.#parts = parts;
    this.#openViewing = openViewing;
  }

  /** @throws ArchiveError `not-found`, `timeout`, `queue-unavailable` */
  async run(actor: Actor, assetId: Id, n: number, signal: AbortSignal): Promise<OpenedBytes> {
    const { database, store } = this.#parts;
    const { asset } = await requireAsset(database.reader, actor, assetId, 'asset.read');
    if (asset.playMode !== 'remux') throw new ArchiveError('not-found', 'not played in segments');
    await this.#openViewing.run(actor, asset);
    if (n >= readSegments(await readIndex(this.#parts, asset)).length)
      throw new ArchiveError('not-found', 'past the end');
    const segment = (await this.#cached(assetId, n)) ?? (await this.#make(assetId, n, signal));
    const object = {
      area: 'media' as const,
      key: segment.key,
      versionId: segment.versionId,
      sizeBytes: segment.sizeBytes,
    };
    return {
      mime: 'video/mp2t',
      fileName: `${n}.ts`,
      totalBytes: segment.sizeBytes,
      mayCache: false,
      tag: `${assetId}/${RECIPE}/${n}`,
      open: (range, abort) => store.read(object, range ?? undefined, abort),
    };
  }

  async #cached(assetId: Id, n: number): Promise<CachedSegmentRecord | null> {
    return await segmentRepository.use(this.#parts.database.reader, assetId, n, this.#parts.clock.now());
  }

  async #make(assetId: Id, n: number, signal: AbortSignal): Promise<CachedSegmentRecord> {
    const fromSegment = Math.floor(n / RUN) * RUN;
    await this.#parts.queue.enqueue('asset.segments', { assetId, fromSegment, count: RUN });
    const deadline = Date.now() + WAIT_MS;
    while (Date.now() < deadline) {
      await sleep(POLL_MS, undefined, { signal });
      const segment = await this.#cached(assetId, n);
      if (segment) return segment;
    }
    throw new ArchiveError('timeout', `segment ${n} was not made in time`);
  }
}

export interface PlaylistEntry {
  readonly n: number;
  readonly durationMs: number;
}

/** What a playlist over the original lists; the segments themselves need not exist yet. */
export class ListSegments {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  async run(actor: Actor, assetId: Id): Promise<PlaylistEntry[]> {
    const { asset } = await requireAsset(this.#parts.database.reader, actor, assetId, 'asset.read');
    const index = await readIndex(this.#parts, asset);
    return readSegments(index).map(({ durationMs }, n) => ({ n, durationMs }));
  }
}

/** Drops the longest unused segments, so that the cache keeps its bound. */
export class TrimSegments {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  async run(): Promise<number> {
    const { database, store, settings } = this.#parts;
    const beyond = await segmentRepository.beyond(database.reader, settings.segmentCacheBytes);
    for (const segment of beyond) {
      await segmentRepository.remove(database.reader, segment.assetId, segment.n);
      await store.remove('media', segment.key).catch(() => undefined);
    }
    return beyond.length;
  }
}

/** Lengths of the stretches between key frames; null for a recording that has no such index, or whose index is gone. */
export async function keyFrameStretches(
  parts: Pick<Needs, 'database' | 'store'>,
  asset: AssetRecord,
): Promise<readonly number[] | null> {
  try {
    return readSegments(await readIndex(parts, asset)).map(({ durationMs }) => durationMs);
  } catch {
    return null;
  }
}

function readSegments(index: string): readonly { readonly durationMs: number }[] {
  const { segments } = JSON.parse(index) as { segments?: readonly { readonly durationMs: number }[] };
  if (!Array.isArray(segments)) throw new ArchiveError('internal', 'segment index without segments');
  return segments;
}

async function readIndex(parts: Pick<Needs, 'database' | 'store'>, asset: AssetRecord): Promise<string> {
  const renditions = await renditionRepository.of(parts.database.reader, asset.id);
  const file = renditions.find((rendition: RenditionRecord) => rendition.kind === 'segment-index')?.files[0];
  if (!file) throw new ArchiveError('not-found', `asset ${asset.id} has no segment index`);
  const source = await parts.store.read({
    area: 'media',
    key: file.key,
    versionId: file.versionId,
    sizeBytes: file.sizeBytes,
  });
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
