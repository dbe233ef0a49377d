import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './process.js';

/**
 * What a recorder writes: 60 s of 1080p at 30 pictures a second, about 8 Mbit/s, a key frame every 2 s, moving
 * picture with grain, and sound. The original order of its parts is kept: the index is at the end of the file.
 */
const PICTURE = 'testsrc2=s=1920x1080:r=30,noise=alls=14:allf=t';
const SOUND = "aevalsrc='0.5*sin(2*PI*(180+60*sin(2*PI*0.7*t))*t)*(0.55+0.45*sin(2*PI*1.7*t))':s=48000";
const RATE = ['-b:v', '8M', '-maxrate', '10M', '-bufsize', '16M', '-g', '60', '-pix_fmt', 'yuv420p'];

const CODECS = {
  h264: ['-c:v', 'libx264', '-preset', 'veryfast', '-keyint_min', '60', '-sc_threshold', '0'],
  mpeg4: ['-c:v', 'mpeg4', '-bf', '2'],
  h265: ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error:keyint=60', '-tag:v', 'hvc1'],
} as const;

export type Codec = keyof typeof CODECS;

/** @returns the path of the clip, made once in the folder */
export async function makeClip(dir: string, codec: Codec, seconds = 60): Promise<string> {
  const source = ['-f', 'lavfi', '-i', PICTURE, '-f', 'lavfi', '-i', SOUND, '-t', String(seconds)];
  return await once(join(dir, `${codec}.mp4`), [...source, ...CODECS[codec], ...RATE, '-c:a', 'aac', '-b:a', '128k']);
}

/** A recording of at least so many bytes, made by repeating the clip without encoding it again. */
export async function makeLongRecording(dir: string, clip: string, sizeBytes: number): Promise<string> {
  const times = Math.ceil(sizeBytes / (await stat(clip)).size);
  return await once(join(dir, 'long.mp4'), ['-stream_loop', String(times - 1), '-i', clip, '-c', 'copy']);
}

/** What the rival does: one command making a 720p proxy. */
export async function ffmpegProxy(clip: string, out: string): Promise<void> {
  await ffmpeg([
    ...['-i', clip, '-vf', 'scale=-2:720', '-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p'],
    ...['-c:a', 'aac', '-b:a', '128k', out],
  ]);
}

async function once(path: string, args: readonly string[]): Promise<string> {
  if (await stat(path).catch(() => null)) return path;
  const partial = path.replace(/\.mp4$/, '.partial.mp4');
  await ffmpeg([...args, partial]);
  await rename(partial, path);
  return path;
}

async function ffmpeg(args: readonly string[]): Promise<void> {
  await run('ffmpeg', ['-nostdin', '-hide_banner', '-loglevel', 'error', '-y', ...args], { maxBuffer: 2 ** 24 });
}
