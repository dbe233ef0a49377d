import { tilePath } from '#tlog';
import { mirrorCommands } from './mirror-commands.js';

const paths = (size: number): string[] => {
  const found = mirrorCommands('https://a/log', size).map(
    (line) => /"https:\/\/a\/log\/([^"]+)"/.exec(line)?.[1] ?? '',
  );
  return found.flatMap((path) => expand(path));
};

/** As curl expands its ranges. */
function expand(path: string): string[] {
  const [range, from = '', to = ''] = /\[(\d+)-(\d+)\]/.exec(path) ?? [];
  if (range === undefined) return [path];
  const numbers = Array.from({ length: Number(to) - Number(from) + 1 }, (_, n) =>
    `${Number(from) + n}`.padStart(3, '0'),
  );
  return numbers.flatMap((number) => expand(path.replace(range, number)));
}

describe('a mirror made with curl', () => {
  it.each([1, 255, 256, 257, 256 * 1_000, 256 * 1_000 + 3, 256 * 2_003 + 9])('has all tiles of %i', (size) => {
    const full = Math.floor(size / 256);
    const expected = Array.from({ length: full }, (_, index) => tilePath({ level: 0, index, width: 256 }));
    if (size % 256 > 0) expected.push(tilePath({ level: 0, index: full, width: size % 256 }));
    expect(paths(size).sort()).toEqual(['checkpoint', ...expected].sort());
  });

  it('of a log that is empty is the checkpoint alone', () => {
    expect(mirrorCommands('https://a/log', 0)).toEqual(['curl -fsS "https://a/log/checkpoint" -o checkpoint']);
  });
});
