import { constants } from 'node:fs';
import { open, opendir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type BagFile, type BagFiles, DossierError } from '#dossier';

const CHUNK_BYTES = 1_048_576;

/** The files below a folder. Links are listed as such and never followed, so nothing outside is read. */
export class FolderFiles implements BagFiles {
  readonly #root: string;

  /** @param root the real path of the folder */
  constructor(root: string) {
    this.#root = root;
  }

  async *list(): AsyncGenerator<BagFile> {
    const folders = [this.#root];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for await (const entry of await opendir(folder)) {
        const full = join(folder, entry.name);
        const path = relative(this.#root, full).split(sep).join('/');
        if (entry.isDirectory()) folders.push(full);
        else if (entry.isFile()) yield { path, sizeBytes: (await stat(full)).size, kind: 'file' };
        else yield { path, sizeBytes: 0, kind: entry.isSymbolicLink() ? 'link' : 'special' };
      }
    }
  }

  async *read(path: string): AsyncGenerator<Uint8Array> {
    const full = join(this.#root, ...path.split('/'));
    // A folder on the way may have become a link since it was listed.
    if ((await realpath(full)) !== full) throw new DossierError('path-unsafe', 'leads through a link');
    const file = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      for (;;) {
        const { bytesRead, buffer } = await file.read(new Uint8Array(CHUNK_BYTES), 0, CHUNK_BYTES);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }
}
