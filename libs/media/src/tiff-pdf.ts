import { open } from 'node:fs/promises';
import { ArchiveError } from '#domain';
import type { TiffPage } from './tiff.js';

/**
 * A TIFF page compressed by JPEG, strip by strip, as a PDF page with the strips stacked: ffmpeg decodes such pages to
 * grey nothing, while poppler draws JPEG strips as they are. One strip is one image XObject (ISO 32000-1, 8.9.5).
 * @throws media-undecodable for tiled pages
 */
export async function jpegPageAsPdf(path: string, page: TiffPage, maxBytes: number): Promise<Buffer> {
  if (page.isTiled) throw new ArchiveError('media-undecodable', 'TIFF: JPEG tiles');
  if (page.pieces.reduce((sum, piece) => sum + piece.sizeBytes, 0) > maxBytes) {
    throw new ArchiveError('media-limit', 'TIFF: page too large', { details: { limitBytes: maxBytes } });
  }
  const file = await open(path, 'r');
  try {
    const strips: { jpeg: Buffer; rows: number }[] = [];
    for (const [i, piece] of page.pieces.entries()) {
      const bytes = Buffer.alloc(piece.sizeBytes);
      await file.read(bytes, 0, bytes.length, piece.offset);
      const rows = Math.min(page.rowsPerStrip, page.height - i * page.rowsPerStrip);
      if (rows > 0) strips.push({ jpeg: wholeJpeg(bytes, page.jpegTables), rows });
    }
    return pdfOf(page, strips);
  } finally {
    await file.close();
  }
}

/** Puts the tables kept once for all strips back in front of one (TIFF Technical Note 2). */
function wholeJpeg(strip: Buffer, tables: Buffer | null): Buffer {
  if (tables === null || tables.length < 4) return strip;
  return Buffer.concat([tables.subarray(0, -2), strip.subarray(2)]);
}

const RGB = 2;
const GREY = [0, 1];

function pdfOf(page: TiffPage, strips: readonly { jpeg: Buffer; rows: number }[]): Buffer {
  const objects: Buffer[] = [];
  const isGrey = GREY.includes(page.photometric);
  // Without an Adobe marker a JPEG of three parts is taken for YCbCr; these may be plain RGB, which the filter is told.
  const colour = isGrey ? '/DeviceGray' : '/DeviceRGB';
  const transform = page.photometric === RGB ? '/DecodeParms << /ColorTransform 0 >>' : '';
  let top = page.height;
  const draw = strips.map(({ rows }, i) => {
    top -= rows;
    return `q ${page.width} 0 0 ${rows} 0 ${top} cm /S${i} Do Q`;
  });
  const names = strips.map((_, i) => `/S${i} ${5 + i} 0 R`).join(' ');
  objects.push(Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'));
  objects.push(Buffer.from('<< /Type /Pages /Kids [3 0 R] /Count 1 >>'));
  objects.push(
    Buffer.from(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${page.width} ${page.height}] /Contents 4 0 R /Resources << /XObject << ${names} >> >> >>`,
    ),
  );
  objects.push(stream('', Buffer.from(draw.join('\n'))));
  for (const { jpeg, rows } of strips) {
    const image = `/Type /XObject /Subtype /Image /Width ${page.width} /Height ${rows} /BitsPerComponent 8 /ColorSpace ${colour} /Filter /DCTDecode ${transform}`;
    objects.push(stream(image, jpeg));
  }
  return pdfFile(objects);
}

function stream(dictionary: string, bytes: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`<< ${dictionary} /Length ${bytes.length} >>\nstream\n`),
    bytes,
    Buffer.from('\nendstream'),
  ]);
}

function pdfFile(objects: readonly Buffer[]): Buffer {
  const parts = [Buffer.from('%PDF-1.4\n')];
  const offsets: number[] = [];
  let at = 9;
  objects.forEach((object, i) => {
    const whole = Buffer.concat([Buffer.from(`${i + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
    offsets.push(at);
    at += whole.length;
    parts.push(whole);
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(Buffer.from(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`));
  parts.push(Buffer.from(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`));
  return Buffer.concat(parts);
}
