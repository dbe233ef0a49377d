const DEFAULT_FPS = 25;

/** Length of one frame, from the probe's facts; 25 a second where they do not say. */
export function frameMsOf(facts: Record<string, unknown>): number {
  const rate = findRate(facts, 0);
  return 1000 / (rate ?? DEFAULT_FPS);
}

/** ffprobe writes rates as fractions (`30000/1001`), and nests them differently by version: looked for by name. */
function findRate(value: unknown, depth: number): number | null {
  if (depth > 4 || typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    if ((key === 'avg_frame_rate' || key === 'r_frame_rate') && typeof inner === 'string') {
      const rate = readFraction(inner);
      if (rate !== null) return rate;
    }
    const found = findRate(inner, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

function readFraction(text: string): number | null {
  const [over, under = '1'] = text.split('/');
  const rate = Number(over) / Number(under);
  return Number.isFinite(rate) && rate >= 1 && rate <= 240 ? rate : null;
}
