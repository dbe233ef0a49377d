import { ArchiveError, findStep, type Id, type Label, type Procedure, type ReviewPaper, utc } from '#domain';
import {
  accountRepository,
  assetRepository,
  type CaseRecord,
  caseRepository,
  catalogueRepository,
  findingRepository,
  occurrenceRepository,
  type ReviewPaperName,
  type ReviewRecord,
  reviewRepository,
  type Tx,
  unitRepository,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import type { ReceiveMade } from '../receive/receive-made.js';

type Needs = Pick<ArchiveParts, 'database' | 'settings' | 'log'>;

/** Draws 法制审核送审表 or 法制审核意见书 as PDF: the same bytes each time. The tools are the caller's. */
export type DrawReviewPaper = (paper: ReviewPaper) => Promise<Buffer>;

/** The papers of the step, as the procedures name them. */
const PAPER_ID: Record<ReviewPaperName, string> = { submission: 'review-submission', opinion: 'review-opinion' };

/**
 * Makes the papers of a review, and takes them in as originals tied to its step: the submission in the name of who submitted
 * it, the opinion in that of who gave the last. Idempotent; a crash in between goes on with the same bytes.
 */
export class MakeReviewPapers {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;
  readonly #receive: ReceiveMade;

  constructor(parts: Needs, rules: RuleShelf, receive: ReceiveMade) {
    this.#parts = parts;
    this.#rules = rules;
    this.#receive = receive;
  }

  /** @param draw null where there are no fonts: the papers stay owed, and somebody may hand in signed ones */
  async run(reviewId: Id, draw: DrawReviewPaper | null): Promise<'made' | 'nothing-owed' | 'no-fonts'> {
    const { reader } = this.#parts.database;
    const review = await reviewRepository.find(reader, reviewId);
    const found = review && (await caseRepository.find(reader, review.caseId));
    if (!review || found?.state !== 'open') return 'nothing-owed';
    const owed = await owedPapers(reader, review);
    if (owed.length === 0) return 'nothing-owed';
    if (draw === null) {
      this.#parts.log.error(
        { reviewId },
        'no Noto CJK fonts: 送审表 and 审核意见书 are not made; install fonts-noto-cjk',
      );
      return 'no-fonts';
    }
    for (const name of owed) await this.#make(draw, { review, found, name });
    return 'made';
  }

  async #make(
    draw: DrawReviewPaper,
    { review, found, name }: { review: ReviewRecord; found: CaseRecord; name: ReviewPaperName },
  ): Promise<void> {
    const { database } = this.#parts;
    const procedure = await this.#rules.procedure(found.procedureId, found.procedureVersion);
    const occurrence = await occurrenceRepository.find(database.reader, found.id, review.occurrenceId);
    const step = occurrence && findStep(procedure, occurrence.stepId);
    const duty = step?.papers.find(({ id }) => id === PAPER_ID[name]);
    const paper = await this.#gather({ review, found, name, procedure, step: step?.title });
    const from = await senderOf(database.reader, review, name);
    const title = duty?.title.zh ?? (name === 'submission' ? '法制审核送审表' : '法制审核意见书');
    const begun = assetIdOf(review, name);
    await this.#receive.run(
      from,
      {
        fileName: `${title}${review.n > 1 ? `（第${review.n}次）` : ''}.pdf`,
        bytes: await draw(paper),
        target: { caseId: found.id, occurrenceId: review.occurrenceId, paperId: PAPER_ID[name] },
        said: { made_from: { review: review.id, paper: name } },
        also: async (tx, assetId) => {
          await caseRepository.lock(tx, found.id);
          const now = await reviewRepository.find(tx, review.id);
          if (!now || assetIdOf(now, name) !== begun)
            throw new ArchiveError('conflict', 'another is making this paper');
          await reviewRepository.setPaper(tx, review.id, name, assetId);
        },
      },
      begun,
    );
  }

  async #gather(of: {
    readonly review: ReviewRecord;
    readonly found: CaseRecord;
    readonly name: ReviewPaperName;
    readonly procedure: Procedure;
    readonly step: Label | undefined;
  }): Promise<ReviewPaper> {
    const { review, found, name, procedure, step } = of;
    const { reader } = this.#parts.database;
    const opinions = name === 'submission' ? [] : await reviewRepository.opinions(reader, [review.id]);
    const people = [review.submittedBy, ...opinions.map(({ givenBy }) => givenBy)];
    const names = await accountRepository.namesOf(reader, [...new Set(people)]);
    const nameOf = (id: Id): string => names.get(id) ?? '';
    const units = await unitRepository.namesOf(reader, [found.unitId]);
    const assets = await assetRepository.findMany(
      reader,
      review.materials.map(({ assetId }) => assetId),
    );
    const files = new Map(assets.map(({ id, fileName }) => [id, fileName]));
    return {
      ...{ kind: name, reviewId: review.id, caseNumber: found.number, caseTitle: found.title, n: review.n },
      ...{ unitName: units.get(found.unitId) ?? '', procedure: procedure.title, step: step ?? procedure.title },
      parties: (await caseRepository.parties(reader, found.id)).map((party) => party.name),
      officers: (await caseRepository.officers(reader, found.id)).map((officer) => officer.name),
      ...{ submittedBy: nameOf(review.submittedBy), submittedAt: utc(review.submittedAt), note: review.note },
      finding: await describeFinding(reader, review.findingId),
      materials: review.materials.map(({ stepId, paperId, assetId }) => {
        const from = findStep(procedure, stepId);
        const paper = from?.papers.find(({ id }) => id === paperId);
        return {
          step: from?.title ?? { zh: stepId, en: stepId },
          title: paper?.title.zh ?? '录音录像',
          fileName: files.get(assetId) ?? '',
        };
      }),
      said: opinions.map(({ stage, outcome, answers, text, changes, givenBy, givenAt }) => ({
        stage: {
          kind: review.stages[stage]?.kind ?? 'read',
          title: review.stages[stage]?.level.title ?? { zh: '', en: '' },
        },
        ...{ outcome, answers, text, changes, by: nameOf(givenBy), at: utc(givenAt) },
      })),
      ...(name === 'submission' ? { number: null, outcome: null } : { number: review.number, outcome: review.outcome }),
      at: utc(name === 'submission' ? review.submittedAt : (review.endedAt ?? review.submittedAt)),
      zoneMinutes: this.#parts.settings.deviceZoneMinutes,
    };
  }
}

async function owedPapers(tx: Tx, review: ReviewRecord): Promise<ReviewPaperName[]> {
  const owed: ReviewPaperName[] = [];
  for (const name of review.endedAt === null ? (['submission'] as const) : (['submission', 'opinion'] as const)) {
    const id = assetIdOf(review, name);
    const asset = id === null ? null : await assetRepository.find(tx, id);
    if (asset === null || asset.custody === 'receiving') owed.push(name);
  }
  return owed;
}

function assetIdOf({ submissionAssetId, opinionAssetId }: ReviewRecord, name: ReviewPaperName): Id | null {
  return name === 'submission' ? submissionAssetId : opinionAssetId;
}

/** In whose name, and so of which unit: as he stands today. */
async function senderOf(tx: Tx, review: ReviewRecord, name: ReviewPaperName) {
  const opinions = name === 'submission' ? [] : await reviewRepository.opinions(tx, [review.id]);
  const accountId = opinions.at(-1)?.givenBy ?? review.submittedBy;
  const account = await accountRepository.find(tx, accountId);
  const unit = account && (await unitRepository.find(tx, account.unitId));
  if (!unit) throw new ArchiveError('internal', `account ${accountId} is gone`);
  return { accountId, unitId: unit.id, unitPath: unit.path };
}

async function describeFinding(tx: Tx, findingId: Id | null): Promise<ReviewPaper['finding']> {
  const finding = findingId === null ? null : await findingRepository.find(tx, findingId);
  if (finding === null) return null;
  const catalogue = await catalogueRepository.find(tx, finding.catalogueId, finding.catalogueVersion);
  const entries = catalogue?.entries.filter(({ id }) => finding.entries.includes(id)) ?? [];
  return {
    catalogue: `${catalogue?.title.zh ?? finding.catalogueId} 第 ${finding.catalogueVersion} 版`,
    entries: entries.map(({ title, source }) => ({ title, source })),
    isEvery: finding.isEvery,
  };
}
