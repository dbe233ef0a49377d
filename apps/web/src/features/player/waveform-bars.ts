/** Heights 0 to 1 of `count` bars: the widest swing of the pairs each bar stands for, raised so that speech shows. */
export function barsOf(peaks: readonly number[], count: number): number[] {
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
