import type { Locator, Page } from 'playwright-core';

/** Opens the archive and signs in, through the form as anyone would. */
export async function signIn(page: Page, url: string, login: string, password: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel('用户名').fill(login);
  await page.getByLabel('密码').fill(password);
  // antd puts a space between two Chinese characters on a button.
  await page.getByRole('button', { name: /^登\s?录$/ }).click();
  // To where the day of this account begins; the way there goes by `/`.
  await page.waitForURL(({ pathname }) => !pathname.startsWith('/sign-in') && pathname !== '/');
}

/**
 * Chooses in a list that comes up at a field. It closes a moment after the choice, and where the machine is busy that moment
 * can be lost: a person chooses once more.
 */
export async function choose(field: Locator, title: string | RegExp): Promise<void> {
  await field.click();
  const list = field.page().locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden)');
  const choice = list.getByTitle(title);
  await choice.click();
  await choice.waitFor({ state: 'hidden', timeout: 10_000 }).catch(() => choice.click());
}

/** What is seen of a media element; for a player and for the replay. */
export interface Playing {
  readonly seconds: number;
  readonly paused: boolean;
  readonly width: number;
  readonly height: number;
  /** Bytes of sound that went through the decoder (Chromium tells). */
  readonly decodedSoundBytes: number;
  readonly decodedPictures: number;
}

/** What is used of HTMLMediaElement: the tests are compiled without the browser's own types. */
interface Media {
  readonly currentTime: number;
  readonly paused: boolean;
  readonly videoWidth: number;
  readonly videoHeight: number;
  readonly webkitAudioDecodedByteCount?: number;
  getVideoPlaybackQuality(): { readonly totalVideoFrames: number };
}

export async function stateOf(video: Locator): Promise<Playing> {
  return await video.evaluate((element) => {
    const media = element as unknown as Media;
    return {
      seconds: media.currentTime,
      paused: media.paused,
      width: media.videoWidth,
      height: media.videoHeight,
      decodedSoundBytes: media.webkitAudioDecodedByteCount ?? 0,
      decodedPictures: media.getVideoPlaybackQuality().totalVideoFrames,
    };
  });
}

/** Waits until the place in the recording has moved on by so much from where it is now. */
export async function playsOn(video: Locator, seconds: number): Promise<Playing> {
  const from = (await stateOf(video)).seconds;
  await video.evaluate(
    (element, until) =>
      new Promise<void>((done) => {
        const media = element as unknown as Media;
        const look = (): void => {
          if (media.currentTime >= until) done();
          else setTimeout(look, 50);
        };
        look();
      }),
    from + seconds,
  );
  return await stateOf(video);
}
