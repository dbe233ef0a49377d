import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { PART } from '#dossier';
import { type Content, rebag } from '../dossier-draft.js';

/** A dossier as it lies in a folder, to be altered; its manifests are made again after each attack. */
export interface Altered {
  readonly files: Content;
  readonly dossierId: string;
}

export async function readDossier(folder: string, dossierId: string): Promise<Altered> {
  const files: Content = new Map();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(relative(folder, path), await readFile(path));
  }
  return { files, dossierId };
}

/** One event is gone, with its proof. */
export function leaveOutEvent({ files, dossierId }: Altered, line: number): Content {
  const without = (path: string): Uint8Array => {
    const lines = Buffer.from(files.get(path) ?? [])
      .toString('utf8')
      .split('\n');
    return Buffer.from(lines.filter((_, n) => n !== line).join('\n'));
  };
  const kept = [PART.events, PART.inclusion].map((path) => [path, without(path)] as const);
  return rebag(new Map([...files, ...kept]), dossierId);
}

/** Another file in the place of the first original. */
export function swapFile({ files, dossierId }: Altered, content: Uint8Array): Content {
  const path = [...files.keys()].filter((one) => one.startsWith('data/originals/')).sort()[0] ?? '';
  return rebag(new Map(files).set(path, content), dossierId);
}
