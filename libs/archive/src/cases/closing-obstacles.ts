import { type Actor, type ClosingObstacle, type Custody, type Fault, type Id, refusalsToClose } from '#domain';
import { type AssetRecord, accountRepository, assetRepository, type Tx, uploadRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { readStanding } from '../law/read-standing.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { requireCase, requireOpen } from './case-access.js';

export interface Obstacle {
  readonly kind: ClosingObstacle;
  readonly assetId: Id;
  readonly fileName: string;
  /** Name of who handed it in, or is doing so. */
  readonly from: string;
}

type Gate = (tx: Tx, caseId: Id) => Promise<{ readonly kind: ClosingObstacle; readonly asset: AssetRecord }[]>;

/** Every one is asked, so that all that is to be settled is said at once. */
const GATES: readonly Gate[] = [uploadsUnderWay, originalsUnsettled];

/** All that stands in the way of closing a case, as it is in this transaction. */
export async function obstaclesOf(tx: Tx, caseId: Id): Promise<Obstacle[]> {
  const found: Awaited<ReturnType<Gate>> = [];
  for (const gate of GATES) found.push(...(await gate(tx, caseId)));
  const senders = [...new Set(found.map(({ asset }) => asset.receivedFrom))];
  const names = await accountRepository.namesOf(tx, senders);
  return found.map(({ kind, asset }) => {
    const { id: assetId, fileName, receivedFrom } = asset;
    return { kind, assetId, fileName, from: names.get(receivedFrom) ?? '' };
  });
}

/** Begun for the case and not there yet: nobody knows what will be in it. */
async function uploadsUnderWay(tx: Tx, caseId: Id): ReturnType<Gate> {
  const uploads = await uploadRepository.openForCase(tx, caseId);
  const assets = await assetRepository.findMany(
    tx,
    uploads.map(({ assetId }) => assetId),
  );
  return assets.map((asset) => ({ kind: 'unfinished-upload', asset }));
}

const UNSETTLED: Partial<Record<Custody, ClosingObstacle>> = { received: 'unsealed', quarantined: 'quarantined' };

async function originalsUnsettled(tx: Tx, caseId: Id): ReturnType<Gate> {
  const assets = await assetRepository.ofCase(tx, caseId);
  return assets.flatMap((asset) => {
    const kind = UNSETTLED[asset.custody];
    return kind === undefined ? [] : [{ kind, asset }];
  });
}

export interface ClosingView {
  readonly obstacles: readonly Obstacle[];
  /** What the procedure still asks for. */
  readonly faults: readonly Fault[];
}

/** What would stand in the way now: for whoever is about to close the case. */
export class FindClosingObstacles {
  readonly #parts: Pick<ArchiveParts, 'database'>;
  readonly #rules: RuleShelf;

  constructor(parts: Pick<ArchiveParts, 'database'>, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @throws ArchiveError `not-found`, `case-closed` */
  async run(actor: Actor, caseId: Id): Promise<ClosingView> {
    const { reader } = this.#parts.database;
    const { found } = await requireCase(reader, actor, caseId, 'case.edit');
    requireOpen(found);
    const { procedure, standing, reckoning } = await readStanding(reader, this.#rules, found);
    const faults = refusalsToClose(procedure, standing, reckoning);
    return { obstacles: await obstaclesOf(reader, caseId), faults };
  }
}
