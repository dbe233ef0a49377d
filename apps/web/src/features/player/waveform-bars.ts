/** Pairs of lowest and highest sample of each stretch of sound, −128 to 127, all channels as one. */
export type Peaks = readonly number[];

/**
 * Reads the waveform data format of BBC audiowaveform (version 1 and 2, 8 or 16 bits), as JSON.
 * @returns null for anything else: without a waveform the player plays all the same
 */
export function readPeaks(json: unknown): Peaks | null {
  if (typeof json !== 'object' || json === null) return null;
  const { data, bits, channels = 1 } = json as { data?: unknown; bits?: unknown; channels?: unknown };
  if (!Array.isArray(data) || !data.every((value) => typeof value === 'number')) return null;
  const scale = bits === 16 ? 256 : 1;
  const width = 2 * (typeof channels === 'number' && channels >= 1 ? channels : 1);
  const peaks: number[] = [];
  for (let at = 0; at + width <= data.length; at += width) {
    const stretch = data.slice(at, at + width) as number[];
    peaks.push(Math.min(...stretch) / scale, Math.max(...stretch) / scale);
  }
  return peaks;
}

/** Heights 0 to 1 of `count` bars: the widest swing of the pairs each bar stands for, raised so that speech shows. */
export function barsOf(peaks: Peaks, count: number): number[] {
  const pairs = Math.floor(peaks.length / 2);
  if (pairs === 0 || count <= 0) return [];
  return Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * pairs) / count);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * pairs) / count));
    let swing = 0;
    for (let pair = from; pair < to; pair++) {
      swing = Math.max(swing, Math.abs(peaks[2 * pair] ?? 0), Math.abs(peaks[2 * pair + 1] ?? 0));
    }
    return Math.sqrt(Math.min(1, swing / 128));
  });
}
