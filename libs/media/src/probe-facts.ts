import type { Place } from '#domain';
import { parseIso6709 } from './place.js';
import { type ContainerTime, containerTimes, type Tags } from './times.js';

/** ffprobe's JSON as it came; kept raw beside the facts drawn from it. */
export interface RawProbe {
  readonly streams?: readonly RawStream[];
  readonly format?: RawFormat;
}

export interface RawFormat {
  readonly format_name?: string;
  readonly duration?: string;
  readonly start_time?: string;
  readonly bit_rate?: string;
  readonly tags?: Tags;
}

export interface RawStream {
  readonly index?: number;
  readonly codec_name?: string;
  readonly codec_type?: string;
  readonly codec_tag_string?: string;
  readonly profile?: string;
  readonly width?: number;
  readonly height?: number;
  readonly pix_fmt?: string;
  readonly sample_aspect_ratio?: string;
  readonly color_transfer?: string;
  readonly color_primaries?: string;
  readonly color_space?: string;
  readonly field_order?: string;
  readonly r_frame_rate?: string;
  readonly avg_frame_rate?: string;
  readonly duration?: string;
  readonly sample_rate?: string;
  readonly channels?: number;
  readonly bit_rate?: string;
  readonly disposition?: Readonly<Record<string, number>>;
  readonly tags?: Tags;
  readonly side_data_list?: readonly Readonly<Record<string, unknown>>[];
}

export interface VideoFacts {
  readonly codec: string;
  readonly profile: string | null;
  readonly pixelFormat: string | null;
  /** As it is to be seen: after rotation and sample aspect. */
  readonly width: number;
  readonly height: number;
  readonly codedWidth: number;
  readonly codedHeight: number;
  /** Degrees clockwise the picture is turned for showing: 0, 90, 180, 270. */
  readonly rotation: number;
  /** Sample aspect ratio, e.g. `4:3`; `1:1` when the file says nothing. */
  readonly sampleAspect: string;
  /** Mean pictures a second, or null. */
  readonly frameRate: number | null;
  readonly isVariableFrameRate: boolean;
  readonly isInterlaced: boolean;
  /** Transfer function of a high-dynamic-range picture (PQ, HLG), or null. */
  readonly hdr: 'smpte2084' | 'arib-std-b67' | null;
}

export interface AudioFacts {
  readonly codec: string;
  readonly sampleRate: number | null;
  readonly channels: number | null;
}

/** What the container says, read but not believed: times, place and maker are claims of the device. */
export interface MediaFacts {
  /** null when the file does not say (a recording cut off by power loss). */
  readonly durationMs: number | null;
  /** Presentation time of the first picture or sample, in ms; streams cut from a broadcast start anywhere. */
  readonly startMs: number;
  readonly bitRate: number | null;
  readonly video: VideoFacts | null;
  readonly audio: AudioFacts | null;
  readonly containerTimes: readonly ContainerTime[];
  readonly place: Place | null;
  readonly device: { readonly make: string | null; readonly model: string | null; readonly software: string | null };
}

/** Draws the facts out of ffprobe's JSON. Never throws: what is missing or odd becomes null. */
export function factsOf(raw: RawProbe): MediaFacts {
  const streams = raw.streams ?? [];
  const pictured = streams.find((stream) => stream.codec_type === 'video' && stream.disposition?.attached_pic !== 1);
  const sounding = streams.find((stream) => stream.codec_type === 'audio');
  const allTags = [raw.format?.tags ?? {}, ...streams.map((stream) => stream.tags ?? {})];
  return {
    durationMs: milliseconds(raw.format?.duration) ?? milliseconds(pictured?.duration ?? sounding?.duration),
    startMs: milliseconds(raw.format?.start_time) ?? 0,
    bitRate: positive(raw.format?.bit_rate),
    video: pictured === undefined ? null : videoFacts(pictured),
    audio: sounding === undefined ? null : audioFacts(sounding),
    containerTimes: containerTimes(
      raw.format?.tags ?? {},
      streams.map((stream) => stream.tags ?? {}),
    ),
    place: placeOf(allTags),
    device: {
      make: firstTag(allTags, ['com.apple.quicktime.make', 'make', 'com.android.manufacturer']),
      model: firstTag(allTags, ['com.apple.quicktime.model', 'model', 'com.android.model']),
      software: firstTag(allTags, ['com.apple.quicktime.software', 'software', 'encoder']),
    },
  };
}

function videoFacts(stream: RawStream): VideoFacts {
  const codedWidth = stream.width ?? 0;
  const codedHeight = stream.height ?? 0;
  const rotation = rotationOf(stream);
  const aspect = /^(\d{1,6}):(\d{1,6})$/.exec(stream.sample_aspect_ratio ?? '');
  const across = Number(aspect?.[1] ?? 0);
  const down = Number(aspect?.[2] ?? 0);
  const ratio = across > 0 && down > 0 ? across / down : 1;
  // Shown by stretching, never by dropping lines: the wider side grows.
  const stretched =
    ratio >= 1
      ? { width: even(codedWidth * ratio), height: codedHeight }
      : { width: codedWidth, height: even(codedHeight / ratio) };
  const turned = rotation % 180 === 90;
  const average = rational(stream.avg_frame_rate);
  const nominal = rational(stream.r_frame_rate);
  return {
    codec: stream.codec_name ?? 'unknown',
    profile: stream.profile ?? null,
    pixelFormat: stream.pix_fmt ?? null,
    width: turned ? stretched.height : stretched.width,
    height: turned ? stretched.width : stretched.height,
    codedWidth,
    codedHeight,
    rotation,
    sampleAspect: ratio === 1 ? '1:1' : `${across}:${down}`,
    frameRate: average ?? nominal,
    isVariableFrameRate: average !== null && nominal !== null && Math.abs(average - nominal) / nominal > 0.01,
    isInterlaced: /^(tt|bb|tb|bt)$/.test(stream.field_order ?? ''),
    hdr:
      stream.color_transfer === 'smpte2084' || stream.color_transfer === 'arib-std-b67' ? stream.color_transfer : null,
  };
}

function audioFacts(stream: RawStream): AudioFacts {
  return {
    codec: stream.codec_name ?? 'unknown',
    sampleRate: positive(stream.sample_rate),
    channels: stream.channels ?? null,
  };
}

/** The display matrix turns anticlockwise for positive degrees (ISO/IEC 14496-12, 8.3.2, as ffprobe words it). */
function rotationOf(stream: RawStream): number {
  const matrix = stream.side_data_list?.find((data) => data.rotation !== undefined);
  const degrees = Number(matrix?.rotation ?? 0);
  if (!Number.isFinite(degrees)) return 0;
  return (((Math.round(-degrees / 90) * 90) % 360) + 360) % 360;
}

function placeOf(allTags: readonly Tags[]): Place | null {
  const text = firstTag(allTags, ['com.apple.quicktime.location.ISO6709', 'location', 'location-eng', 'xyz']);
  const point = text === null ? null : parseIso6709(text);
  return point === null ? null : { ...point, source: 'container' };
}

const TAG_MAX_CHARS = 200;

function firstTag(allTags: readonly Tags[], names: readonly string[]): string | null {
  for (const name of names) {
    for (const tags of allTags) {
      const key = Object.keys(tags).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
      const value = key === undefined ? undefined : tags[key]?.trim();
      if (value !== undefined && value !== '') return value.slice(0, TAG_MAX_CHARS);
    }
  }
  return null;
}

function even(value: number): number {
  return Math.max(2, Math.round(value / 2) * 2);
}

function rational(text: string | undefined): number | null {
  const [over, under] = (text ?? '').split('/').map(Number);
  if (over === undefined || under === undefined || !(over > 0) || !(under > 0)) return null;
  return over / under;
}

function milliseconds(text: string | undefined): number | null {
  const seconds = Number(text ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.round(seconds * 1000) : null;
}

function positive(text: string | undefined): number | null {
  const value = Number(text ?? Number.NaN);
  return Number.isFinite(value) && value > 0 ? value : null;
}
