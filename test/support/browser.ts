import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';

/** Debian's package `chromium`, which plays H.264 and AAC. */
const CHROMIUM = process.env.LIUHEN_TEST_CHROMIUM ?? '/usr/bin/chromium';
const ARGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

export const DESKTOP = { width: 1440, height: 900 } as const;
export const PHONE = { width: 390, height: 844 } as const;

/** A browser of one person: its profile lasts when it is closed and opened again, as on his desk. */
export class PersonalBrowser {
  readonly #profile: string;
  readonly #complaints: string[] = [];
  #context: BrowserContext | null = null;

  private constructor(profile: string) {
    this.#profile = profile;
  }

  static async make(): Promise<PersonalBrowser> {
    return new PersonalBrowser(await mkdtemp(join(tmpdir(), 'liuhen-browser-')));
  }

  /** Opens it, with one page. */
  async open(viewport: { width: number; height: number } = DESKTOP): Promise<Page> {
    const context = await chromium.launchPersistentContext(this.#profile, {
      executablePath: CHROMIUM,
      headless: true,
      args: ARGS,
      viewport,
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
      hasTouch: viewport.width < 600,
    });
    this.#context = context;
    const page = context.pages()[0] ?? (await context.newPage());
    page.on('console', (message) => {
      if (message.type() === 'error') this.#complaints.push(`${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.#complaints.push(String(error.stack ?? error)));
    return page;
  }

  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = null;
  }

  /** Errors on the console and uncaught ones since last asked. */
  takeComplaints(): string[] {
    return this.#complaints.splice(0);
  }

  async remove(): Promise<void> {
    await this.close();
    await rm(this.#profile, { recursive: true, force: true });
  }
}

/** The line between a page and the archive, to be slowed down or cut. */
export class Line {
  readonly #session: CDPSession;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async of(page: Page): Promise<Line> {
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    return new Line(session);
  }

  /** Uploads at so many bytes a second from now on; requests under way included. */
  async slow(bytesPerSecond: number): Promise<void> {
    await this.#set({ offline: false, uploadThroughput: bytesPerSecond });
  }

  async cut(): Promise<void> {
    await this.#set({ offline: true, uploadThroughput: -1 });
  }

  async restore(): Promise<void> {
    await this.#set({ offline: false, uploadThroughput: -1 });
  }

  async #set(conditions: { offline: boolean; uploadThroughput: number }): Promise<void> {
    await this.#session.send('Network.emulateNetworkConditions', { ...conditions, latency: 0, downloadThroughput: -1 });
  }
}
