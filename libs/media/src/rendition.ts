import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { RenditionKind } from '#domain';
import type { Provenance } from './tools.js';

export interface RenditionFile {
  /** Path below the output folder, e.g. `pictures/sheet-1.jpg`. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly mime: string;
}

/** Files made from an original, and how. The caller stores them, then drops the output folder. */
export interface Rendition extends Provenance {
  readonly kind: RenditionKind;
  readonly files: readonly RenditionFile[];
}

const MIMES: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.vtt': 'text/vtt',
  '.json': 'application/json',
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.ts': 'video/mp2t',
  '.m4a': 'audio/mp4',
};

/** @param names paths below `outputDir`, all existing */
export async function renditionOf(
  kind: RenditionKind,
  outputDir: string,
  names: readonly string[],
  provenance: Provenance,
): Promise<Rendition> {
  const files = await Promise.all(
    names.map(async (name) => ({
      name,
      sizeBytes: (await stat(join(outputDir, name))).size,
      mime: MIMES[extname(name)] ?? 'application/octet-stream',
    })),
  );
  const { tool, version, args } = provenance;
  return { kind, files, tool, version, args };
}

export function renditionBytes(renditions: readonly Rendition[]): number {
  return renditions.flatMap((rendition) => rendition.files).reduce((sum, file) => sum + file.sizeBytes, 0);
}
