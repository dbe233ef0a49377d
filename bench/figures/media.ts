import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { AssetView } from '#contract';
import type { ApiClient } from '../api-client.js';
import { type ArchiveUnderTest, startArchive } from '../archive-under-test.js';
import { type Bench, byTurns, compare, type FigureResult, type Figures, secondsOf } from '../figure.js';
import { type Codec, ffmpegProxy, makeClip } from '../footage.js';
import { sendFile } from '../tus-sender.js';

/** From the answer to the last PATCH to what can be watched, in an idle worker, its wait in the queue included. */
export const media: Figures = {
  name: 'media',
  about: 'a 60 s clip from received to viewable, and to its proxy where it needs one',
  async run(bench) {
    const archive = await startArchive(join(bench.dir, 'archive'));
    try {
      await archive.startWorker();
      const officer = await archive.person('media-officer', 'officer');
      return [
        await measure(bench, archive, officer, 'h264'),
        await measure(bench, archive, officer, 'mpeg4'),
        await measure(bench, archive, officer, 'h265'),
      ];
    } finally {
      await archive.stop();
    }
  },
};

const TITLES: Record<Codec, string> = {
  h264: '60 s 1080p H.264/AAC, from received to viewable',
  mpeg4: 'the same in MPEG-4 Part 2, all renditions',
  h265: 'the same in H.265, asked for by a browser without it, all renditions',
};

async function measure(
  bench: Bench,
  archive: ArchiveUnderTest,
  officer: ApiClient,
  codec: Codec,
): Promise<FigureResult> {
  const clip = await makeClip(bench.dir, codec);
  const target = { url: `${archive.url}/api/v1/uploads`, headers: officer.authorization };
  const file = { path: clip, name: basename(clip), sizeBytes: (await stat(clip)).size };
  const runs = await byTurns(bench, {
    ours: async () => {
      const url = await sendFile(target, file);
      const began = performance.now();
      const id = url.split('/').at(-1) ?? '';
      requireWhole(codec, await untilWatchable(officer, id, codec));
      const seconds = (performance.now() - began) / 1000;
      await officer.untilAsset(id, (asset) => asset.custody === 'sealed');
      return seconds;
    },
    ffmpeg: () => secondsOf(() => ffmpegProxy(clip, join(bench.dir, 'rival.mp4'))),
  });
  return compare(
    TITLES[codec],
    's',
    { ours: runs.ours, rival: runs.ffmpeg },
    {
      rivalName: 'one ffmpeg command making a 720p veryfast proxy',
      reach: { atMost: codec === 'h264' ? 0.15 : 1.25 },
    },
  );
}

async function untilWatchable(officer: ApiClient, id: string, codec: Codec): Promise<AssetView> {
  const seen = await officer.untilAsset(id, (asset) => asset.viewing.state !== 'pending');
  if (codec === 'h264') return seen;
  if (codec === 'h265') await officer.send('POST', `/assets/${id}/proxy`);
  return await officer.untilAsset(id, ({ play }) => play.proxyState === 'ready' || play.proxyState === 'failed');
}

function requireWhole(codec: Codec, asset: AssetView): void {
  const kinds = new Set<string>(asset.renditions.map(({ kind }) => kind));
  const wanted = ['poster', 'storyboard', 'peaks', ...(codec === 'h264' ? [] : ['proxy'])] as const;
  const missing = wanted.filter((kind) => !kinds.has(kind));
  if (asset.viewing.state !== 'viewable' || missing.length > 0)
    throw new Error(`${codec}: ${JSON.stringify(asset.viewing)}, missing ${missing.join(', ')}`);
}
