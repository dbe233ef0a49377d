import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { signIn } from '../../test/e2e/pages.js';
import { PersonalBrowser } from '../../test/support/browser.js';
import { PASSWORD, startArchive } from '../archive-under-test.js';
import { byTurns, type Figures, median } from '../figure.js';
import { makeClip, makeLongRecording } from '../footage.js';
import { sendFile } from '../tus-sender.js';

const BYTES = 2e9;
const LOGIN = 'playback-officer';

/** From the click on play to the first picture, in a browser that has seen nothing of the recording before. */
export const playback: Figures = {
  name: 'playback',
  about: 'first picture of a 2 GB recording in the browser',
  async run(bench) {
    const archive = await startArchive(join(bench.dir, 'archive'));
    try {
      await archive.startWorker();
      const officer = await archive.person(LOGIN, 'officer');
      const path = await makeLongRecording(bench.dir, await makeClip(bench.dir, 'h264'), BYTES);
      const { size } = await stat(path);
      const target = { url: `${archive.url}/api/v1/uploads`, headers: officer.authorization };
      const url = await sendFile(target, { path, name: '长录像.mp4', sizeBytes: size });
      const id = url.split('/').at(-1) ?? '';
      await officer.untilAsset(id, ({ custody, viewing }) => custody === 'sealed' && viewing.state === 'viewable');
      const { ours } = await byTurns(bench, { ours: () => firstPicture(archive.url, id) });
      return [
        {
          figure: `first picture after play, recording of ${(size / 1e9).toFixed(1)} GB`,
          unit: 'ms',
          ours: median(ours),
          rival: null,
          rivalName: null,
          reach: null,
          runs: { ours, rival: [] },
        },
      ];
    } finally {
      await archive.stop();
    }
  },
};

/** @returns milliseconds */
async function firstPicture(url: string, assetId: string): Promise<number> {
  const browser = await PersonalBrowser.make();
  try {
    const page = await browser.open();
    await signIn(page, url, LOGIN, PASSWORD);
    await page.goto(`${url}/assets/${assetId}`);
    const play = page.getByRole('region', { name: '播放器' }).getByRole('button', { name: '播放' }).first();
    await play.waitFor();
    const measured = pictureAfterClick(page);
    await play.click();
    return await measured;
  } finally {
    await browser.remove();
  }
}

/** What is used of the page: the measurements are compiled without the browser's own types. */
interface BrowserPage {
  addEventListener(type: 'click', heard: () => void, options: { capture: true; once: true }): void;
  querySelector(name: 'video'): { requestVideoFrameCallback(shown: () => void): void } | null;
}

function pictureAfterClick(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((done) => {
        const { document } = globalThis as unknown as { document: BrowserPage };
        const heard = (): void => {
          const clicked = performance.now();
          const look = (): void => {
            const video = document.querySelector('video');
            if (video) video.requestVideoFrameCallback(() => done(performance.now() - clicked));
            else setTimeout(look, 1);
          };
          look();
        };
        document.addEventListener('click', heard, { capture: true, once: true });
      }),
  );
}
