import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { PreviousUpload, UrlStorage } from 'tus-js-client';
import { z } from 'zod';

const memorySchema = z.record(
  z.string(),
  z.object({
    size: z.number().nullable(),
    metadata: z.record(z.string(), z.string()),
    creationTime: z.string(),
    uploadUrl: z.string().nullable(),
  }),
);
type Memory = z.infer<typeof memorySchema>;

/**
 * Which unfinished upload belongs to which file, kept in a small file so that another run can go on. Losing it costs
 * sending the file again from its start; nothing else hangs on it.
 */
export class UploadMemory implements UrlStorage {
  readonly #path: string;
  /** Changes go one after another: several uploads of a process share the file. */
  #last: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  async findAllUploads(): Promise<PreviousUpload[]> {
    return Object.entries(await this.#read()).map(([key, upload]) => previous(key, upload));
  }

  async findUploadsByFingerprint(fingerprint: string): Promise<PreviousUpload[]> {
    const upload = (await this.#read())[fingerprint];
    return upload === undefined ? [] : [previous(fingerprint, upload)];
  }

  async addUpload(fingerprint: string, upload: PreviousUpload): Promise<string> {
    const { size, metadata, creationTime, uploadUrl } = upload;
    await this.#change((memory) => ({ ...memory, [fingerprint]: { size, metadata, creationTime, uploadUrl } }));
    return fingerprint;
  }

  async removeUpload(key: string): Promise<void> {
    await this.#change(({ [key]: _gone, ...rest }) => rest);
  }

  /** A memory that cannot be written is no reason to fail an upload. */
  async #change(change: (memory: Memory) => Memory): Promise<void> {
    this.#last = this.#last.then(async () => this.#write(change(await this.#read()))).catch(() => undefined);
    await this.#last;
  }

  async #read(): Promise<Memory> {
    const text = await readFile(this.#path, 'utf8').catch(() => '{}');
    try {
      return memorySchema.parse(JSON.parse(text));
    } catch {
      return {};
    }
  }

  async #write(memory: Memory): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    const aside = `${this.#path}.${process.pid}`;
    await writeFile(aside, JSON.stringify(memory), { mode: 0o600 });
    await rename(aside, this.#path);
  }
}

function previous(key: string, upload: Memory[string]): PreviousUpload {
  return { ...upload, urlStorageKey: key, parallelUploadUrls: null };
}
