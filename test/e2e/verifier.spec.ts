import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { DESKTOP, PersonalBrowser, PHONE } from '../support/browser.js';
import {
  ASSETS,
  BLOCK,
  checkpointText,
  type Files,
  handmadeDossier,
  LOG_KEY,
  NoteKey,
  ORIGIN,
  policyOf,
  reseal,
  type Stamp,
  signedNote,
  storyOf,
  WITNESSES,
  zipOf,
  zippedDossier,
} from '../support/handmade-dossier.js';
import { writeFolder } from '../support/second-verifier.js';
import { makeAuthority } from '../support/timestamp-authority.js';

const PAGE = fileURLToPath(new URL('../../dist/apps/verifier/verify.html', import.meta.url));
/** Set to keep pictures of the page. */
const PICTURES = process.env.LIUHEN_TEST_PICTURES;
const POLICY = policyOf(LOG_KEY, WITNESSES);
const run = promisify(execFile);
const fingerprintOf = (vkey: string): string => createHash('sha256').update(vkey).digest('hex');

let dir: string;
let roots: string;
let stamp: Stamp;
let browser: PersonalBrowser;
let page: Page;
/** Whatever the page asked of a network; its own file is no such thing. */
let requests: string[];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liuhen-verifier-'));
  const authority = await makeAuthority({ dir: join(dir, 'authority') });
  roots = join(dir, 'authority', 'root.pem');
  const note = signedNote(checkpointText(storyOf().leaves.slice(0, 7)), [LOG_KEY]);
  await writeFile(join(dir, 'note'), note);
  const query = await run('openssl', ['ts', '-query', '-data', join(dir, 'note'), '-sha256', '-cert'], {
    encoding: 'buffer',
  });
  stamp = { note, token: Buffer.from(await authority.answer(query.stdout)) };
  browser = await PersonalBrowser.make();
});

afterAll(async () => {
  await browser?.remove();
  await rm(dir, { recursive: true, force: true });
});

afterEach(async () => {
  expect(browser.takeComplaints()).toEqual([]);
  expect(requests).toEqual([]);
  await browser.close();
});

async function open(viewport: { width: number; height: number } = DESKTOP): Promise<void> {
  page = await browser.open(viewport);
  await page.context().setOffline(true);
  requests = [];
  page.on('request', (request) => {
    if (!/^(?:blob|data):/.test(request.url()) && request.url() !== pathToFileURL(PAGE).href)
      requests.push(request.url());
  });
  await page.goto(pathToFileURL(PAGE).href);
}

let folders = 0;

async function folder(files: Files): Promise<string> {
  const path = join(dir, String(++folders), '某案卷');
  await writeFolder(path, files);
  return path;
}

async function zip(bytes: Buffer): Promise<string> {
  const path = join(dir, String(++folders), '案卷.zip');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return path;
}

async function check(given: { folder: string } | { zip: string }, typed = ''): Promise<string> {
  if ('folder' in given) await page.locator('#folder').setInputFiles(given.folder);
  else await page.locator('#zip').setInputFiles(given.zip);
  await page.getByText('已选择').waitFor();
  await page.locator('#keys').fill(typed);
  await page.locator('#roots-file').setInputFiles(roots);
  await page.getByText('root.pem').waitFor();
  await page.locator('#start').click();
  const verdict = page.locator('[data-verdict]');
  await verdict.waitFor();
  return (await verdict.getAttribute('data-verdict')) ?? '';
}

async function picture(name: string): Promise<void> {
  if (PICTURES === undefined) return;
  await page.screenshot({ path: join(PICTURES, `verifier-${name}.png`), fullPage: true });
}

const good = (): Files => handmadeDossier({ stamps: [stamp] });

it('passes a good dossier with a pinned policy, as a folder and as a zip file, in both languages', async () => {
  await open();
  await picture('start-1440');
  expect(await check({ folder: await folder(good()) }, POLICY)).toBe('PASS');
  await page.getByRole('heading', { name: '通过' }).waitFor();
  const size = storyOf().leaves.length;
  await page.getByText(`日志条数 ${size}`).waitFor();
  await picture('pass-1440');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'PASS' }).waitFor();
  await page.getByText('Complete as of').first().waitFor();
  await page.getByRole('button', { name: '中文' }).click();
  expect(await check({ zip: await zip(zipOf(zippedDossier(good()))) }, POLICY)).toBe('PASS');
});

it('passes with fingerprints typed off paper', async () => {
  await open();
  const grouped = [LOG_KEY, ...WITNESSES].map(({ vkey }) => fingerprintOf(vkey).match(/.{4}/g)?.join(' ') ?? '');
  expect(await check({ folder: await folder(good()) }, grouped.join('\n'))).toBe('PASS');
  await picture('fingerprints-1440');
});

it('fails where the dossier has no key of a fingerprint', async () => {
  await open();
  expect(await check({ folder: await folder(good()) }, fingerprintOf('another key'))).toBe('FAIL');
  await page.getByText('没有与所填指纹相符').first().waitFor();
});

it('passes with keys typed or scanned one by one, by keyboard alone', async () => {
  await open();
  await page.locator('#folder').setInputFiles(await folder(good()));
  await page.locator('#roots-file').setInputFiles(roots);
  await page.getByText('root.pem').waitFor();
  await page.locator('#keys').focus();
  await page.keyboard.insertText([LOG_KEY, ...WITNESSES].map(({ vkey }) => vkey).join('\n'));
  await page.getByText('3 见证方').waitFor();
  for (let n = 0; n < 3; n++) await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.id')).toBe('start');
  await page.keyboard.press('Enter');
  await page.locator('[data-verdict="PASS"]').waitFor();
});

it('names the block of a byte that is another', async () => {
  const files = good();
  const path = [...files.keys()].find((name) => name.endsWith('.mp4')) ?? '';
  const bytes = Buffer.from(files.get(path) ?? Buffer.alloc(0));
  bytes.writeUInt8(bytes.readUInt8(BLOCK + 7) ^ 1, BLOCK + 7);
  await open();
  expect(await check({ folder: await folder(reseal(files.set(path, bytes))) }, POLICY)).toBe('FAIL');
  const row = page.locator('tr[data-reason="original-altered"]');
  expect(await row.textContent()).toContain('the first bad block is 1');
  expect(await row.locator('.offset').textContent()).toBe(String(BLOCK));
  expect(await row.locator('.subject').textContent()).toContain('现场录像_1.mp4');
  await picture('fail-1440');
});

it('says self-consistent only without a key, and fails with the key of another log', async () => {
  await open(PHONE);
  await picture('start-390');
  const path = await folder(good());
  expect(await check({ folder: path })).toBe('NOT CHECKED');
  await page.getByRole('heading', { name: '仅自身一致' }).waitFor();
  await picture('self-consistent-390');
  expect(await check({ folder: path }, new NoteKey(ORIGIN, 1, 99).vkey)).toBe('FAIL');
  await picture('fail-390');
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width);
});

it('shows names as text, whatever they are', async () => {
  const hostile = '<img src=x onerror=alert(1)>\u202egpj.exe';
  const files = good().set(`data/documents/${hostile}`, Buffer.from('x'));
  await open();
  expect(await check({ zip: await zip(zipOf(zippedDossier(files))) }, POLICY)).toBe('FAIL');
  await page.getByText('<img src=x onerror=alert(1)>\\u{202e}gpj.exe').first().waitFor();
  expect(await page.locator('img').count()).toBe(0);
});

it('refuses what is no dossier, and keys that are none', async () => {
  await open();
  await page.locator('#folder').setInputFiles(join(dir, 'authority'));
  await page.getByText('这里没有 bagit.txt').waitFor();
  await page
    .locator('#zip')
    .setInputFiles(await zip(Buffer.concat([zipOf(zippedDossier(good())), Buffer.from('more')])));
  await page.getByText('zip 文件不能按唯一的方式读取').waitFor();
  expect(await page.locator('#start').isDisabled()).toBe(true);
  await page.locator('#folder').setInputFiles(await folder(good()));
  await page.getByText('已选择').waitFor();
  expect(await page.locator('#start').isDisabled()).toBe(false);
  await page.locator('#keys').fill((fingerprintOf(LOG_KEY.vkey).match(/.{4}/g) ?? []).join(' ').toUpperCase());
  await page.getByText('1 个指纹').waitFor();
  expect(await page.locator('#start').isDisabled()).toBe(false);
  for (const [typed, answer] of [
    ['nonsense', '无法识别'],
    [WITNESSES[0]?.vkey ?? '', '缺少日志的公钥'],
  ] as const) {
    await page.locator('#keys').fill(typed);
    await page.getByText(answer).waitFor();
    expect(await page.locator('#start').isDisabled()).toBe(true);
  }
});

it.each(['folder', 'zip'] as const)('takes a %s that is dropped', async (kind) => {
  await open();
  const path = kind === 'folder' ? await folder(good()) : await zip(zipOf(zippedDossier(good())));
  const session = await page.context().newCDPSession(page);
  const box = (await page.locator('.drop').boundingBox()) ?? { x: 0, y: 0 };
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: box.x + 40, y: box.y + 40, data });
  await page.getByText('已选择').waitFor();
  await page.locator('#keys').fill(POLICY);
  await page.locator('#start').click();
  await page.locator('[data-verdict="NOT CHECKED"]').waitFor();
  expect(await page.locator('tr.fail').count()).toBe(0);
});

it('does not let a file of the dossier grow on the page: all assets are listed, once', async () => {
  await open();
  await check({ folder: await folder(good()) }, POLICY);
  expect(await page.locator('tr[data-kind="original"]').count()).toBe(ASSETS.length);
});
