import { setImmediate } from 'node:timers/promises';
import PDFDocument from 'pdfkit';
import { FONT_ROLES, type FontRole, type LoadedFont } from './list-fonts.js';
import { printable } from './printable.js';

/** Points a millimetre. */
const MM = 72 / 25.4;
const MARGIN_SIDE = 20 * MM;
const MARGIN_TOP = 18 * MM;
const MARGIN_BOTTOM = 20 * MM;
const PAD_X = 1.2 * MM;
const PAD_Y = 1.3 * MM;
const INK = '#000000';
const QUIET = '#555555';
const RULE = '#444444';
const SHADE = '#eeeeee';
const ROWS_AT_ONCE = 50;

export interface Column {
  readonly zh: string;
  readonly en: string;
  readonly widthMm: number;
  readonly align?: 'left' | 'center' | 'right';
}

/** What stands in a cell: lines of text, each in its own font. */
export interface CellLine {
  readonly text: string;
  readonly font?: FontRole;
  readonly size?: number;
  readonly isQuiet?: boolean;
}
export type Cell = string | readonly CellLine[];

/** A row of the table, or a heading over its whole width. */
export type Row = { readonly cells: readonly Cell[] } | { readonly heading: string };

export interface ListPlan {
  readonly title: string;
  readonly subtitle: string;
  readonly layout: 'portrait' | 'landscape';
  /** Pairs over the table: name and value. */
  readonly about: readonly (readonly [name: string, value: string])[];
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Below the table. */
  readonly notes: readonly string[];
  /** At the foot of every page, beside its number. */
  readonly foot: readonly [first: string, second: string];
  readonly at: Date;
}

/**
 * Draws a list: A4, heading, table with its head on every page, page numbers at the lower right. Fonts are embedded as
 * subsets, and nothing of the machine or the clock goes in: the same plan gives the same bytes.
 */
export async function drawList(plan: ListPlan, fonts: Readonly<Record<FontRole, LoadedFont>>): Promise<Buffer> {
  const document = new PDFDocument({
    ...{ size: 'A4', layout: plan.layout, bufferPages: true, pdfVersion: '1.7', lang: 'zh-CN', displayTitle: true },
    margins: { left: MARGIN_SIDE, right: MARGIN_SIDE, top: MARGIN_TOP, bottom: 0 },
    info: { Title: plan.title, Creator: '留痕 Liuhen', Producer: '留痕 Liuhen', CreationDate: plan.at },
  });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => document.on('end', resolve).on('error', reject));
  for (const role of FONT_ROLES) document.registerFont(role, fonts[role].bytes, fonts[role].name);
  await new ListDrawing(document, plan).draw();
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

class ListDrawing {
  readonly #document: PDFKit.PDFDocument;
  readonly #plan: ListPlan;
  readonly #widths: readonly number[];
  #y = MARGIN_TOP;

  constructor(document: PDFKit.PDFDocument, plan: ListPlan) {
    this.#document = document;
    this.#plan = plan;
    // Millimetres are shares: the table is as wide as the page allows.
    const all = plan.columns.reduce((sum, { widthMm }) => sum + widthMm, 0);
    this.#widths = plan.columns.map(({ widthMm }) => (widthMm / all) * this.#width);
  }

  async draw(): Promise<void> {
    this.#heading();
    this.#tableHead();
    for (const [i, row] of this.#plan.rows.entries()) {
      // A list of thousands takes seconds: what else the process does goes on between.
      if (i % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await setImmediate();
      this.#row(row, this.#plan.rows[i + 1]);
    }
    for (const note of this.#plan.notes) this.#note(note);
    this.#feet();
  }

  get #width(): number {
    return this.#document.page.width - 2 * MARGIN_SIDE;
  }

  get #bottom(): number {
    return this.#document.page.height - MARGIN_BOTTOM;
  }

  #heading(): void {
    const { title, subtitle, about } = this.#plan;
    const spread = [...title].join(' ');
    this.#y += this.#write(spread, { font: 'bold', size: 20, align: 'center', width: this.#width });
    this.#y += this.#write(subtitle, { size: 9, align: 'center', width: this.#width, colour: QUIET }) + 4 * MM;
    const nameWidth = 38 * MM;
    for (const [name, value] of about) {
      const height = this.#write(value, { size: 10, x: MARGIN_SIDE + nameWidth, width: this.#width - nameWidth });
      this.#write(name, { size: 10, width: nameWidth, colour: QUIET });
      this.#y += height + 1 * MM;
    }
    this.#y += 2 * MM;
  }

  #tableHead(): void {
    const { columns } = this.#plan;
    const cells = columns.map(
      ({ zh, en }): Cell => [
        { text: zh, font: 'bold', size: 9.5 },
        { text: en, size: 6.5, isQuiet: true },
      ],
    );
    this.#cells(cells, { isHead: true, height: this.#heightOf(cells) });
  }

  #row(row: Row, next: Row | undefined): void {
    const height = this.#rowHeight(row);
    // A heading stays with what it is over.
    const needed = 'heading' in row && next !== undefined ? height + this.#rowHeight(next) : height;
    if (this.#y + needed > this.#bottom) {
      this.#newPage();
      this.#tableHead();
    }
    if ('cells' in row) {
      this.#cells(row.cells, { isHead: false, height });
      return;
    }
    this.#box(MARGIN_SIDE, this.#width, { height, isShaded: true });
    const at = { x: MARGIN_SIDE + PAD_X, y: this.#y + PAD_Y, width: this.#width - 2 * PAD_X };
    this.#write(row.heading, { font: 'bold', size: 9.5, ...at });
    this.#y += height;
  }

  #rowHeight(row: Row): number {
    if ('cells' in row) return this.#heightOf(row.cells);
    return this.#measure({ text: row.heading, font: 'bold', size: 9.5 }, this.#width - 2 * PAD_X) + 2 * PAD_Y;
  }

  #heightOf(cells: readonly Cell[]): number {
    const heights = cells.map((cell, i) => {
      const width = (this.#widths[i] ?? 0) - 2 * PAD_X;
      return linesOf(cell).reduce((sum, line) => sum + this.#measure(line, width), 0);
    });
    return Math.max(...heights) + 2 * PAD_Y;
  }

  #cells(cells: readonly Cell[], { isHead, height }: { readonly isHead: boolean; readonly height: number }): void {
    let x = MARGIN_SIDE;
    for (const [i, cell] of cells.entries()) {
      const width = this.#widths[i] ?? 0;
      this.#box(x, width, { height, isShaded: isHead });
      const align = isHead ? 'center' : (this.#plan.columns[i]?.align ?? 'left');
      let y = this.#y + PAD_Y;
      for (const { text, font, size, isQuiet } of linesOf(cell)) {
        const colour = isQuiet === true ? QUIET : INK;
        const style = { ...(font === undefined ? {} : { font }), ...(size === undefined ? {} : { size }) };
        y += this.#write(text, { ...style, x: x + PAD_X, y, width: width - 2 * PAD_X, align, colour });
      }
      x += width;
    }
    this.#y += height;
  }

  #note(text: string): void {
    const height = this.#measure({ text, size: 8.5 }, this.#width);
    if (this.#y + height + 2 * MM > this.#bottom) this.#newPage();
    this.#y += 2 * MM;
    this.#y += this.#write(text, { size: 8.5, width: this.#width, colour: QUIET });
  }

  #feet(): void {
    const { start, count } = this.#document.bufferedPageRange();
    for (let page = 0; page < count; page++) {
      this.#document.switchToPage(start + page);
      const y = this.#bottom + 5 * MM;
      this.#document
        .moveTo(MARGIN_SIDE, y - 2 * MM)
        .lineTo(MARGIN_SIDE + this.#width, y - 2 * MM)
        .lineWidth(0.5)
        .stroke(RULE);
      const [first, second] = this.#plan.foot;
      const numberWidth = 40 * MM;
      const width = this.#width - numberWidth;
      const height = this.#write(first, { size: 8, y, width });
      this.#write(second, { size: 7, y: y + height, width, colour: QUIET });
      const x = MARGIN_SIDE + width;
      this.#write(`第 ${page + 1} 页　共 ${count} 页`, { size: 9, x, y, width: numberWidth, align: 'right' });
    }
  }

  #newPage(): void {
    this.#document.addPage();
    this.#y = MARGIN_TOP;
  }

  #box(x: number, width: number, { height, isShaded }: { readonly height: number; readonly isShaded: boolean }): void {
    this.#document.lineWidth(0.5).rect(x, this.#y, width, height);
    if (isShaded) this.#document.fillAndStroke(SHADE, RULE);
    else this.#document.stroke(RULE);
  }

  #measure({ text, font = 'text', size = 9 }: CellLine, width: number): number {
    return this.#document.font(font).fontSize(size).heightOfString(printable(text), { width });
  }

  /** @returns the height it takes */
  #write(
    text: string,
    style: {
      readonly font?: FontRole;
      readonly size?: number;
      readonly x?: number;
      readonly y?: number;
      readonly width: number;
      readonly align?: 'left' | 'center' | 'right';
      readonly colour?: string;
    },
  ): number {
    const { font = 'text', size = 9, x = MARGIN_SIDE, y = this.#y, width, align = 'left', colour = INK } = style;
    this.#document.font(font).fontSize(size).fillColor(colour).text(printable(text), x, y, { width, align });
    return this.#measure({ text, font, size }, width);
  }
}

function linesOf(cell: Cell): readonly CellLine[] {
  return typeof cell === 'string' ? [{ text: cell }] : cell;
}
