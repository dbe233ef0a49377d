import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import type { CaseView } from '#contract';
import type { Procedure } from '#domain';
import { PersonalBrowser, PHONE } from '../support/browser.js';
import { BuiltArchive } from '../support/built-archive.js';
import { reviewedProcedure } from '../support/reviewed-procedure.js';
import { signIn } from './pages.js';

const NUMBER = '测罚字〔2026〕第 31 号';
const NAME = '某商行涉嫌无证经营案';
const PAPER = '案件来源登记表';

/** What an officer is told on the page of a case is what he needs to get through its gate; he needs no other page. */
describe('an officer at his desk', () => {
  let archive: BuiltArchive;
  let browser: PersonalBrowser;
  let page: Page;
  let password = '';
  let caseUrl = '';

  beforeAll(async () => {
    archive = await BuiltArchive.start();
    const administrator = await archive.administrator();
    await administrator.send('POST', '/procedures', { file: JSON.stringify(await timedProcedure()) });
    const officer = await archive.person('officer', ['officer']);
    password = officer.password;
    const plan = { procedureId: 'timed-penalty', number: NUMBER, title: NAME };
    const opened = await officer.client.send<CaseView>('POST', '/cases', plan);
    caseUrl = `${archive.url}/cases/${opened.id}`;
    browser = await PersonalBrowser.make();
    page = await browser.open();
    await signIn(page, archive.url, 'officer', password);
    browser.takeComplaints();
  });
  afterAll(async () => {
    await browser?.remove();
    expect((await archive.check()).output).toContain('All is as recorded');
    await archive?.stop();
  });

  const agenda = (): Locator => page.getByRole('region', { name: '本案现在' });
  const line = (text: string): Locator => agenda().getByRole('listitem').filter({ hasText: text });
  const step = (title: string): Locator =>
    page.getByRole('navigation', { name: '环节' }).getByRole('button').filter({ hasText: title });
  const gate = (): Locator => page.getByRole('alert').filter({ hasText: '现在不能作出决定' });
  const begin = (): Locator => page.getByRole('button', { name: '开始本环节' });

  it('opens by keyboard what is not daily work, and only what is his to open', async () => {
    const menu = page.getByRole('navigation', { name: '主导航' });
    const more = menu.getByRole('button', { name: '更多' });
    await more.focus();
    await page.keyboard.press('Enter');
    await menu.getByRole('link', { name: '执法程序' }).waitFor();
    expect(await menu.getByRole('link').allTextContents()).toEqual([
      ...['我的案件', '待办', '待整理', '材料检索'],
      ...['法制审核', '记录仪', '执法程序'],
    ]);
    await page.keyboard.press('Escape');
    await menu.getByRole('link', { name: '执法程序' }).waitFor({ state: 'hidden' });
    expect(await more.evaluate((button) => button.matches(':focus'))).toBe(true);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/reviews');
    expect(browser.takeComplaints()).toEqual([]);
  });

  it('sees on opening the case what comes next, and begins it from there', async () => {
    await page.goto(caseUrl);
    await line('线索受理').getByRole('button', { name: /^前往/ }).click();
    await begin().click();
    await line(`文书《${PAPER}》：缺`).waitFor();
    await line('处罚决定期限').getByText('还剩 90 天').waitFor();
    await step('决定').getByText('还剩 90 天').waitFor();
    expect(browser.takeComplaints()).toEqual([]);
  });

  it('finds the gate shut, and is told by which rules', async () => {
    await step('决定').click();
    await gate().getByText('“决定”之前须先填明：案情复杂或者属于重大执法决定').waitFor();
    await gate().getByRole('listitem').filter({ hasText: '线索受理' }).getByRole('button', { name: '依据' }).hover();
    await page.getByText(/timed-penalty 第 1 版/).waitFor();
    expect(await begin().isDisabled()).toBe(true);
    expect(browser.takeComplaints()).toEqual([]);
  });

  it('states the fact and brings the paper, both from where they are missed', async () => {
    const fact = gate().getByRole('listitem').filter({ hasText: '案情复杂' });
    await fact.getByText('否', { exact: true }).click();
    await fact.waitFor({ state: 'detached' });
    await gate()
      .getByRole('button', { name: /^前往.*线索受理/ })
      .first()
      .click();
    await page.getByRole('heading', { name: '线索受理' }).waitFor();
    await page.locator(`input[aria-label="上传: 《${PAPER}》"]`).setInputFiles({
      ...{ name: '来源登记.txt', mimeType: 'text/plain', buffer: Buffer.from('来源登记') },
    });
    await page.getByRole('region', { name: '记录要求' }).getByText('已有').waitFor();
    await line(PAPER).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: '完成本环节' }).click();
    expect(browser.takeComplaints()).toEqual([]);
  });

  it('and the gate is open', async () => {
    await line('决定')
      .getByRole('button', { name: /^前往：?:? ?决定/ })
      .click();
    await gate().waitFor({ state: 'detached' });
    await begin().click();
    await page.getByRole('button', { name: '完成本环节' }).click();
    await step('决定').getByText('已完成').waitFor();
    expect(browser.takeComplaints()).toEqual([]);
  });

  it('has the same on a telephone, with every page under one button', async () => {
    await browser.close();
    page = await browser.open(PHONE);
    await page.goto(caseUrl);
    await agenda().waitFor();
    const menu = page.getByRole('navigation', { name: '主导航' });
    expect(await menu.getByRole('link').count()).toBe(0);
    await menu.getByRole('button', { name: '我的案件' }).click();
    await menu.getByRole('link', { name: '待办' }).click();
    await page.waitForURL('**/due');
    await page.getByRole('heading', { name: '待办', exact: true }).waitFor();
    const { wide, shown } = await page.locator('html').evaluate((html) => {
      const { scrollWidth, clientWidth } = html as unknown as { scrollWidth: number; clientWidth: number };
      return { wide: scrollWidth, shown: clientWidth };
    });
    expect(wide).toBe(shown);
    expect(browser.takeComplaints()).toEqual([]);
  });
});

/** A penalty of few steps with one limit: ninety days from the lead to the decision. */
async function timedProcedure(): Promise<Procedure> {
  const { limits } = JSON.parse(
    await readFile('procedures/administrative-penalty-ordinary/1.json', 'utf8'),
  ) as Procedure;
  const reviewed = await reviewedProcedure();
  return {
    ...{ ...reviewed, id: 'timed-penalty' },
    steps: reviewed.steps.map((step) => (step.id === 'lead' ? { ...step, need: 'always' } : step)),
    limits: limits
      .filter(({ id }) => id === 'decision')
      .map((limit) => ({
        ...{ ...limit, from: { step: 'lead', at: 'begins' }, pauses: { steps: [], conditions: [] } },
      })),
  };
}
