import { link, lstat, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ArchiveError } from '#domain';
import { errnoOf, syncFolder } from './disk.js';

interface Places {
  /** A finished file without a lasting name. */
  readonly temporary: string;
  /** The name it is to have. */
  readonly path: string;
  /** Names for what has that name now, to choose from. */
  readonly aside: (n: number) => string;
  readonly ensureFolder: (path: string) => Promise<void>;
}

/** Crashes and damages between two tries of one healing: more of them are no accident. */
const MOST_ASIDE = 20;

/**
 * Gives a finished file its name. What has that name now is given another first, so that at no moment there is neither,
 * and nothing is ever without a name: link(2) refuses one that is taken, which rename(2) does not.
 */
export async function takePlace(places: Places): Promise<void> {
  const { temporary, path } = places;
  // Whoever puts a file there between our look and our link sends us back to look again.
  while (!(await isThere(path))) {
    if (await linkUnlessTaken(temporary, path)) return;
  }
  await keepAside(places);
  await rename(temporary, path);
}

async function keepAside({ path, aside, ensureFolder }: Places): Promise<void> {
  await ensureFolder(dirname(aside(0)));
  for (let n = 0; n < MOST_ASIDE; n++) {
    const name = aside(n);
    // A try that was cut off after this has left the very file there.
    if (!(await linkUnlessTaken(path, name)) && !(await isSameFile(path, name))) continue;
    await syncFolder(dirname(name));
    return;
  }
  throw new ArchiveError('object-exists', `${MOST_ASIDE} files were moved aside already`);
}

async function linkUnlessTaken(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([lstat(a), lstat(b)]);
  return one.ino === other.ino && one.dev === other.dev;
}
