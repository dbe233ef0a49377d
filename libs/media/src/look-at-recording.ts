import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlayMode } from '#domain';
import { isCutShort } from './cut-short.js';
import type { Demuxer } from './file-type.js';
import { type KeyFrameScan, scanKeyFrames, segmentIndexOf } from './key-frames.js';
import { VIDEO_MAX_SIDE } from './limits.js';
import type { Finding, LookInput, LookWarning } from './look-result.js';
import { makePeaks } from './peaks.js';
import { planPictures, renditionBudget } from './picture-plan.js';
import { makePictures } from './pictures.js';
import { playModeOf } from './play-mode.js';
import { isUnviewable, probe, reasonOfError } from './probe.js';
import type { MediaFacts, VideoFacts } from './probe-facts.js';
import { type Rendition, renditionBytes, renditionOf } from './rendition.js';
import type { Sandbox } from './sandbox.js';

interface Recording {
  readonly demuxer: Demuxer;
  readonly mime: string;
}

/** Footage and sound: facts, how it can be played, and what makes it viewable at once. */
export async function lookAtRecording(sandbox: Sandbox, input: LookInput, recording: Recording): Promise<Finding> {
  const { path, signal } = input;
  const probed = await probe(sandbox, { path, demuxer: recording.demuxer, signal });
  if (isUnviewable(probed)) return { unviewable: probed.unviewable, detail: probed.detail };
  const facts = await withDuration(sandbox, input, recording, probed.facts);
  const { video } = facts;
  const claims = {
    kind: video === null ? ('sound' as const) : ('video' as const),
    raw: { probe: probed.raw, exif: null },
    facts,
    times: facts.containerTimes,
    place: facts.place,
    device: facts.device,
  };
  if (video === null && facts.audio === null)
    return { ...claims, kind: 'other', unviewable: 'unknown-format', detail: 'neither picture nor sound' };
  if (video !== null && (video.codedWidth > VIDEO_MAX_SIDE || video.codedHeight > VIDEO_MAX_SIDE)) {
    return { ...claims, unviewable: 'too-large', detail: `${video.codedWidth}×${video.codedHeight}` };
  }
  const playMode = playModeOf(facts, recording.demuxer, recording.mime);
  const isCut = await isCutShort(path, recording.demuxer);
  try {
    const { renditions, warnings } = await makeViewable(sandbox, input, recording, facts, playMode);
    return {
      ...claims,
      playMode,
      playMime: playMimeOf(playMode, recording.mime, video),
      renditions,
      warnings: isCut ? ['cut-short', ...warnings] : warnings,
    };
  } catch (error) {
    signal?.throwIfAborted();
    const reason = reasonOfError(error);
    if (reason === null) throw error;
    return {
      ...claims,
      unviewable: reason === 'corrupt' && isCut ? 'truncated' : reason,
      detail: error instanceof Error ? error.message : null,
    };
  }
}

/** A recording whose end was never written says no duration; it is as long as its packets are. */
async function withDuration(
  sandbox: Sandbox,
  input: LookInput,
  recording: Recording,
  facts: MediaFacts,
): Promise<MediaFacts> {
  if (facts.durationMs !== null || facts.video === null) return facts;
  const scan = await scanKeyFrames(sandbox, {
    path: input.path,
    demuxer: recording.demuxer,
    signal: input.signal,
  }).catch(() => null);
  const first = scan?.keyFrames[0];
  if (scan === null || first === undefined) return facts;
  return { ...facts, durationMs: Math.max(0, Math.round((scan.endUs - first.ptsUs) / 1000)) };
}

interface Made {
  readonly renditions: Rendition[];
  readonly warnings: LookWarning[];
}

async function makeViewable(
  sandbox: Sandbox,
  input: LookInput,
  recording: Recording,
  facts: MediaFacts,
  playMode: PlayMode,
): Promise<Made> {
  const isPlayable = playMode !== 'proxy';
  const { video } = facts;
  const tasks: Task[] = [];
  if (video !== null) {
    const plan = planPictures({
      video,
      durationMs: facts.durationMs,
      playableSizeBytes: isPlayable ? input.sizeBytes : null,
    });
    tasks.push(async (source) => ({
      renditions: await makePictures(sandbox, { ...source, video, durationMs: facts.durationMs, plan }),
      warnings: [],
    }));
  }
  if (facts.audio !== null) tasks.push((source) => makeWaveform(sandbox, source, video !== null));
  if (playMode === 'remux') tasks.push((source) => makeIndex(sandbox, source));
  const made = await runTogether(tasks, input, recording.demuxer);
  return isPlayable && video !== null ? keepToBudget(made, input) : made;
}

interface Source {
  readonly path: string;
  readonly demuxer: Demuxer;
  readonly outputDir: string;
  readonly signal: AbortSignal;
}

type Task = (source: Source) => Promise<Made>;

/**
 * All at once: there are three at most, and only the pictures are heavy. When one fails the others are stopped, and
 * waited for, since the caller removes the folder they write to.
 */
async function runTogether(tasks: readonly Task[], input: LookInput, demuxer: Demuxer): Promise<Made> {
  const failed = new AbortController();
  const signal = input.signal === undefined ? failed.signal : AbortSignal.any([input.signal, failed.signal]);
  const source = { path: input.path, demuxer, outputDir: input.outputDir, signal };
  let done = 0;
  let failure: unknown;
  const results = await Promise.all(
    tasks.map(async (task): Promise<Made> => {
      try {
        const made = await task(source);
        done += 1;
        input.onProgress?.(done / (tasks.length + 1));
        return made;
      } catch (error) {
        failure ??= error;
        failed.abort(error);
        return { renditions: [], warnings: [] };
      }
    }),
  );
  if (failure !== undefined) throw failure;
  return { renditions: results.flatMap((made) => made.renditions), warnings: results.flatMap((made) => made.warnings) };
}

/** Footage can do without its sound, sound cannot. */
async function makeWaveform(sandbox: Sandbox, source: Source, isOptional: boolean): Promise<Made> {
  try {
    return { renditions: [await makePeaks(sandbox, source)], warnings: [] };
  } catch (error) {
    if (!isOptional || source.signal.aborted || reasonOfError(error) === null) throw error;
    return { renditions: [], warnings: ['no-peaks'] };
  }
}

async function makeIndex(sandbox: Sandbox, source: Source): Promise<Made> {
  const scan: KeyFrameScan = await scanKeyFrames(sandbox, source);
  await mkdir(join(source.outputDir, 'index'), { recursive: true });
  await writeFile(join(source.outputDir, 'index', 'segments.json'), JSON.stringify(segmentIndexOf(scan)));
  return {
    renditions: [await renditionOf('segment-index', source.outputDir, ['index/segments.json'], scan.provenance)],
    warnings: [],
  };
}

/** Sizes are planned, not known; when the pictures came out busier than thought, the storyboard goes. */
async function keepToBudget(made: Made, input: LookInput): Promise<Made> {
  const storyboard = made.renditions.find((rendition) => rendition.kind === 'storyboard');
  if (storyboard === undefined || renditionBytes(made.renditions) <= renditionBudget(input.sizeBytes)) return made;
  await Promise.all(storyboard.files.map((file) => rm(join(input.outputDir, file.name), { force: true })));
  return {
    renditions: made.renditions.filter((rendition) => rendition !== storyboard),
    warnings: [...made.warnings, 'storyboard-dropped'],
  };
}

/** MOV with H.264 is MP4 to a browser, which turns down `video/quicktime` by name. */
function playMimeOf(playMode: PlayMode, mime: string, video: VideoFacts | null): string | null {
  if (playMode !== 'native' && playMode !== 'native-hevc') return null;
  if (mime === 'video/webm' || mime.startsWith('audio/')) return mime;
  if (mime === 'video/x-matroska') return 'audio/webm';
  return video === null ? 'audio/mp4' : 'video/mp4';
}
