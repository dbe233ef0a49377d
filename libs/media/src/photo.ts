import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError } from '#domain';
import { argumentsOf, readOriginal } from './ffmpeg-arguments.js';
import type { Demuxer } from './file-type.js';
import { fitWithin, type Size, uprightFilter } from './filters.js';
import { type Rendition, renditionOf } from './rendition.js';
import type { Sandbox } from './sandbox.js';
import { OUTPUT, type Provenance } from './tools.js';

export const PREVIEW_SIDE = 2_048;
export const THUMBNAIL_SIDE = 320;

export interface PhotoRequest {
  readonly path: string;
  readonly demuxer: Demuxer;
  /** As stored, before turning. */
  readonly size: Size;
  /** EXIF orientation 1–8. */
  readonly orientation: number;
  readonly outputDir: string;
  readonly signal?: AbortSignal | undefined;
}

interface Shot {
  readonly name: string;
  readonly side: number;
  /** mjpeg quality, 2 best. */
  readonly quality: number;
}

const LIMITS = { wallMs: 2 * 60_000, stallMs: 60_000, cpuSeconds: 120, outputBytes: 64 * 1024 * 1024 };

/** Preview and thumbnail of a still picture, upright, from one decode. Throws `media-undecodable`. */
export async function makePhoto(sandbox: Sandbox, request: PhotoRequest): Promise<Rendition[]> {
  const shots = [
    { name: 'preview.jpg', side: PREVIEW_SIDE, quality: 3 },
    { name: 'thumbnail.jpg', side: THUMBNAIL_SIDE, quality: 5 },
  ];
  const provenance = await shoot(sandbox, request, 'photo', shots);
  return [
    await renditionOf('preview', request.outputDir, ['photo/preview.jpg'], provenance),
    await renditionOf('thumbnail', request.outputDir, ['photo/thumbnail.jpg'], provenance),
  ];
}

/** A thumbnail of a page picture made before. */
export async function makeThumbnail(
  sandbox: Sandbox,
  request: Omit<PhotoRequest, 'demuxer' | 'orientation'>,
): Promise<Rendition> {
  const upright = { ...request, demuxer: 'jpeg_pipe', orientation: 1 } as const;
  const provenance = await shoot(sandbox, upright, 'thumbnail', [
    { name: 'thumbnail.jpg', side: THUMBNAIL_SIDE, quality: 5 },
  ]);
  return renditionOf('thumbnail', request.outputDir, ['thumbnail/thumbnail.jpg'], provenance);
}

/** Decodes once and writes each shot to `part` below the output folder. */
export async function shoot(
  sandbox: Sandbox,
  request: PhotoRequest,
  part: string,
  shots: readonly Shot[],
): Promise<Provenance> {
  const partDir = join(request.outputDir, part);
  await mkdir(partDir, { recursive: true });
  const args = photoArguments(request, shots);
  const exit = await sandbox.run({
    tool: 'ffmpeg',
    args,
    input: request.path,
    outputDir: partDir,
    limits: LIMITS,
    signal: request.signal,
  });
  for (const { name } of shots) {
    const isMade = await stat(join(partDir, name)).then(
      (file) => file.size > 0,
      () => false,
    );
    if (!isMade)
      throw new ArchiveError('media-undecodable', `picture could not be decoded: ${exit.stderrTail.slice(-500)}`);
  }
  return { tool: 'ffmpeg', version: await sandbox.toolVersion('ffmpeg'), args };
}

export function photoArguments(
  request: Pick<PhotoRequest, 'demuxer' | 'size' | 'orientation'>,
  shots: readonly Shot[],
): string[] {
  const { width, height } = request.size;
  const upright = request.orientation >= 5 ? { width: height, height: width } : { width, height };
  const turn = uprightFilter(request.orientation);
  const lead = `[0:v:0]${turn === null ? '' : `${turn},`}split=${shots.length}${shots.map((_, i) => `[s${i}]`).join('')}`;
  const scaled = shots.map(({ side }, i) => {
    const size = fitWithin(upright, { width: side, height: side });
    return `[s${i}]scale=w=${size.width}:h=${size.height}:flags=bicubic,setsar=1[o${i}]`;
  });
  // Turned by us: whether ffmpeg turns a JPEG by its EXIF has changed between versions.
  const command = readOriginal(request, { before: ['-noautorotate'] }).complexFilter([lead, ...scaled].join(';'));
  shots.forEach(({ name, quality }, i) => {
    const options = [
      '-map',
      `[o${i}]`,
      '-frames:v',
      '1',
      '-q:v',
      String(quality),
      '-pix_fmt',
      'yuvj420p',
      '-update',
      '1',
    ];
    command.output(`${OUTPUT}/${name}`).outputOptions([...options, '-map_metadata', '-1']);
  });
  return argumentsOf(command);
}
