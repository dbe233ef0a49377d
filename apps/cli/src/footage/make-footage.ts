import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recipe } from './recipes.js';

/** Raised when a recipe changes what it makes; footage of other versions is left alone. */
const VERSION = 2;

export interface SampleFile {
  readonly recipe: Recipe;
  readonly path: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
}

export interface FootageWatch {
  /** How far the making of one is, 0 to 1. */
  readonly onShare: (recipe: Recipe, share: number) => void;
  /** One is whole, made now or before. */
  readonly onMade: (file: SampleFile) => void;
}

/**
 * The files of the sample case, made with ffmpeg the first time and reused after. Each is made aside and renamed when
 * whole: a cut run leaves nothing half made under its name.
 */
export async function makeFootage(
  dir: string,
  recipes: readonly Recipe[],
  { onShare, onMade }: FootageWatch,
): Promise<void> {
  const folder = join(dir, `v${VERSION}`);
  await mkdir(folder, { recursive: true });
  for (const recipe of recipes) {
    const path = join(folder, recipe.fileName);
    if (!(await isFile(path))) await makeAside(folder, path, recipe, onShare);
    onMade({ recipe, path, sizeBytes: (await stat(path)).size, sha256: await sha256Of(path) });
  }
}

async function makeAside(
  folder: string,
  path: string,
  recipe: Recipe,
  onShare: (recipe: Recipe, share: number) => void,
): Promise<void> {
  const aside = await mkdtemp(join(folder, 'making-'));
  try {
    onShare(recipe, 0);
    const out = join(aside, recipe.fileName);
    await recipe.make(out, aside, (share) => onShare(recipe, Math.min(1, share)));
    const file = await open(out, 'r');
    await file.sync();
    await file.close();
    await rename(out, path);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** @returns hex */
export async function sha256Of(path: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) digest.update(chunk as Buffer);
  return digest.digest('hex');
}
