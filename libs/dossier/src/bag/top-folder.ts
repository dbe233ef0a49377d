import { DossierError } from '../dossier-error.js';
import type { BagFile, BagFiles } from './bag-files.js';

/**
 * The bag inside a zip file: its one top folder (RFC 8493 §5, "one and only one top-level directory"). Files that lie
 * side by side with `bagit.txt` are a bag themselves, and are given as they are.
 * @throws DossierError `zip-ambiguous` when there is more than one top folder, or a file beside it
 */
export async function bagInside(files: BagFiles): Promise<BagFiles> {
  let top: string | null = null;
  let isFlat = false;
  let isMixed = false;
  for await (const { path } of files.list()) {
    if (path === 'bagit.txt') isFlat = true;
    const folder = path.slice(0, path.indexOf('/') + 1);
    isMixed ||= folder === '' || (top !== null && top !== folder);
    top = folder;
  }
  if (isFlat || top === null) return files;
  if (isMixed) throw new DossierError('zip-ambiguous', 'not one top folder with all files in it');
  return new SubFolder(files, top);
}

class SubFolder implements BagFiles {
  readonly #files: BagFiles;
  readonly #prefix: string;

  constructor(files: BagFiles, prefix: string) {
    this.#files = files;
    this.#prefix = prefix;
  }

  async *list(): AsyncGenerator<BagFile> {
    for await (const file of this.#files.list()) yield { ...file, path: file.path.slice(this.#prefix.length) };
  }

  read(path: string): AsyncIterable<Uint8Array> {
    return this.#files.read(`${this.#prefix}${path}`);
  }
}
