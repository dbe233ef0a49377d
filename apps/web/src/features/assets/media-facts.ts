/** The few facts worth a line of their own, picked from what the tools gave. */
export interface MediaFacts {
  readonly codecs: string | null;
  readonly picture: string | null;
  readonly rotation: number | null;
}

type Bag = Record<string, unknown>;

/** Reads ffprobe's `streams` wherever they lie; anything missing is null, never a failure. */
export function mediaFactsOf(facts: Bag): MediaFacts {
  const streams = findStreams(facts, 0) ?? [];
  const codecs = streams.map((stream) => stream.codec_name).filter((name) => typeof name === 'string');
  const video = streams.find((stream) => stream.codec_type === 'video' || typeof stream.width === 'number');
  return {
    codecs: codecs.length > 0 ? codecs.join(' + ') : null,
    picture: video ? pictureOf(video) : null,
    rotation: video ? rotationOf(video) : null,
  };
}

function pictureOf({ width, height, avg_frame_rate: rate }: Bag): string | null {
  if (typeof width !== 'number' || typeof height !== 'number') return null;
  const [over, under] = typeof rate === 'string' ? rate.split('/').map(Number) : [];
  const fps = over && under ? over / under : 0;
  const steady = fps >= 1 && fps <= 240;
  return `${width} × ${height}${steady ? ` · ${Math.round(fps * 100) / 100} fps` : ''}`;
}

function rotationOf({ side_data_list: sideData, tags }: Bag): number | null {
  const sides = Array.isArray(sideData) ? (sideData as Bag[]) : [];
  const matrix = sides.find((side) => typeof side.rotation === 'number')?.rotation;
  if (typeof matrix === 'number') return matrix;
  const tag = Number((tags as Bag | undefined)?.rotate);
  return Number.isFinite(tag) && tag !== 0 ? tag : null;
}

function findStreams(value: unknown, depth: number): Bag[] | null {
  if (depth > 3 || typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'streams' && Array.isArray(inner))
      return inner.filter((one) => typeof one === 'object' && one !== null);
    const found = findStreams(inner, depth + 1);
    if (found) return found;
  }
  return null;
}
