const TILE = 256;

/**
 * How to copy checkpoint and hash tiles of a log of so many entries with curl (C2SP tlog-tiles): level 0 is enough to
 * compute every root anew. Full tiles never change, so that a mirror only adds.
 * @param base `https://archive.example/log`
 */
export function mirrorCommands(base: string, size: number): string[] {
  const full = Math.floor(size / TILE);
  const thousands = Math.floor(full / 1_000);
  const rest = full % 1_000;
  const fetchAll = (path: string, file: string): string =>
    `curl -fsS --create-dirs "${base}/tile/0/${path}" -o "tile/0/${file}"`;
  return [
    `curl -fsS "${base}/checkpoint" -o checkpoint`,
    // Tiles 0 to 999 have no first part: x001/000 is number 1000.
    ...(thousands > 0 ? [fetchAll('[000-999]', '#1')] : []),
    ...(thousands > 1 ? [fetchAll(`x[001-${three(thousands - 1)}]/[000-999]`, 'x#1/#2')] : []),
    ...(rest > 0 ? [fetchAll(`${above(thousands)}[000-${three(rest - 1)}]`, `${above(thousands)}#1`)] : []),
    ...(size % TILE > 0 ? [partial(size, fetchAll)] : []),
  ];
}

function partial(size: number, fetchAll: (path: string, file: string) => string): string {
  const full = Math.floor(size / TILE);
  const path = `${above(Math.floor(full / 1_000))}${three(full % 1_000)}.p/${size % TILE}`;
  return fetchAll(path, path);
}

function above(thousands: number): string {
  return thousands > 0 ? `x${three(thousands)}/` : '';
}

function three(value: number): string {
  return `${value}`.padStart(3, '0');
}
