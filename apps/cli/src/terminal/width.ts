/** Columns a terminal gives to a text: Chinese characters and full-width signs take two (UAX #11, wide and fullwidth). */
export function widthOf(text: string): number {
  let width = 0;
  for (const sign of text) width += isWide(sign.codePointAt(0) ?? 0) ? 2 : 1;
  return width;
}

/** Filled with blanks to `width` columns, or cut to it with an ellipsis. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const cut = widthOf(text) > width ? cutTo(text, width) : text;
  const blanks = ' '.repeat(width - widthOf(cut));
  return align === 'left' ? `${cut}${blanks}` : `${blanks}${cut}`;
}

function cutTo(text: string, width: number): string {
  let kept = '';
  for (const sign of text) {
    if (widthOf(kept) + widthOf(sign) > width - 1) break;
    kept += sign;
  }
  return `${kept}…`;
}

function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}
