import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ReadTile, TILE_WIDTH, type TileId, tilePath } from '#tlog';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';
import { verb } from '../../verb.js';
import { checkForFork, type ForkVerdict } from './forks.js';
import { openInput, wholeOf } from './input.js';
import { sayBad } from './tlog.command.js';

const MAX_TILE_BYTES = TILE_WIDTH * 32;

export const noteForkCommand = verb({
  name: 'note fork',
  zh: '比较同一日志的两个检查点：大小相同而根不同，或小者不是大者的前缀，即为分叉证据（退出码 1）；无法判断时为 2',
  en: 'Compares two checkpoints of one log: one size and two roots, or the smaller no prefix of the larger, is proof of a fork (status 1); 2 when it cannot be told',
  operands: 'A B',
  options: {
    key: { type: 'string', value: 'VKEY', zh: '日志的核验公钥（必填）', en: "The log's verifier key (needed)" },
    log: {
      type: 'string',
      value: 'DIR|URL',
      zh: '大小不同时：较大者所属日志的镜像目录，或 https://…/log',
      en: 'For two sizes: a mirror of the log the larger one is of, or https://…/log',
    },
  },
  run: async ({ options, positionals, terminal }) => {
    const [a, b, ...more] = positionals;
    if (a === undefined || b === undefined || more.length > 0 || options.key === undefined)
      throw new CommandFailure(EXIT.usage, {
        zh: '用法：liuhen note fork A B --key VKEY [--log DIR|URL]',
        en: 'Usage: liuhen note fork A B --key VKEY [--log DIR|URL]',
      });
    const notes = [await wholeOf(openInput(a)), await wholeOf(openInput(b))] as const;
    try {
      const verdict = await checkForFork(notes, options.key, options.log === undefined ? null : tilesOf(options.log));
      terminal.say(...wordsOf(verdict), ...(verdict.kind === 'fork' ? proofOf(notes) : []));
      return STATUS[verdict.kind];
    } catch (error) {
      return sayBad(terminal, error);
    }
  },
});

const STATUS: Record<ForkVerdict['kind'], number> = { 'one-log': EXIT.ok, fork: EXIT.notAsItShouldBe, unknown: 2 };

function wordsOf(verdict: ForkVerdict): string[] {
  if (verdict.kind === 'one-log') return ['ok: 同一条日志 one log'];
  if (verdict.kind === 'unknown')
    return [
      '大小不同，需要 --log 指出较大者所属的日志；所给的日志不通向它 Two sizes: --log must be the log of the larger one',
    ];
  const { size, roots, why } = verdict;
  return [
    `bad: 分叉 FORK: ${size} 条时有两个根 two roots of ${size} entries`,
    `  ${roots[0]}`,
    `  ${roots[1]}`,
    why === 'two-roots'
      ? '两份都有日志的签名，以下两份文本本身即为证据 Both are signed by the log; the two notes are the proof'
      : '较小者不是较大者的前缀；证据为以下两份文本和较大者的日志镜像 The smaller is no prefix; the proof is both notes with the mirror',
  ];
}

function proofOf(notes: readonly Buffer[]): string[] {
  return notes.flatMap((note) => ['', ...note.toString('utf8').trimEnd().split('\n')]);
}

/** Where a partial tile is gone the full one may be there instead (tlog-tiles, "Partial Tiles"). */
function tilesOf(place: string): ReadTile {
  const read = /^https?:/.test(place) ? fetched(place) : (path: string) => readFile(join(place, path));
  return async (tile: TileId) => await read(tilePath(tile)).catch(() => read(tilePath({ ...tile, width: TILE_WIDTH })));
}

function fetched(url: string): (path: string) => Promise<Uint8Array> {
  return async (path) => {
    const answer = await fetch(`${url.replace(/\/$/, '')}/${path}`, { signal: AbortSignal.timeout(15_000) });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (answer.ok && bytes.length <= MAX_TILE_BYTES) return bytes;
    throw new CommandFailure(EXIT.tryLater, { zh: `${path}：${answer.status}`, en: `${path}: ${answer.status}` });
  };
}
