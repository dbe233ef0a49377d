import type { LookFacts, MadeRendition } from '#archive';
import { ArchiveError } from '#domain';
import {
  type Demuxer,
  type LookResult,
  look,
  type MediaFacts,
  makeProxy,
  makeSegments,
  parseSegmentIndex,
  type Sandbox,
} from '#media';

/** Turns what the media tools found into the facts the archive records, and back when a copy is made later. */
export async function lookAt(
  sandbox: Sandbox,
  input: {
    path: string;
    sizeBytes: number;
    outputDir: string;
    signal: AbortSignal;
    onProgress: (done: number) => void;
  },
): Promise<LookFacts> {
  const found = await look(sandbox, input);
  return {
    kind: found.kind === 'unknown' ? 'other' : found.kind,
    mime: found.playMime ?? found.sniff.mime,
    playMode: found.playMode,
    unviewable: found.viewing.state === 'unviewable' ? found.viewing.reason : null,
    durationMs: wholeOrNull(found.facts?.durationMs ?? null),
    pageCount: found.pageCount,
    deviceTime: deviceTimeOf(found),
    place: found.place,
    facts: factsOf(found),
    renditions: found.renditions,
  };
}

export async function copyOf(
  sandbox: Sandbox,
  input: {
    path: string;
    outputDir: string;
    facts: Readonly<Record<string, unknown>>;
    signal: AbortSignal;
    onProgress: (percent: number) => void;
  },
): Promise<MadeRendition> {
  const { demuxer, media } = keptFacts(input.facts);
  return await makeProxy(sandbox, {
    path: input.path,
    demuxer,
    facts: media,
    outputDir: input.outputDir,
    signal: input.signal,
    onProgress: ({ outTimeMs }) =>
      input.onProgress(media.durationMs ? Math.min(99, (100 * (outTimeMs ?? 0)) / media.durationMs) : 0),
  });
}

export async function segmentsOf(
  sandbox: Sandbox,
  input: {
    path: string;
    outputDir: string;
    index: string;
    facts: Readonly<Record<string, unknown>>;
    from: number;
    count: number;
    signal: AbortSignal;
  },
): Promise<readonly { readonly segment: number; readonly name: string }[]> {
  const { demuxer, media } = keptFacts(input.facts);
  const { path, outputDir, from, count, signal } = input;
  const index = parseSegmentIndex(input.index);
  return (await makeSegments(sandbox, { path, demuxer, index, audio: media.audio, from, count, outputDir, signal }))
    .files;
}

/** What later work needs, beside the raw words of the tools. */
function factsOf(found: LookResult): Record<string, unknown> {
  const { sniff, facts, raw, times, device, warnings, missingPages, detail } = found;
  return { sniff, media: facts, times, device, warnings, missingPages, detail, raw };
}

function keptFacts(facts: Readonly<Record<string, unknown>>): { demuxer: Demuxer; media: MediaFacts } {
  const sniff = facts.sniff as { demuxer?: Demuxer | null } | undefined;
  const media = facts.media as MediaFacts | null | undefined;
  if (!sniff?.demuxer || !media) throw new ArchiveError('media-refused', 'nothing is known of how this plays');
  return { demuxer: sniff.demuxer, media };
}

/** The first time the file states; one that names its zone before one that does not. */
function deviceTimeOf(found: LookResult): LookFacts['deviceTime'] {
  const stated =
    found.times.find((time) => time.zone === 'stated') ??
    found.times.find((time) => time.zone === 'format') ??
    found.times[0];
  if (!stated) return null;
  return { raw: stated.raw, source: stated.key.startsWith('exif:') ? 'exif' : 'container' };
}

function wholeOrNull(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}
