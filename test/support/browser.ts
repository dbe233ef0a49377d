import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

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
    // The machine may be busy with other tests; nothing is judged by its time.
    context.setDefaultTimeout(120_000);
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
