import { type CaseView, casePageSchema, caseSchema } from '#contract';
import { isId } from '#domain';
import { EXIT } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import type { ApiClient } from './api-client.js';

/** The case with this id or exactly this number, or null. */
export async function findCase(client: ApiClient, idOrNumber: string): Promise<CaseView | null> {
  if (isId(idOrNumber)) return await client.get(`/cases/${idOrNumber}`, caseSchema);
  const page = await client.get('/cases', casePageSchema, { search: idOrNumber, limit: 200 });
  const found = page.items.filter((item) => item.number === idOrNumber);
  const [only] = found;
  if (only === undefined) return null;
  if (found.length > 1) {
    throw new CommandFailure(EXIT.conflict, {
      zh: `案号 ${idOrNumber} 在多个单位都有，请用案件编号（id）`,
      en: `Several units have a case ${idOrNumber}; use its id`,
    });
  }
  return await client.get(`/cases/${only.id}`, caseSchema);
}

/** The coming of a step that material goes to: one under way, else the first still waiting, else the last. */
export async function occurrenceFor(client: ApiClient, found: CaseView, stepId: string): Promise<string> {
  const known = pickOccurrence(found, stepId);
  if (known !== null) return known;
  requireStep(found, stepId);
  const changed = await client.send('POST', `/cases/${found.id}/occurrences`, caseSchema, { stepId });
  const made = pickOccurrence(changed, stepId);
  if (made === null) {
    throw new CommandFailure(EXIT.internal, { zh: `未能新增环节 ${stepId}`, en: `The step ${stepId} was not added` });
  }
  return made;
}

/** @throws CommandFailure naming the steps there are */
export function requireStep(found: CaseView, stepId: string): void {
  if (found.procedure.steps.some((step) => step.id === stepId)) return;
  const list = found.procedure.steps.map((step) => `${step.id}（${step.title.zh}）`).join('、');
  throw new CommandFailure(EXIT.notFound, {
    zh: `《${found.procedure.title.zh}》没有环节 ${stepId}；有：${list}`,
    en: `${found.procedure.title.en} has no step ${stepId}; the steps are listed above`,
  });
}

function pickOccurrence(found: CaseView, stepId: string): string | null {
  const all = found.occurrences.filter((occurrence) => occurrence.stepId === stepId).sort((a, b) => a.n - b.n);
  const pick = all.find(({ state }) => state === 'open') ?? all.find(({ state }) => state === 'waiting') ?? all.at(-1);
  return pick?.id ?? null;
}
