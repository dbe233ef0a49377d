import { readFile } from 'node:fs/promises';
import type { Page, Request } from 'playwright-core';
import type { AssetView } from '#contract';
import type { ApiClient } from '../support/api-client.js';
import { PersonalBrowser } from '../support/browser.js';
import { BuiltArchive } from '../support/built-archive.js';
import { type FootageName, footage } from '../support/footage.js';
import { playsOn, signIn } from './pages.js';
import { assetWhen, beginUpload, patch } from './sending.js';

interface Expected {
  readonly name: FootageName;
  readonly says: string;
  /** What the browser must have asked for. */
  readonly asks: RegExp;
  readonly sound: boolean;
}

/** What recorders write and browsers do not open: how each is shown, in a real browser. */
const FORMATS: readonly Expected[] = [
  { name: 'h264.mp4', says: '原件', asks: /\/original$/, sound: true },
  { name: 'h264-opus.mkv', says: '原件（按需重新封装，画面未重新编码）', asks: /\.m3u8/, sound: true },
  { name: 'h264-alaw.mov', says: '原件（按需重新封装，画面未重新编码）', asks: /\.m3u8/, sound: true },
  { name: 'h264-mulaw.avi', says: '原件（按需重新封装，画面未重新编码）', asks: /\.m3u8/, sound: true },
  { name: 'mpeg4.avi', says: '转码副本（非原件，仅供查看）', asks: /\.m3u8/, sound: true },
];

describe('recordings in the formats that recorders write', () => {
  let archive: BuiltArchive;
  let officer: ApiClient;
  let browser: PersonalBrowser;
  let page: Page;

  beforeAll(async () => {
    archive = await BuiltArchive.start();
    const person = await archive.person('officer', ['officer']);
    officer = person.client;
    browser = await PersonalBrowser.make();
    page = await browser.open();
    await signIn(page, archive.url, 'officer', person.password);
    // Before signing in, the page asks who is signed in and hears that nobody is.
    browser.takeComplaints();
  });
  afterAll(async () => {
    await browser?.remove();
    expect((await archive.check()).output).toContain('All is as recorded');
    await archive?.stop();
  });

  it.each(FORMATS)('$name plays, with sound, and seeks', async ({ name, says, asks, sound }) => {
    const id = await uploaded(name);
    await assetWhen(officer, id, isLookedAt);
    const asked: string[] = [];
    const onRequest = (request: Request): unknown => asked.push(new URL(request.url()).pathname);
    page.on('request', onRequest);

    await page.goto(`${archive.url}/assets/${id}`);
    const player = page.getByRole('region', { name: '播放器' });
    // A proxy that is still being made is waited for, as the page says it will be.
    await player.getByText(`正在播放：${says}`).waitFor({ timeout: 120_000 });
    await player.getByRole('button', { name: '播放' }).first().click();
    const video = player.locator('video');
    const first = await playsOn(video, 1.5);
    expect(first).toMatchObject({ paused: false, width: 640, height: 360 });
    expect(first.decodedPictures).toBeGreaterThan(10);
    expect(first.decodedSoundBytes > 0).toBe(sound);

    // Two fifths in: another key frame, another segment.
    const bar = player.getByRole('slider', { name: '播放位置' });
    const box = await bar.boundingBox();
    await bar.click({ position: { x: (box?.width ?? 0) * 0.6, y: (box?.height ?? 0) / 2 } });
    const later = await playsOn(video, 0.8);
    expect(later.seconds).toBeGreaterThan(((await durationOf(id)) / 1_000) * 0.6);
    expect(asked.some((path) => asks.test(path))).toBe(true);
    expect(asked.some((path) => path.endsWith('/original'))).toBe(says === '原件');
    page.off('request', onRequest);
    expect(browser.takeComplaints()).toEqual([]);
  });

  async function uploaded(name: FootageName): Promise<string> {
    const bytes = await readFile(await footage(name));
    const id = await beginUpload(officer, bytes.length, { filename: name });
    await patch(officer, id, 0, bytes);
    return id;
  }

  async function durationOf(id: string): Promise<number> {
    return (await officer.send<AssetView>('GET', `/assets/${id}`)).durationMs ?? 0;
  }
});

function isLookedAt({ viewing, custody }: AssetView): boolean {
  if (viewing.state === 'unviewable') throw new Error(`unviewable: ${viewing.reason}`);
  return viewing.state === 'viewable' && custody === 'sealed';
}
