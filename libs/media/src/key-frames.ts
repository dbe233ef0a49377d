import { ArchiveError } from '#domain';
import { probeArguments } from './ffmpeg-arguments.js';
import type { Demuxer } from './file-type.js';
import type { Sandbox } from './sandbox.js';
import type { Provenance } from './tools.js';

/** Where a picture can be started from, in microseconds of the file's own clock. */
export interface KeyFrame {
  readonly ptsUs: number;
  /** Decoding time: earlier than ptsUs where pictures are stored out of order. */
  readonly dtsUs: number;
}

export interface KeyFrameScan {
  readonly keyFrames: readonly KeyFrame[];
  /** End of the last picture, in the same clock. */
  readonly endUs: number;
  readonly provenance: Provenance;
}

/** One piece of the recording that can be copied out and played by itself. */
export interface Segment extends KeyFrame {
  /** From the first key frame of the recording. */
  readonly startMs: number;
  readonly durationMs: number;
}

/** The table playlists are written from and segments are cut by; stored as JSON, rendition `segment-index`. */
export interface SegmentIndex {
  readonly version: 1;
  readonly endUs: number;
  readonly segments: readonly Segment[];
}

const TARGET_US = 4_000_000;
const LIMITS = { wallMs: 30 * 60_000, stallMs: 120_000, cpuSeconds: 1_800, outputBytes: 4 * 1024 ** 3 };
/** A key frame for each second of eight days. */
const MAX_KEY_FRAMES = 700_000;

/**
 * Lists the key frames by reading packets, without decoding one. Lines are judged as they come, so memory holds the
 * key frames only. Throws `media-undecodable` when there is none.
 */
export async function scanKeyFrames(
  sandbox: Sandbox,
  request: { readonly path: string; readonly demuxer: Demuxer; readonly signal?: AbortSignal | undefined },
): Promise<KeyFrameScan> {
  const show = [
    '-select_streams',
    'v:0',
    '-show_entries',
    'packet=pts_time,dts_time,duration_time,flags',
    '-of',
    'csv=p=0',
  ];
  const args = probeArguments(request, show);
  const reader = new PacketReader();
  const exit = await sandbox.run({
    tool: 'ffprobe',
    args,
    input: request.path,
    limits: LIMITS,
    signal: request.signal,
    onStdout: (chunk) => reader.add(chunk.toString('latin1')),
  });
  const { keyFrames, endUs } = reader.result();
  if (keyFrames.length === 0)
    throw new ArchiveError('media-undecodable', `no key frame found: ${exit.stderrTail.slice(-500)}`);
  return { keyFrames, endUs, provenance: { tool: 'ffprobe', version: await sandbox.toolVersion('ffprobe'), args } };
}

/** Reads ffprobe's packet lines `pts_time,dts_time,duration_time,flags`; AVI knows no pts, Matroska no first dts. */
export class PacketReader {
  private readonly keyFrames: KeyFrame[] = [];
  private endUs = 0;
  private rest = '';

  add(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.line(line);
  }

  result(): { keyFrames: KeyFrame[]; endUs: number } {
    this.line(this.rest);
    return { keyFrames: this.keyFrames, endUs: this.endUs };
  }

  private line(line: string): void {
    const [pts, dts, duration, flags] = line.split(',');
    const ptsUs = microseconds(pts) ?? microseconds(dts);
    if (ptsUs === null) return;
    this.endUs = Math.max(this.endUs, ptsUs + (microseconds(duration) ?? 0));
    if (flags?.includes('K') !== true || this.keyFrames.length >= MAX_KEY_FRAMES) return;
    const last = this.keyFrames.at(-1);
    if (last !== undefined && ptsUs <= last.ptsUs) return; // a clock that jumped back cannot be cut by
    this.keyFrames.push({ ptsUs, dtsUs: Math.min(ptsUs, microseconds(dts) ?? ptsUs) });
  }
}

function microseconds(seconds: string | undefined): number | null {
  if (seconds === undefined || seconds === '' || seconds === 'N/A') return null;
  const value = Math.round(Number(seconds) * 1_000_000);
  return Number.isFinite(value) ? value : null;
}

/** Joins key-frame stretches into segments of four seconds or a little more; sparse key frames make longer ones. */
export function segmentIndexOf(scan: Pick<KeyFrameScan, 'keyFrames' | 'endUs'>): SegmentIndex {
  const [first] = scan.keyFrames;
  if (first === undefined) return { version: 1, endUs: scan.endUs, segments: [] };
  const starts = [first];
  for (const keyFrame of scan.keyFrames) {
    const start = starts.at(-1) ?? first;
    if (keyFrame.ptsUs - start.ptsUs >= TARGET_US) starts.push(keyFrame);
  }
  const segments = starts.map((start, i) => ({
    ...start,
    startMs: Math.round((start.ptsUs - first.ptsUs) / 1000),
    durationMs: Math.max(1, Math.round(((starts[i + 1]?.ptsUs ?? scan.endUs) - start.ptsUs) / 1000)),
  }));
  return { version: 1, endUs: scan.endUs, segments };
}

/** Reads a stored index back. Throws `internal` when it is not one of ours. */
export function parseSegmentIndex(json: string): SegmentIndex {
  const value: unknown = JSON.parse(json);
  const index = value as Partial<SegmentIndex> | null;
  if (index?.version !== 1 || !Array.isArray(index.segments)) throw new ArchiveError('internal', 'not a segment index');
  return index as SegmentIndex;
}
