import { type Id, missingNotesOf, type NoteDemand } from '#domain';
import { caseRepository, linkRepository, type NotedRecord, type Tx } from '#persistence';
import { requireOpen } from '../cases/case-access.js';

/**
 * What a closed case held is fixed, and what is noted of it too.
 * @throws ArchiveError `case-closed`
 */
export async function requireOpenCase(tx: Tx, assetId: Id): Promise<void> {
  const link = await linkRepository.find(tx, assetId);
  const found = link && (await caseRepository.hold(tx, link.caseId));
  if (found) requireOpen(found);
}

export function demandsOn({ kind, paperId, keyContents, hasTranscript }: NotedRecord): NoteDemand[] {
  return missingNotesOf({ kind, replacesPaper: paperId !== null, keyContents, hasTranscript });
}
