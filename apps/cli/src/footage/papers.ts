import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { box, frame, letters, SERIF } from './drawing.js';
import { ffmpeg } from './ffmpeg.js';
import type { ScannedPage } from './scanned-pdf.js';

/** 150 dots per inch on A4, as office scanners are set. */
const WIDTH = 1240;
const HEIGHT = 1754;
const INK = '0x1d1d1d';

export interface Paper {
  readonly title: string;
  readonly number: string;
  /** Rows of a form: what is asked, and what was written. */
  readonly rows: readonly { readonly label: string; readonly lines: readonly string[] }[];
  readonly foot: string;
}

/** Draws the paper, turns it a little, as sheets lie in a feeder, and adds the grain of a scanner. */
export async function scanPaper(dir: string, paper: Paper, index: number): Promise<ScannedPage> {
  const path = join(dir, `sheet-${index}.jpg`);
  const turn = [0.007, -0.005, 0.009][index % 3] ?? 0;
  const graph = [
    `color=c=0xf4f3ee:s=${WIDTH}x${HEIGHT}`,
    ...form(paper),
    `rotate=a=${turn}:c=0xd8d6cf`,
    'gblur=sigma=0.6',
    `noise=alls=14:all_seed=${index + 1}`,
    'hue=s=0',
    'eq=contrast=0.92:brightness=-0.03',
  ].join(',');
  await ffmpeg(['-f', 'lavfi', '-i', graph, '-frames:v', '1', '-q:v', '6', '-pix_fmt', 'yuvj420p', path]);
  return { jpeg: await readFile(path), widthPx: WIDTH, heightPx: HEIGHT };
}

const LEFT = 130;
const RIGHT = WIDTH - 130;
const LABEL_WIDTH = 210;
const LINE = 46;

function form({ title, number, rows, foot }: Paper): string[] {
  const drawn = [
    letters(title, { x: '(w-tw)/2', y: 150, size: 58, colour: INK, font: SERIF }),
    letters(number, { x: `${RIGHT}-tw`, y: 250, size: 28, colour: INK, font: SERIF }),
  ];
  let y = 310;
  for (const { label, lines } of rows) {
    const h = Math.max(90, lines.length * LINE + 44);
    drawn.push(
      frame({ x: LEFT, y, w: LABEL_WIDTH, h: h + 2 }, INK, 2),
      frame({ x: LEFT + LABEL_WIDTH - 2, y, w: RIGHT - LEFT - LABEL_WIDTH + 2, h: h + 2 }, INK, 2),
      letters(label, { x: LEFT + 24, y: y + h / 2 - 16, size: 30, colour: INK, font: SERIF }),
      ...lines.map((line, i) =>
        letters(line, { x: LEFT + LABEL_WIDTH + 24, y: y + 24 + i * LINE, size: 29, colour: INK, font: SERIF }),
      ),
    );
    y += h;
  }
  drawn.push(
    letters(foot, { x: LEFT, y: y + 40, size: 24, colour: '0x555555', font: SERIF }),
    ...stamp(RIGHT - 330, y + 60),
  );
  return drawn;
}

/** Says plainly that nobody decided anything. */
function stamp(x: number, y: number): string[] {
  return [
    box({ x, y, w: 320, h: 96 }, '0xf4efe9'),
    frame({ x, y, w: 320, h: 96 }, '0x8a8a8a', 5),
    letters('演示样例', { x: x + 56, y: y + 22, size: 50, colour: '0x7a7a7a', font: SERIF }),
  ];
}
