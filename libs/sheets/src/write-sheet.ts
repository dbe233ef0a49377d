import writeXlsxFile from 'write-excel-file/node';

/**
 * One sheet of text as XLSX. Every cell is text, whatever it looks like: `001` stays `001`, `=1+1` is no formula.
 * @param rows the first is the head: bold, and it stays in view
 * @param widths of the columns, in characters
 */
export async function writeSheet(
  name: string,
  rows: readonly (readonly string[])[],
  widths: readonly number[],
): Promise<Buffer> {
  const [head = [], ...body] = rows;
  const cell = (value: string) => ({ value: escaped(value), type: String, wrap: true, alignVertical: 'top' as const });
  const data = [
    head.map((value) => ({ ...cell(value), fontWeight: 'bold' as const })),
    // A cell without a value is left out: the library writes no empty text.
    ...body.map((row) => row.map((value) => (value === '' ? null : cell(value)))),
  ];
  return await writeXlsxFile(data, {
    sheet: sheetName(name),
    columns: widths.map((width) => ({ width })),
    stickyRowsCount: 1,
    orientation: 'landscape',
  }).toBuffer();
}

/** ECMA-376 and its readers: 31 characters at most, none of these. */
function sheetName(name: string): string {
  return [...name.replace(/[\\/?*[\]:]/g, '')].slice(0, 31).join('') || 'Sheet1';
}

/** ECMA-376 part 1, 22.9.2.19 (ST_Xstring): what XML cannot carry is `_xHHHH_`, and what looks like that is escaped. */
function escaped(text: string): string {
  const code = (letter: string): string => `_x${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
  // The library keeps texts as keys of a plain object, and takes these for ones it has seen.
  if (text in {}) return `${code(text)}${text.slice(1)}`;
  return (
    text
      .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, code)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these have no place in XML 1.0, or come back changed
      .replace(/[\u0000-\u0009\u000b-\u001f\ufeff\ufff0-\uffff]/g, code)
  );
}
