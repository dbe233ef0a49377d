import { utc } from '#domain';
import { type Tx, timestampRepository } from '#persistence';
import type { Finding } from './check-chains.js';

/** How far our clock may be from the authority's, and an event from its place in the log, before it is said. */
export const TOLERANCE_MS = 300_000;
const MOST = 20;

/**
 * Events whose time cannot be: a time-stamp over the log says that all before it was there by then, and what was logged
 * after it came later. The order of events does not depend on any clock; what they say of the time does.
 */
export async function checkTimes(tx: Tx, findings: Finding[]): Promise<void> {
  for (const { index, at, after, before } of await timestampRepository.outOfTime(tx, TOLERANCE_MS, MOST)) {
    const bounds = `${after === null ? '' : `after ${utc(after)} and `}before ${utc(before)}`;
    findings.push({
      where: 'ledger',
      what: `entry ${index} says ${utc(at)}; by the time-stamps it was logged ${bounds}`,
    });
  }
}
