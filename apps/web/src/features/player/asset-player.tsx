import type { AssetView } from '#contract';
import type { PlayLink } from '../marks/play-link.js';
import { MediaPlayer } from './media-player.js';
import { PaperView } from './paper-view.js';
import { PhotoView } from './photo-view.js';

/** One way in for everything that can be looked at. */
export function AssetPlayer({ asset, link }: { asset: AssetView; link?: PlayLink }) {
  const { kind, play } = asset;
  if (kind === 'video' || kind === 'sound') return <MediaPlayer asset={asset} link={link} />;
  const first = play.pages[0];
  if (!first) return null;
  if (kind === 'photo' && play.pages.length === 1) return <PhotoView url={first.url} name={asset.fileName} />;
  return <PaperView pages={play.pages} textUrl={play.textUrl} name={asset.fileName} link={link} />;
}
