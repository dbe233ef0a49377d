import { ArchiveError, type UnviewableReason } from '#domain';
import { probeArguments } from './ffmpeg-arguments.js';
import type { Demuxer } from './file-type.js';
import { factsOf, type MediaFacts, type RawProbe } from './probe-facts.js';
import type { Sandbox } from './sandbox.js';
import { type Provenance } from './tools.js';

export interface Probe {
  readonly raw: RawProbe;
  readonly facts: MediaFacts;
  readonly provenance: Provenance;
}

/** Why a file cannot be shown; the words for people are `UNVIEWABLE_TEXT` in the domain. */
export interface Unviewable {
  readonly unviewable: UnviewableReason;
  /** What the tool said, for operators; never shown to officers. */
  readonly detail: string;
}

export interface ProbeRequest {
  readonly path: string;
  readonly demuxer: Demuxer;
  readonly signal?: AbortSignal | undefined;
}

const PROBE_LIMITS = { wallMs: 60_000, stallMs: 60_000, cpuSeconds: 60, outputBytes: 16 * 1024 * 1024 };

/** ffprobe of the original. Returns why not, rather than throwing, when the file is at fault. */
export async function probe(sandbox: Sandbox, request: ProbeRequest): Promise<Probe | Unviewable> {
  const args = probeArguments(request, ['-show_format', '-show_streams', '-of', 'json=compact=1']);
  const exit = await sandbox.run({
    tool: 'ffprobe',
    args,
    input: request.path,
    limits: PROBE_LIMITS,
    signal: request.signal,
  });
  const raw = parseProbe(exit.stdout.toString('utf8'));
  if (exit.code !== 0 || raw === null || (raw.streams ?? []).length === 0) {
    return { unviewable: reasonOf(exit.stderrTail), detail: exit.stderrTail };
  }
  const version = await sandbox.toolVersion('ffprobe');
  return { raw, facts: factsOf(raw), provenance: { tool: 'ffprobe', version, args } };
}

export function isUnviewable<T extends object>(result: T | Unviewable): result is Unviewable {
  return 'unviewable' in result;
}

/** Words of ffmpeg 5 and later for what is wrong with a file. */
export function reasonOf(stderr: string): UnviewableReason {
  if (/moov atom not found|no trun|Truncat|partial file|EBML header parsing failed|End of file/i.test(stderr))
    return 'truncated';
  if (/not on whitelist|Decoder .* not found|Unsupported codec|whitelist/i.test(stderr)) return 'refused';
  if (/dimensions? .*(invalid|not set|too)|Picture size .* is invalid|max_pixels|max streams/i.test(stderr))
    return 'too-large';
  if (/encrypt/i.test(stderr)) return 'encrypted';
  return 'corrupt';
}

/** A failure of a tool as a reason, or null when it is the worker's trouble (abort, no sandbox) and must be thrown on. */
export function reasonOfError(error: unknown): UnviewableReason | null {
  if (!(error instanceof ArchiveError)) return null;
  switch (error.code) {
    case 'timeout':
      return 'timeout';
    case 'media-limit':
      return 'too-large';
    case 'media-refused':
      return 'refused';
    case 'media-undecodable':
      return 'corrupt';
    case 'tool-failed':
      return error.details.tool === undefined ? null : 'no-tool';
    default:
      return null;
  }
}

function parseProbe(text: string): RawProbe | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as RawProbe) : null;
  } catch {
    return null;
  }
}
