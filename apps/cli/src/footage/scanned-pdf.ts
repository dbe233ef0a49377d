export interface ScannedPage {
  readonly jpeg: Buffer;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A4 in points. */
const SHEET = { width: 595.28, height: 841.89 };

/**
 * What a document scanner makes: one JPEG a page, filling the sheet, no text (ISO 32000-1, 7.3 and 8.9.5).
 * @param scannedAt as PDF writes it: `D:20251016103000+08'00'`
 */
export function scannedPdf(pages: readonly ScannedPage[], about: { title: string; scannedAt: string }): Buffer {
  const kids = pages.map((_, i) => `${pageNumber(i)} 0 R`).join(' ');
  const objects = [
    text('<< /Type /Catalog /Pages 2 0 R >>'),
    text(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`),
    text(`<< /Title ${hexText(about.title)} /Producer (Liuhen demo scanner) /CreationDate (${about.scannedAt}) >>`),
    ...pages.flatMap((page, i) => pageObjects(page, pageNumber(i))),
  ];
  return assemble(objects);
}

function pageNumber(index: number): number {
  return 4 + index * 3;
}

function pageObjects({ jpeg, widthPx, heightPx }: ScannedPage, number: number): Buffer[] {
  const box = `/MediaBox [0 0 ${SHEET.width} ${SHEET.height}]`;
  const content = `q ${SHEET.width} 0 0 ${SHEET.height} 0 0 cm /Scan Do Q`;
  const picture =
    `<< /Type /XObject /Subtype /Image /Width ${widthPx} /Height ${heightPx} /ColorSpace /DeviceRGB ` +
    `/BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.length} >>\nstream\n`;
  return [
    text(
      `<< /Type /Page /Parent 2 0 R ${box} /Contents ${number + 1} 0 R ` +
        `/Resources << /XObject << /Scan ${number + 2} 0 R >> >> >>`,
    ),
    text(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`),
    Buffer.concat([text(picture), jpeg, text('\nendstream')]),
  ];
}

/** Objects numbered from 1, then the table of where each begins. */
function assemble(objects: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [text('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n')];
  const offsets: number[] = [];
  let at = parts[0]?.length ?? 0;
  objects.forEach((object, i) => {
    offsets.push(at);
    const whole = Buffer.concat([text(`${i + 1} 0 obj\n`), object, text('\nendobj\n')]);
    parts.push(whole);
    at += whole.length;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(
    text(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`),
    text(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 3 0 R >>\nstartxref\n${at}\n%%EOF\n`),
  );
  return Buffer.concat(parts);
}

/** Text of any script: UTF-16BE with a mark in front (7.9.2.2). */
function hexText(value: string): string {
  return `<FEFF${Buffer.from(value, 'utf16le').swap16().toString('hex').toUpperCase()}>`;
}

function text(value: string): Buffer {
  return Buffer.from(value, 'latin1');
}
