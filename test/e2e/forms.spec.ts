import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { CaseView, FormSummary } from '#contract';
import type { ApiClient } from '../support/api-client.js';
import { PersonalBrowser } from '../support/browser.js';
import { BuiltArchive, until } from '../support/built-archive.js';
import { choose, signIn } from './pages.js';
import { assetWhen } from './sending.js';

/** A prior notice made in the browser, and the procedures it follows, as officer and administrator see them. */
describe('papers made by form, and procedures', () => {
  let archive: BuiltArchive;
  let officer: ApiClient;
  let opened: CaseView;
  let browser: PersonalBrowser;
  let page: Page;

  beforeAll(async () => {
    archive = await BuiltArchive.start();
    const person = await archive.person('officer', ['officer']);
    officer = person.client;
    opened = await officer.send<CaseView>('POST', '/cases', {
      ...{ procedureId: 'administrative-penalty-ordinary', number: '测罚字〔2026〕第 21 号', title: '占道经营案' },
      parties: [{ kind: 'organisation', name: '某某食品有限公司' }],
    });
    browser = await PersonalBrowser.make();
    page = await browser.open();
    await signIn(page, archive.url, 'officer', person.password);
    browser.takeComplaints();
  });
  afterAll(async () => {
    await browser?.remove();
    const check = await archive?.check();
    await archive?.stop();
    expect(check?.output).toContain('All is as recorded');
  });

  const formsOf = async (): Promise<FormSummary[]> =>
    (await officer.send<{ items: FormSummary[] }>('GET', `/cases/${opened.id}/forms`)).items;
  const noticeId = (): string => opened.occurrences.find(({ stepId }) => stepId === 'notice')?.id ?? '';

  it('an officer makes, issues and prints one; it is tied to the step as its paper', async () => {
    await page.goto(`${archive.url}/cases/${opened.id}?step=${noticeId()}`);
    await page.getByRole('button', { name: '制作文书：行政处罚事先告知书' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: '制作文书' }).click();
    await dialog.getByLabel('当事人').waitFor();
    expect(await dialog.getByLabel('当事人').inputValue()).toBe('某某食品有限公司');
    // What is missing is told, and nothing is issued.
    await dialog.getByRole('button', { name: '出具并生成 PDF' }).click();
    await dialog.getByText('还有 4 处须改正').waitFor();
    await dialog.getByLabel('违法事实及证据').fill('占道堆放货物三处，有现场照片为证。');
    await dialog.getByLabel('处罚依据').fill('某市市容条例第三十条');
    await dialog.getByLabel('拟作出的处罚').fill('罚款人民币五百元');
    await choose(dialog.getByLabel('听证权利'), '本案不属于应当告知听证权利的情形');
    // The words of what was missing go away and the dialog gets shorter: only then its buttons stand still.
    await until(async () => (await dialog.getByText('必填').count()) === 0);
    await dialog.getByRole('button', { name: '出具并生成 PDF' }).click();
    await dialog
      .getByText(/罚告〔\d{4}〕1号/)
      .first()
      .waitFor();
    await dialog.getByRole('link', { name: '查看 PDF' }).waitFor({ timeout: 30_000 });
    const [form] = await formsOf();
    expect(form).toMatchObject({ state: 'issued', print: 'printed', paperId: 'prior-notice' });
    const view = await officer.send<CaseView>('GET', `/cases/${opened.id}`);
    const papers = view.law.steps.find(({ occurrenceId }) => occurrenceId === noticeId())?.papers;
    expect(papers).toEqual([{ paperId: 'prior-notice', assetId: form?.assetId }]);
  });

  it('a copy that says the same agrees by the text of its file, and one that does not is seen', async () => {
    const [form] = await formsOf();
    const asset = form?.assetId ?? '';
    await assetWhen(officer, asset, ({ viewing }) => viewing.state === 'viewable');
    const printed = Buffer.from(await (await officer.raw('GET', `/assets/${asset}/download`, {})).arrayBuffer());
    const target = { caseId: opened.id, occurrenceId: noticeId(), paperId: 'prior-notice' };
    const scan = await officer.upload(printed, { filename: '签收扫描件.pdf', ...target });
    await assetWhen(officer, scan, ({ viewing }) => viewing.state === 'viewable');
    await page.reload();
    await page.getByRole('button', { name: '打开文书：行政处罚事先告知书' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('扫描件').first().click();
    await page.locator('.ant-select-item-option', { hasText: '签收扫描件.pdf' }).click();
    await dialog.getByRole('button', { name: '按文件文字比对' }).click();
    await dialog.getByText('纸质与电子一致').first().waitFor();
    await dialog.getByRole('button', { name: '对照扫描件逐栏录入' }).click();
    const compare = dialog.getByRole('region', { name: '与纸质比对' });
    await compare.getByLabel('当事人').fill('某某食品有限公司');
    await compare.getByLabel('拟作出的处罚').fill('罚款人民币五千元');
    await compare.getByRole('button', { name: /^比\s?对$/ }).click();
    await dialog.getByText('纸质与电子不一致').first().waitFor();
    expect((await formsOf())[0]?.compared).toBe('differs');
    expect(browser.takeComplaints()).toEqual([]);
  });

  it('procedures show their chart and rules; the recording list comes as a workbook', async () => {
    await page.goto(`${archive.url}/procedures`);
    await page.getByRole('link', { name: '行政处罚普通程序' }).click();
    await page.getByRole('img', { name: '行政处罚普通程序流程图' }).waitFor();
    expect(await page.locator('.lh-flow-step').count()).toBe(opened.procedure.steps.length);
    await page.getByRole('tab', { name: '期限' }).click();
    await page.getByText('90 日').waitFor();
    expect(await page.getByRole('button', { name: '上传新版本' }).count()).toBe(0);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: '导出音像记录事项清单' }).click();
    const bytes = await readFile(await (await download).path());
    expect(bytes.subarray(0, 2).toString()).toBe('PK');
    expect(browser.takeComplaints()).toEqual([]);
  });

  it('an administrator is told every mistake of a list by its cell, and takes in one without', async () => {
    const chief = await archive.person('chief', ['administrator']);
    const other = await PersonalBrowser.make();
    try {
      const desk = await other.open();
      await signIn(desk, archive.url, 'chief', chief.password);
      await desk.goto(`${archive.url}/procedures/administrative-permit`);
      await desk.getByRole('button', { name: '上传新版本' }).click();
      const dialog = desk.getByRole('dialog');
      const list = await chief.client.raw('GET', '/procedures/administrative-permit/recording-list', {});
      const good = Buffer.from(await list.arrayBuffer());
      const mimeType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
      const foreign = await chief.client.raw('GET', '/procedures/administrative-inspection/recording-list', {});
      const wrong = Buffer.from(await foreign.arrayBuffer());
      await dialog.locator('input[type=file]').setInputFiles({ name: '别的.xlsx', mimeType, buffer: wrong });
      await dialog.getByText('C2', { exact: true }).first().waitFor();
      expect(await dialog.getByRole('button', { name: '确认上传' }).isDisabled()).toBe(true);
      await dialog.locator('input[type=file]').setInputFiles({ name: '清单.xlsx', mimeType, buffer: good });
      await dialog.getByText('可以上传：行政许可 第 2 版').waitFor();
      await dialog.getByRole('button', { name: '确认上传' }).click();
      await dialog.waitFor({ state: 'detached' });
      await desk.getByText(/人员chief 于 .+ 上传/).waitFor();
    } finally {
      await other.remove();
    }
  });
});
