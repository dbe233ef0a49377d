import { type Actor, ArchiveError, type AssetKind, type Custody, type Id, may, type RenditionKind } from '#domain';
import {
  type AssetCheckRecord,
  type AssetLinkDetail,
  type AssetRecord,
  accountRepository,
  assetCheckRepository,
  assetRepository,
  type Cursor,
  caseRepository,
  linkRepository,
  type RenditionRecord,
  renditionRepository,
  replicaRepository,
  type Tx,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { listScope, requireCase } from '../cases/case-access.js';
import { isSealingRefused } from '../seal/lock-proof.js';
import { requireAsset } from './asset-subject.js';

type Needs = Pick<ArchiveParts, 'database'>;

/** An asset as lists and the replay show it. */
export interface AssetLine {
  readonly asset: AssetRecord;
  readonly link: AssetLinkDetail | null;
  readonly renditions: readonly RenditionRecord[];
  readonly receivedFromName: string;
}

export interface AssetDetail extends AssetLine {
  /** As the tools gave them. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly mayLink: boolean;
  readonly mayDownload: boolean;
  /** As last looked at again. */
  readonly check: AssetCheckRecord | null;
  /** The copy in the second store; null where there is none. */
  readonly replica: { readonly replicatedAt: Date; readonly check: AssetCheckRecord | null } | null;
  /** Received, and not sealed because the store does not hold its locks. */
  readonly isSealRefused: boolean;
}

export interface AssetQuery {
  readonly search: string | null;
  readonly caseId: Id | null;
  readonly isLinked: boolean | null;
  readonly isMine: boolean;
  readonly kind: AssetKind | null;
  readonly custody: Custody | null;
  readonly cursor: Cursor | null;
  readonly limit: number;
}

/** What a list shows of an asset; its pages and pieces would be a thousand lines. */
const LISTED: readonly RenditionKind[] = ['thumbnail', 'poster'];

/** Assets the actor may see, newest first, in pages by key. */
export class ListAssets {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  async run(actor: Actor, query: AssetQuery): Promise<{ items: AssetLine[]; next: Cursor | null }> {
    const { reader } = this.#parts.database;
    // A case's material is seen by who may see the case: its own officers need no scope over units.
    const scope =
      query.caseId === null ? await listScope(reader, actor) : await scopeOfCase(reader, actor, query.caseId);
    if (scope === null) return { items: [], next: null };
    const { isMine, limit, ...rest } = query;
    const found = await assetRepository.list(reader, {
      ...rest,
      scope,
      receivedFrom: isMine ? actor.accountId : null,
      limit: limit + 1,
    });
    const items = await describeAssets(reader, found.slice(0, limit), LISTED);
    const last = items.at(-1)?.asset;
    return { items, next: found.length > limit && last ? { at: last.at, id: last.id } : null };
  }
}

export class ViewAsset {
  readonly #parts: Pick<ArchiveParts, 'database' | 'store' | 'replica' | 'settings'>;

  constructor(parts: Pick<ArchiveParts, 'database' | 'store' | 'replica' | 'settings'>) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found` */
  async run(actor: Actor, id: Id): Promise<AssetDetail> {
    const { reader } = this.#parts.database;
    const { asset, link, subject } = await requireAsset(reader, actor, id, 'asset.read');
    const place = link && (await caseRepository.find(reader, link.caseId));
    const [line] = await describeAssets(reader, [asset]);
    if (!line) throw new ArchiveError('internal', 'one asset gives one line');
    return {
      ...line,
      facts: await assetRepository.facts(reader, id),
      mayLink: (place === null || place.state === 'open') && may(actor, 'asset.link', subject),
      mayDownload: may(actor, 'asset.download', subject),
      check: await assetCheckRepository.find(reader, id),
      replica: await this.#replicaOf(id),
      isSealRefused: asset.custody === 'received' && (await isSealingRefused(this.#parts)),
    };
  }

  async #replicaOf(id: Id): Promise<AssetDetail['replica']> {
    const { database, replica } = this.#parts;
    const row = replica && (await replicaRepository.find(database.reader, id));
    if (!row || row.storeId !== (await replica.knownId())) return null;
    return {
      replicatedAt: row.replicatedAt,
      check: await assetCheckRepository.find(database.reader, id, 'replica'),
    };
  }
}

/** @param kinds of renditions to tell of; all when none are named */
export async function describeAssets(
  tx: Tx,
  assets: readonly AssetRecord[],
  kinds: readonly RenditionKind[] | null = null,
): Promise<AssetLine[]> {
  const ids = assets.map((asset) => asset.id);
  const [links, renditions, names] = await Promise.all([
    linkRepository.detailsOf(tx, ids),
    renditionRepository.ofMany(tx, ids, kinds),
    accountRepository.namesOf(tx, [...new Set(assets.map((asset) => asset.receivedFrom))]),
  ]);
  return assets.map((asset) => ({
    asset,
    link: links.get(asset.id) ?? null,
    renditions: renditions.get(asset.id) ?? [],
    receivedFromName: names.get(asset.receivedFrom) ?? '',
  }));
}

async function scopeOfCase(tx: Tx, actor: Actor, caseId: Id): ReturnType<typeof listScope> {
  const { found } = await requireCase(tx, actor, caseId, 'case.read');
  const own = await listScope(tx, actor);
  // Material keeps the unit it came from, which may be another than the case's.
  return {
    unitIds: await assetRepository.unitsOfCase(tx, found.id),
    isWhole: false,
    levels: [found.level],
    accountId: own?.accountId ?? null,
  };
}
