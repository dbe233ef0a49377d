import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError } from '#domain';
import { imageSize } from './image-size.js';
import { IMAGE_MAX_PIXELS, MAX_PAGES, PAGE_DPI, PAGE_MAX_PIXELS } from './limits.js';
import { makeThumbnail, shoot } from './photo.js';
import { reasonOfError, type Unviewable } from './probe.js';
import { type Rendition, renditionOf } from './rendition.js';
import type { Sandbox } from './sandbox.js';
import { readHead } from './sniff.js';
import { JPEG_COMPRESSION, type TiffPage, writeTiffPage } from './tiff.js';
import { jpegPageAsPdf } from './tiff-pdf.js';
import { INPUT, OUTPUT, type Provenance } from './tools.js';

export interface PaperRequest {
  readonly path: string;
  readonly outputDir: string;
  readonly signal?: AbortSignal | undefined;
  /** Share of pages done, 0 to 1. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

export interface PaperResult {
  readonly renditions: readonly Rendition[];
  /** Pages the file has; more than were drawn when it has more than 500. */
  readonly pageCount: number;
  /** Pages that could not be drawn, from 1. */
  readonly missingPages: readonly number[];
}

const PAGE_LIMITS = { wallMs: 60_000, stallMs: 60_000, cpuSeconds: 60, outputBytes: 32 * 1024 * 1024 };
const TEXT_LIMITS = { wallMs: 3 * 60_000, stallMs: 60_000, cpuSeconds: 180, outputBytes: 32 * 1024 * 1024 };
const TIFF_PAGE_BYTES = 512 * 1024 * 1024;
const TIFF_PAGE_SIDE = 2_000;
const AT_ONCE = 2;

/** Page pictures, page text where there is any, and a thumbnail of a PDF. */
export async function makePdfPages(sandbox: Sandbox, request: PaperRequest): Promise<PaperResult | Unviewable> {
  const info = await readPdfInfo(sandbox, request);
  if ('unviewable' in info) return info;
  const draw = (page: number, size: PdfPageSize) => drawPdfPage(sandbox, request, page, size);
  const [pages, text] = await Promise.all([
    drawPages(sandbox, request, info.sizes, draw),
    makeText(sandbox, request, Math.min(info.pageCount, MAX_PAGES)),
  ]);
  if ('unviewable' in pages) return pages;
  return {
    ...pages,
    pageCount: info.pageCount,
    renditions: text === null ? pages.renditions : [...pages.renditions, text],
  };
}

/** Page pictures and a thumbnail of a TIFF of several pages. */
export async function makeTiffPages(
  sandbox: Sandbox,
  request: PaperRequest,
  pages: readonly TiffPage[],
): Promise<PaperResult | Unviewable> {
  return drawPages(sandbox, request, pages, (page, tiff) =>
    drawTiffPage(sandbox, request, page, tiff, 'pages', pageName(page)),
  );
}

interface PdfPageSize {
  /** Points, 1/72 inch, before turning. */
  readonly width: number;
  readonly height: number;
}

async function readPdfInfo(
  sandbox: Sandbox,
  request: PaperRequest,
): Promise<{ pageCount: number; sizes: PdfPageSize[] } | Unviewable> {
  const { path: input, signal } = request;
  const args = ['-f', '1', '-l', String(MAX_PAGES), INPUT];
  const exit = await sandbox.run({ tool: 'pdfinfo', args, input, limits: TEXT_LIMITS, signal });
  const text = exit.stdout.toString('utf8');
  const pageCount = Number(/^Pages:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  if (exit.code === 0 && pageCount > 0) return { pageCount, sizes: pageSizes(text, Math.min(pageCount, MAX_PAGES)) };
  const isLocked = /Incorrect password|encrypt/i.test(exit.stderrTail);
  const isCut = /trailer|xref|startxref|end of file/i.test(exit.stderrTail);
  return { unviewable: isLocked ? 'encrypted' : isCut ? 'truncated' : 'corrupt', detail: exit.stderrTail };
}

/** Lines of pdfinfo: `Page    1 size: 595.28 x 841.89 pts (A4)`. */
export function pageSizes(info: string, count: number): PdfPageSize[] {
  const sizes = Array.from({ length: count }, (): PdfPageSize => ({ width: 595, height: 842 }));
  for (const [, page, width, height] of info.matchAll(/^Page\s+(\d+) size:\s+([\d.]+) x ([\d.]+) pts/gm)) {
    const at = Number(page) - 1;
    if (at < count) sizes[at] = { width: Number(width), height: Number(height) };
  }
  return sizes;
}

/** Dots an inch for a page: the usual 110, fewer for a plan so large that its picture would exceed the limit. */
export function pageDpi(size: PdfPageSize): number {
  const inches = (size.width / 72) * (size.height / 72);
  return Math.max(1, Math.min(PAGE_DPI, Math.floor(Math.sqrt(PAGE_MAX_PIXELS / Math.max(inches, 0.01)))));
}

async function drawPdfPage(
  sandbox: Sandbox,
  request: PaperRequest,
  page: number,
  size: PdfPageSize,
): Promise<Provenance> {
  return runPdftoppm(sandbox, request, request.path, 'pages', [
    ...['-r', String(pageDpi(size)), '-f', String(page), '-l', String(page), '-singlefile', INPUT],
    `${OUTPUT}/${pageName(page).replace(/\.jpg$/, '')}`,
  ]);
}

/** Draws one TIFF page to `part/name`, at most 2000 pixels a side. */
export async function drawTiffPage(
  sandbox: Sandbox,
  request: PaperRequest,
  page: number,
  tiff: TiffPage,
  part: string,
  name: string,
): Promise<Provenance> {
  if (tiff.width * tiff.height > IMAGE_MAX_PIXELS)
    throw new ArchiveError('media-limit', `TIFF page of ${tiff.width}×${tiff.height}`);
  const single = join(request.outputDir, `page-${page}.single`);
  try {
    if (tiff.compression === JPEG_COMPRESSION) {
      await writeFile(single, await jpegPageAsPdf(request.path, tiff, TIFF_PAGE_BYTES));
      const side = Math.min(TIFF_PAGE_SIDE, Math.max(tiff.width, tiff.height));
      return await runPdftoppm(sandbox, request, single, part, [
        ...['-scale-to', String(side), '-singlefile', INPUT],
        `${OUTPUT}/${name.replace(/\.jpg$/, '')}`,
      ]);
    }
    await writeTiffPage(request.path, tiff, single, TIFF_PAGE_BYTES);
    const photo = {
      path: single,
      demuxer: 'tiff_pipe',
      size: tiff,
      orientation: tiff.orientation,
      outputDir: request.outputDir,
      signal: request.signal,
    } as const;
    return await shoot(sandbox, photo, part, [{ name, side: TIFF_PAGE_SIDE, quality: 4 }]);
  } finally {
    await rm(single, { force: true });
  }
}

async function runPdftoppm(
  sandbox: Sandbox,
  request: PaperRequest,
  input: string,
  part: string,
  tail: readonly string[],
): Promise<Provenance> {
  const outputDir = join(request.outputDir, part);
  await mkdir(outputDir, { recursive: true });
  const args = ['-jpeg', '-jpegopt', 'quality=80,optimize=y', ...tail];
  const exit = await sandbox.run({
    tool: 'pdftoppm',
    args,
    input,
    outputDir,
    limits: PAGE_LIMITS,
    signal: request.signal,
  });
  if (exit.code !== 0)
    throw new ArchiveError('media-undecodable', `page could not be drawn: ${exit.stderrTail.slice(-500)}`);
  return { tool: 'pdftoppm', version: await sandbox.toolVersion('pdftoppm'), args };
}

/**
 * Page by page, two at a time, each in a process of its own: one bad page costs that page, and a hostile one cannot
 * spend the time of the rest. Unviewable only when not one page could be drawn.
 */
async function drawPages<P>(
  sandbox: Sandbox,
  request: PaperRequest,
  pages: readonly P[],
  draw: (page: number, source: P) => Promise<Provenance>,
): Promise<PaperResult | Unviewable> {
  const missingPages: number[] = [];
  const failures: unknown[] = [];
  let provenance: Provenance | null = null;
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < pages.length; i = next++) {
      const source = pages[i];
      if (source === undefined) return;
      try {
        const made = await draw(i + 1, source);
        await stat(join(request.outputDir, 'pages', pageName(i + 1)));
        provenance ??= made;
      } catch (error) {
        request.signal?.throwIfAborted();
        failures.push(error);
        missingPages.push(i + 1);
      }
      request.onProgress?.((i + 1) / pages.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (provenance === null) {
    const [failure] = failures;
    const reason = reasonOfError(failure);
    if (reason === null) throw failure;
    return { unviewable: reason, detail: failure instanceof Error ? failure.message : '' };
  }
  missingPages.sort((a, b) => a - b);
  const drawn = pages.map((_, i) => i + 1).filter((page) => !missingPages.includes(page));
  const names = drawn.map((page) => `pages/${pageName(page)}`);
  const renditions = [await renditionOf('pages', request.outputDir, names, provenance)];
  const [first] = names;
  if (first !== undefined) renditions.push(await thumbnailOf(sandbox, request, first));
  return { renditions, pageCount: pages.length, missingPages };
}

async function thumbnailOf(sandbox: Sandbox, request: PaperRequest, name: string): Promise<Rendition> {
  const path = join(request.outputDir, name);
  const size = imageSize(await readHead(path), 'image/jpeg') ?? { width: 800, height: 1_130 };
  return makeThumbnail(sandbox, { path, size, outputDir: request.outputDir, signal: request.signal });
}

/** The text layer, `{version, pages: [text]}` from page 1; null when there is none, as in a plain scan. */
async function makeText(sandbox: Sandbox, request: PaperRequest, pageCount: number): Promise<Rendition | null> {
  const args = ['-enc', 'UTF-8', '-eol', 'unix', '-f', '1', '-l', String(pageCount), INPUT, '-'];
  const { path: input, signal } = request;
  try {
    const exit = await sandbox.run({ tool: 'pdftotext', args, input, limits: TEXT_LIMITS, signal });
    const pages = exit.stdout
      .toString('utf8')
      .split('\f')
      .slice(0, pageCount)
      .map((page) => page.trim());
    if (exit.code !== 0 || pages.every((page) => page === '')) return null;
    await mkdir(join(request.outputDir, 'text'), { recursive: true });
    await writeFile(join(request.outputDir, 'text', 'text.json'), JSON.stringify({ version: 1, pages }));
    return renditionOf('text', request.outputDir, ['text/text.json'], {
      tool: 'pdftotext',
      version: await sandbox.toolVersion('pdftotext'),
      args,
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (reasonOfError(error) === null) throw error;
    return null; // pages that can be seen are worth more than their text
  }
}

function pageName(page: number): string {
  return `page-${String(page).padStart(4, '0')}.jpg`;
}
