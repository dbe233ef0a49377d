import {
  type Actor,
  ArchiveError,
  findStep,
  type Id,
  type Label,
  type MediaRange,
  may,
  type ProcedureStep,
  paperNamedIn,
} from '#domain';
import {
  type AssetLinkRecord,
  type AssetRecord,
  assetRepository,
  type CaseRecord,
  caseRepository,
  linkRepository,
  occurrenceRepository,
  type Tx,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireOpen } from '../cases/case-access.js';
import { refreshLines } from '../law/refresh-lines.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import {
  appendEvents,
  by,
  type EventDraft,
  type EventFields,
  type EventSource,
  headOf,
} from '../ledger/append-events.js';
import { assetSubject } from './asset-subject.js';

export interface LinkWish {
  readonly caseId: Id;
  readonly occurrenceId: Id;
  readonly range: MediaRange | null;
  /** Which paper of the step it is; null: none of them; where it is not said, what its file name tells. */
  readonly paperId?: string | null | undefined;
  readonly purpose: string | null;
  /** Needed to move an asset that is linked already. */
  readonly reason: string | null;
  /** The rule that offered this step and what it found fitting, where it was accepted and not chosen. */
  readonly proposedBy?: { readonly id: string; readonly version: number; readonly reasons: readonly Label[] };
}

/** Ties an asset to a step of a case, or moves it there with a reason; never silently. */
export class LinkAsset {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;
  readonly #rules: RuleShelf;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /**
   * @throws ArchiveError `not-found`, `case-closed` (the one it goes to or the one it leaves), `invalid-input` (no reason,
   *   no such paper of the step)
   */
  async run(actor: Actor, assetId: Id, wish: LinkWish): Promise<void> {
    const at = this.#parts.clock.now();
    if (wish.range !== null && wish.range.endMs <= wish.range.startMs)
      throw new ArchiveError('invalid-input', 'the range is empty', { details: { problems: ['range'] } });
    await this.#parts.database.transaction(async (tx) => {
      const asset = await assetRepository.lock(tx, assetId);
      if (!asset || asset.custody === 'receiving') throw new ArchiveError('not-found', `no asset ${assetId}`);
      if (!may(actor, 'asset.link', await assetSubject(tx, asset)))
        throw new ArchiveError('not-found', 'not his to link');
      const before = await linkRepository.find(tx, assetId);
      const cases = await lockCases(tx, [wish.caseId, before?.caseId ?? wish.caseId]);
      const target = cases.get(wish.caseId);
      if (!target || !(await mayAddTo(tx, actor, target)))
        throw new ArchiveError('not-found', `no case ${wish.caseId}`);
      // The case it would leave as well: what a closed case held is fixed.
      for (const found of cases.values()) requireOpen(found);
      const step = await stepOf(tx, this.#rules, target, wish.occurrenceId);
      if (step === null) throw new ArchiveError('not-found', 'no such step in the case');
      if (typeof wish.paperId === 'string' && !step.papers.some(({ id }) => id === wish.paperId))
        throw new ArchiveError('invalid-input', 'no such paper of the step', { details: { problems: ['paperId'] } });
      if (before && (wish.reason ?? '') === '') {
        throw new ArchiveError('invalid-input', 'moving needs a reason', { details: { problems: ['reason'] } });
      }
      await link(tx, this.#rules, by(actor, at), {
        asset,
        before,
        target,
        wish,
        paper: paperOf(asset, step, wish.paperId),
      });
    });
  }
}

/** Links at receipt, as the sender asked when he began. @returns false when case or step is not there any more */
export async function linkAsReceived(
  tx: Tx,
  source: EventSource,
  asset: AssetRecord,
  target: ReceivedFor,
): Promise<boolean> {
  const found = await caseRepository.lock(tx, target.caseId);
  const step = found?.state === 'open' ? await stepOf(tx, target.rules, found, target.occurrenceId) : null;
  if (found === null || step === null) return false;
  // A version of the procedure adopted meanwhile may not know the paper that was named.
  const paperId = step.papers.some(({ id }) => id === target.paperId) ? target.paperId : undefined;
  const { caseId, occurrenceId } = target;
  await link(tx, target.rules, source, {
    asset,
    before: null,
    target: found,
    wish: { caseId, occurrenceId, range: null, paperId, purpose: null, reason: null },
    paper: paperOf(asset, step, paperId),
  });
  return true;
}

export interface ReceivedFor {
  readonly caseId: Id;
  readonly occurrenceId: Id;
  readonly paperId: string | null;
  readonly rules: RuleShelf;
}

async function stepOf(
  tx: Tx,
  rules: RuleShelf,
  { id, procedureId, procedureVersion }: CaseRecord,
  occurrenceId: Id,
): Promise<ProcedureStep | null> {
  const occurrence = await occurrenceRepository.find(tx, id, occurrenceId);
  if (occurrence === null) return null;
  return findStep(await rules.procedure(procedureId, procedureVersion), occurrence.stepId) ?? null;
}

interface ToldPaper {
  readonly id: string | null;
  /** Null where it is none. */
  readonly by: 'hand' | 'file-name' | null;
}

function paperOf(asset: AssetRecord, step: ProcedureStep, wished: string | null | undefined): ToldPaper {
  if (wished !== undefined) return { id: wished, by: wished === null ? null : 'hand' };
  if (asset.kind === 'video' || asset.kind === 'sound') return { id: null, by: null };
  const id = paperNamedIn(asset.fileName, step);
  return { id, by: id === null ? null : 'file-name' };
}

interface LinkChange {
  readonly asset: AssetRecord;
  readonly before: AssetLinkRecord | null;
  readonly target: CaseRecord;
  readonly wish: LinkWish;
  readonly paper: ToldPaper;
}

async function link(tx: Tx, rules: RuleShelf, source: EventSource, change: LinkChange): Promise<void> {
  const { asset, before, target, wish, paper } = change;
  await linkRepository.put(tx, {
    assetId: asset.id,
    caseId: target.id,
    occurrenceId: wish.occurrenceId,
    range: wish.range,
    paperId: paper.id,
    purpose: wish.purpose,
    linkedBy: source.actor,
    linkedAt: source.at,
  });
  await assetRepository.change(tx, asset.id, { level: target.level });
  await assetRepository.setSearchText(tx, asset.id, `${asset.fileName} ${target.number} ${target.title}`);
  await appendEvents(tx, source, linkEvents(change));
  for (const caseId of new Set([target.id, before?.caseId ?? target.id])) {
    await caseRepository.countAssets(tx, caseId);
    await caseRepository.touch(tx, caseId, source.at);
    await refreshLines(tx, rules, caseId, source.at);
  }
}

/** The case chain records the asset chain's head as it is once the asset knows of the link. */
function linkEvents({ asset, before, target, wish, paper }: LinkChange): EventDraft[] {
  const personal = {
    ...(wish.purpose === null ? {} : { purpose: wish.purpose }),
    ...(wish.reason === null ? {} : { reason: wish.reason }),
    // They name people.
    ...(wish.proposedBy ? { proposed_because: wish.proposedBy.reasons.map(({ zh }) => zh) } : {}),
  };
  const place = {
    case: target.id,
    occurrence: wish.occurrenceId,
    range: wish.range === null ? null : { start_ms: wish.range.startMs, end_ms: wish.range.endMs },
    ...(paper.by === null ? {} : { paper: paper.id, paper_by: paper.by }),
  };
  const proposed: EventFields = wish.proposedBy
    ? { proposed_by: { id: wish.proposedBy.id, version: wish.proposedBy.version } }
    : {};
  const assetChain = `asset:${asset.id}` as const;
  const drafts: EventDraft[] = [
    {
      type: 'asset.linked',
      chain: assetChain,
      on: [`case:${target.id}`],
      public: {
        ...place,
        from_case: before?.caseId ?? null,
        from_occurrence: before?.occurrenceId ?? null,
        ...proposed,
      },
      personal,
    },
    {
      type: 'case.asset_linked',
      chain: `case:${target.id}`,
      on: [assetChain],
      public: (heads) => ({
        asset: asset.id,
        occurrence: wish.occurrenceId,
        range: place.range,
        ...proposed,
        ...(paper.by === null ? {} : { paper: paper.id, paper_by: paper.by }),
        asset_head: headOf(heads, assetChain),
      }),
      personal,
    },
  ];
  if (before && before.caseId !== target.id) {
    drafts.push({
      type: 'case.asset_unlinked',
      chain: `case:${before.caseId}`,
      on: [assetChain],
      public: (heads) => ({ asset: asset.id, to_case: target.id, asset_head: headOf(heads, assetChain) }),
      personal,
    });
  }
  return drafts;
}

/**
 * Holds the case it goes to and the one it leaves, always in one order: two moves in opposite directions cannot wait
 * for each other, and each counts what the other has left.
 */
async function lockCases(tx: Tx, ids: readonly Id[]): Promise<Map<Id, CaseRecord>> {
  const found = new Map<Id, CaseRecord>();
  for (const id of [...new Set(ids)].sort()) {
    const locked = await caseRepository.lock(tx, id);
    if (locked) found.set(id, locked);
  }
  return found;
}

async function mayAddTo(tx: Tx, actor: Actor, target: CaseRecord): Promise<boolean> {
  const officerIds = (await caseRepository.officers(tx, target.id)).map((officer) => officer.id);
  return may(actor, 'asset.upload', { unitPath: target.unitPath, level: target.level, officerIds });
}
