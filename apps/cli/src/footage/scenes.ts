import { box, frame, letters } from './drawing.js';

/** Where a sample recording is made: a still, wider than the picture, that the camera wanders over. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly background: string;
  readonly things: readonly string[];
}

const INK = '0x2b2b2b';

/** A restaurant's kitchen and store shelf. */
export const KITCHEN: Scene = {
  width: 2400,
  height: 1200,
  background: '0xcfcdc4',
  things: [
    'drawgrid=w=64:h=64:t=2:c=0xefeee9@0.8',
    box({ x: 0, y: 850, w: 2400, h: 350 }, '0x746a61'),
    box({ x: 0, y: 836, w: 2400, h: 16 }, '0x55504a'),
    ...window(1880, 170),
    ...shelf(180, 330, ['0x9c4f35', '0xb98a3c', '0x5c7a4c', '0x9c4f35', '0x3f5f7d', '0xb98a3c', '0x7d3f4b']),
    ...shelf(180, 500, ['0xb98a3c', '0x5c7a4c', '0x5c7a4c', '0x8d8d8d', '0x9c4f35', '0x3f5f7d', '0xb98a3c']),
    ...counter(140, 620, 1180),
    ...fridge(1430, 270),
    ...carton(300, 800, '食用油'),
    ...carton(520, 820, '大米'),
    ...carton(1180, 830, '调味料'),
    ...notice(1180, 250, 210, '后厨重地'),
    ...notice(1000, 250, 150, '演 示'),
  ],
};

/** A store shelf with labelled goods, as photographed before they are preserved. */
export const GOODS: Scene = {
  width: 1600,
  height: 1200,
  background: '0xb9b4a8',
  things: [
    'drawgrid=w=80:h=80:t=2:c=0xa7a294@0.9',
    box({ x: 0, y: 980, w: 1600, h: 220 }, '0x655c53'),
    box({ x: 80, y: 300, w: 1440, h: 22 }, '0x6e5236'),
    box({ x: 80, y: 640, w: 1440, h: 22 }, '0x6e5236'),
    box({ x: 80, y: 300, w: 22, h: 690 }, '0x5d452d'),
    box({ x: 1498, y: 300, w: 22, h: 690 }, '0x5d452d'),
    ...[140, 420, 700, 980, 1260].flatMap((x, i) => carton(x, 490, i % 2 === 0 ? '食用油' : '酱油')),
    ...[160, 520, 880, 1240].flatMap((x) => carton(x, 830, '调味料')),
    box({ x: 560, y: 1010, w: 480, h: 130 }, '0xf4f1d8'),
    frame({ x: 560, y: 1010, w: 480, h: 130 }, '0xb03030', 5),
    letters('先行登记保存 1 号', { x: 600, y: 1040, size: 44, colour: '0xb03030' }),
    letters('共 9 箱（演示）', { x: 690, y: 1096, size: 30, colour: INK }),
  ],
};

/** A plain interview room seen by a fixed recorder. */
export const INTERVIEW_ROOM: Scene = {
  width: 900,
  height: 700,
  background: '0xbfc7cc',
  things: [
    box({ x: 0, y: 470, w: 900, h: 230 }, '0x6b7076'),
    box({ x: 350, y: 60, w: 200, h: 70 }, '0x23405e'),
    letters('询问室', { x: 395, y: 74, size: 38, colour: 'white' }),
    box({ x: 690, y: 80, w: 120, h: 120 }, '0xf2f2f2'),
    frame({ x: 690, y: 80, w: 120, h: 120 }, '0x666666', 5),
    box({ x: 748, y: 100, w: 4, h: 42 }, INK),
    box({ x: 750, y: 138, w: 34, h: 4 }, INK),
    box({ x: 60, y: 110, w: 180, h: 130 }, '0xe9e4d2'),
    letters('依法询问\n如实陈述', { x: 82, y: 124, size: 32, colour: INK, lineSpacing: 6 }),
  ],
};

/** The table the people of the interview room sit at, drawn over them. */
export const TABLE: Scene = {
  width: 600,
  height: 160,
  background: '0x75593c',
  things: [box({ x: 0, y: 0, w: 600, h: 28 }, '0x8a6d4d'), box({ x: 250, y: 4, w: 110, h: 16 }, '0xf6f6f2')],
};

function shelf(x: number, y: number, jars: readonly string[]): string[] {
  const board = box({ x, y, w: 820, h: 14 }, '0x6e5236');
  return [
    board,
    ...jars.map((colour, i) => box({ x: x + 30 + i * 112, y: y - 96 + (i % 3) * 12, w: 72, h: 84 }, colour)),
  ];
}

function counter(x: number, y: number, w: number): string[] {
  return [
    box({ x, y, w, h: 240 }, '0x8b9499'),
    box({ x: x - 12, y: y - 24, w: w + 24, h: 26 }, '0xccd4d8'),
    ...[0, 1, 2].map((i) => frame({ x: x + 30 + i * 380, y: y + 30, w: 350, h: 180 }, '0x737c81', 4)),
    box({ x: x + 250, y: y - 70, w: 150, h: 48 }, '0x4d5357'),
    box({ x: x + 700, y: y - 44, w: 210, h: 22 }, '0xe3ddcf'),
  ];
}

function fridge(x: number, y: number): string[] {
  return [
    box({ x, y, w: 330, h: 580 }, '0xbcc3c7'),
    frame({ x, y, w: 330, h: 580 }, '0x8c9498', 6),
    box({ x: x + 10, y: y + 210, w: 310, h: 8 }, '0x8c9498'),
    box({ x: x + 280, y: y + 60, w: 18, h: 110 }, '0x6a7175'),
    box({ x: x + 280, y: y + 260, w: 18, h: 150 }, '0x6a7175'),
    letters('冷藏', { x: x + 110, y: y + 60, size: 46, colour: '0x38516b' }),
  ];
}

function window(x: number, y: number): string[] {
  return [
    box({ x, y, w: 380, h: 360 }, '0xa9cfe6'),
    box({ x, y: y + 240, w: 380, h: 120 }, '0x8fae8a'),
    frame({ x, y, w: 380, h: 360 }, '0xf5f5f2', 14),
    box({ x: x + 184, y, w: 12, h: 360 }, '0xf5f5f2'),
  ];
}

function carton(x: number, y: number, label: string): string[] {
  return [
    box({ x, y, w: 180, h: 150 }, '0xb08b5a'),
    box({ x, y: y + 66, w: 180, h: 10 }, '0xd8c39a'),
    frame({ x, y, w: 180, h: 150 }, '0x7b5c36', 4),
    letters(label, { x: x + 26, y: y + 92, size: 40, colour: INK }),
  ];
}

function notice(x: number, y: number, w: number, text: string): string[] {
  return [
    box({ x, y, w, h: 84 }, '0xf7f3e3'),
    frame({ x, y, w, h: 84 }, '0xa33a2c', 4),
    letters(text, { x: x + 18, y: y + 22, size: 38, colour: '0xa33a2c' }),
  ];
}
