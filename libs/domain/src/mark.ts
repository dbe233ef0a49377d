import type { AssetKind, MediaRange } from './asset.js';
import type { Label, RuleMistake } from './rule-mistakes.js';

/**
 * `note`: whatever somebody wants to have seen. `key-content`: what a recording that stands for a written record has at
 * this place (公安机关办理行政案件程序规定 45, 55, 86). `interruption`: why a recording stops and goes on here.
 */
export const MARK_KINDS = ['note', 'key-content', 'interruption'] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

/** Why a recording was interrupted. */
export const INTERRUPTION_REASONS = [
  ...(['power', 'storage', 'device-fault', 'damaged', 'privacy', 'safety', 'pause-of-work', 'other'] as const),
] as const;
export type InterruptionReason = (typeof INTERRUPTION_REASONS)[number];

/** Where a mark stands: a stretch of a recording, or a page, counted from 1. */
export type MarkPlace = { readonly range: MediaRange } | { readonly page: number };

export interface MarkContent {
  readonly kind: MarkKind;
  readonly place: MarkPlace;
  readonly text: string;
  /** Of interruptions alone. */
  readonly reason: InterruptionReason | null;
}

interface Marked {
  readonly kind: AssetKind;
  readonly durationMs: number | null;
  readonly pageCount: number | null;
}

/** What is wrong with a mark on this material; nothing found means it can be put. */
export function mistakesOfMark({ kind, place, text, reason }: MarkContent, asset: Marked): RuleMistake[] {
  const found: RuleMistake[] = [];
  const add = (at: string, words: Label): void => void found.push({ place: at, ...words });
  const isTimed = asset.kind === 'video' || asset.kind === 'sound';
  if ('range' in place) {
    const { startMs, endMs } = place.range;
    if (!isTimed) add('range', { zh: '只有录音录像可以标注时段', en: 'only recordings have time ranges' });
    if (endMs <= startMs) add('range', { zh: '结束须晚于开始', en: 'it must end after it begins' });
    if (asset.durationMs !== null && startMs > asset.durationMs)
      add('range', { zh: '超出录制时长', en: 'it begins after the recording ends' });
  } else {
    if (isTimed) add('page', { zh: '录音录像应标注时段', en: 'recordings are marked by time' });
    const last = asset.pageCount ?? 1;
    if (place.page < 1 || place.page > last)
      add('page', { zh: `页码应在 1 至 ${last} 之间`, en: `pages are 1 to ${last}` });
  }
  if (text.trim() === '') add('text', { zh: '未填写内容', en: 'the text is missing' });
  if (kind !== 'note' && !isTimed) add('kind', { zh: '只用于录音录像', en: 'this kind of mark is for recordings' });
  if ((kind === 'interruption') !== (reason !== null))
    add('reason', { zh: '中断说明须写明原因；其他标注不写', en: 'an interruption has a reason, and nothing else has' });
  return found;
}

/** What a piece of material still owes: key content with its time segments, or the text of what is said. */
export type MissingNote = 'key-content' | 'transcript';

export interface NotedMaterial {
  readonly kind: AssetKind;
  /** Whether it stands for a written record: a recording that is tied to its step as a paper. */
  readonly replacesPaper: boolean;
  readonly keyContents: number;
  readonly hasTranscript: boolean;
}

export interface NoteDemand {
  readonly what: MissingNote;
  readonly words: Label;
  readonly source: string;
}

const DEMANDS: Record<MissingNote, NoteDemand> = {
  'key-content': {
    what: 'key-content',
    words: {
      zh: '以录音录像代替书面笔录，须注明关键内容和时间段',
      en: 'The recording stands for a written record: key content and its time segments must be noted',
    },
    source: '公安机关办理行政案件程序规定 45、55、86（其他机关参照，从其规定）',
  },
  transcript: {
    what: 'transcript',
    words: { zh: '声音资料缺文字记录', en: 'The transcript of this sound evidence is missing' },
    source: '最高人民法院关于行政诉讼证据若干问题的规定 12（四）',
  },
};

export function missingNotesOf({ kind, replacesPaper, keyContents, hasTranscript }: NotedMaterial): NoteDemand[] {
  const isTimed = kind === 'video' || kind === 'sound';
  return [
    ...(isTimed && replacesPaper && keyContents === 0 ? [DEMANDS['key-content']] : []),
    ...(kind === 'sound' && !hasTranscript ? [DEMANDS.transcript] : []),
  ];
}
