import PDFDocument from 'pdfkit';
import type { FormSheet, SheetBlock, SheetCell } from '#domain';
import { FONT_ROLES, type FontRole, loadListFonts } from '../lists/list-fonts.js';
import { printable } from '../lists/printable.js';

/** Points a millimetre. */
const MM = 72 / 25.4;
const MARGIN_SIDE = 25 * MM;
const MARGIN_TOP = 22 * MM;
const MARGIN_BOTTOM = 22 * MM;
const PAD = 1.8 * MM;
const NAME_WIDTH = 28 * MM;
/** Of a cell, where three stand in a row. */
const NAME_SHARE = 0.4;
/** Room for handwriting in a field that is left empty. */
const EMPTY_BOX = 22 * MM;
const SIGNATURE_ROW = 15 * MM;
const INK = '#000000';
const QUIET = '#555555';
const RULE = '#333333';

interface TextStyle {
  readonly font?: FontRole;
  readonly size?: number;
  readonly align?: 'left' | 'center' | 'right';
  readonly indent?: number;
  readonly colour?: string;
}
interface Line extends TextStyle {
  readonly text: string;
}

/**
 * Draws a form: A4, agency, title, number, what is filled in, lines to sign on, page numbers. Fonts are embedded, and
 * nothing of the machine or the clock goes in: the same form gives the same bytes.
 * @param fontsFolder as `findListFonts` gives it
 */
export async function drawForm(sheet: FormSheet, fontsFolder: string): Promise<Buffer> {
  const fonts = await loadListFonts(fontsFolder);
  const document = new PDFDocument({
    ...{ size: 'A4', bufferPages: true, pdfVersion: '1.7', lang: 'zh-CN', displayTitle: true },
    margins: { left: MARGIN_SIDE, right: MARGIN_SIDE, top: MARGIN_TOP, bottom: 0 },
    info: { Title: sheet.title.zh, Creator: '留痕 Liuhen', Producer: '留痕 Liuhen', CreationDate: sheet.at },
  });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => document.on('end', resolve).on('error', reject));
  for (const role of FONT_ROLES) document.registerFont(role, fonts[role].bytes, fonts[role].name);
  new FormDrawing(document, sheet).draw();
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

class FormDrawing {
  readonly #document: PDFKit.PDFDocument;
  readonly #sheet: FormSheet;
  #y = MARGIN_TOP;

  constructor(document: PDFKit.PDFDocument, sheet: FormSheet) {
    this.#document = document;
    this.#sheet = sheet;
  }

  draw(): void {
    this.#heading();
    for (const block of this.#sheet.blocks) this.#block(block);
    this.#feet();
  }

  get #width(): number {
    return this.#document.page.width - 2 * MARGIN_SIDE;
  }

  get #bottom(): number {
    return this.#document.page.height - MARGIN_BOTTOM;
  }

  #heading(): void {
    const { agencyName, title, number } = this.#sheet;
    const centred = { align: 'center' as const };
    this.#flow([{ text: agencyName, size: 14, ...centred }]);
    this.#y += 1.5 * MM;
    this.#flow([{ text: title.zh, font: 'bold', size: 20, ...centred }, ...this.#english(title.en, 9, centred)]);
    this.#y += 2 * MM;
    if (number !== null) this.#flow([{ text: number, size: 11, align: 'right' }]);
    this.#y += 3 * MM;
  }

  #block(block: SheetBlock): void {
    if (block.kind === 'grid') for (const row of block.rows) this.#row(row);
    if (block.kind === 'text') this.#paragraph(block.text);
    if (block.kind === 'box') this.#boxed(block);
    if (block.kind === 'signatures') this.#signatures(block.lines);
  }

  /** Names and values side by side, ruled; as high as its highest cell. */
  #row(cells: readonly SheetCell[]): void {
    const width = this.#width / cells.length;
    const nameWidth = cells.length <= 2 ? NAME_WIDTH : width * NAME_SHARE;
    const parts = cells.flatMap((cell) => [
      { lines: this.#name(cell), width: nameWidth },
      { lines: [{ text: cell.value, size: 10.5 }], width: width - nameWidth },
    ]);
    const height = Math.max(
      8.5 * MM,
      ...parts.map((part) => this.#heightOf(part.lines, part.width - 2 * PAD) + 2 * PAD),
    );
    this.#need(height);
    let x = MARGIN_SIDE;
    for (const part of parts) {
      this.#document.lineWidth(0.6).rect(x, this.#y, part.width, height).stroke(RULE);
      const top = this.#y + (height - this.#heightOf(part.lines, part.width - 2 * PAD)) / 2;
      this.#write(part.lines, { x: x + PAD, y: top, width: part.width - 2 * PAD });
      x += part.width;
    }
    this.#y += height;
  }

  #paragraph({ zh, en }: { readonly zh: string; readonly en: string }): void {
    this.#y += 2 * MM;
    this.#flow([{ text: zh, size: 12, indent: 24 }, ...this.#english(en, 8.5)]);
    this.#y += 2 * MM;
  }

  /** A long text goes on over pages, each with its own frame. */
  #boxed(cell: SheetCell): void {
    const width = this.#width - 2 * PAD;
    const name = this.#name(cell);
    const head = this.#heightOf(name, width) + PAD;
    this.#need(head + EMPTY_BOX);
    let left = printable(cell.value, '\n');
    let isFirst = true;
    while (isFirst || left !== '') {
      const room = this.#bottom - this.#y - 2 * PAD - (isFirst ? head : 0);
      const [fitting, rest] = this.#split(left, width, room);
      const textHeight = fitting === '' ? 0 : this.#heightOf([{ text: fitting, size: 11 }], width);
      const least = isFirst && left === '' ? EMPTY_BOX : 0;
      const height = (isFirst ? head : 0) + Math.max(least, textHeight) + 2 * PAD;
      this.#document.lineWidth(0.6).rect(MARGIN_SIDE, this.#y, this.#width, height).stroke(RULE);
      const x = MARGIN_SIDE + PAD;
      if (isFirst) this.#write(name, { x, y: this.#y + PAD, width });
      if (fitting !== '')
        this.#write([{ text: fitting, size: 11 }], { x, y: this.#y + PAD + (isFirst ? head : 0), width });
      this.#y += height;
      left = rest;
      isFirst = false;
      if (left !== '') this.#newPage();
    }
  }

  /** As much of a text as fits, cut between two letters. */
  #split(text: string, width: number, room: number): [string, string] {
    const fits = (part: string): boolean => this.#heightOf([{ text: part, size: 11 }], width) <= room;
    if (text === '' || fits(text)) return [text, ''];
    const letters = [...text];
    let [low, high] = [1, letters.length];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (fits(letters.slice(0, middle).join(''))) low = middle;
      else high = middle - 1;
    }
    return [letters.slice(0, low).join(''), letters.slice(low).join('').replace(/^\n/, '')];
  }

  #signatures(lines: readonly { readonly zh: string; readonly en: string }[]): void {
    this.#y += 3 * MM;
    for (const line of lines) {
      this.#need(SIGNATURE_ROW);
      const texts: Line[] = [{ text: `${line.zh}：`, size: 11 }, ...this.#english(line.en, 8)];
      const nameWidth = this.#width * 0.42;
      this.#write(texts, { x: MARGIN_SIDE, y: this.#y, width: nameWidth });
      const y = this.#y + 16;
      this.#document
        .moveTo(MARGIN_SIDE + nameWidth, y)
        .lineTo(MARGIN_SIDE + this.#width, y)
        .lineWidth(0.5)
        .stroke(RULE);
      this.#y += SIGNATURE_ROW;
    }
  }

  #name({ name }: SheetCell): Line[] {
    return [{ text: name.zh, font: 'bold', size: 10 }, ...this.#english(name.en, 7)];
  }

  #english(text: string, size: number, style: TextStyle = {}): Line[] {
    return this.#sheet.withEnglish ? [{ text, size, colour: QUIET, ...style }] : [];
  }

  #feet(): void {
    const { start, count } = this.#document.bufferedPageRange();
    for (let page = 0; page < count; page++) {
      this.#document.switchToPage(start + page);
      const at = { x: MARGIN_SIDE, y: this.#bottom + 7 * MM, width: this.#width };
      this.#write([{ text: this.#sheet.foot, size: 7, colour: QUIET }], at);
      this.#write([{ text: `第 ${page + 1} 页　共 ${count} 页`, size: 9, align: 'right' }], at);
    }
  }

  #need(height: number): void {
    if (this.#y + height > this.#bottom) this.#newPage();
  }

  #newPage(): void {
    this.#document.addPage();
    this.#y = MARGIN_TOP;
  }

  /** Writes where the drawing is, and goes on below. */
  #flow(lines: readonly Line[]): void {
    const height = this.#heightOf(lines, this.#width);
    this.#need(height);
    this.#write(lines, { x: MARGIN_SIDE, y: this.#y, width: this.#width });
    this.#y += height;
  }

  #heightOf(lines: readonly Line[], width: number): number {
    return lines.reduce((sum, { text, font = 'text', size = 10, indent = 0 }) => {
      if (text === '') return sum;
      const options = { width, indent, lineGap: 1.5 };
      return sum + this.#document.font(font).fontSize(size).heightOfString(printable(text, '\n'), options);
    }, 0);
  }

  #write(lines: readonly Line[], at: { readonly x: number; readonly y: number; readonly width: number }): void {
    let { y } = at;
    for (const line of lines) {
      if (line.text === '') continue;
      const { text, font = 'text', size = 10, align = 'left', indent = 0, colour = INK } = line;
      const options = { width: at.width, align, indent, lineGap: 1.5 };
      this.#document.font(font).fontSize(size).fillColor(colour).text(printable(text, '\n'), at.x, y, options);
      y += this.#heightOf([line], at.width);
    }
  }
}
