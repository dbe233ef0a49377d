import {
  type Actor,
  ArchiveError,
  type CandidateStep,
  findStep,
  type Id,
  isArchiveError,
  type Label,
  may,
  PROPOSAL_RULE,
  type Proposal,
  proposalsFor,
  type Unplaced,
} from '#domain';
import { type CandidateRow, type Cursor, candidateRepository, linkRepository, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { assetSubject, requireAsset } from '../assets/asset-subject.js';
import type { LinkAsset } from '../assets/link-asset.js';
import { type AssetLine, describeAssets, type ListAssets } from '../assets/view-assets.js';
import type { ProcedureShelf } from '../cases/procedures.js';
import { describeSources, type SourceLine } from './describe-source.js';

/** As far as the rule of proposals looks around a step. */
const AROUND_MS = 30 * 60_000;
const MOST_STEPS = 500;

export interface UnsortedItem {
  readonly line: AssetLine;
  readonly source: SourceLine;
  readonly proposals: readonly (Proposal & { readonly caseNumber: string; readonly step: Label })[];
  readonly mayLink: boolean;
}

type OfferedStep = CandidateStep & Pick<CandidateRow, 'caseNumber'>;

type Needs = Pick<ArchiveParts, 'database' | 'settings'>;

/** Finds for material of no case the steps it may belong to, among those the actor may add to. */
class Proposer {
  readonly #parts: Needs;
  readonly #procedures: ProcedureShelf;

  constructor(parts: Needs, procedures: ProcedureShelf) {
    this.#parts = parts;
    this.#procedures = procedures;
  }

  async describe(actor: Actor, lines: readonly AssetLine[]): Promise<UnsortedItem[]> {
    const { reader } = this.#parts.database;
    const assets = lines.map(({ asset }) => asset);
    const sources = await describeSources(reader, assets, this.#parts.settings.deviceZoneMinutes);
    const items = lines.flatMap((line) => {
      const source = sources.get(line.asset.id);
      return source ? [{ line, source, unplaced: toUnplaced(line, source) }] : [];
    });
    const rows = await this.#candidates(
      reader,
      actor,
      items.map(({ unplaced }) => unplaced),
    );
    const steps = await this.#toSteps(rows);
    const described: UnsortedItem[] = [];
    for (const { line, source, unplaced } of items) {
      const subject = await assetSubject(reader, line.asset, line.link);
      const mayLink = line.link === null && may(actor, 'asset.link', subject);
      const found = mayLink ? proposalsFor(unplaced, steps) : [];
      const proposals = found.flatMap((proposal) => {
        const step = steps.find(({ occurrenceId }) => occurrenceId === proposal.occurrenceId);
        return step ? [{ ...proposal, caseNumber: step.caseNumber, step: step.title }] : [];
      });
      described.push({ line, source, proposals, mayLink });
    }
    return described;
  }

  async #candidates(tx: Tx, actor: Actor, items: readonly Unplaced[]): Promise<CandidateRow[]> {
    const timed = items.filter(({ isTimed }) => isTimed);
    if (timed.length === 0) return [];
    const starts = timed.map(({ at }) => at.getTime());
    const ends = timed.map(({ at, durationMs }) => at.getTime() + (durationMs ?? 0));
    const rows = await candidateRepository.steps(tx, {
      officerIds: [...new Set(timed.map(({ officerId, receivedFrom }) => officerId ?? receivedFrom))],
      from: new Date(Math.min(...starts) - AROUND_MS),
      to: new Date(Math.max(...ends) + AROUND_MS),
      limit: MOST_STEPS,
    });
    return rows.filter(({ unitPath, level, officerIds }) =>
      may(actor, 'asset.upload', { unitPath, level, officerIds }),
    );
  }

  async #toSteps(rows: readonly CandidateRow[]): Promise<OfferedStep[]> {
    const steps: OfferedStep[] = [];
    for (const row of rows) {
      const { body } = await this.#procedures.get(row.procedureId, row.procedureVersion);
      const title = findStep(body, row.stepId)?.title ?? { zh: row.stepId, en: row.stepId };
      steps.push({ ...row, title, recorders: row.recorderIds });
    }
    return steps;
  }
}

function toUnplaced({ asset }: AssetLine, { source, officerName }: SourceLine): Unplaced {
  return {
    assetId: asset.id,
    officerId: source?.officerId ?? null,
    officerName,
    receivedFrom: asset.receivedFrom,
    recorder: source?.recorderId ?? null,
    at: asset.at,
    isTimed: asset.atSource === 'device',
    durationMs: asset.durationMs,
    place: asset.place,
  };
}

/** Material of no case, newest first, with what is known of it and where it may belong. */
export class ListUnsorted {
  readonly #list: ListAssets;
  readonly #proposer: Proposer;

  constructor(parts: Needs, procedures: ProcedureShelf, list: ListAssets) {
    this.#list = list;
    this.#proposer = new Proposer(parts, procedures);
  }

  async run(
    actor: Actor,
    page: { readonly cursor: Cursor | null; readonly limit: number },
  ): Promise<{ items: UnsortedItem[]; next: Cursor | null }> {
    const any = { search: null, caseId: null, isMine: false, kind: null, custody: null };
    const { items, next } = await this.#list.run(actor, { ...any, ...page, isLinked: false });
    return { items: await this.#proposer.describe(actor, items), next };
  }
}

export interface Acceptance {
  readonly assetId: Id;
  readonly occurrenceId: Id;
}

export interface Accepted {
  readonly assetId: Id;
  /** Null: tied. */
  readonly error: ArchiveError | null;
}

/** Ties material to the steps it was offered to: each by itself, so that one that fails stops none. */
export class AcceptProposals {
  readonly #parts: Needs;
  readonly #proposer: Proposer;
  readonly #link: LinkAsset;

  constructor(parts: Needs, procedures: ProcedureShelf, link: LinkAsset) {
    this.#parts = parts;
    this.#proposer = new Proposer(parts, procedures);
    this.#link = link;
  }

  async run(actor: Actor, accepted: readonly Acceptance[]): Promise<Accepted[]> {
    const results: Accepted[] = [];
    for (const one of accepted) {
      const error = await this.#accept(actor, one).then(
        () => null,
        (reason: unknown) => {
          if (isArchiveError(reason)) return reason;
          throw reason;
        },
      );
      results.push({ assetId: one.assetId, error });
    }
    return results;
  }

  /** @throws ArchiveError `not-found`, `conflict` (tied meanwhile), `precondition-failed` (not offered any more) */
  async #accept(actor: Actor, { assetId, occurrenceId }: Acceptance): Promise<void> {
    const { reader } = this.#parts.database;
    const { asset } = await requireAsset(reader, actor, assetId, 'asset.link');
    if (await linkRepository.find(reader, assetId)) throw new ArchiveError('conflict', 'tied meanwhile');
    const [item] = await this.#proposer.describe(actor, await describeAssets(reader, [asset], []));
    const offered = item?.proposals.find((proposal) => proposal.occurrenceId === occurrenceId);
    if (!offered) throw new ArchiveError('precondition-failed', 'not offered any more');
    const wish = { caseId: offered.caseId, occurrenceId, range: null, purpose: null, reason: null };
    await this.#link.run(actor, assetId, { ...wish, proposedBy: { ...PROPOSAL_RULE, reasons: offered.reasons } });
  }
}
