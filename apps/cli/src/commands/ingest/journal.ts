import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { SourceFile } from './source-files.js';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const entrySchema = z.object({
  path: z.string(),
  sizeBytes: z.number(),
  mtimeMs: z.number(),
  sha256: digest,
  blockRoot: digest,
  assetId: z.string(),
  /** `sent`: the archive has all its bytes. `sealed`: its receipt was checked. `cleared`: and the source is gone. */
  state: z.enum(['sent', 'sealed', 'cleared']),
  /** RFC 3339. */
  at: z.string(),
});
export type JournalEntry = z.infer<typeof entrySchema>;

/**
 * What a station has done with its files, a line of JSON each, on the disk before anything is done that rests on it. The
 * last line of a file counts. A power failure costs the line that was being written, and that file is looked at again:
 * the archive tells by its digest that it has it.
 */
export class Journal {
  readonly #path: string;
  readonly #byFile = new Map<string, JournalEntry>();
  readonly #byContent = new Map<string, JournalEntry>();
  #file: FileHandle | null = null;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(path: string) {
    this.#path = path;
  }

  static async open(path: string): Promise<Journal> {
    const journal = new Journal(path);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    for (const line of text.split('\n')) journal.#take(line);
    journal.#file = await open(path, 'a', 0o600);
    // The line that a power failure cut in two must not swallow the next.
    if (text !== '' && !text.endsWith('\n')) await journal.#file.write('\n');
    return journal;
  }

  /** What was done with this very file: same place, same size, same time. */
  entryOf({ path, sizeBytes, mtimeMs }: SourceFile): JournalEntry | null {
    const entry = this.#byFile.get(path);
    return entry?.sizeBytes === sizeBytes && entry.mtimeMs === mtimeMs ? entry : null;
  }

  /** A file of the same bytes that was sent before, from wherever. */
  sameContent(sha256: string): JournalEntry | null {
    return this.#byContent.get(sha256) ?? null;
  }

  /** Resolves when the line is on the disk. */
  async add(entry: JournalEntry): Promise<void> {
    const write = this.#last.then(async () => {
      await this.#file?.write(`${JSON.stringify(entry)}\n`);
      await this.#file?.datasync();
      this.#remember(entry);
    });
    this.#last = write.catch(() => undefined);
    await write;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#file?.close();
    this.#file = null;
  }

  get path(): string {
    return this.#path;
  }

  #take(line: string): void {
    try {
      this.#remember(entrySchema.parse(JSON.parse(line)));
    } catch {
      // Empty, or cut by a power failure.
    }
  }

  #remember(entry: JournalEntry): void {
    this.#byFile.set(entry.path, entry);
    this.#byContent.set(entry.sha256, entry);
  }
}
