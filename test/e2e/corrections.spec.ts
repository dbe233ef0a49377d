import type { Locator, Page } from 'playwright-core';
import type { AssetView, CaseView } from '#contract';
import type { ApiClient } from '../support/api-client.js';
import { PersonalBrowser } from '../support/browser.js';
import { BuiltArchive } from '../support/built-archive.js';
import { footage } from '../support/footage.js';
import { choose, signIn } from './pages.js';
import { assetWhen } from './sending.js';

const PROCEDURE = 'administrative-penalty-ordinary';
const NUMBER = '测罚字〔2026〕第 7 号';

/** What an officer sets right afterwards, in the browser: a case mistyped, material that had no case yet. */
describe('an officer who corrects the record', () => {
  let archive: BuiltArchive;
  let officer: ApiClient;
  let browser: PersonalBrowser;
  let page: Page;
  let caseId = '';

  beforeAll(async () => {
    archive = await BuiltArchive.start();
    const person = await archive.person('officer', ['officer']);
    officer = person.client;
    await archive.person('partner', ['officer']);
    const wish = { procedureId: PROCEDURE, number: NUMBER, title: '某商店案', parties: [] };
    caseId = (await officer.send<CaseView>('POST', '/cases', wish)).id;
    browser = await PersonalBrowser.make();
    page = await browser.open();
    await signIn(page, archive.url, 'officer', person.password);
    browser.takeComplaints();
  });
  afterAll(async () => {
    await browser?.remove();
    expect((await archive.check()).output).toContain('All is as recorded');
    await archive?.stop();
  });

  it('changes title, officers and parties of a case, and must say why', async () => {
    await page.goto(`${archive.url}/cases/${caseId}`);
    await page.getByRole('button', { name: '更正案件信息' }).click();
    const dialog = page.getByRole('dialog', { name: '更正案件信息' });
    await dialog.getByLabel('案名').fill('某商店占道经营案');
    await dialog.getByRole('button', { name: '添加当事人' }).click();
    await dialog.getByLabel('姓名或名称').fill('某商店');
    await save(dialog);
    await dialog.getByText('将记入案件日志，至少 2 个字').waitFor();
    await dialog.getByLabel('承办人').click();
    await page.getByTitle(/人员partner/).click();
    await dialog.getByLabel('原因').fill('录入有误');
    await save(dialog);

    await page.getByRole('heading', { name: '某商店占道经营案' }).waitFor();
    const changed = await officer.send<CaseView>('GET', `/cases/${caseId}`);
    expect(changed.officers.map(({ name }) => name).sort()).toEqual(['人员officer', '人员partner']);
    expect(changed.parties).toEqual([{ kind: 'person', name: '某商店' }]);
    await page.getByText('案件日志').click();
    await page.getByText('录入有误').waitFor();
    expect(browser.takeComplaints()).toEqual([]);
  });

  it('is told in words that a case number is taken', async () => {
    await page.goto(`${archive.url}/cases`);
    await page.getByRole('button', { name: '新建案件' }).first().click();
    const drawer = page.getByRole('dialog', { name: '新建案件' });
    await choose(drawer.getByLabel('执法程序'), /行政处罚普通程序/);
    await drawer.getByLabel('案号').fill(NUMBER);
    await drawer.getByLabel('案名').fill('另一案');
    await drawer.getByRole('button', { name: '立即新建' }).click();
    await drawer.getByText('本单位已有同一案号的案件，请核对案号。').waitFor();
    for (const complaint of browser.takeComplaints()) expect(complaint).toContain('409 (Conflict)');
  });

  it('hands in material of no case, and puts it into one later', async () => {
    await page.goto(`${archive.url}/assets`);
    const input = page.getByLabel('选择文件').and(page.locator('input'));
    await input.setInputFiles(await footage('photo-turned.jpg'));
    const tray = page.getByRole('region', { name: '上传' });
    await tray.getByText('暂不归入案件').waitFor();
    await tray.getByText('已封存', { exact: true }).waitFor();
    await page.getByRole('table').getByRole('link', { name: 'photo-turned.jpg' }).click();
    await page.waitForURL(/\/assets\/[0-9a-f-]{36}$/);

    await page.getByRole('button', { name: '归入案件环节' }).click();
    const dialog = page.getByRole('dialog', { name: '归入环节' });
    await choose(dialog.getByLabel('案件'), new RegExp(NUMBER));
    await choose(dialog.getByLabel('环节'), /现场检查/);
    await dialog.getByRole('button', { name: /^确\s?定$/ }).click();
    await page.getByText('已归入').first().waitFor();
    const id = page.url().split('/').at(-1) ?? '';
    expect((await assetWhen(officer, id, isLinked)).link?.caseId).toBe(caseId);
    expect(browser.takeComplaints()).toEqual([]);
  });
});

async function save(dialog: Locator): Promise<void> {
  await dialog.getByRole('button', { name: /^保\s?存$/ }).click();
}

function isLinked(asset: AssetView): boolean {
  return asset.link !== null;
}
