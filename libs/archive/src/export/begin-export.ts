import { type Actor, ArchiveError, type Chain, type Id, newId, type Procedure, type RenditionKind } from '#domain';
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
import { lockCase, requireCase } from '../cases/case-access.js';
import type { ProcedureShelf } from '../cases/procedures.js';
import { appendEvents, by, type EventDraft, type EventFields } from '../ledger/append-events.js';
import { digestText } from '../ledger/canonical.js';
import { gatherContents } from './gather-contents.js';

type Needs = Pick<ArchiveParts, 'database' | 'queue' | 'clock' | 'settings' | 'log'>;

/** A leaf has at most 65 535 bytes, and a head takes some 150 of them. */
const HEADS_AN_EVENT = 300;

/**
 * Asks for a dossier of a case: all its material, as it stands now. The event of it ends the case chain that the dossier
 * will carry, and names where every other chain ends, so that nothing can be left out of it afterwards. What its lists say
 * is fixed with it.
 */
export class BeginExport {
  readonly #parts: Needs;
  readonly #procedures: ProcedureShelf;

  constructor(parts: Needs, procedures: ProcedureShelf) {
    this.#parts = parts;
    this.#procedures = procedures;
  }

  /**
   * @param kinds of renditions to put in beside the originals: those there are by now
   * @throws ArchiveError `not-found`, `precondition-failed` while an original is not sealed yet
   */
  async run(actor: Actor, caseId: Id, reason: string, kinds: readonly RenditionKind[] = []): Promise<Id> {
    const { database, clock, settings } = this.#parts;
    const at = clock.now();
    const id = newId(at.getTime());
    const renditions = [...new Set(kinds)].sort();
    const procedure = await this.#procedureOf(actor, caseId);
    await database.transaction(async (tx) => {
      const { found } = await lockCase(tx, actor, caseId, 'case.export');
      const assets = await assetRepository.ofCase(tx, caseId);
      requireSettled(assets);
      const heads = await lockedHeads(tx, caseId, assets);
      const appended = await appendEvents(tx, by(actor, at), draftsOf(id, caseId, { heads, reason, renditions }));
      const exported = appended.at(-1);
      if (exported === undefined) throw new ArchiveError('internal', 'the event of the export was not written');
      const totalBytes = assets.reduce((sum, asset) => sum + (asset.sizeBytes ?? 0), 0);
      const about = { id, at, procedure, zoneMinutes: settings.deviceZoneMinutes };
      await exportRepository.add(tx, {
        ...{ id, caseId, askedBy: actor.accountId, askedAt: at, eventId: exported.id, heads, renditions, totalBytes },
        contents: await gatherContents(tx, found, about),
      });
    });
    await enqueueExport(this.#parts, id);
    return id;
  }

  /** Before the transaction, which should not wait for a second connection; a case keeps its procedure. */
  async #procedureOf(actor: Actor, caseId: Id): Promise<Procedure> {
    const { found } = await requireCase(this.#parts.database.reader, actor, caseId, 'case.export');
    return (await this.#procedures.get(found.procedureId, found.procedureVersion)).body;
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

/** Heads that do not fit into one event go before it, in events of their own. */
export function draftsOf(
  dossier: Id,
  caseId: Id,
  asked: {
    readonly heads: readonly ExportedHead[];
    readonly reason: string;
    readonly renditions: readonly RenditionKind[];
  },
): EventDraft[] {
  const { heads, reason, renditions } = asked;
  const chain: Chain = `case:${caseId}`;
  const said = (part: readonly ExportedHead[]): EventFields => ({ dossier, heads: part.map((head) => ({ ...head })) });
  const drafts: EventDraft[] = [];
  let at = 0;
  for (; heads.length - at > HEADS_AN_EVENT; at += HEADS_AN_EVENT)
    drafts.push({ type: 'case.export_heads', chain, public: said(heads.slice(at, at + HEADS_AN_EVENT)) });
  const last = { ...said(heads.slice(at)), renditions: [...renditions] };
  return [...drafts, { type: 'case.exported', chain, public: last, personal: { reason } }];
}
