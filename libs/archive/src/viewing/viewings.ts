import { type Actor, type Id, type MediaRange, newId } from '#domain';
import { type AssetRecord, type ViewingRecord, viewingRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireAsset } from '../assets/asset-subject.js';
import { appendEvents, by } from '../ledger/append-events.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock'>;

/** A viewing with no byte and no word for this long has ended. */
const IDLE_MS = 10 * 60_000;

/**
 * Reads of evidence. One session looking at one asset is one viewing: its event is committed before the first byte is
 * given, and fails closed: no event, no byte.
 */
export class OpenViewing {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws whatever the database throws: then nothing may be shown */
  async run(actor: Actor, asset: AssetRecord): Promise<ViewingRecord> {
    const { database, clock } = this.#parts;
    const open = await viewingRepository.findOpen(database.reader, actor.sessionId, asset.id);
    if (open) return open;
    const at = clock.now();
    return await database.transaction(async (tx) => {
      const viewing: ViewingRecord = {
        id: newId(at.getTime()),
        assetId: asset.id,
        accountId: actor.accountId,
        sessionId: actor.sessionId,
        openedAt: at,
        lastAt: at,
        endedAt: null,
        servedBytes: 0,
        seen: [],
      };
      // Two requests of one page may both be first: the later one finds the earlier's viewing.
      if (!(await viewingRepository.addFirst(tx, viewing)))
        return (await viewingRepository.findOpen(tx, actor.sessionId, asset.id)) ?? viewing;
      await appendEvents(tx, by(actor, at), [
        { type: 'asset.viewed', chain: `asset:${asset.id}`, public: { viewing: viewing.id, session: actor.sessionId } },
      ]);
      return viewing;
    });
  }
}

/** What the player says was watched; kept merged until the viewing ends. */
export class ReportViewing {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  async run(actor: Actor, assetId: Id, ranges: readonly MediaRange[]): Promise<void> {
    const { database, clock } = this.#parts;
    await requireAsset(database.reader, actor, assetId, 'asset.read');
    const open = await viewingRepository.findOpen(database.reader, actor.sessionId, assetId);
    if (open)
      await viewingRepository.saw(database.reader, open.id, mergeRanges([...open.seen, ...ranges]), clock.now());
  }
}

/** Ends viewings that have gone quiet, with what was seen. */
export class EndIdleViewings {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  async run(): Promise<number> {
    const { database, clock } = this.#parts;
    const at = clock.now();
    const idle = await viewingRepository.idle(database.reader, new Date(at.getTime() - IDLE_MS), 500);
    for (const viewing of idle) {
      await database.transaction(async (tx) => {
        if (!(await viewingRepository.end(tx, viewing.id, at))) return;
        await appendEvents(tx, { actor: viewing.accountId, org: null, at }, [
          {
            type: 'asset.view_ended',
            chain: `asset:${viewing.assetId}`,
            public: {
              viewing: viewing.id,
              served_bytes: viewing.servedBytes,
              seen: viewing.seen.map((range) => ({ start_ms: range.startMs, end_ms: range.endMs })),
            },
          },
        ]);
      });
    }
    return idle.length;
  }
}

/** Ranges in order, with those that touch made one. */
export function mergeRanges(ranges: readonly MediaRange[]): MediaRange[] {
  const sorted = [...ranges].filter((range) => range.endMs > range.startMs).sort((a, b) => a.startMs - b.startMs);
  const merged: MediaRange[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last && range.startMs <= last.endMs)
      merged[merged.length - 1] = { startMs: last.startMs, endMs: Math.max(last.endMs, range.endMs) };
    else merged.push(range);
  }
  return merged;
}
