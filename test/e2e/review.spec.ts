import type { Page } from 'playwright-core';
import type { CaseView } from '#contract';
import { REVIEW_HEAD_TEXT, REVIEW_HEADS } from '#domain';
import type { ApiClient } from '../support/api-client.js';
import { PersonalBrowser } from '../support/browser.js';
import { BuiltArchive, until } from '../support/built-archive.js';
import { certify } from '../support/certify.js';
import { REVIEWED, reviewedProcedure } from '../support/reviewed-procedure.js';
import { signIn } from './pages.js';
import { assetWhen } from './sending.js';

/** An officer at his desk and a reviewer at his, each with a browser, and the worker that makes the papers. */
describe('a legal review in the browser', () => {
  let archive: BuiltArchive;
  let officer: ApiClient;
  let opened: CaseView;
  const browsers: PersonalBrowser[] = [];
  let desk: Page;
  let bench: Page;

  beforeAll(async () => {
    archive = await BuiltArchive.start();
    const administrator = await archive.administrator();
    await administrator.send('POST', '/procedures', { file: JSON.stringify(await reviewedProcedure()) });
    const [wang, zhao] = [await archive.person('wang', ['officer']), await archive.person('zhao', ['reviewer'])];
    await certify(administrator, zhao.client.session.account.id, { kind: 'legal-review' });
    officer = wang.client;
    const plan = { ...REVIEWED, number: '测罚字〔2026〕第 12 号', title: '无证经营案' };
    opened = await officer.send<CaseView>('POST', '/cases', plan);
    await lead();
    const open = async (login: string, password: string): Promise<Page> => {
      const browser = await PersonalBrowser.make();
      browsers.push(browser);
      const page = await browser.open();
      await signIn(page, archive.url, login, password);
      browser.takeComplaints();
      return page;
    };
    desk = await open('wang', wang.password);
    bench = await open('zhao', zhao.password);
  });
  afterAll(async () => {
    for (const browser of browsers) await browser.remove();
    const check = await archive?.check();
    await archive?.stop();
    expect(check?.output).toContain('All is as recorded');
  });

  const occurrence = (stepId: string): string => opened.occurrences.find((one) => one.stepId === stepId)?.id ?? '';
  const change = (stepId: string, state: string): Promise<CaseView> =>
    officer.send('PATCH', `/cases/${opened.id}/occurrences/${occurrence(stepId)}`, { state });

  /** What comes before the review, with the paper it asks for. */
  async function lead(): Promise<void> {
    const { law } = await change('lead', 'open');
    const { duties = [] } = law.steps.find(({ stepId }) => stepId === 'lead') ?? {};
    for (const { paperId } of duties.filter(({ status, about }) => about === 'paper' && status === 'missing')) {
      const file = { filename: `${paperId}.txt`, paperId: paperId ?? '', caseId: opened.id };
      const id = await officer.upload(Buffer.from('来源登记'), { ...file, occurrenceId: occurrence('lead') });
      await assetWhen(officer, id, ({ custody }) => custody === 'sealed');
    }
    await change('lead', 'done');
  }

  const openReviewStep = async (): Promise<void> => {
    await desk.goto(`${archive.url}/cases/${opened.id}?step=${occurrence('legal-review')}`);
    await desk.locator('.lh-review-in-step').getByRole('button').click();
  };
  const complaints = (): string[] => browsers.flatMap((browser) => browser.takeComplaints());

  it('is submitted once the catalogue has found the decision major', async () => {
    await openReviewStep();
    const dialog = desk.getByRole('dialog', { name: '法制审核' });
    await dialog.getByLabel('决定内容').click();
    await desk.getByTitle('责令停产停业').click();
    await desk.keyboard.press('Escape');
    await dialog.getByRole('button', { name: '对照目录' }).click();
    await dialog.getByText('须经法制审核', { exact: true }).waitFor();
    await dialog.getByText('责令停产停业、责令关闭、限制从业').waitFor();
    await dialog.getByText('材料齐全').waitFor();
    await dialog.getByLabel('送审说明').fill('请重点审核裁量');
    await dialog.getByRole('button', { name: /^送\s?审$/ }).click();
    await dialog.waitFor({ state: 'detached' });
    await desk.getByText('待受理').waitFor();
    expect(complaints()).toEqual([]);
  });

  it('is taken from the desk and returned, every head with its ground', async () => {
    await bench.getByRole('link', { name: '法制审核' }).click();
    // On the page before there is a link of the same name: to the case.
    await bench.getByRole('heading', { name: '法制审核' }).waitFor();
    await bench.getByRole('link', { name: '无证经营案' }).click();
    await bench.getByText('请重点审核裁量').waitFor();
    await bench.getByRole('button', { name: /^受\s?理$/ }).click();
    await bench.getByRole('button', { name: '未填的均记为“符合”' }).click();
    await bench.getByRole('button', { name: '出具审核意见' }).click();
    await fillGrounds();
    const evidence = bench.getByRole('group', { name: REVIEW_HEAD_TEXT.evidence.zh, exact: true });
    await evidence.getByLabel('不规范').check();
    await bench.getByRole('group', { name: '结论' }).getByLabel('退回').check();
    await bench.getByLabel('审核意见', { exact: true }).fill('送达回证缺签收日期');
    await bench.getByRole('button', { name: '出具审核意见' }).click();
    await bench.getByRole('region', { name: '已出具的意见' }).getByText('送达回证缺签收日期').waitFor();
    await expect(change('decision', 'open')).rejects.toMatchObject({ problem: { code: 'gate-closed' } });
    expect(complaints()).toEqual([]);
  });

  it('is submitted again and passed, by keyboard alone', async () => {
    await openReviewStep();
    const dialog = desk.getByRole('dialog', { name: '法制审核' });
    await dialog.getByRole('button', { name: /^送\s?审$/ }).click();
    await dialog.waitFor({ state: 'detached' });
    await bench.goto(`${archive.url}/reviews`);
    await bench.getByRole('link', { name: '无证经营案' }).focus();
    await bench.keyboard.press('Enter');
    await bench.getByRole('button', { name: /^受\s?理$/ }).press('Enter');
    await bench.getByRole('button', { name: '未填的均记为“符合”' }).press('Enter');
    await fillGrounds();
    const outcome = bench.getByRole('group', { name: '结论' });
    await outcome.getByLabel('审核通过').focus();
    await bench.keyboard.press('Space');
    await bench.keyboard.press('Tab');
    await bench.keyboard.type('同意拟作出的决定');
    await bench.keyboard.press('Tab');
    await bench.keyboard.press('Enter');
    await bench.getByRole('region', { name: '已出具的意见' }).getByText('同意拟作出的决定').waitFor();
    // Made by the worker meanwhile.
    await bench.getByRole('link', { name: /^审核意见书 .*法审〔\d{4}〕2号$/ }).waitFor();
    expect(complaints()).toEqual([]);
  });

  it('and then the decision is possible, and the opinion is a paper of its step', async () => {
    const held = async (): Promise<string[]> => {
      const { law } = await officer.send<CaseView>('GET', `/cases/${opened.id}`);
      return law.steps.find(({ stepId }) => stepId === 'legal-review')?.papers.map(({ paperId }) => paperId) ?? [];
    };
    await until(async () => (await held()).filter((id) => id === 'review-opinion').length === 2);
    expect(new Set(await held())).toEqual(new Set(['review-submission', 'review-opinion']));
    await change('decision', 'open');
    await change('decision', 'done');
    await desk.goto(`${archive.url}/cases/${opened.id}?step=${occurrence('legal-review')}`);
    await desk.getByText('审核通过').first().waitFor();
    expect(complaints()).toEqual([]);
  });

  async function fillGrounds(): Promise<void> {
    for (const head of REVIEW_HEADS)
      await bench.getByLabel(`${REVIEW_HEAD_TEXT[head].zh}：理由`).fill('已核对卷内材料');
  }
});
