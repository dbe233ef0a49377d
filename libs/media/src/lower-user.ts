import { constants } from 'node:fs';
import { chmod, chown, copyFile, cp, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { requirePlainFiles } from './supervise.js';

const NOBODY = 65_534;

export interface LentPaths {
  readonly input: string | undefined;
  readonly outputDir: string | undefined;
}

/**
 * Lends `use` paths that nobody (uid 65534) can reach: the original itself where its folders are open, else a copy;
 * and a new folder to write to, whose plain files are copied to the real one afterwards. For root in the reduced
 * sandbox only; the folders of an archive are closed to others, as they should be.
 */
export async function withOpenPaths<T>(
  paths: LentPaths,
  scratchDir: string,
  use: (lent: LentPaths) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(scratchDir, 'liuhen-lent-'));
  try {
    await chmod(folder, 0o711);
    const input = paths.input === undefined ? undefined : await lendInput(paths.input, join(folder, 'input'));
    if (paths.outputDir === undefined) return await use({ input, outputDir: undefined });
    const outputDir = join(folder, 'output');
    await mkdir(outputDir);
    await chown(outputDir, NOBODY, NOBODY);
    const result = await use({ input, outputDir });
    await requirePlainFiles(outputDir);
    await cp(outputDir, paths.outputDir, { recursive: true });
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function lendInput(input: string, copy: string): Promise<string> {
  if (await isOpenToOthers(input)) return input;
  await copyFile(input, copy, constants.COPYFILE_FICLONE);
  await chmod(copy, 0o444);
  return copy;
}

async function isOpenToOthers(path: string): Promise<boolean> {
  let mode = (await stat(path)).mode & 0o004;
  for (let folder = path; mode !== 0 && folder !== '/'; ) {
    folder = join(folder, '..');
    mode = (await stat(folder)).mode & 0o001;
  }
  return mode !== 0;
}
