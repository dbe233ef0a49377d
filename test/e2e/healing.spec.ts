import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { FindingView, System } from '#contract';
import type { ApiClient } from '../support/api-client.js';
import { PersonalBrowser, PHONE } from '../support/browser.js';
import { BuiltArchive, until } from '../support/built-archive.js';
import { flipByteOnDisk } from '../support/storage-root.js';
import { signIn } from './pages.js';
import { assetWhen } from './sending.js';

const MEBIBYTE = 1_048_576;

describe('a damaged original, as a supervisor meets it', () => {
  let archive: BuiltArchive;
  let replicaDir: string;
  let supervisor: ApiClient;
  let browser: PersonalBrowser;
  let page: Page;

  beforeAll(async () => {
    replicaDir = await mkdtemp(join(tmpdir(), 'liuhen-replica-'));
    archive = await BuiltArchive.start({ LIUHEN_REPLICA: 'filesystem', LIUHEN_REPLICA_DIR: replicaDir });
    const officer = (await archive.person('officer', ['officer'])).client;
    const person = await archive.person('supervisor', ['supervisor']);
    supervisor = person.client;
    for (const filename of ['现场检查 一.mp4', '现场检查 二.mp4']) {
      const id = await officer.upload(randomBytes(3 * MEBIBYTE), { filename });
      await assetWhen(officer, id, ({ custody }) => custody === 'sealed');
    }
    await until(async () => (await supervisor.send<System>('GET', '/system')).replica?.copied === 2);
    browser = await PersonalBrowser.make();
    page = await browser.open();
    await signIn(page, archive.url, 'supervisor', person.password);
  });
  afterAll(async () => {
    await browser?.remove();
    await archive?.stop();
    await rm(replicaDir, { recursive: true, force: true });
  });

  /** Whichever was received first. */
  const firstOf = async (root: string): Promise<string> => {
    const vault = join(root, 'vault', 'originals');
    const names = (await readdir(vault, { recursive: true })).filter((name) => /[0-9a-f]{16}$/.test(name)).sort();
    return join(vault, names[0] ?? '');
  };
  const findings = async (): Promise<FindingView[]> =>
    (await supervisor.send<{ items: FindingView[] }>('GET', '/findings')).items;

  it('the system page says how many have a second copy', async () => {
    await page.goto(`${archive.url}/system`);
    await page.getByText('2 / 2 件').waitFor();
    await page.getByText('无，全部已复制').waitFor();
  });

  it('is seen, restored from its copy with a reason, and shown as restored', async () => {
    await flipByteOnDisk(await firstOf(join(archive.dataDir, 'objects')), 2 * MEBIBYTE + 1);
    expect(await archive.check()).toMatchObject({ code: 1, output: expect.stringContaining('first bad block 2') });
    await page.goto(`${archive.url}/findings`);
    await page.getByText('有完好副本').waitFor();
    await page.getByRole('button', { name: '从副本恢复' }).click();
    await page.getByLabel('原因').fill('存储阵列坏块，值班员查明');
    await page.getByRole('button', { name: /^恢\s?复$/ }).click();
    await page.getByText('已恢复', { exact: true }).waitFor();
    await page.getByText('受损内容已另行保留').waitFor();
    expect(await findings()).toMatchObject([{ result: 'intact', formerVersions: 1, healing: { state: 'healed' } }]);
    expect(await archive.check()).toMatchObject({ code: 0 });
  });

  it('is not restored from a copy that is damaged too, and the page says why, on a telephone', async () => {
    await flipByteOnDisk(await firstOf(join(archive.dataDir, 'objects')), 5);
    expect((await archive.check()).code).toBe(1);
    // Nobody has looked at the copy since.
    await flipByteOnDisk(await firstOf(replicaDir), 5);
    await page.setViewportSize(PHONE);
    await page.goto(`${archive.url}/findings`);
    await page.getByText('有完好副本').waitFor();
    await page.getByRole('button', { name: '从副本恢复' }).click();
    await page.getByLabel('原因').fill('再试一次');
    await page.getByRole('button', { name: /^恢\s?复$/ }).click();
    await page.getByText('用来恢复的那一份与存证日志所记的摘要不一致').waitFor();
    await page.getByText('副本也不完好').waitFor();
    expect(await page.getByRole('button', { name: /恢复/ }).count()).toBe(0);
    expect(await archive.check()).toMatchObject({ code: 1, output: expect.stringContaining('replica altered') });
    expect((await findings()).map(({ copy, result }) => `${copy} ${result}`).sort()).toEqual([
      'original altered',
      'replica altered',
    ]);
    expect(browser.takeComplaints()).toEqual([]);
  });
});
