import { type Actor, ArchiveError, type Id, newId, type Procedure, type RenditionKind } from '#domain';
import { type AssetRecord, assetRepository, type ExportedHead, exportRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { lockCase, requireCase } from '../cases/case-access.js';
import type { ProcedureShelf } from '../cases/procedures.js';
import { appendEvents, by, type EventDraft } from '../ledger/append-events.js';
import { draftsNamingHeads, lockedHeads } from '../ledger/chain-heads.js';
import { gatherContents } from './gather-contents.js';

type Needs = Pick<ArchiveParts, 'database' | 'queue' | 'clock' | 'settings' | 'log'>;

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
  return draftsNamingHeads(heads, {
    ...{ chain: `case:${caseId}`, type: 'case.exported', parts: 'case.export_heads', public: { dossier } },
    also: { renditions: [...renditions] },
    personal: { reason },
  });
}
