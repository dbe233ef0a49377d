import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError } from '#domain';
import { argumentsOf, readOriginal } from './ffmpeg-arguments.js';
import type { Demuxer } from './file-type.js';
import type { Segment, SegmentIndex } from './key-frames.js';
import type { AudioFacts } from './probe-facts.js';
import type { Sandbox } from './sandbox.js';
import { OUTPUT, type Provenance } from './tools.js';

export interface SegmentRequest {
  readonly path: string;
  readonly demuxer: Demuxer;
  readonly index: SegmentIndex;
  readonly audio: AudioFacts | null;
  /** Number of the first segment wanted. */
  readonly from: number;
  readonly count: number;
  /** Existing, and empty: two runs must not share one. */
  readonly outputDir: string;
  readonly signal?: AbortSignal | undefined;
}

export interface SegmentFile {
  readonly segment: number;
  /** Below the output folder, e.g. `00012.ts`. */
  readonly name: string;
}

export interface SegmentResult extends Provenance {
  readonly files: readonly SegmentFile[];
}

const LIMITS = { wallMs: 2 * 60_000, stallMs: 30_000, cpuSeconds: 240, outputBytes: 1024 ** 3 };
// Matroska keeps milliseconds; a cut wanted a hair early still falls before the right packet and after the one before.
const HAIR_US = 2_000;
// How much is read past the end for the next key frame to come by, which is what makes the muxer close the last
// segment. What is written of it is thrown away.
const BEYOND_US = 500_000;

/**
 * Copies segments [from, from + count) out of the original as MPEG-TS: pictures untouched, sound copied when AAC, else
 * made AAC. All times stay those of the original, so that segments of different runs join: the pictures exactly, the
 * sound within two AAC frames (46 ms) where two runs meet.
 * Throws `invalid-input` for segments that do not exist, `media-undecodable` when the file yields none.
 */
export async function makeSegments(sandbox: Sandbox, request: SegmentRequest): Promise<SegmentResult> {
  const { from, index } = request;
  const count = Math.min(request.count, index.segments.length - from);
  if (!Number.isInteger(from) || from < 0 || count < 1) throw new ArchiveError('invalid-input', `no segment ${from}`);
  const args = segmentArguments({ ...request, count });
  const { path: input, outputDir, signal } = request;
  const exit = await sandbox.run({ tool: 'ffmpeg', args, input, outputDir, limits: LIMITS, signal });
  const made = (await readdir(outputDir)).filter((name) => /^\d{5}\.ts$/.test(name)).sort();
  const files: SegmentFile[] = [];
  for (const name of made) {
    const segment = Number(name.slice(0, 5));
    if (segment < from + count) files.push({ segment, name });
    else await rm(join(outputDir, name));
  }
  if (files.length !== count) {
    throw new ArchiveError(
      'media-undecodable',
      `${files.length} of ${count} segments came out: ${exit.stderrTail.slice(-500)}`,
    );
  }
  return { files, tool: 'ffmpeg', version: await sandbox.toolVersion('ffmpeg'), args };
}

export function segmentArguments(
  request: Pick<SegmentRequest, 'demuxer' | 'index' | 'audio' | 'from' | 'count'>,
): string[] {
  const { index, from, count } = request;
  const start = index.segments[from];
  if (start === undefined) throw new ArchiveError('invalid-input', `no segment ${from}`);
  const cuts = index.segments.slice(from + 1, from + count + 1);
  const next = index.segments[from + count];
  const command = readOriginal(request, { before: from === 0 ? [] : seekTo(start) })
    .output(`${OUTPUT}/%05d.ts`)
    .outputOptions([
      ...['-map', '0:v:0', '-c:v', 'copy', '-copypriorss:v', '0'],
      ...soundOptions(request.audio),
      ...['-copyts', '-avoid_negative_ts', 'disabled', '-map_metadata', '-1'],
      ...(next === undefined ? [] : ['-to', seconds(next.ptsUs + BEYOND_US)]),
      // Said once more for the muxer inside: it would shift a first segment that begins below zero, and that one only.
      ...['-segment_format_options', 'avoid_negative_ts=disabled'],
      ...['-f', 'segment', '-segment_format', 'mpegts', '-segment_start_number', String(from)],
      ...['-segment_time_delta', seconds(HAIR_US)],
      ...(cuts.length > 0
        ? ['-segment_times', cuts.map((cut) => seconds(cut.ptsUs)).join(',')]
        : ['-segment_time', '1000000']),
    ]);
  return argumentsOf(command);
}

// By the file's own clock, to the time the key frame is decoded at: sound that belongs before its showing is stored
// around there. Packets before it are read and dropped until the key frame itself comes.
function seekTo(start: Segment): string[] {
  return ['-seek_timestamp', '1', '-ss', seconds(start.dtsUs - HAIR_US)];
}

function soundOptions(audio: AudioFacts | null): string[] {
  if (audio === null) return ['-an'];
  const map = ['-map', '0:a:0?', '-copypriorss:a', '0'];
  if (audio.codec === 'aac') return [...map, '-c:a', 'copy'];
  return [...map, '-c:a', 'aac', '-b:a', '96k', '-ac', audio.channels === 1 ? '1' : '2', '-ar', '44100'];
}

function seconds(us: number): string {
  return (us / 1_000_000).toFixed(6);
}
