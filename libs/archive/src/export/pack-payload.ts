import { createHash } from 'node:crypto';
import { ArchiveError, type Chain } from '#domain';
import { manifestTxt } from '#dossier';
import { type EventRecord, type ExportRecord, ledgerRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, bySystem } from '../ledger/append-events.js';
import { saidBy } from '../ledger/said.js';
import type { PlannedFile } from './dossier-plan.js';

/**
 * Writes into the log which files go into a dossier, by the digest of their list. So what is made from the record after the
 * export was asked for, the lists and renditions, is signed for like the rest. Done again with the same files it says
 * nothing; with others (a library that draws otherwise by now) the last word counts.
 */
export async function packPayload(
  { database, clock }: Pick<ArchiveParts, 'database' | 'clock'>,
  record: ExportRecord,
  payload: readonly PlannedFile[],
): Promise<EventRecord> {
  const chain: Chain = `dossier:${record.id}`;
  const text = manifestTxt(
    'sha256',
    payload.map(({ path, sha256 }) => ({ path, digestHex: sha256 })),
  );
  const manifest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const before = await ledgerRepository.last(database.reader, chain, 'dossier.packed');
  if (before !== null && manifestOf(before) === manifest) return before;
  const at = clock.now();
  await database.transaction(async (tx) => {
    await appendEvents(tx, bySystem(at), [
      { type: 'dossier.packed', chain, on: [`case:${record.caseId}`], public: { case: record.caseId, manifest } },
    ]);
  });
  const packed = await ledgerRepository.last(database.reader, chain, 'dossier.packed');
  if (packed === null || manifestOf(packed) !== manifest)
    throw new ArchiveError('conflict', `dossier ${record.id} is packed by another worker`);
  return packed;
}

function manifestOf(packed: EventRecord): string {
  return String(saidBy(packed).manifest);
}
