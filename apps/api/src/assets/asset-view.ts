import type { AssetDetail, AssetLine, ReceiptFacts } from '#archive';
import { digestText } from '#archive';
import type { AssetSummary, AssetView, Play, Receipt, RenditionView } from '#contract';
import { toCheck } from '../system/finding-view.js';

/** How assets look over HTTP: addresses are made here and nowhere else. */
type Rendition = AssetLine['renditions'][number];

const base = (id: string): string => `/api/v1/assets/${id}`;

function fileUrl(rendition: Rendition, name: string): string {
  return `${base(rendition.assetId)}/renditions/${rendition.id}/${name.split('/').map(encodeURIComponent).join('/')}`;
}

function urlOf(line: AssetLine, kind: Rendition['kind'], test: (name: string) => boolean = () => true): string | null {
  const rendition = line.renditions.find((candidate) => candidate.kind === kind);
  const file = rendition?.files.find((candidate) => test(candidate.name));
  return rendition && file ? fileUrl(rendition, file.name) : null;
}

export function toAssetSummary(line: AssetLine): AssetSummary {
  const { asset, link } = line;
  return {
    id: asset.id,
    fileName: asset.fileName,
    sizeBytes: asset.sizeBytes,
    receivedBytes: asset.sizeBytes ?? 0,
    custody: asset.custody,
    quarantineReason: asset.quarantineReason,
    viewing: toViewing(asset),
    kind: asset.kind,
    mime: asset.mime,
    durationMs: asset.durationMs,
    pageCount: asset.pageCount,
    at: asset.at.toISOString(),
    atSource: asset.atSource,
    level: asset.level,
    thumbnailUrl: urlOf(line, 'thumbnail') ?? urlOf(line, 'poster'),
    link:
      link === null
        ? null
        : {
            caseId: link.caseId,
            caseNumber: link.caseNumber,
            occurrenceId: link.occurrenceId,
            stepId: link.stepId,
            range: link.range,
            paperId: link.paperId,
            purpose: link.purpose,
          },
    receivedFromName: line.receivedFromName,
  };
}

function toViewing(asset: AssetLine['asset']): AssetSummary['viewing'] {
  if (asset.viewing === 'unviewable')
    return { state: 'unviewable', reason: asset.unviewableReason ?? 'unknown-format' };
  return { state: asset.viewing };
}

/** What the player loads. Bytes are given only with a read event, whatever address is asked. */
export function toPlay(line: AssetLine): Play {
  const { asset } = line;
  const isPlayable = asset.viewing === 'viewable';
  const playsItself = asset.playMode === 'native' || asset.playMode === 'native-hevc';
  const proxy = urlOf(line, 'proxy', (name) => name.endsWith('.m3u8'));
  const hlsOfOriginal =
    isPlayable && asset.playMode === 'remux'
      ? { url: `${base(asset.id)}/hls/index.m3u8`, from: 'original' as const }
      : null;
  return {
    mode: asset.playMode,
    original:
      isPlayable && playsItself
        ? { url: `${base(asset.id)}/original`, mime: asset.mime ?? 'application/octet-stream' }
        : null,
    hls: hlsOfOriginal ?? (proxy === null ? null : { url: proxy, from: 'proxy' }),
    copy: toCopy(line),
    proxyState: asset.proxyState,
    proxyProgress: asset.proxyProgress,
    posterUrl: urlOf(line, 'poster'),
    storyboardVttUrl: urlOf(line, 'storyboard', (name) => name.endsWith('.vtt')),
    peaksUrl: urlOf(line, 'peaks'),
    pages: toPages(line),
    textUrl: urlOf(line, 'text'),
  };
}

/** The proxy of a sound recording is one file. */
function toCopy(line: AssetLine): Play['copy'] {
  const proxy = line.renditions.find((rendition) => rendition.kind === 'proxy');
  const file = proxy?.files.find((candidate) => candidate.mime.startsWith('audio/'));
  return proxy && file ? { url: fileUrl(proxy, file.name), mime: file.mime } : null;
}

function toPages(line: AssetLine): Play['pages'] {
  const pages = line.renditions.find((rendition) => rendition.kind === 'pages');
  if (pages) return pages.files.map((file) => ({ url: fileUrl(pages, file.name) }));
  const preview = urlOf(line, 'preview');
  return preview === null ? [] : [{ url: preview }];
}

export function toAsset(detail: AssetDetail): AssetView {
  const { asset } = detail;
  return {
    ...toAssetSummary(detail),
    digests: {
      sha256: asset.sha256,
      sm3: asset.sm3,
      blockRoot: asset.blockRoot,
      declaredSha256: asset.declaredSha256,
    },
    clocks: {
      deviceRaw: asset.deviceRaw,
      deviceSource: asset.deviceSource,
      zoneKnown: asset.zoneKnown,
      receivedAt: asset.receivedAt?.toISOString() ?? null,
      offsetMs: asset.offsetMs,
      offsetSource: asset.offsetSource,
    },
    place: asset.place,
    sealedAt: asset.sealedAt?.toISOString() ?? null,
    retainUntil: asset.retainUntil?.toISOString() ?? null,
    lockMode: asset.lockMode,
    waitsFor: detail.isSealRefused ? 'lock-not-held' : null,
    check: toCheck(detail.check),
    replica: detail.replica && {
      replicatedAt: detail.replica.replicatedAt.toISOString(),
      check: toCheck(detail.replica.check),
    },
    facts: { ...detail.facts },
    play: toPlay(detail),
    renditions: detail.renditions.map((rendition) => toRendition(rendition, asset.sha256)),
    mayLink: detail.mayLink,
    mayDownload: detail.mayDownload,
    downloadUrl: detail.mayDownload ? `${base(asset.id)}/download` : null,
  };
}

function toRendition(rendition: Rendition, sha256: string | null): RenditionView {
  return {
    id: rendition.id,
    kind: rendition.kind,
    files: rendition.files.map((file) => ({
      name: file.name,
      mime: file.mime,
      sizeBytes: file.sizeBytes,
      url: fileUrl(rendition, file.name),
    })),
    tool: rendition.tool,
    toolVersion: rendition.toolVersion,
    args: [...rendition.args],
    fromDigest: sha256,
    madeAt: rendition.madeAt.toISOString(),
  };
}

const PROMISE =
  '本档案承诺：上列事件按其链上序号保存，不删除、不改动。The archive promises to keep the event named here at its place in its chain, neither removed nor altered.';

export function toReceipt({ asset, received, sealed, note }: ReceiptFacts): Receipt {
  const event = (record: ReceiptFacts['received']): Receipt['event'] => ({
    id: record.id,
    chain: record.chain,
    chainSeq: record.chainSeq,
    leaf: digestText(record.leafHash),
  });
  return {
    kind: sealed ? 'sealed' : 'received',
    assetId: asset.id,
    fileName: asset.fileName,
    sizeBytes: asset.sizeBytes ?? 0,
    blockRoot: asset.blockRoot ?? '',
    receivedAt: received.at.toISOString(),
    event: event(received),
    promise: PROMISE,
    note,
    sealed: sealed
      ? {
          at: sealed.at.toISOString(),
          sha256: asset.sha256 ?? '',
          sm3: asset.sm3 ?? '',
          versionId: asset.objectVersion,
          retainUntil: asset.retainUntil?.toISOString() ?? null,
          event: event(sealed),
        }
      : null,
  };
}
