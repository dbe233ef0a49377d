import { type Dirent, Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A file as it lies in a watched folder. */
export interface SourceFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

/** What docks and browsers call a file they are still writing. */
const UNFINISHED = /\.(?:part|partial|tmp|temp|crdownload|filepart)$/i;
/** What systems put beside the files of people. */
const OF_SYSTEMS = new Set(['thumbs.db', 'desktop.ini', 'system volume information', 'lost+found', '$recycle.bin']);

/**
 * The files below a folder. Links are not followed and devices are not read: what lies there was put there by a recorder,
 * or by whoever had hold of it.
 * @param onTrouble a folder or file that cannot be looked at; the rest goes on
 */
export async function* filesBelow(
  folder: string,
  onTrouble: (path: string, error: Error) => void,
): AsyncGenerator<SourceFile> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    onTrouble(folder, error as Error);
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.') || OF_SYSTEMS.has(entry.name.toLowerCase())) continue;
    if (entry.isDirectory()) yield* filesBelow(path, onTrouble);
    if (!entry.isFile() || UNFINISHED.test(entry.name)) continue;
    const found = await lstat(path).catch((error: Error) => error);
    if (found instanceof Stats) yield { path, sizeBytes: found.size, mtimeMs: found.mtimeMs };
    // Gone between the two looks: it was a dock's own temporary file, or somebody took it away.
    else if ((found as NodeJS.ErrnoException).code !== 'ENOENT') onTrouble(path, found);
  }
}

/**
 * Which files have come to rest. A recorder's clock may be years off, so the times of files are only compared with
 * themselves: a file is whole when two looks so far apart find the same size and the same time.
 */
export class Settling {
  readonly #settleMs: number;
  #seen = new Map<string, { readonly file: SourceFile; readonly sinceMs: number }>();

  constructor(settleMs: number) {
    this.#settleMs = settleMs;
  }

  /** @returns those at rest, of the files there are now */
  look(files: readonly SourceFile[], nowMs: number): SourceFile[] {
    const before = this.#seen;
    this.#seen = new Map(
      files.map((file) => {
        const known = before.get(file.path);
        const isSame = known?.file.sizeBytes === file.sizeBytes && known.file.mtimeMs === file.mtimeMs;
        return [file.path, { file, sinceMs: isSame ? known.sinceMs : nowMs }];
      }),
    );
    return files.filter(({ path }) => nowMs - (this.#seen.get(path)?.sinceMs ?? nowMs) >= this.#settleMs);
  }
}
