import type { GiveOpinionInput, ReviewView } from '#contract';
import { REVIEW_HEADS } from '#domain';
import { drawForm, findListFonts } from '#media';
import type { ApiClient } from '../../support/api-client.js';
import { CaseByApi, type WalkWishes } from '../../support/case-by-api.js';
import { certify } from '../../support/certify.js';
import { settle } from '../../support/settle.js';
import type { LawArchive } from './law-archive.js';

const FINE = { kinds: ['fine'], party: 'organisation', effects: [] } as const;
export const SMALL_FINE = { ...FINE, amountFen: 100_000 };
export const LARGE_FINE = { ...FINE, amountFen: 9_000_000 };

const all = (finding: string): GiveOpinionInput['answers'] =>
  REVIEW_HEADS.map((head) => ({ head, finding: finding as 'conforms', ground: `已核对${head}` }));
export const PASSED = { stage: 0, outcome: 'passed', answers: all('conforms'), text: '同意拟作出的决定' } as const;
export const RETURNED = {
  ...{ stage: 0, outcome: 'returned', text: '证据不足，补充后再送' },
  answers: [...(all('conforms') ?? []).slice(0, 9), { head: 'crime', finding: 'flawed', ground: '未见移送判断' }],
} as const;
export const SIGNED = { outcome: 'passed', answers: [], text: '同意' } as const;

/** An ordinary penalty of a large fine, taken as far as its review, all of it known: nobody asks for a hearing. Its next step is that. */
export async function caseBeforeReview(law: LawArchive, wishes: WalkWishes = {}): Promise<CaseByApi> {
  const walked = await CaseByApi.open(law.driver, law.plan(), wishes);
  await law.officer.send('POST', `/cases/${walked.view.id}/decision-findings`, LARGE_FINE);
  await walked.look();
  await walked.stateKnown();
  await walked.walkTo('legal-review');
  return walked;
}

export async function submit(walked: CaseByApi, by: ApiClient, note?: string): Promise<ReviewView> {
  const { occurrenceId } = walked.step('legal-review');
  return await by.send('POST', `/cases/${walked.view.id}/reviews`, {
    occurrenceId,
    ...(note === undefined ? {} : { note }),
  });
}

/** Papers of a review printed as a worker does. @returns what was done, paper by paper */
export async function makePapers(law: LawArchive, reviewId: string): Promise<string[]> {
  const fonts = await findListFonts();
  if (fonts === null) throw new Error('these tests need fonts-noto-cjk');
  const [forms]: { submission: string; opinion: string | null }[] = await law.api.parts.database.reader.query(
    'SELECT submission_form_id AS submission, opinion_form_id AS opinion FROM reviews WHERE id = $1',
    [reviewId],
  );
  const made: string[] = [];
  for (const id of [forms?.submission, forms?.opinion])
    if (id) made.push(await law.api.archive.work.printForm.run(id, (sheet) => drawForm(sheet, fonts)));
  for (const { id } of await law.api.parts.database.reader.query(`SELECT id FROM assets WHERE custody = 'received'`))
    await settle(law.api.archive, id, 'paper');
  return made;
}

/** Somebody with the role of a reviewer. @param certificate null: without one */
export async function reviewer(law: LawArchive, certificate: object | null = {}, unitId?: string): Promise<ApiClient> {
  const client = await law.api.signIn(['reviewer'], unitId);
  if (certificate !== null)
    await certify(law.administrator, client.session.account.id, { kind: 'legal-review', ...certificate });
  return client;
}
