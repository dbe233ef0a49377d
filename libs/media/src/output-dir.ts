import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Lends `use` a new folder under `parentDir` and removes it afterwards, whatever happened: a half-written rendition
 * is never seen by anyone. `use` stores what it wants to keep before it returns.
 */
export async function withOutputDir<T>(parentDir: string, use: (outputDir: string) => Promise<T>): Promise<T> {
  await mkdir(parentDir, { recursive: true });
  const outputDir = await mkdtemp(join(parentDir, 'liuhen-media-'));
  try {
    return await use(outputDir);
  } finally {
    await rm(outputDir, { recursive: true, force: true });
  }
}

/**
 * A folder of its own for one tool inside the caller's, so that a captured tool cannot touch what another made.
 * Removed when `use` fails, kept when it succeeds.
 */
export async function withPartDir<T>(
  outputDir: string,
  name: string,
  use: (partDir: string) => Promise<T>,
): Promise<T> {
  const partDir = join(outputDir, name);
  await mkdir(partDir, { recursive: true });
  try {
    return await use(partDir);
  } catch (error) {
    await rm(partDir, { recursive: true, force: true });
    throw error;
  }
}
