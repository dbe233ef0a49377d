import { type Actor, type Clip, groupRecordings, type Id, may, type Recording } from '#domain';
import {
  type AssetRecord,
  type AssetSourceRecord,
  assetRepository,
  assetSourceRepository,
  type Tx,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { assetSubject, requireAsset } from '../assets/asset-subject.js';
import { type AssetLine, describeAssets } from '../assets/view-assets.js';
import { describeSources, type SourceLine } from './describe-source.js';
import { gapLimitOf } from './gaps.js';

/** A shift is no longer. */
const AROUND_MS = 12 * 3_600_000;

export interface RecordingClip extends Clip {
  readonly line: AssetLine;
}

export interface AssetRecording {
  readonly line: SourceLine;
  readonly asset: AssetRecord;
  /** The recording it is part of; null where nobody knows what took it. */
  readonly recording: Recording<RecordingClip> | null;
  readonly mayState: boolean;
}

/** What took an asset, what is not right with its time, and the recording it is part of, as far as one may see it. */
export class ViewRecording {
  readonly #parts: Pick<ArchiveParts, 'database' | 'settings'>;

  constructor(parts: Pick<ArchiveParts, 'database' | 'settings'>) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found` */
  async run(actor: Actor, assetId: Id): Promise<AssetRecording> {
    const { database, settings } = this.#parts;
    const { reader } = database;
    const { asset, subject } = await requireAsset(reader, actor, assetId, 'asset.read');
    const line = (await describeSources(reader, [asset], settings.deviceZoneMinutes)).get(assetId);
    if (!line) throw new Error('unreachable: one asset gives one line');
    const { source } = line;
    const isKnown = source !== null && (source.recorderId !== null || source.device !== null);
    return {
      asset,
      line,
      recording: isKnown ? await this.#recordingOf(reader, actor, asset, source) : null,
      mayState: may(actor, 'asset.link', subject),
    };
  }

  async #recordingOf(
    tx: Tx,
    actor: Actor,
    asset: AssetRecord,
    source: AssetSourceRecord,
  ): Promise<Recording<RecordingClip> | null> {
    const atMs = asset.at.getTime();
    const span = { from: new Date(atMs - AROUND_MS), to: new Date(atMs + AROUND_MS) };
    const ids = await assetSourceRepository.around(tx, source, span);
    const clips = await clipsOf(tx, await assetRepository.findMany(tx, ids));
    const limits = { gapLimitMs: gapLimitOf(this.#parts) };
    const own = groupRecordings(clips, limits).find(({ clips, stills }) =>
      [...clips, ...stills].some((clip) => clip.assetId === asset.id),
    );
    if (!own) return null;
    const seen: RecordingClip[] = [];
    for (const clip of [...own.clips, ...own.stills])
      if (may(actor, 'asset.read', await assetSubject(tx, clip.line.asset, clip.line.link))) seen.push(clip);
    // Gaps are told between what he sees only; a clip he may not see is no gap to him either, so none is made up.
    return seen.length === own.clips.length + own.stills.length ? own : withoutUnseen(own, seen);
  }
}

function withoutUnseen(own: Recording<RecordingClip>, seen: readonly RecordingClip[]): Recording<RecordingClip> {
  const isSeen = ({ assetId }: Clip): boolean => seen.some((clip) => clip.assetId === assetId);
  const ids = new Set(seen.map(({ assetId }) => assetId));
  const both = (finding: { afterAssetId: Id; beforeAssetId: Id }): boolean =>
    ids.has(finding.afterAssetId) && ids.has(finding.beforeAssetId);
  return {
    ...own,
    clips: own.clips.filter(isSeen),
    stills: own.stills.filter(isSeen),
    gaps: own.gaps.filter(both),
    overlaps: own.overlaps.filter(both),
  };
}

async function clipsOf(tx: Tx, assets: readonly AssetRecord[]): Promise<RecordingClip[]> {
  const sources = await assetSourceRepository.findMany(
    tx,
    assets.map(({ id }) => id),
  );
  const lines = await describeAssets(tx, assets, ['thumbnail', 'poster']);
  return lines.flatMap((line): RecordingClip[] => {
    const source = sources.get(line.asset.id);
    if (!source) return [];
    return [
      {
        line,
        assetId: line.asset.id,
        kind: line.asset.kind,
        recorder: source.recorderId ?? source.device ?? '',
        officer: source.officerId ?? source.officerNumber,
        sequence: source.sequence,
        atMs: line.asset.at.getTime(),
        durationMs: line.asset.durationMs,
        isKeyMarked: source.isKeyMarked,
      },
    ];
  });
}
