import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { CaseView, EventView } from '#contract';
import type { ApiClient } from '../support/api-client.js';
import { PersonalBrowser } from '../support/browser.js';
import { BuiltArchive } from '../support/built-archive.js';
import { footage } from '../support/footage.js';
import { flipByteOnDisk } from '../support/storage-root.js';
import { playsOn, signIn } from './pages.js';
import { assetWhen, type OpenedCase, openCase } from './sending.js';

const MEBIBYTE = 1_048_576;
/** At the pace of the watch, set to its slowest here, this takes forty seconds. */
const LARGE_BYTES = 40 * MEBIBYTE;
const QUICK_MS = 20_000;

describe('a check of all originals before they are shown', () => {
  let archive: BuiltArchive;
  let officer: ApiClient;
  let opened: OpenedCase;
  let largeId = '';
  let browser: PersonalBrowser;
  let page: Page;

  beforeAll(async () => {
    archive = await BuiltArchive.start({ LIUHEN_WATCH_BYTES_PER_SECOND: '1MiB' });
    const person = await archive.person('officer', ['officer']);
    officer = person.client;
    opened = await openCase(officer, '测罚字〔2026〕第 11 号');
    const target = { caseId: opened.id, occurrenceId: opened.occurrenceId };
    const upload = async (filename: string, bytes: Buffer): Promise<string> => {
      const id = await officer.upload(bytes, { filename, ...target });
      await assetWhen(officer, id, ({ custody, viewing }) => custody === 'sealed' && viewing.state !== 'pending');
      return id;
    };
    await upload('现场检查.mp4', await readFile(await footage('h264.mp4')));
    await upload('门头照片.jpg', await readFile(await footage('photo-turned.jpg')));
    largeId = await upload('收银机数据.bin', randomBytes(LARGE_BYTES));
    browser = await PersonalBrowser.make();
    page = await browser.open();
    await signIn(page, archive.url, 'officer', person.password);
    await page.goto(`${archive.url}/cases/${opened.id}/replay`);
    browser.takeComplaints();
  });
  afterAll(async () => {
    await browser?.remove();
    await archive?.stop();
  });

  const standing = () => page.getByRole('region', { name: '原件核对' });
  const ask = async (): Promise<void> => {
    const button = page.getByRole('button', { name: '出示前核对' });
    await button.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: '出示前核对' });
    await dialog.getByLabel('核对理由').fill('开庭出示 k f');
    await dialog.getByRole('button', { name: '开始核对' }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  const checkOf = async () => (await officer.send<CaseView>('GET', `/cases/${opened.id}`)).originalsCheck;

  it('is asked for by keyboard, quick, and what is played goes on', async () => {
    await page.getByRole('button', { name: '播放全案' }).click();
    const began = Date.now();
    await ask();
    await playsOn(page.locator('.lh-slot video').first(), 0.2);
    await standing()
      .getByText(/^3 个原件均与登记一致 · 2\d{3}-.* 核对$/)
      .waitFor();
    expect(Date.now() - began).toBeLessThan(QUICK_MS);
    expect(await checkOf()).toMatchObject({ cause: 'court', done: 3, total: 3, intact: 3, notIntact: [] });
    expect(browser.takeComplaints()).toEqual([]);
  });

  it('is told in the log of the case, with its reason', async () => {
    const { items } = await officer.send<{ items: EventView[] }>('GET', `/cases/${opened.id}/events?limit=100`);
    expect(items.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['case.check_asked', 'case.originals_checked']),
    );
    const asked = items.find(({ type }) => type === 'case.check_asked');
    expect(JSON.stringify(asked)).toContain('开庭出示 k f');
  });

  it('names what is not as recorded, and leads to it', async () => {
    const vault = join(archive.dataDir, 'objects', 'vault', 'originals');
    const names = (await readdir(vault, { recursive: true })).filter((name) => /[0-9a-f]{16}$/.test(name)).sort();
    // Named by the time of their receipt: the newest.
    await flipByteOnDisk(join(vault, names.at(-1) ?? ''), 5);
    await ask();
    const alarm = standing().getByRole('alert');
    await alarm.getByText('3 个原件中有 1 个与登记不一致').waitFor();
    await standing().getByText(/核对$/).last().waitFor();
    expect(await standing().getByText('均与登记一致').count()).toBe(0);
    expect(await checkOf()).toMatchObject({ done: 3, intact: 2, notIntact: [{ assetId: largeId }] });
    await alarm.getByRole('link', { name: '收银机数据.bin' }).click();
    await page.waitForURL(`**/assets/${largeId}`);
    expect(browser.takeComplaints()).toEqual([]);
  });
});
