import { toHex } from '#domain';
import type { Hash } from '#tlog';
import { manifestPath } from '../bag/write-bag.js';
import type { EventsResult } from './check-events.js';
import { ItemFindings } from './dossier-report.js';
import type { DossierIndex } from './read-index.js';
import type { Parts } from './read-part.js';

/**
 * Every payload file is the one that was put in: the last event of the dossier's own chain names the digest of the list of
 * them, which the bag's check has held against the files. So what is made from the record (lists, renditions) can be
 * neither altered nor exchanged nor taken out, though it is no evidence.
 */
export async function checkPacked(
  sha256: Hash,
  parts: Parts,
  { events, index }: { readonly events: EventsResult; readonly index: DossierIndex | null },
): Promise<ItemFindings> {
  const findings = new ItemFindings('packed');
  const { packed, isRead } = events;
  if (!isRead) {
    findings.notChecked('part-unreadable', 'not all events could be read');
    return findings;
  }
  if (packed.strange !== null)
    findings.fail('packed-malformed', `${packed.strange.slice(0, 80)} in the dossier's chain`);
  if (index !== null && packed.caseId !== null && packed.caseId !== index.case_id)
    findings.fail('packed-malformed', `the packing is of case ${packed.caseId.slice(0, 80)}`);
  if (packed.manifest === null) {
    findings.fail('packed-missing', 'no event says which files were put in');
    return findings;
  }
  const path = manifestPath('sha256');
  const bytes = await parts.whole(path, findings);
  if (bytes === null) return findings;
  const found = `sha256:${toHex(sha256(bytes))}`;
  if (found !== packed.manifest) findings.fail('packed-differs', `${path} is ${found}, packed was ${packed.manifest}`);
  return findings;
}
