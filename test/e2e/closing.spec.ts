import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import type { CaseView, Ledger } from '#contract';
import { startDemoAuthority } from '../../apps/cli/src/commands/demo/authority/demo-authority.js';
import type { ApiClient } from '../support/api-client.js';
import { PersonalBrowser } from '../support/browser.js';
import { BuiltArchive, until } from '../support/built-archive.js';
import { choose, signIn } from './pages.js';
import { assetWhen, beginUpload, bringToClosing, type OpenedCase, openCase, patch } from './sending.js';

/** An archive with a time-stamp authority, and the officer who closes a case in it. */
describe('a case that is closed in the browser', () => {
  let dir: string;
  let authority: NonNullable<Awaited<ReturnType<typeof startDemoAuthority>>>;
  let archive: BuiltArchive;
  let officer: ApiClient;
  let opened: OpenedCase;
  let browser: PersonalBrowser;
  let page: Page;
  let pending = '';

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liuhen-closing-'));
    const started = await startDemoAuthority({ LIUHEN_DATA: dir });
    if (started === null) throw new Error('the folder is not empty');
    authority = started;
    const { LIUHEN_TSA_URL = '', LIUHEN_TSA_ROOTS = '' } = authority.env;
    archive = await BuiltArchive.start({ LIUHEN_TSA_URL, LIUHEN_TSA_ROOTS });
    const person = await archive.person('officer', ['officer']);
    officer = person.client;
    opened = await openCase(officer, '测罚字〔2026〕第 9 号');
    await bringToClosing(officer, opened.id);
    const target = { caseId: opened.id, occurrenceId: opened.occurrenceId };
    const sealed = await officer.upload(Buffer.from('已经封存'), { filename: '现场.txt', ...target });
    await assetWhen(officer, sealed, ({ custody }) => custody === 'sealed');
    pending = await beginUpload(officer, 6, { filename: '未传完.txt', ...target });
    browser = await PersonalBrowser.make();
    page = await browser.open();
    await signIn(page, archive.url, 'officer', person.password);
    browser.takeComplaints();
  });
  afterAll(async () => {
    await browser?.remove();
    const check = await archive?.check();
    await archive?.stop();
    await authority?.stop();
    await rm(dir, { recursive: true, force: true });
    expect(check?.output).toContain('All is as recorded');
  });

  it('names what stands in the way, and goes on once that is settled', async () => {
    await page.goto(`${archive.url}/cases/${opened.id}`);
    await page.getByRole('button', { name: /结\s?案$/ }).click();
    const dialog = page.getByRole('dialog', { name: '结案' });
    const obstacles = dialog.getByRole('region', { name: '以下事项须先处理，才能结案' });
    await obstacles.getByText('未传完.txt').waitFor();
    await obstacles.getByText('上传人 人员officer').waitFor();
    const confirm = dialog.getByRole('button', { name: '确认结案' });
    expect(await confirm.isDisabled()).toBe(true);

    await patch(officer, pending, 0, Buffer.from('传完了啊').subarray(0, 6));
    await assetWhen(officer, pending, ({ custody }) => custody === 'sealed');
    await dialog.getByRole('button', { name: '重新检查' }).click();
    await obstacles.waitFor({ state: 'detached' });
    await confirm.click();
    await dialog.getByText('请选择结案方式').waitFor();
    await choose(dialog.getByLabel('结案方式'), '行政处罚决定执行完毕');
    await dialog.getByTitle('行政处罚决定执行完毕').waitFor();
    await dialog.getByLabel('结案理由').fill('罚款已缴清');
    // The words of what was missing go away and the dialog gets shorter: only then its buttons stand still.
    for (const words of ['请选择结案方式', '将记入案件日志，至少 2 个字'])
      await dialog.getByText(words).waitFor({ state: 'detached' });
    await confirm.click();
    await dialog.waitFor({ state: 'detached' });
    const notice = page.getByRole('region', { name: '结案' });
    await notice.getByText('行政处罚决定执行完毕').waitFor();
    await notice.getByText('罚款已缴清').waitFor();
    expect(browser.takeComplaints()).toEqual([]);
  });

  it('says by itself when its originals were read again and its closing was stamped, and by whom', async () => {
    const began = Date.now();
    await page.locator('[data-fact=originals]').getByText('8 份原件全部一致').waitFor();
    await page.locator('[data-fact=timestamp]').getByText('Liuhen demo: proves nothing').waitFor();
    await page.locator('[data-fact=timestamp]').getByText('不能证明时间').waitFor();
    // Sooner than by the minute, which is how often all else is stamped.
    const { closing } = await officer.send<CaseView>('GET', `/cases/${opened.id}`);
    const laterMs = Date.parse(closing?.timestamp?.at ?? '') - Date.parse(closing?.at ?? '');
    expect([laterMs < 20_000, Date.now() - began < 60_000]).toEqual([true, true]);
    expect(browser.takeComplaints()).toEqual([]);
  });

  it('offers nothing that would change it, and is still replayed and exported', async () => {
    await page.reload();
    await page.getByRole('button', { name: '按序回放全案' }).waitFor();
    await page.getByRole('button', { name: '导出案卷' }).waitFor();
    for (const name of [/结\s?案$/, '更正案件信息', '开始本环节', '选择文件'])
      expect(await page.getByRole('button', { name }).count()).toBe(0);
    await page.getByText('已结案').first().waitFor();
    expect(browser.takeComplaints()).toEqual([]);
  });

  it('is closed from the command line too, which names what stands in the way', async () => {
    const number = '测罚字〔2026〕第 10 号';
    const { id: caseId, occurrenceId } = await openCase(officer, number);
    const own = await bringToClosing(officer, caseId, 'closing');
    const assetId = await beginUpload(officer, 3, { filename: '半截.txt', caseId, occurrenceId });
    const close = () => run('close', number, '--manner', 'no-penalty', '--reason', '情节轻微');
    const run = async (...args: readonly string[]): Promise<{ code: number | null; output: string }> => {
      const env = { PATH: process.env.PATH, LIUHEN_TOKEN: officer.session.token, LIUHEN_URL: archive.url };
      const child = spawn(process.execPath, [resolve('dist/apps/cli/src/main.js'), ...args], { env });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, output };
    };
    const refused = await close();
    expect(refused).toMatchObject({ code: 5, output: expect.stringMatching(/未传完 still arriving: 半截\.txt/) });
    expect(refused.output).toContain('case-not-closable');
    await patch(officer, assetId, 0, Buffer.from('abc'));
    await assetWhen(officer, assetId, ({ custody }) => custody === 'sealed');
    // All is there, but the case file is not finished yet.
    const gated = await close();
    expect(gated).toMatchObject({ code: 5, output: expect.stringContaining('gate-closed') });
    expect(gated.output).toMatch(/环节“.+”：缺（依据：.+）/);
    await own.begin('closing');
    const due = await run('due');
    expect(due.code).toBe(0);
    expect(due.output).toMatch(new RegExp(`待办 due\\t${number}\\t文书《.+》：缺 .+ missing\\t依据：`));
    expect(await run('due', '--late')).toMatchObject({ code: 3, output: expect.stringContaining('forbidden') });
    await own.supply('closing');
    await own.end('closing');
    expect(await close()).toMatchObject({ code: 0, output: expect.stringContaining('已结案 closed 2') });
    expect((await close()).output).toContain('案件已结案，不能再更改');
  });

  it('shows on the ledger page what the authority is worth', async () => {
    const supervisor = await archive.person('supervisor', ['supervisor']);
    await until(async () => (await supervisor.client.send<Ledger>('GET', '/ledger')).timestamp !== null);
    const other = await PersonalBrowser.make();
    try {
      const ledger = await other.open();
      await signIn(ledger, archive.url, 'supervisor', supervisor.password);
      await ledger.goto(`${archive.url}/ledger`);
      await ledger.getByText('不要求见证方联署').waitFor();
      await ledger.getByText('这是演示自带的时间戳机构').waitFor();
    } finally {
      await other.remove();
    }
  });
});
