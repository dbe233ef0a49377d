import { randomUUID } from 'node:crypto';
import { link, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, removeFile, syncFolder } from './disk.js';

const NAME = 'store-id';

/** @returns null when the folder has none */
export async function readMark(root: string): Promise<string | null> {
  try {
    return (await readFile(join(root, NAME), 'utf8')).trim();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Several processes may begin on a new folder at once: the first to give the file its name names the store for all. */
export async function readOrLeaveMark(root: string): Promise<string | null> {
  const known = await readMark(root);
  if (known !== null) return known;
  const temporary = join(root, `.${randomUUID()}.tmp`);
  const file = await open(temporary, 'wx', 0o644);
  try {
    await file.writeFile(`${randomUUID()}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(temporary, join(root, NAME));
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  } finally {
    await removeFile(temporary);
  }
  await syncFolder(root);
  return await readMark(root);
}
