import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { SampleDay } from '../../footage/sample.js';

const secretsSchema = z.object({
  /** Passwords by login; written down before they are set, so that a cut run can go on. */
  passwords: z.record(z.string(), z.string()),
  /** The administrator's, as the first start gave it; tried until it is changed. */
  oneTimePassword: z.string().nullable(),
  /** Of the sample case, as its first run chose it. */
  day: z.iso.date().nullable(),
});
type Content = z.infer<typeof secretsSchema>;

/**
 * What the demo must know to be run again: the passwords of its accounts and the day of its case, in `demo.json` in the data folder, readable by
 * its owner only. Only the demo writes such a file; no real account's password is ever kept.
 */
export class DemoSecrets {
  readonly #path: string;
  #content: Content;

  private constructor(path: string, content: Content) {
    this.#path = path;
    this.#content = content;
  }

  static async read(dataDir: string): Promise<DemoSecrets> {
    const path = join(dataDir, 'demo.json');
    const text = await readFile(path, 'utf8').catch(() => null);
    const none = { passwords: {}, oneTimePassword: null, day: null };
    return new DemoSecrets(path, text === null ? none : secretsSchema.parse({ ...none, ...JSON.parse(text) }));
  }

  get oneTimePassword(): string | null {
    return this.#content.oneTimePassword;
  }

  passwordOf(login: string): string | null {
    return this.#content.passwords[login] ?? null;
  }

  async keepOneTimePassword(password: string): Promise<void> {
    await this.#write({ ...this.#content, oneTimePassword: password });
  }

  /** The day of the sample case: as kept, or the one given, kept first. */
  async settleDay(day: SampleDay): Promise<SampleDay> {
    if (this.#content.day === null) await this.#write({ ...this.#content, day });
    return this.#content.day ?? day;
  }

  /** The password of this account: as kept, or a new one, kept first. */
  async choose(login: string, make: () => string): Promise<string> {
    const known = this.passwordOf(login);
    if (known !== null) return known;
    const chosen = make();
    await this.#write({ ...this.#content, passwords: { ...this.#content.passwords, [login]: chosen } });
    return chosen;
  }

  async #write(content: Content): Promise<void> {
    const file = await open(`${this.#path}.new`, 'w', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${this.#path}.new`, this.#path);
    this.#content = content;
  }
}

/** Easy to type from a screen: no sign that looks like another. */
export function typablePassword(): string {
  const signs = 'abcdefghjkmnpqrstuvwxyz23456789';
  const groups = [0, 1, 2].map(() => [...randomBytes(4)].map((byte) => signs[byte % signs.length]).join(''));
  return `demo-${groups.join('-')}`;
}
