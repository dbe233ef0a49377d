import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError } from '#domain';
import { argumentsOf, readOriginal } from './ffmpeg-arguments.js';
import type { Demuxer } from './file-type.js';
import { type Rendition, renditionOf } from './rendition.js';
import type { Sandbox } from './sandbox.js';
import type { ToolProgress } from './supervise.js';

const SAMPLE_RATE = 8_000;
const FIRST_BUCKET = 40;
const MAX_POINTS = 2_000;

/**
 * The waveform as BBC audiowaveform's JSON, version 2: pairs of lowest and highest sample of each stretch, 8 bits,
 * which peaks.js and wavesurfer read as they are.
 */
export interface Peaks {
  readonly version: 2;
  readonly channels: 1;
  readonly sample_rate: number;
  readonly samples_per_pixel: number;
  readonly bits: 8;
  readonly length: number;
  readonly data: readonly number[];
}

/**
 * Reduces 16-bit mono samples to at most 2000 pairs without knowing how many will come: when there are too many
 * pairs, neighbours are joined and each pair stands for twice as long. Memory stays at a few kilobytes.
 */
export class PeakReducer {
  private readonly lows: number[] = [];
  private readonly highs: number[] = [];
  private bucket = FIRST_BUCKET;
  private filled = 0;
  private low = 0;
  private high = 0;
  private oddByte: number | null = null;

  /** @param bytes signed 16-bit little-endian samples; may be cut anywhere */
  add(bytes: Buffer): void {
    let at = 0;
    if (this.oddByte !== null && bytes.length > 0) {
      this.sample(((((bytes[0] ?? 0) << 8) | this.oddByte) << 16) >> 16);
      this.oddByte = null;
      at = 1;
    }
    for (; at + 1 < bytes.length; at += 2) this.sample(bytes.readInt16LE(at));
    if (at < bytes.length) this.oddByte = bytes[at] ?? null;
  }

  result(): Peaks {
    if (this.filled > 0) this.close();
    const data = this.lows.flatMap((low, i) => [low >> 8, (this.highs[i] ?? 0) >> 8]);
    return {
      version: 2,
      channels: 1,
      sample_rate: SAMPLE_RATE,
      samples_per_pixel: this.bucket,
      bits: 8,
      length: this.lows.length,
      data,
    };
  }

  private sample(value: number): void {
    this.low = this.filled === 0 || value < this.low ? value : this.low;
    this.high = this.filled === 0 || value > this.high ? value : this.high;
    this.filled += 1;
    if (this.filled === this.bucket) this.close();
  }

  private close(): void {
    this.lows.push(this.low);
    this.highs.push(this.high);
    this.filled = 0;
    if (this.lows.length === MAX_POINTS) this.halve();
  }

  private halve(): void {
    for (let i = 0; i < MAX_POINTS / 2; i++) {
      this.lows[i] = Math.min(this.lows[2 * i] ?? 0, this.lows[2 * i + 1] ?? 0);
      this.highs[i] = Math.max(this.highs[2 * i] ?? 0, this.highs[2 * i + 1] ?? 0);
    }
    this.lows.length = MAX_POINTS / 2;
    this.highs.length = MAX_POINTS / 2;
    this.bucket *= 2;
  }
}

export interface PeaksRequest {
  readonly path: string;
  readonly demuxer: Demuxer;
  readonly outputDir: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ToolProgress) => void) | undefined;
}

// A day of sound at 8 kHz is 1.4 GB through the pipe; none of it is kept.
const LIMITS = { wallMs: 30 * 60_000, stallMs: 60_000, cpuSeconds: 1_800, outputBytes: 4 * 1024 ** 3 };

/** The waveform, computed while ffmpeg decodes; no file of samples is ever written. Throws `media-undecodable`. */
export async function makePeaks(sandbox: Sandbox, request: PeaksRequest): Promise<Rendition> {
  const args = peakArguments(request.demuxer);
  const reducer = new PeakReducer();
  const exit = await sandbox.run({
    tool: 'ffmpeg',
    args,
    input: request.path,
    limits: LIMITS,
    signal: request.signal,
    onStdout: (chunk) => reducer.add(chunk),
    onProgress: request.onProgress,
  });
  const peaks = reducer.result();
  if (peaks.length === 0)
    throw new ArchiveError('media-undecodable', `no sound could be decoded: ${exit.stderrTail.slice(-500)}`);
  await mkdir(join(request.outputDir, 'peaks'), { recursive: true });
  await writeFile(join(request.outputDir, 'peaks', 'peaks.json'), JSON.stringify(peaks));
  const version = await sandbox.toolVersion('ffmpeg');
  return renditionOf('peaks', request.outputDir, ['peaks/peaks.json'], { tool: 'ffmpeg', version, args });
}

/** Reads the sound alone: the demuxer is told to leave the pictures out. */
export function peakArguments(demuxer: Demuxer): string[] {
  const command = readOriginal({ demuxer }, { before: ['-vn', '-sn', '-dn'], threads: 1 })
    .output('pipe:1')
    .outputOptions(['-map', '0:a:0', '-ac', '1', '-ar', String(SAMPLE_RATE), '-c:a', 'pcm_s16le', '-f', 's16le']);
  return argumentsOf(command);
}
