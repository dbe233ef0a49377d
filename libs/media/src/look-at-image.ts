import { join } from 'node:path';
import { readExif } from './exif.js';
import type { Demuxer } from './file-type.js';
import { imageSize } from './image-size.js';
import { IMAGE_MAX_PIXELS, MAX_PAGES } from './limits.js';
import { paperFinding } from './look-at-paper.js';
import type { Finding, LookInput } from './look-result.js';
import { drawTiffPage, makeTiffPages } from './papers.js';
import { makePhoto, makeThumbnail } from './photo.js';
import { isUnviewable, probe } from './probe.js';
import { renditionOf } from './rendition.js';
import type { Sandbox } from './sandbox.js';
import { readHead } from './sniff.js';
import { readTiffPages, type TiffPage } from './tiff.js';

interface KnownImage {
  readonly mime: string;
  readonly demuxer: Demuxer;
}

/** Photographs and scans: preview and thumbnail, upright; a TIFF of several pages is a paper. */
export async function lookAtImage(sandbox: Sandbox, input: LookInput, known: KnownImage): Promise<Finding> {
  const exif = await readExif(input.path);
  const claims = {
    raw: { probe: null, exif: exif?.raw ?? null },
    times: exif?.times ?? [],
    place: exif?.place ?? null,
    device: exif?.device ?? null,
  };
  const found =
    known.mime === 'image/tiff'
      ? await lookAtTiff(sandbox, input)
      : await lookAtPicture(sandbox, input, known, exif?.orientation ?? 1);
  return { ...claims, ...found, raw: { ...claims.raw, ...found.raw, exif: claims.raw.exif } };
}

async function lookAtPicture(
  sandbox: Sandbox,
  input: LookInput,
  known: KnownImage,
  orientation: number,
): Promise<Finding> {
  // The header is believed before any decoder sees the file: a bomb is small on disk and huge in memory.
  const claimed = imageSize(await readHead(input.path), known.mime);
  if (claimed !== null && claimed.width * claimed.height > IMAGE_MAX_PIXELS) {
    return { unviewable: 'too-large', detail: `${claimed.width}×${claimed.height}` };
  }
  const probed = await probe(sandbox, { path: input.path, demuxer: known.demuxer, signal: input.signal });
  if (isUnviewable(probed)) return { unviewable: probed.unviewable, detail: probed.detail };
  const { video } = probed.facts;
  if (video === null || video.codedWidth === 0 || video.codedHeight === 0)
    return { unviewable: 'corrupt', detail: 'no picture' };
  const size = { width: video.codedWidth, height: video.codedHeight };
  const { path, outputDir, signal } = input;
  const renditions = await makePhoto(sandbox, { path, demuxer: known.demuxer, size, orientation, outputDir, signal });
  return { facts: probed.facts, raw: { probe: probed.raw, exif: null }, renditions };
}

async function lookAtTiff(sandbox: Sandbox, input: LookInput): Promise<Finding> {
  const pages = await readTiffPages(input.path, MAX_PAGES + 1);
  const [first] = pages;
  if (first === undefined) return { unviewable: 'corrupt', detail: 'TIFF without a page' };
  if (pages.length === 1) return lookAtSingleTiff(sandbox, input, first);
  const drawn = await makeTiffPages(sandbox, input, pages.slice(0, MAX_PAGES));
  if (isUnviewable(drawn)) return { kind: 'paper', unviewable: drawn.unviewable, detail: drawn.detail };
  return paperFinding({ ...drawn, pageCount: pages.length });
}

async function lookAtSingleTiff(sandbox: Sandbox, input: LookInput, page: TiffPage): Promise<Finding> {
  const { outputDir, signal } = input;
  const provenance = await drawTiffPage(sandbox, input, 1, page, 'photo', 'preview.jpg');
  const preview = await renditionOf('preview', outputDir, ['photo/preview.jpg'], provenance);
  const path = join(outputDir, 'photo/preview.jpg');
  const size = imageSize(await readHead(path), 'image/jpeg') ?? page;
  return { renditions: [preview, await makeThumbnail(sandbox, { path, size, outputDir, signal })] };
}
