import { caseRepository, type Tx } from '#persistence';
import type { Finding } from './check-chains.js';

/**
 * What was closed is as it was closed: the row says what the chain says, nothing was changed in a case after its end,
 * and every chain its closing names has that very event where it says.
 */
export async function checkCases(tx: Tx, findings: Finding[]): Promise<void> {
  for (const id of await caseRepository.closedOtherwise(tx))
    findings.push({ where: `case:${id}`, what: 'row and events differ in whether the case is closed' });
  for (const { id, chainSeq, type } of await caseRepository.changesAfterClosing(tx))
    findings.push({ where: `case:${id}`, what: `event ${chainSeq} (${type}) changes a case that was closed` });
  for (const { id, head } of await caseRepository.headsNotThere(tx))
    findings.push({ where: `case:${id}`, what: `its closing names an event of ${head} that is not there` });
}
