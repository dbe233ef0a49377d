import { type Actor, ArchiveError, type Chain, type Id, newId } from '#domain';
import {
  type AssetRecord,
  assetRepository,
  type ChainHead,
  type ExportedHead,
  exportRepository,
  ledgerRepository,
  type Tx,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { lockCase } from '../cases/case-access.js';
import { appendEvents, by, type EventDraft, type EventFields } from '../ledger/append-events.js';
import { digestText } from '../ledger/canonical.js';

type Needs = Pick<ArchiveParts, 'database' | 'queue' | 'clock' | 'log'>;

/** A leaf has at most 65 535 bytes, and a head takes some 150 of them. */
const HEADS_AN_EVENT = 300;

/**
 * Asks for a dossier of a case: all its material, as it stands now. The event of it ends the case chain that the dossier
 * will carry, and names where every other chain ends, so that nothing can be left out of it afterwards.
 */
export class BeginExport {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found`, `precondition-failed` while an original is not sealed yet */
  async run(actor: Actor, caseId: Id, reason: string): Promise<Id> {
    const { database, clock } = this.#parts;
    const at = clock.now();
    const id = newId(at.getTime());
    await database.transaction(async (tx) => {
      await lockCase(tx, actor, caseId, 'case.export');
      const assets = await assetRepository.ofCase(tx, caseId);
      requireSettled(assets);
      const heads = await lockedHeads(tx, caseId, assets);
      const appended = await appendEvents(tx, by(actor, at), draftsOf(id, caseId, { heads, reason }));
      const exported = appended.at(-1);
      if (exported === undefined) throw new ArchiveError('internal', 'the event of the export was not written');
      const totalBytes = assets.reduce((sum, asset) => sum + (asset.sizeBytes ?? 0), 0);
      const eventId = exported.id;
      await exportRepository.add(tx, { id, caseId, askedBy: actor.accountId, askedAt: at, eventId, heads, totalBytes });
    });
    await enqueueExport(this.#parts, id);
    return id;
  }
}

/** The queue is a hint: the sweep asks again. */
export async function enqueueExport({ queue, log }: Pick<ArchiveParts, 'queue' | 'log'>, exportId: Id): Promise<void> {
  await queue
    .enqueue('case.export', { exportId })
    .catch((error: unknown) => log.warn({ exportId, err: error }, 'the queue took no job; the sweep will ask again'));
}

/** What was received a moment ago is sealed in a moment; without its seal it proves less than it could. */
function requireSettled(assets: readonly AssetRecord[]): void {
  const unsealed = assets.filter(({ custody }) => custody === 'received' || custody === 'receiving');
  if (unsealed.length === 0) return;
  throw new ArchiveError('precondition-failed', 'material of the case is not sealed yet', {
    details: { unsealed: unsealed.length },
  });
}

/** All chains at once, the case's too, and in the one order: the events follow in the same transaction. */
async function lockedHeads(tx: Tx, caseId: Id, assets: readonly AssetRecord[]): Promise<ExportedHead[]> {
  const chains = assets.map(({ id }): Chain => `asset:${id}`);
  const heads = await ledgerRepository.lockHeads(tx, [...chains, `case:${caseId}`]);
  return chains.sort().map((chain) => ({ chain, ...placeOf(chain, heads.get(chain)) }));
}

function placeOf(chain: Chain, head: ChainHead | undefined): { seq: number; leaf: string } {
  if (!head?.leafHash) throw new ArchiveError('internal', `${chain} has no head`);
  return { seq: head.seq, leaf: digestText(head.leafHash) };
}

function draftsOf(
  dossier: Id,
  caseId: Id,
  { heads, reason }: { readonly heads: readonly ExportedHead[]; readonly reason: string },
): EventDraft[] {
  const chain: Chain = `case:${caseId}`;
  const said = (part: readonly ExportedHead[]): EventFields => ({ dossier, heads: part.map((head) => ({ ...head })) });
  const drafts: EventDraft[] = [];
  let at = 0;
  for (; heads.length - at > HEADS_AN_EVENT; at += HEADS_AN_EVENT)
    drafts.push({ type: 'case.export_heads', chain, public: said(heads.slice(at, at + HEADS_AN_EVENT)) });
  return [...drafts, { type: 'case.exported', chain, public: said(heads.slice(at)), personal: { reason } }];
}
