import {
  type Actor,
  arrangeReplay,
  type Id,
  may,
  type ReplayChapter,
  type ReplayInput,
  type StepOccurrence,
  type TimeFinding,
} from '#domain';
import { assetRepository, type OccurrenceRecord, occurrenceRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { type AssetLine, describeAssets } from '../assets/view-assets.js';
import { requireCase } from '../cases/case-access.js';
import type { ProcedureShelf } from '../cases/procedures.js';
import { type CaseLine, describeCases } from '../cases/view-cases.js';
import { explainerOf, gapLimitOf, type ShownExplanation } from '../recorders/gaps.js';

export interface ReplayItem extends ReplayInput {
  readonly line: AssetLine;
}

export interface CaseReplay {
  readonly line: CaseLine;
  readonly chapters: readonly ReplayChapter<ReplayItem>[];
  /** Why a recording breaks off, where somebody said so in writing. */
  readonly explanationOf: (gap: TimeFinding) => ShownExplanation | null;
  readonly mayExplain: boolean;
}

/** The whole case in order: steps by procedure, items by time, gaps and overlaps named. */
export class ReplayCase {
  readonly #parts: Pick<ArchiveParts, 'database' | 'settings'>;
  readonly #procedures: ProcedureShelf;

  constructor(parts: Pick<ArchiveParts, 'database' | 'settings'>, procedures: ProcedureShelf) {
    this.#parts = parts;
    this.#procedures = procedures;
  }

  /** @throws ArchiveError `not-found` */
  async run(actor: Actor, id: Id): Promise<CaseReplay> {
    const { reader } = this.#parts.database;
    const { found, subject } = await requireCase(reader, actor, id, 'case.read');
    const [line] = await describeCases(reader, this.#procedures, [found]);
    if (!line) throw new Error('unreachable: one case gives one line');
    const occurrences = (await occurrenceRepository.list(reader, id)).map(toOccurrence);
    const lines = await describeAssets(reader, await assetRepository.ofCase(reader, id));
    const limitMs = gapLimitOf(this.#parts);
    return {
      line,
      chapters: arrangeReplay(line.procedure, occurrences, lines.flatMap(toItem), limitMs),
      explanationOf: await explainerOf(reader, id, limitMs),
      mayExplain: found.state === 'open' && may(actor, 'case.edit', subject),
    };
  }
}

export function toOccurrence(record: OccurrenceRecord): StepOccurrence {
  const { id, stepId, n, state, startedAt, endedAt, address } = record;
  return {
    id,
    stepId,
    n,
    state,
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    address,
  };
}

/** A range of an asset stands where it begins in time and as long as it is. */
function toItem(line: AssetLine): ReplayItem[] {
  const { asset, link } = line;
  if (link === null) return [];
  const range = link.range;
  return [
    {
      line,
      assetId: asset.id,
      occurrenceId: link.occurrenceId,
      kind: asset.kind,
      atMs: asset.at.getTime() + (range?.startMs ?? 0),
      durationMs: range === null ? asset.durationMs : range.endMs - range.startMs,
    },
  ];
}
