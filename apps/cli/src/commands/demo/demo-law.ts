import { type CaseView, caseSchema } from '#contract';
import type { ApiClient } from '../../client/api-client.js';
import { occurrenceFor } from '../../client/find-case.js';
import { onTheDay, type SampleDay, TIMES } from '../../footage/sample.js';

/** How the day of the sample case went, in the procedure's order. */
const DAY: readonly { readonly stepId: string; readonly from: string; readonly to: string }[] = [
  { stepId: 'lead', from: '08:20:00', to: '08:35:00' },
  { stepId: 'filing', from: TIMES.filing, to: '08:55:00' },
  { stepId: 'site-inspection', from: TIMES.inspection, to: '09:46:00' },
  { stepId: 'evidence-preservation', from: '09:47:00', to: '09:58:00' },
  { stepId: 'interview', from: TIMES.interview, to: '14:36:00' },
];

/** What the officers know by the end of the day. What comes later in the case is still open. */
const STATED = { terminated: false, 'evidence-preserved': true, 'property-seized': false } as const;

/** Tells the archive of the day as an officer would; what an earlier run told is left as it is. */
export async function tellTheDay(officer: ApiClient, found: CaseView, day: SampleDay): Promise<CaseView> {
  let current = found;
  for (const [conditionId, holds] of Object.entries(STATED)) {
    const known = current.law.conditions.find((one) => one.conditionId === conditionId && one.occurrenceId === null);
    if (known === undefined || known.holds !== null) continue;
    current = await officer.send('POST', `/cases/${found.id}/statements`, caseSchema, { conditionId, holds });
  }
  for (const { stepId, from, to } of DAY) {
    const id = await occurrenceFor(officer, current, stepId);
    if (current.occurrences.find((occurrence) => occurrence.id === id)?.state !== 'waiting') continue;
    const times = { state: 'done', startedAt: onTheDay(day, from).utc, endedAt: onTheDay(day, to).utc };
    current = await officer.send('PATCH', `/cases/${found.id}/occurrences/${id}`, caseSchema, times);
  }
  return current;
}
