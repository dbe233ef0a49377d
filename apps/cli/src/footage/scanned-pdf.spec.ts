import { scannedPdf } from './scanned-pdf.js';

const PAGE = { jpeg: Buffer.from([0xff, 0xd8, 0xff, 0xd9]), widthPx: 10, heightPx: 20 };
const ABOUT = { title: '立案审批表', scannedAt: "D:20251016084000+08'00'" };

it('says in its table where each object begins', () => {
  const pdf = scannedPdf([PAGE, PAGE, PAGE], ABOUT).toString('latin1');
  const tableAt = Number(/startxref\n(\d+)\n%%EOF/.exec(pdf)?.[1]);
  const [head, size, ...rows] = pdf.slice(tableAt).split('trailer')[0]?.trim().split('\n') ?? [];
  expect([head, size]).toEqual(['xref', '0 13']);
  const offsets = rows.slice(1).map((row) => Number(row.slice(0, 10)));
  expect(offsets.map((at) => /^\d+ 0 obj/.exec(pdf.slice(at))?.[0])).toEqual(
    Array.from({ length: 12 }, (_, i) => `${i + 1} 0 obj`),
  );
});

it('names each page and its picture', () => {
  const pdf = scannedPdf([PAGE, PAGE], ABOUT).toString('latin1');
  expect(pdf).toContain('/Kids [4 0 R 7 0 R] /Count 2');
  expect(pdf.match(/\/Filter \/DCTDecode \/Length 4 >>/g)).toHaveLength(2);
});
