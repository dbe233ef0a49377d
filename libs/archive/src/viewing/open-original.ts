import type { Readable } from 'node:stream';
import { type Action, type Actor, ArchiveError, type Id } from '#domain';
import type { ByteRange } from '#object-store';
import {
  type AssetRecord,
  type RenditionFile,
  type RenditionRecord,
  renditionRepository,
  viewingRepository,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireAsset } from '../assets/asset-subject.js';
import { storedOriginal } from '../assets/stored-original.js';
import type { OpenViewing } from './viewings.js';

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'clock'>;

export interface OpenedBytes {
  readonly mime: string;
  readonly fileName: string;
  readonly totalBytes: number;
  /** Whether the browser may keep them: only what is no read of evidence. */
  readonly mayCache: boolean;
  /** Names the bytes for caches; they never change. */
  readonly tag: string;
  /** Opens the bytes; call at most once. */
  open(range: ByteRange | null, signal: AbortSignal): Promise<Readable>;
}

/** The original, for playing over ranges (`asset.read`) or for taking away (`asset.download`). */
export class OpenOriginal {
  readonly #parts: Needs;
  readonly #openViewing: OpenViewing;

  constructor(parts: Needs, openViewing: OpenViewing) {
    this.#parts = parts;
    this.#openViewing = openViewing;
  }

  /** @throws ArchiveError `not-found`, `object-missing`; the read event is committed before this resolves */
  async run(actor: Actor, id: Id, action: Extract<Action, 'asset.read' | 'asset.download'>): Promise<OpenedBytes> {
    const { database, store, clock } = this.#parts;
    const { asset } = await requireAsset(database.reader, actor, id, action);
    const object = storedOriginal(asset);
    const viewing = await this.#openViewing.run(actor, asset);
    return {
      mime: asset.mime ?? 'application/octet-stream',
      fileName: asset.fileName,
      totalBytes: object.sizeBytes,
      mayCache: false,
      tag: asset.blockRoot ?? asset.id,
      open: async (range, signal) => {
        const source = await store.read(object, range ?? undefined, signal);
        const bytes = range === null ? object.sizeBytes : range.end - range.start + 1;
        source.once('close', () => {
          viewingRepository.served(database.reader, viewing.id, bytes, clock.now()).catch(() => undefined);
        });
        return source;
      },
    };
  }
}

/** Small pictures and shapes that show what there is; looking at a list is not reading evidence. */
const NOT_A_READ: ReadonlySet<string> = new Set(['poster', 'thumbnail', 'storyboard', 'peaks']);

export class OpenRendition {
  readonly #parts: Needs;
  readonly #openViewing: OpenViewing;

  constructor(parts: Needs, openViewing: OpenViewing) {
    this.#parts = parts;
    this.#openViewing = openViewing;
  }

  async run(actor: Actor, id: Id, wish: { readonly renditionId: Id; readonly file: string }): Promise<OpenedBytes> {
    const { database, store } = this.#parts;
    const { asset } = await requireAsset(database.reader, actor, id, 'asset.read');
    const rendition = await renditionRepository.find(database.reader, id, wish.renditionId);
    const file = rendition?.files.find((candidate) => candidate.name === wish.file);
    if (!rendition || !file) throw new ArchiveError('not-found', 'no such rendition');
    await this.#logRead(actor, asset, rendition);
    const object = { area: 'media' as const, key: file.key, versionId: file.versionId, sizeBytes: file.sizeBytes };
    return {
      mime: file.mime,
      fileName: fileNameOf(file),
      totalBytes: file.sizeBytes,
      mayCache: NOT_A_READ.has(rendition.kind),
      tag: `${rendition.id}/${file.name}`,
      open: (range, signal) => store.read(object, range ?? undefined, signal),
    };
  }

  async #logRead(actor: Actor, asset: AssetRecord, rendition: RenditionRecord): Promise<void> {
    if (!NOT_A_READ.has(rendition.kind)) await this.#openViewing.run(actor, asset);
  }
}

function fileNameOf(file: RenditionFile): string {
  return file.name.split('/').at(-1) ?? file.name;
}
