import {
  type Actor,
  ArchiveError,
  type Id,
  isArchiveError,
  type MarkContent,
  type MediaRange,
  may,
  mistakesOfMark,
  newId,
} from '#domain';
import { type AssetRecord, assetRepository, type MarkRecord, markRepository, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { assetSubject } from '../assets/asset-subject.js';
import { appendEvents, by } from '../ledger/append-events.js';
import { requireOpenCase } from './marked-asset.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock'>;

/** Puts a mark on a stretch of a recording or a page: a note, key content, or why a recording was interrupted. */
export class PutMark {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found`, `case-closed`, `invalid-input` with `details.problems: RuleMistake[]` */
  async run(actor: Actor, assetId: Id, content: MarkContent): Promise<Id> {
    const at = this.#parts.clock.now();
    const id = newId(at.getTime());
    await this.#parts.database.transaction(async (tx) => {
      const asset = await lockToMark(tx, actor, assetId);
      await putVersion(tx, actor, asset, { id, version: 1, isWithdrawn: false, content, at });
    });
    return id;
  }
}

export interface MarkRevision {
  /** What it says from now on; null withdraws it. */
  readonly content: MarkContent | null;
  /** The version that was seen: another's change meanwhile is not written over. */
  readonly version: number;
}

/** A mark is never edited in place: what it says now is a further version, and every one before it stays. */
export class ReviseMark {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /**
   * @throws ArchiveError `not-found` (also: another's mark), `case-closed`, `conflict` (changed or withdrawn meanwhile),
   *   `invalid-input` with `details.problems: RuleMistake[]`
   */
  async run(actor: Actor, assetId: Id, id: Id, { content, version }: MarkRevision): Promise<void> {
    const at = this.#parts.clock.now();
    const revising = this.#parts.database.transaction(async (tx) => {
      const asset = await lockToMark(tx, actor, assetId);
      const before = await markRepository.newest(tx, assetId, id);
      if (before?.author !== actor.accountId) throw new ArchiveError('not-found', 'no such mark of his');
      if (before.version !== version || before.isWithdrawn)
        throw new ArchiveError('conflict', `mark ${id} is at version ${before.version}`);
      const next = { id, version: version + 1, isWithdrawn: content === null, at };
      await putVersion(tx, actor, asset, { ...next, content: content ?? contentOf(before) });
    });
    await revising.catch((error: unknown) => {
      throw isArchiveError(error, 'conflict') ? new ArchiveError('conflict', 'the mark was changed meanwhile') : error;
    });
  }
}

async function lockToMark(tx: Tx, actor: Actor, assetId: Id): Promise<AssetRecord> {
  const asset = await assetRepository.lock(tx, assetId);
  if (!asset || asset.custody === 'receiving') throw new ArchiveError('not-found', `no asset ${assetId}`);
  if (!may(actor, 'asset.mark', await assetSubject(tx, asset))) throw new ArchiveError('not-found', 'not his to mark');
  await requireOpenCase(tx, assetId);
  return asset;
}

interface Version {
  readonly id: Id;
  readonly version: number;
  readonly isWithdrawn: boolean;
  readonly content: MarkContent;
  readonly at: Date;
}

async function putVersion(tx: Tx, actor: Actor, asset: AssetRecord, mark: Version): Promise<void> {
  const { id, version, isWithdrawn, content, at } = mark;
  const problems = isWithdrawn ? [] : mistakesOfMark(content, asset);
  if (problems.length > 0)
    throw new ArchiveError('invalid-input', problems.map(({ en }) => en).join('; '), { details: { problems } });
  const { kind, place, text, reason } = content;
  const range = 'range' in place ? place.range : null;
  const page = 'page' in place ? place.page : null;
  await markRepository.add(tx, {
    ...{ id, version, assetId: asset.id, kind, text, reason, isWithdrawn, author: actor.accountId, at },
    ...{ startMs: range?.startMs ?? null, endMs: range?.endMs ?? null, page },
  });
  await appendEvents(tx, by(actor, at), [
    {
      type: 'asset.marked',
      chain: `asset:${asset.id}`,
      public: { mark: id, version, kind, range: said(range), page, reason, withdrawn: isWithdrawn },
      personal: { text },
    },
  ]);
}

function said(range: MediaRange | null): { start_ms: number; end_ms: number } | null {
  return range === null ? null : { start_ms: range.startMs, end_ms: range.endMs };
}

function contentOf({ kind, startMs, endMs, page, text, reason }: MarkRecord): MarkContent {
  const place = page === null ? { range: { startMs: startMs ?? 0, endMs: endMs ?? 0 } } : { page };
  return { kind, place, text, reason };
}
