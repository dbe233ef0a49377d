import {
  AudioOutlined,
  FileOutlined,
  FileTextOutlined,
  PictureOutlined,
  QuestionOutlined,
  VideoCameraOutlined,
} from '@ant-design/icons';
import type { ReactNode } from 'react';
import type { AssetSummary } from '#contract';
import { clockText } from '../../i18n/quantities.js';

const ICONS: Record<AssetSummary['kind'], ReactNode> = {
  video: <VideoCameraOutlined />,
  sound: <AudioOutlined />,
  photo: <PictureOutlined />,
  paper: <FileTextOutlined />,
  other: <FileOutlined />,
  unknown: <QuestionOutlined />,
};

/** The picture of an asset, or the sign of its kind, in a frame of one size. Decoration: its name stands beside it. */
export function AssetThumbnail({ asset, small = false }: { asset: AssetSummary; small?: boolean }) {
  return (
    <span className={`lh-thumb ${small ? 'lh-thumb-small' : ''}`} aria-hidden="true">
      {asset.thumbnailUrl === null ? (
        <span className="lh-thumb-icon">{ICONS[asset.kind]}</span>
      ) : (
        <img src={asset.thumbnailUrl} alt="" loading="lazy" decoding="async" data-kind={asset.kind} />
      )}
      {asset.durationMs !== null && !small && <span className="lh-thumb-length">{clockText(asset.durationMs)}</span>}
    </span>
  );
}
