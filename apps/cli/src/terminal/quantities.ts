/** Sizes and times as people read them. */
export function sizeText(bytes: number | null): string {
  if (bytes === null) return '—';
  if (bytes < 1_024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1_024 ** power).toFixed(1)} ${units[power - 1]}`;
}

export function durationText(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} min`;
}

/** Enough of a digest to compare by eye; the whole one is on the asset's page. */
export function shortDigest(hex: string): string {
  return hex.replace(/^sha256:/, '').slice(0, 16);
}
