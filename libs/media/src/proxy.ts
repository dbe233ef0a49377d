import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError } from '#domain';
import { argumentsOf, readOriginal } from './ffmpeg-arguments.js';
import type { Demuxer } from './file-type.js';
import { fitWithin, scaleTo } from './filters.js';
import { withPartDir } from './output-dir.js';
import type { MediaFacts, VideoFacts } from './probe-facts.js';
import { type Rendition, renditionOf } from './rendition.js';
import type { Sandbox } from './sandbox.js';
import type { ToolProgress } from './supervise.js';
import { OUTPUT } from './tools.js';

export interface ProxyRequest {
  readonly path: string;
  readonly demuxer: Demuxer;
  readonly facts: MediaFacts;
  readonly outputDir: string;
  /** Encoder threads. */
  readonly threads?: number;
  readonly signal?: AbortSignal | undefined;
  /** Time of the recording reached so far. */
  readonly onProgress?: ((progress: ToolProgress) => void) | undefined;
}

const HOUR_MS = 3_600_000;
const SEGMENT_SECONDS = 2;
const MAX_FRAME_RATE = 30;

/**
 * What every browser plays, made of what none does: HLS with H.264 at most 720p and AAC, or for sound alone one M4A.
 * The playlist is `proxy/index.m3u8` with `00000.ts` and on beside it; sound is `proxy/sound.m4a`.
 * Takes about a third of the recording's length. Throws `media-undecodable` when nothing came out, `timeout`.
 */
export async function makeProxy(sandbox: Sandbox, request: ProxyRequest): Promise<Rendition> {
  const { facts } = request;
  return withPartDir(request.outputDir, 'proxy', async (partDir) => {
    const args =
      facts.video === null ? soundProxyArguments(request.demuxer) : videoProxyArguments(request, facts.video);
    const lengthMs = facts.durationMs ?? HOUR_MS;
    const exit = await sandbox.run({
      tool: 'ffmpeg',
      args,
      input: request.path,
      outputDir: partDir,
      limits: {
        wallMs: 5 * 60_000 + 10 * lengthMs,
        stallMs: 120_000,
        cpuSeconds: 600 + Math.ceil((lengthMs * 40) / 1000),
        outputBytes: 64 * 1024 ** 3,
      },
      signal: request.signal,
      onProgress: request.onProgress,
    });
    const names = (await readdir(partDir)).sort();
    const isMade =
      facts.video === null
        ? names.includes('sound.m4a') && exit.code === 0
        : names.some((name) => name.endsWith('.ts'));
    if (!isMade) throw new ArchiveError('media-undecodable', `no proxy came out: ${exit.stderrTail.slice(-500)}`);
    const version = await sandbox.toolVersion('ffmpeg');
    return renditionOf(
      'proxy',
      request.outputDir,
      names.map((name) => join('proxy', name)),
      { tool: 'ffmpeg', version, args },
    );
  });
}

export function videoProxyArguments(
  request: Pick<ProxyRequest, 'demuxer' | 'facts' | 'threads'>,
  video: VideoFacts,
): string[] {
  const isUpright = video.height > video.width;
  const size = fitWithin(video, isUpright ? { width: 720, height: 1280 } : { width: 1280, height: 720 });
  const filters = [
    ...(video.isInterlaced ? ['yadif=deint=interlaced'] : []),
    ...((video.frameRate ?? 0) > MAX_FRAME_RATE * 1.05 ? [`fps=${MAX_FRAME_RATE}`] : []),
    scaleTo(size, video.hdr),
  ];
  const command = readOriginal(request)
    .output(`${OUTPUT}/index.m3u8`)
    .outputOptions([
      ...['-map', '0:v:0', '-map', '0:a:0?', '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1'],
      ...['-vf', filters.join(','), '-fps_mode', 'vfr'],
      ...[
        '-c:v',
        'libx264',
        '-preset',
        'veryfast',
        '-crf',
        '23',
        '-maxrate',
        '5M',
        '-bufsize',
        '10M',
        '-pix_fmt',
        'yuv420p',
      ],
      ...['-threads', String(request.threads ?? 4), '-force_key_frames', `expr:gte(t,n_forced*${SEGMENT_SECONDS})`],
      ...soundOptions(request.facts),
      ...[
        '-f',
        'hls',
        '-hls_time',
        String(SEGMENT_SECONDS),
        '-hls_playlist_type',
        'vod',
        '-hls_flags',
        'independent_segments',
      ],
      ...['-hls_segment_filename', `${OUTPUT}/%05d.ts`],
    ]);
  return argumentsOf(command);
}

// Recorders that lose sound packets must not let the rest run ahead of the picture.
function soundOptions(facts: MediaFacts): string[] {
  if (facts.audio === null) return ['-an'];
  return [
    '-c:a',
    'aac',
    '-b:a',
    '96k',
    '-ac',
    facts.audio.channels === 1 ? '1' : '2',
    '-ar',
    '44100',
    '-af',
    'aresample=async=1',
  ];
}

export function soundProxyArguments(demuxer: Demuxer): string[] {
  const command = readOriginal({ demuxer }, { before: ['-vn', '-sn', '-dn'] })
    .output(`${OUTPUT}/sound.m4a`)
    .outputOptions([
      ...['-map', '0:a:0', '-map_metadata', '-1', '-map_chapters', '-1', '-c:a', 'aac', '-b:a', '64k', '-ac', '1'],
      ...['-ar', '44100', '-movflags', '+faststart', '-f', 'ipod'],
    ]);
  return argumentsOf(command);
}
