import { type Actor, ArchiveError, type Id, type MediaRange, newId } from '#domain';
import { type AssetRecord, type ViewingRecord, viewingRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireAsset } from '../assets/asset-subject.js';
import { appendEvents, by } from '../ledger/append-events.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock' | 'log'>;

/** A viewing with no byte and no word for this long has ended. */
export const IDLE_MS = 10 * 60_000;

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
      if (!(await viewingRepository.addFirst(tx, viewing))) {
        const first = await viewingRepository.findOpen(tx, actor.sessionId, asset.id);
        // It ended in this very moment: without a viewing there is no event, and without an event no byte.
        if (!first) throw new ArchiveError('conflict', 'the viewing ended meanwhile');
        return first;
      }
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
    const { database, clock, log } = this.#parts;
    const at = clock.now();
    const idle = await viewingRepository.idle(database.reader, new Date(at.getTime() - IDLE_MS), 500);
    for (const viewing of idle) {
      // One that cannot be ended must not keep the others open.
      await this.#end(viewing, at).catch((error) =>
        log.error({ viewing: viewing.id, err: error }, 'a viewing was not ended'),
      );
    }
    return idle.length;
  }

  async #end(viewing: ViewingRecord, at: Date): Promise<void> {
    await this.#parts.database.transaction(async (tx) => {
      if (!(await viewingRepository.end(tx, viewing.id, at))) return;
      const seen = boundRanges(viewing.seen);
      await appendEvents(tx, { actor: viewing.accountId, org: null, at }, [
        {
          type: 'asset.view_ended',
          chain: `asset:${viewing.assetId}`,
          public: {
            viewing: viewing.id,
            served_bytes: viewing.servedBytes,
            seen: seen.map((range) => ({ start_ms: range.startMs, end_ms: range.endMs })),
            // Ranges of which only the outline is kept above.
            ranges: viewing.seen.length,
          },
        },
      ]);
    });
  }
}

/** As many as an event holds with ease: a leaf has at most 65 535 bytes. */
const MAX_RANGES = 500;

/** Closes the smallest pauses between ranges until they fit into an event: what it says was seen is never too little. */
function boundRanges(ranges: readonly MediaRange[]): MediaRange[] {
  if (ranges.length <= MAX_RANGES) return [...ranges];
  const pauses = ranges.slice(1).map((range, i) => range.startMs - (ranges[i]?.endMs ?? 0));
  const widest = new Set(
    [...pauses.keys()].sort((a, b) => (pauses[b] ?? 0) - (pauses[a] ?? 0) || a - b).slice(0, MAX_RANGES - 1),
  );
  const bound: MediaRange[] = [];
  for (const [i, range] of ranges.entries()) {
    const last = bound.at(-1);
    if (last && !widest.has(i - 1)) bound[bound.length - 1] = { startMs: last.startMs, endMs: range.endMs };
    else bound.push(range);
  }
  return bound;
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
