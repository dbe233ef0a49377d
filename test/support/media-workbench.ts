import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createSandbox, type LookResult, look, type Sandbox, type SandboxMode } from '#media';

const run = promisify(execFile);

/** A sandbox and a folder of one test file; outputs stay until `close`, for tests to look into. */
export class MediaWorkbench {
  private constructor(
    readonly sandbox: Sandbox,
    readonly folder: string,
  ) {}

  static async open(mode: SandboxMode = 'full'): Promise<MediaWorkbench> {
    return new MediaWorkbench(await createSandbox(mode), await mkdtemp(join(tmpdir(), 'liuhen-media-test-')));
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  newDir(): Promise<string> {
    return mkdtemp(join(this.folder, 'out-'));
  }

  async look(path: string): Promise<LookResult & { readonly outputDir: string }> {
    const outputDir = await this.newDir();
    const result = await look(this.sandbox, { path, sizeBytes: (await stat(path)).size, outputDir });
    return { ...result, outputDir };
  }
}

/** Size of a picture or first video stream as ffprobe sees it, outside any sandbox. */
export async function sizeOf(path: string): Promise<{ width: number; height: number }> {
  const text = await ffprobe(['-select_streams', 'v:0', '-show_entries', 'stream=width,height', path]);
  // A playlist is listed twice, as programme and as stream.
  const [width = 0, height = 0] = (text.split('\n')[0] ?? '').split(',').map((part) => Number.parseInt(part, 10));
  return { width, height };
}

/** Digest of each decoded picture, in order. */
export async function frameDigests(path: string): Promise<string[]> {
  const args = ['-v', 'error', '-i', path, '-map', '0:v:0', '-fps_mode', 'passthrough', '-f', 'framemd5', '-'];
  const { stdout } = await run('ffmpeg', args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout
    .split('\n')
    .flatMap((line) => (line === '' || line.startsWith('#') ? [] : [line.split(',').at(-1)?.trim() ?? '']));
}

/** Times of the packets of a stream, in seconds, sorted. */
export async function packetTimes(path: string, stream: 'v:0' | 'a:0'): Promise<number[]> {
  const text = await ffprobe(['-select_streams', stream, '-show_entries', 'packet=pts_time', path]);
  return text
    .split('\n')
    .map((line) => Number.parseFloat(line))
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
}

/** Red, green and blue, 0–255, of one pixel of a picture, or of a recording at a time. */
export async function pixelAt(path: string, x: number, y: number, atSeconds = 0): Promise<[number, number, number]> {
  const seek = atSeconds > 0 ? ['-ss', String(atSeconds)] : [];
  const args = [
    '-v',
    'error',
    ...seek,
    '-i',
    path,
    '-vf',
    `format=rgb24,crop=1:1:${x}:${y}`,
    '-frames:v',
    '1',
    '-f',
    'rawvideo',
    '-',
  ];
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer' });
  return [stdout[0] ?? -1, stdout[1] ?? -1, stdout[2] ?? -1];
}

async function ffprobe(args: readonly string[]): Promise<string> {
  const { stdout } = await run('ffprobe', ['-v', 'error', '-of', 'csv=p=0', ...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

/** All files below a folder, relative. */
export async function filesBelow(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
