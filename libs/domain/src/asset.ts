import type { Id } from './ids.js';

/** Custody of the original: who answers for the bytes. Never mixed with whether they can be looked at. */
export type Custody = 'receiving' | 'received' | 'sealed' | 'quarantined' | 'disposed';

/** What an original turned out to be, by content. `unknown` until it has been looked at. */
export type AssetKind = 'video' | 'sound' | 'photo' | 'paper' | 'other' | 'unknown';

export type UnviewableReason =
  | 'empty'
  | 'truncated'
  | 'corrupt'
  | 'encrypted'
  | 'unknown-format'
  | 'refused'
  | 'too-large'
  | 'timeout'
  | 'no-tool';

export type Viewing =
  | { readonly state: 'pending' }
  | { readonly state: 'viewable' }
  | { readonly state: 'unviewable'; readonly reason: UnviewableReason };

/**
 * How the original reaches a player. `native`: browsers play it over byte ranges. `native-hevc`: some do; a proxy is
 * made when one that cannot asks. `remux`: copied into HLS segments on request. `proxy`: a 720p copy had to be made.
 */
export type PlayMode = 'native' | 'native-hevc' | 'remux' | 'proxy' | 'none';

export const RENDITION_KINDS = [
  ...(['poster', 'thumbnail', 'preview', 'storyboard', 'peaks', 'segment-index'] as const),
  ...(['pages', 'text', 'proxy'] as const),
] as const;
export type RenditionKind = (typeof RENDITION_KINDS)[number];

/** Secrecy level; decides with role, case and unit who may look. */
export type Level = 'normal' | 'sensitive' | 'restricted';

export const UNVIEWABLE_TEXT: Record<UnviewableReason, { readonly zh: string; readonly en: string }> = {
  empty: {
    zh: '文件为空（0 字节），请检查记录仪或重新导出。',
    en: 'The file is empty (0 bytes); check the recorder or export it again.',
  },
  truncated: {
    zh: '文件不完整（可能因断电未写完），原件已保存。',
    en: 'The file is cut off (power loss, perhaps); the original is kept.',
  },
  corrupt: {
    zh: '文件内容损坏，无法解码，原件已保存。',
    en: 'The content is damaged and cannot be decoded; the original is kept.',
  },
  encrypted: {
    zh: '文件已加密，无法预览；请提供未加密版本一并归档。',
    en: 'The file is encrypted; file an unencrypted version beside it.',
  },
  'unknown-format': {
    zh: '未能识别的格式，可下载原件用专用软件查看。',
    en: 'Format not recognised; download the original to open it with its own software.',
  },
  refused: {
    zh: '该类文件出于安全原因不作处理（如播放列表），原件已保存。',
    en: 'Not processed for safety (a playlist, for instance); the original is kept.',
  },
  'too-large': {
    zh: '画面或页数超出处理上限，原件已保存。',
    en: 'Picture or page count exceeds the limit; the original is kept.',
  },
  timeout: {
    zh: '处理超时，可稍后重试；原件已保存。',
    en: 'Processing took too long and can be retried; the original is kept.',
  },
  'no-tool': {
    zh: '服务器缺少处理该格式的工具，请联系管理员。',
    en: 'The server lacks the tool for this format; tell the administrator.',
  },
};

/** The name as the recorder's maker writes it, a tag of the container, EXIF, or what the sender said. */
export const DEVICE_SOURCES = ['name', 'container', 'exif', 'sender'] as const;
export type DeviceSource = (typeof DEVICE_SOURCES)[number];

/** The three clocks of an asset. Raw values are never rewritten. */
export interface AssetClocks {
  /** What the device said, as it said it (tag or file name), or null. */
  readonly deviceRaw: string | null;
  /** Where `deviceRaw` came from, or null. */
  readonly deviceSource: DeviceSource | null;
  /** Whether the device value named its zone; when not, the agency's zone was assumed. */
  readonly zoneKnown: boolean;
  /** RFC 3339 UTC; what the server saw. */
  readonly receivedAt: string | null;
  /** Measured device clock error in ms (device minus true), and how it was measured. */
  readonly offsetMs: number | null;
  readonly offsetSource: string | null;
}

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
  readonly source: 'exif' | 'container' | 'track' | 'typed';
}

/** A time range inside a recording, in ms from its start. */
export interface MediaRange {
  readonly startMs: number;
  readonly endMs: number;
}

export interface AssetLink {
  readonly caseId: Id;
  readonly occurrenceId: Id;
  readonly range: MediaRange | null;
  readonly purpose: string | null;
}
