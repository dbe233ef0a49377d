import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError } from '#domain';
import { addInput, argumentsOf, readOriginal } from './ffmpeg-arguments.js';
import type { Demuxer } from './file-type.js';
import { scaleTo } from './filters.js';
import { withPartDir } from './output-dir.js';
import {
  type PicturePlan,
  SHEET_COLUMNS,
  SHEET_ROWS,
  SHEET_TILES,
  type StoryboardPlan,
  storyboardVtt,
} from './picture-plan.js';
import type { VideoFacts } from './probe-facts.js';
import { type Rendition, renditionOf } from './rendition.js';
import type { Sandbox } from './sandbox.js';
import { OUTPUT } from './tools.js';

export interface PictureRequest {
  readonly path: string;
  readonly demuxer: Demuxer;
  readonly video: VideoFacts;
  readonly durationMs: number | null;
  readonly plan: PicturePlan;
  readonly outputDir: string;
  readonly signal?: AbortSignal | undefined;
}

const LIMITS = { wallMs: 5 * 60_000, stallMs: 60_000, cpuSeconds: 600, outputBytes: 64 * 1024 * 1024 };
const POSTER_QUALITY = '5';
const TILE_QUALITY = '7';
// Frames between key frames are dropped by the demuxer where it can (half the work), else by the decoder.
const KEY_FRAMES_ONLY = ['-discard', 'nokey', '-skip_frame', 'nokey'];

/**
 * Poster and storyboard. Throws `media-undecodable` when not one picture could be decoded: that is how a file whose
 * container is sound and whose content is not is found out.
 */
export async function makePictures(sandbox: Sandbox, request: PictureRequest): Promise<Rendition[]> {
  const { plan } = request;
  return plan.method === 'seek' && plan.storyboard !== null
    ? [await makePoster(sandbox, request), await makeStoryboardBySeeking(sandbox, request, plan.storyboard)]
    : makeByKeyFrames(sandbox, request);
}

async function makeByKeyFrames(sandbox: Sandbox, request: PictureRequest): Promise<Rendition[]> {
  return withPartDir(request.outputDir, 'pictures', async (partDir) => {
    const args = keyFrameArguments(request);
    await runFfmpeg(sandbox, request, args, partDir);
    const provenance = { tool: 'ffmpeg', version: await sandbox.toolVersion('ffmpeg'), args } as const;
    const renditions = [await renditionOf('poster', request.outputDir, ['pictures/poster.jpg'], provenance)];
    const { storyboard } = request.plan;
    if (storyboard !== null) {
      const files = await describeSheets(request, storyboard, 'pictures');
      if (files.length > 0) renditions.push(await renditionOf('storyboard', request.outputDir, files, provenance));
    }
    return renditions;
  });
}

/** One process: the key frames are decoded once and go both to the tiles and, when the time has come, to the poster. */
export function keyFrameArguments(request: Pick<PictureRequest, 'demuxer' | 'video' | 'plan'>): string[] {
  const { video, plan } = request;
  const at = plan.poster.atMs / 1000;
  // The first key frame, overwritten by the first one past the wanted time: a short clip may have only one.
  const poster = `select='eq(n,0)+gte(t,${at})*lt(prev_selected_t,${at})',${scaleTo(plan.poster, video.hdr)}`;
  const command = readOriginal(request, { before: KEY_FRAMES_ONLY });
  const posterOutput = (from: string) => {
    command
      .output(`${OUTPUT}/poster.jpg`)
      .outputOptions(['-map', from, '-fps_mode', 'vfr', '-q:v', POSTER_QUALITY, '-update', '1']);
  };
  if (plan.storyboard === null) {
    command.complexFilter(`[0:v:0]setpts=PTS-STARTPTS,${poster}[poster]`);
    posterOutput('[poster]');
  } else {
    const { storyboard } = plan;
    command.complexFilter(
      `[0:v:0]setpts=PTS-STARTPTS,split[a][b];[b]${poster}[poster];` +
        `[a]fps=fps=1000/${storyboard.intervalMs}:round=up:start_time=0,` +
        `${scaleTo(storyboard.tile, video.hdr, 'fast_bilinear')},${sheetFilter(storyboard.count)}[sheet]`,
    );
    posterOutput('[poster]');
    sheetOutput(command, '[sheet]', Math.ceil(storyboard.count / SHEET_TILES));
  }
  return argumentsOf(command);
}

// Key frames may end long before the recording does; the last one stands for the rest.
function sheetFilter(count: number): string {
  return `tpad=stop=-1:stop_mode=clone,trim=end_frame=${count},tile=${SHEET_COLUMNS}x${SHEET_ROWS}`;
}

function sheetOutput(command: ReturnType<typeof readOriginal>, from: string, sheets: number): void {
  command
    .output(`${OUTPUT}/sheet-%d.jpg`)
    .outputOptions(['-map', from, '-fps_mode', 'vfr', '-frames:v', String(sheets), '-q:v', TILE_QUALITY]);
}

async function makePoster(sandbox: Sandbox, request: PictureRequest): Promise<Rendition> {
  return withPartDir(request.outputDir, 'poster', async (partDir) => {
    const { video, plan, demuxer } = request;
    const before = ['-ss', seconds(plan.poster.atMs), '-noaccurate_seek', ...KEY_FRAMES_ONLY];
    const command = readOriginal({ demuxer }, { before })
      .complexFilter(`[0:v:0]${scaleTo(plan.poster, video.hdr)}[poster]`)
      .output(`${OUTPUT}/poster.jpg`)
      .outputOptions(['-map', '[poster]', '-frames:v', '1', '-q:v', POSTER_QUALITY, '-update', '1']);
    const args = argumentsOf(command);
    await runFfmpeg(sandbox, request, args, partDir);
    const provenance = { tool: 'ffmpeg', version: await sandbox.toolVersion('ffmpeg'), args } as const;
    return renditionOf('poster', request.outputDir, ['poster/poster.jpg'], provenance);
  });
}

async function makeStoryboardBySeeking(
  sandbox: Sandbox,
  request: PictureRequest,
  plan: StoryboardPlan,
): Promise<Rendition> {
  return withPartDir(request.outputDir, 'storyboard', async (partDir) => {
    // Kept as provenance: those of the last sheet; the others differ in their times only.
    let args: string[] = [];
    for (let sheet = 0; sheet * SHEET_TILES < plan.count; sheet++) {
      args = seekArguments(request, plan, sheet);
      await runFfmpeg(sandbox, request, args, partDir);
    }
    const files = await describeSheets(request, plan, 'storyboard');
    const provenance = { tool: 'ffmpeg', version: await sandbox.toolVersion('ffmpeg'), args } as const;
    return renditionOf('storyboard', request.outputDir, files, provenance);
  });
}

/** One sheet: the original opened once a tile, at the key frame before its time, one picture from each. */
export function seekArguments(
  request: Pick<PictureRequest, 'demuxer' | 'video'>,
  plan: StoryboardPlan,
  sheet: number,
): string[] {
  const first = sheet * SHEET_TILES;
  const count = Math.min(SHEET_TILES, plan.count - first);
  let command: ReturnType<typeof readOriginal> | undefined;
  for (let i = 0; i < count; i++) {
    const before = ['-ss', seconds((first + i) * plan.intervalMs), '-noaccurate_seek', ...KEY_FRAMES_ONLY];
    const options = { before, threads: 1 };
    command = command === undefined ? readOriginal(request, options) : addInput(command, request, options);
  }
  if (command === undefined) throw new ArchiveError('internal', `no tiles on sheet ${sheet}`);
  const tile = `${scaleTo(plan.tile, request.video.hdr, 'fast_bilinear')},trim=end_frame=1,setpts=0`;
  const tiles = Array.from({ length: count }, (_, i) => `[${i}:v:0]${tile}[t${i}]`);
  const joined = Array.from({ length: count }, (_, i) => `[t${i}]`).join('');
  command
    .complexFilter(`${tiles.join(';')};${joined}concat=n=${count}:v=1:a=0,tile=${SHEET_COLUMNS}x${SHEET_ROWS}[sheet]`)
    .output(`${OUTPUT}/sheet-${sheet + 1}.jpg`)
    .outputOptions(['-map', '[sheet]', '-frames:v', '1', '-q:v', TILE_QUALITY, '-update', '1']);
  return argumentsOf(command);
}

/** Writes the VTT beside the sheets that came out; their names, relative to the output folder. */
async function describeSheets(request: PictureRequest, plan: StoryboardPlan, part: string): Promise<string[]> {
  const made = (await readdir(join(request.outputDir, part))).filter((name) => name.startsWith('sheet-'));
  const sheets = made.sort((a, b) => sheetNumber(a) - sheetNumber(b));
  if (sheets.length === 0) return [];
  const durationMs = request.durationMs ?? plan.count * plan.intervalMs;
  await writeFile(join(request.outputDir, part, 'storyboard.vtt'), storyboardVtt(plan, durationMs, sheets));
  return ['storyboard.vtt', ...sheets].map((name) => `${part}/${name}`);
}

async function runFfmpeg(
  sandbox: Sandbox,
  request: PictureRequest,
  args: readonly string[],
  partDir: string,
): Promise<void> {
  const exit = await sandbox.run({
    tool: 'ffmpeg',
    args,
    input: request.path,
    outputDir: partDir,
    limits: LIMITS,
    signal: request.signal,
  });
  // A damaged end makes ffmpeg complain though pictures were made; what counts is what is there.
  const wanted = args.some((arg) => arg.endsWith('poster.jpg')) ? 'poster.jpg' : null;
  const isMade =
    wanted === null
      ? exit.code === 0
      : await stat(join(partDir, wanted)).then(
          (file) => file.size > 0,
          () => false,
        );
  if (!isMade)
    throw new ArchiveError('media-undecodable', `no picture could be decoded: ${exit.stderrTail.slice(-500)}`);
}

function sheetNumber(name: string): number {
  return Number(/(\d+)\.jpg$/.exec(name)?.[1] ?? 0);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
