import { type ChildProcess, spawn } from 'node:child_process';
import { type Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError } from '#domain';
import type { Limits } from './sandbox-arguments.js';

const WATCH_EVERY_MS = 200;
const STDERR_TAIL_CHARS = 8_192;

/** Where a running ffmpeg is (`-progress pipe:2`). */
export interface ToolProgress {
  /** Time reached in the result. */
  readonly outTimeMs: number;
}

export interface SuperviseRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly limits: Limits;
  /** Watched for size; null when the tool writes no files. */
  readonly outputDir: string | null;
  /** Written to file descriptor 3 of the child. */
  readonly extraInput: Buffer | null;
  readonly signal: AbortSignal | undefined;
  /** Takes stdout as it comes; without it stdout is kept and returned. Throwing stops the tool. */
  readonly onStdout: ((chunk: Buffer) => void) | undefined;
  readonly onProgress: ((progress: ToolProgress) => void) | undefined;
}

export interface ToolExit {
  /** Exit code, or 128 + signal number as a shell says it. */
  readonly code: number;
  /** Empty when `onStdout` took it. */
  readonly stdout: Buffer;
  /** The last 8 KiB of what the tool complained about, without progress lines. */
  readonly stderrTail: string;
  readonly wallMs: number;
}

/**
 * Runs one program in its own process group and never lets it outlive or outgrow its limits. Resolves only when all
 * that holds its pipes is gone, so a folder may be removed right after.
 * Throws `timeout` (details.limit wall, stall or cpu), `media-limit` (details.limit output or memory), the signal's
 * reason, or what `onStdout` threw. An exit code other than 0 is not an error here: the caller knows what it means.
 */
export async function supervise(request: SuperviseRequest): Promise<ToolExit> {
  request.signal?.throwIfAborted();
  const startedAt = performance.now();
  const child = spawn(request.command, request.args, {
    cwd: request.cwd,
    detached: true,
    env: { LC_ALL: 'C.UTF-8', HOME: '/nonexistent', PATH: '/usr/bin:/bin' },
    stdio: ['ignore', 'pipe', 'pipe', request.extraInput === null ? 'ignore' : 'pipe'],
  });
  const stop = new Stop(child);
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', (error) =>
      reject(new ArchiveError('tool-failed', `cannot start ${request.command}`, { cause: error })),
    );
    child.once('close', (code, signal) => resolve(code ?? 128 + signalNumber(signal)));
  });
  feed(child, request.extraInput);
  const output = collectStdout(child, request, stop);
  const errors = collectStderr(child, request, stop);
  const unwatch = watch(request, stop);
  try {
    const code = await ended;
    const stderrTail = errors();
    throwIfStopped(stop, code, stderrTail);
    return { code, stdout: output(), stderrTail, wallMs: Math.round(performance.now() - startedAt) };
  } finally {
    unwatch();
  }
}

/** The first reason to stop wins; later ones are consequences. */
class Stop {
  reason: unknown = undefined;
  /** Sign of life, milliseconds of performance.now(). */
  aliveAt = performance.now();

  constructor(private readonly child: ChildProcess) {}

  alive(): void {
    this.aliveAt = performance.now();
  }

  because(reason: unknown): void {
    if (this.reason !== undefined) return;
    this.reason = reason;
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Already gone; `close` follows.
    }
  }
}

function feed(child: ChildProcess, bytes: Buffer | null): void {
  const pipe = child.stdio[3];
  if (bytes === null || pipe === null || pipe === undefined || !('write' in pipe)) return;
  pipe.on('error', () => undefined); // a child that died early says so by its exit code
  pipe.end(bytes);
}

function collectStdout(child: ChildProcess, request: SuperviseRequest, stop: Stop): () => Buffer {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    if (stop.reason !== undefined) return;
    stop.alive();
    sizeBytes += chunk.length;
    if (sizeBytes > request.limits.outputBytes) return stop.because(overLimit('output', request.limits.outputBytes));
    if (request.onStdout === undefined) {
      chunks.push(chunk);
      return;
    }
    try {
      request.onStdout(chunk);
    } catch (error) {
      stop.because(error);
    }
  });
  return () => Buffer.concat(chunks);
}

// ffmpeg repeats its progress block while it hangs, so only a time that moves counts as life.
function collectStderr(child: ChildProcess, request: SuperviseRequest, stop: Stop): () => string {
  let tail = '';
  let rest = '';
  let reachedMs = -1;
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (text: string) => {
    const lines = (rest + text).slice(-4 * STDERR_TAIL_CHARS).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const progress = /^out_time_us=(-?\d+)$/.exec(line);
      if (progress !== null) {
        const outTimeMs = Math.max(0, Math.floor(Number(progress[1]) / 1000));
        if (outTimeMs > reachedMs) {
          reachedMs = outTimeMs;
          stop.alive();
          request.onProgress?.({ outTimeMs });
        }
      } else if (!PROGRESS_LINE.test(line)) {
        tail = `${tail}${line}\n`.slice(-STDERR_TAIL_CHARS);
      }
    }
  });
  return () => `${tail}${rest}`.trim();
}

const PROGRESS_LINE =
  /^(frame|fps|stream_\d+_\d+_\w+|bitrate|total_size|out_time|out_time_ms|dup_frames|drop_frames|speed|progress)=/;

function watch(request: SuperviseRequest, stop: Stop): () => void {
  const { limits, outputDir, signal } = request;
  const onAbort = () => stop.because(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const wall = setTimeout(() => stop.because(timeout('wall', limits.wallMs)), limits.wallMs);
  let seenBytes = 0;
  let looking = false;
  const look = async () => {
    if (outputDir !== null) {
      const sizeBytes = await folderBytes(outputDir);
      if (sizeBytes > limits.outputBytes) stop.because(overLimit('output', limits.outputBytes));
      if (sizeBytes !== seenBytes) stop.alive();
      seenBytes = sizeBytes;
    }
    if (performance.now() - stop.aliveAt > limits.stallMs) stop.because(timeout('stall', limits.stallMs));
  };
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    look()
      .catch(() => undefined) // the folder is being written to; the next look sees it
      .finally(() => {
        looking = false;
      });
  }, WATCH_EVERY_MS);
  return () => {
    signal?.removeEventListener('abort', onAbort);
    clearTimeout(wall);
    clearInterval(timer);
  };
}

function throwIfStopped(stop: Stop, code: number, stderrTail: string): void {
  if (stop.reason !== undefined) throw stop.reason;
  if (code === 128 + 9 || code === 128 + 24) throw timeout('cpu', 0);
  if (code === 128 + 25) throw overLimit('output', 0);
  if (/cannot allocate memory|out of memory|bad_alloc/i.test(stderrTail)) throw overLimit('memory', 0);
}

function timeout(limit: 'wall' | 'stall' | 'cpu', limitMs: number): ArchiveError {
  return new ArchiveError('timeout', `media tool stopped: ${limit} time limit`, { details: { limit, limitMs } });
}

function overLimit(limit: 'output' | 'memory', limitBytes: number): ArchiveError {
  return new ArchiveError('media-limit', `media tool stopped: ${limit} limit`, { details: { limit, limitBytes } });
}

function signalNumber(signal: NodeJS.Signals | null): number {
  const numbers: Partial<Record<NodeJS.Signals, number>> = {
    SIGKILL: 9,
    SIGSEGV: 11,
    SIGABRT: 6,
    SIGXCPU: 24,
    SIGXFSZ: 25,
  };
  return (signal === null ? undefined : numbers[signal]) ?? 15;
}

/**
 * Refuses results that are not plain files. A captured tool could leave a link under the name of a picture, and who
 * reads it outside the sandbox would follow it. Throws `media-refused`.
 */
export async function requirePlainFiles(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() || entry.isDirectory()) continue;
    throw new ArchiveError('media-refused', 'media tool left something that is not a file');
  }
}

/** Size of all files below a folder; links are counted, not followed. */
export async function folderBytes(folder: string): Promise<number> {
  let total = 0;
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    total += entry.isDirectory() ? await folderBytes(path) : (await lstat(path)).size;
  }
  return total;
}
