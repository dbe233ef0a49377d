import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Locator, Page, Request } from 'playwright-core';
import type { Replay } from '#contract';
import { ApiClient } from '../support/api-client.js';
import { BadLine } from '../support/bad-line.js';
import { PersonalBrowser, PHONE } from '../support/browser.js';
import { BuiltArchive } from '../support/built-archive.js';
import { footage } from '../support/footage.js';
import { choose, playsOn, signIn, stateOf } from './pages.js';
import { writeLargeRecording } from './recording.js';

const MEBIBYTE = 1_048_576;
/** What the line carries before it stalls; the file is several times as long, and so are the buffers on the way. */
const A_WHILE = 12 * MEBIBYTE;
const ADMIN_PASSWORD = '管理员自己的口令 1';
const OFFICER_PASSWORD = '执法员自己的口令 1';
const RECORDING = '执法记录仪 现场检查.mp4';
const NUMBER = '测罚字〔2026〕第 1 号';
const NAME = '某餐饮店涉嫌无证经营案';

/** The main job, as officers do it: each test goes on where the one before it left the browser. */
describe('an officer at the browser', () => {
  let archive: BuiltArchive;
  let files: string;
  let line: BadLine;
  let browser: PersonalBrowser;
  let page: Page;
  let officerOneTime = '';
  let caseUrl = '';

  /** A step of the story: when one fails, those after it do not even begin. */
  let isBroken = false;
  const then = (name: string, run: () => Promise<void>): void => {
    it(name, async () => {
      if (isBroken) throw new Error('a step before this one failed');
      try {
        await run();
      } catch (error) {
        isBroken = true;
        await page.screenshot({ path: join(tmpdir(), 'liuhen-e2e-failed.png') }).catch(() => undefined);
        throw error;
      }
    });
  };

  beforeAll(async () => {
    files = await mkdtemp(join(tmpdir(), 'liuhen-files-'));
    await writeLargeRecording(join(files, RECORDING), 60 * MEBIBYTE);
    archive = await BuiltArchive.start();
    line = await BadLine.to(archive.url);
    browser = await PersonalBrowser.make();
    page = await browser.open();
  });
  afterAll(async () => {
    await browser?.remove();
    await line?.close();
    expect((await archive.check()).output).toContain('All is as recorded');
    await archive?.stop();
    await rm(files, { recursive: true, force: true });
  });

  then('gets an account from the administrator, who first has to change the one-time password', async () => {
    await signIn(page, line.url, 'admin', archive.oneTimePassword);
    await page.getByText('您使用的是一次性密码，请先设置自己的密码。').waitFor();
    await page.goto(`${line.url}/accounts`);
    await page.waitForURL('**/password');
    await changePassword(archive.oneTimePassword, ADMIN_PASSWORD);
    await page.waitForURL('**/accounts');

    await page.getByText('本机关').first().waitFor();
    await page.getByRole('button', { name: '新建账户' }).click();
    const dialog = page.getByRole('dialog', { name: '新建账户' });
    await dialog.getByLabel('用户名').fill('officer.one');
    await dialog.getByLabel('姓名').fill('测试执法员');
    await dialog.getByRole('button', { name: /^保\s?存$/ }).click();
    const shown = page.getByRole('dialog', { name: '一次性密码' });
    officerOneTime = (await shown.locator('code').nth(1).textContent()) ?? '';
    expect(officerOneTime).toMatch(/^\S{12,}$/);
    await shown.getByRole('button', { name: /^关\s?闭$/ }).click();
    await signOut();
  });

  then('signs in and opens a case', async () => {
    await signIn(page, line.url, 'officer.one', officerOneTime);
    await changePassword(officerOneTime, OFFICER_PASSWORD);
    await page.getByRole('heading', { name: '我的案件' }).waitFor();
    await page.getByRole('button', { name: '新建案件' }).first().click();
    const drawer = page.getByRole('dialog', { name: '新建案件' });
    await choose(drawer.getByLabel('执法程序'), /行政处罚普通程序/);
    await drawer.getByLabel('案号').fill(NUMBER);
    await drawer.getByLabel('案名').fill(NAME);
    await drawer.getByRole('button', { name: '立即新建' }).click();
    await page.waitForURL(/\/cases\/[0-9a-f-]{36}/);
    caseUrl = page.url().split('?')[0] ?? '';
    await page.getByRole('heading', { name: NAME }).waitFor();
    expect(await page.getByRole('navigation', { name: '环节' }).getByRole('button').count()).toBeGreaterThan(5);
    expect(browser.takeComplaints()).toEqual([]);
  });

  then('uploads a recording over a line that breaks twice, and the upload goes on by itself', async () => {
    await step('现场').click();
    const offsets = patchOffsets();
    line.allow(A_WHILE);
    await picker().setInputFiles(join(files, RECORDING));
    await until(() => offsets.length === 1 && line.isStalled);
    // The connection is gone, without a word.
    line.cut();
    line.restore();
    line.allow(A_WHILE);
    await until(() => offsets.length === 2 && line.isStalled);
    // No network at all, as the browser itself knows.
    await page.context().setOffline(true);
    line.cut();
    await tray().getByText('网络已断开，恢复后自动继续').waitFor();
    line.restore();
    line.allow(A_WHILE);
    await page.context().setOffline(false);
    await until(() => offsets.length === 3 && line.isStalled);
    expect(offsets[0]).toBe(0);
    expect(offsets[1]).toBeGreaterThan(0);
    expect(offsets[2]).toBeGreaterThan(offsets[1] ?? 0);
    // The browser itself says of every request that it failed, and nothing else is said. It also sends one again by
    // itself when a connection it used before breaks: at the old offset, which the archive refuses with 409.
    for (const complaint of browser.takeComplaints()) expect(complaint).toMatch(/net::ERR_|409 \(Conflict\)/);
  });

  then('closes the browser in mid-upload, and goes on after choosing the same file again', async () => {
    await browser.close();
    line.allow(null);
    page = await browser.open();
    const offsets = patchOffsets();
    // The session outlives the browser window: nobody has to sign in again to go on.
    await page.goto(caseUrl);
    const notice = page.getByRole('alert').filter({ hasText: '有 1 个文件上次没有传完' });
    await notice.getByText(RECORDING).waitFor();

    const another = notice.locator('input[type=file]');
    await another.setInputFiles(await footage('h264.mp4'));
    await page.getByText(`所选文件与“${RECORDING}”不是同一个文件，未继续上传。`).waitFor();
    await another.setInputFiles(join(files, RECORDING));
    await tray().getByText('已封存', { exact: true }).waitFor();
    expect(offsets[0]).toBeGreaterThan(2 * A_WHILE);
    expect(browser.takeComplaints()).toEqual([]);
  });

  then('sees the recording sealed, with the digests any other program computes, and plays it', async () => {
    await tray().getByRole('link', { name: '查看' }).click();
    await page.getByRole('heading', { name: RECORDING }).waitFor();
    for (const station of ['接收完毕', '封存（读回核对；此存储不能锁定）', '可以查看']) {
      await page.locator('[data-standing=done]').getByText(station).waitFor();
    }
    await page.getByRole('tab', { name: '摘要' }).click();
    const { stdout } = await promisify(execFile)('sha256sum', [join(files, RECORDING)]);
    const sha256 = `sha256:${stdout.split(' ')[0] ?? ''}`;
    // Once as sealed, once as declared by this browser before it began to send.
    expect(await page.getByText(sha256, { exact: true }).count()).toBe(2);
    await page.getByText('与申报一致').waitFor();

    const player = page.getByRole('region', { name: '播放器' });
    await player.getByRole('button', { name: '播放' }).first().click();
    const video = player.locator('video');
    expect(await playsOn(video, 1.5)).toMatchObject({ paused: false, width: 640, height: 360 });
    await page.keyboard.press('Space');
    const { paused, seconds } = await stateOf(video);
    expect(paused).toBe(true);
    await page.keyboard.press('ArrowRight');
    while ((await stateOf(video)).seconds <= seconds + 2) await page.waitForTimeout(50);
    expect(browser.takeComplaints()).toEqual([]);
  });

  then('adds a photograph and a scanned paper, several at once', async () => {
    await page.goto(caseUrl);
    await step('现场').click();
    await picker().setInputFiles([await footage('photo-turned.jpg'), await footage('scan.pdf')]);
    await tray().getByText('已封存', { exact: true }).nth(1).waitFor();
    await page.getByText('3 页').first().waitFor();
    expect(browser.takeComplaints()).toEqual([]);
  });

  then('replays the whole case from one button, through video, picture and pages', async () => {
    await everythingIsViewable();
    await page.goto(caseUrl);
    await page.getByRole('button', { name: '按序回放全案' }).click();
    await page.waitForURL('**/replay');
    await page.getByRole('button', { name: '播放全案' }).click();
    const items = await replayItems();
    expect([...items].map(({ kind }) => kind).sort()).toEqual(['paper', 'photo', 'video']);
    for (const { kind, fileName } of items) {
      await page.locator('[aria-current=true]').filter({ hasText: fileName }).waitFor();
      if (kind === 'video') await playsOn(page.locator('video:visible'), 2);
      else if (kind === 'photo') await seen(page.getByAltText(`${fileName} · 第 1 页，共 1 页`));
      else for (const n of [1, 2, 3]) await seen(page.getByAltText(`${fileName} · 第 ${n} 页，共 3 页`));
    }
    await page.getByText('全案已播放完毕').waitFor();
    expect(browser.takeComplaints()).toEqual([]);
  });

  then('reads it all in English, and in Chinese again', async () => {
    await page.goto(`${line.url}/cases`);
    await page.getByRole('button', { name: '切换到英文界面' }).click();
    await page.getByRole('heading', { name: 'My cases' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.goto(caseUrl);
    await page.getByRole('button', { name: 'Switch to Chinese' }).click();
    await page.getByRole('button', { name: '按序回放全案' }).waitFor();
    expect(browser.takeComplaints()).toEqual([]);
  });

  then('does the same on a telephone: nothing is wider than the screen, and the case plays', async () => {
    await browser.close();
    page = await browser.open(PHONE);
    await page.goto(line.url);
    await page.getByRole('heading', { name: '我的案件' }).waitFor();
    expect(await overflow()).toBe(0);
    await page.getByRole('link', { name: NAME }).click();
    await page.getByRole('heading', { name: NAME }).waitFor();
    await step('现场').click();
    expect(await overflow()).toBe(0);
    await page.getByRole('link', { name: RECORDING }).click();
    await page.getByRole('region', { name: '播放器' }).getByRole('button', { name: '播放' }).first().click();
    await playsOn(page.locator('video:visible'), 1);
    expect(await overflow()).toBe(0);
    await page.goto(`${caseUrl}/replay`);
    await page.getByRole('button', { name: '播放全案' }).click();
    await playsOn(page.locator('video:visible'), 1);
    expect(await overflow()).toBe(0);
    expect(browser.takeComplaints()).toEqual([]);
  });

  const tray = (): Locator => page.getByRole('region', { name: '上传' });
  const step = (title: string): Locator =>
    page.getByRole('navigation', { name: '环节' }).getByRole('button').filter({ hasText: title }).first();
  const picker = (): Locator => page.getByLabel('选择文件').and(page.locator('input'));

  async function changePassword(current: string, next: string): Promise<void> {
    await page.getByLabel('当前密码').fill(current);
    await page.getByLabel('新密码', { exact: true }).fill(next);
    await page.getByLabel('再次输入新密码').fill(next);
    await page.getByRole('button', { name: '修改密码' }).click();
    await page.getByText('密码已修改').waitFor();
  }

  async function signOut(): Promise<void> {
    await page.getByRole('button', { name: /^账户/ }).click();
    await page.getByText('退出登录').click();
    await page.waitForURL('**/sign-in');
  }

  /** The offsets at which this page goes on sending, as it does. */
  function patchOffsets(): number[] {
    const offsets: number[] = [];
    page.on('request', (request: Request) => {
      if (request.method() === 'PATCH') offsets.push(Number(request.headers()['upload-offset']));
    });
    return offsets;
  }

  async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await page.waitForTimeout(50);
  }

  /** A picture counts as seen when its pixels are there. */
  async function seen(picture: Locator): Promise<void> {
    await picture.waitFor();
    await picture.evaluate((image) => (image as unknown as { decode(): Promise<void> }).decode());
  }

  async function overflow(): Promise<number> {
    return await page.locator('html').evaluate((html) => {
      const { scrollWidth, clientWidth } = html as unknown as { scrollWidth: number; clientWidth: number };
      return scrollWidth - clientWidth;
    });
  }

  async function replayItems(): Promise<{ kind: string; fileName: string }[]> {
    const { chapters } = await readReplay();
    return chapters.flatMap(({ items }) => items.map(({ asset }) => ({ kind: asset.kind, fileName: asset.fileName })));
  }

  async function everythingIsViewable(): Promise<void> {
    for (;;) {
      const { chapters } = await readReplay();
      const assets = chapters.flatMap(({ items }) => items.map(({ asset }) => asset));
      if (assets.length === 3 && assets.every(({ viewing }) => viewing.state === 'viewable')) return;
      await page.waitForTimeout(200);
    }
  }

  async function readReplay(): Promise<Replay> {
    client ??= await ApiClient.open(archive.url, 'officer.one', OFFICER_PASSWORD);
    return await client.send<Replay>('GET', `/cases/${caseUrl.split('/').at(-1) ?? ''}/replay`);
  }
  let client: ApiClient | null = null;
});
