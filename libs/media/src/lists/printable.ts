/**
 * Names of files, and what people type, are text of strangers: what turns the writing round or cannot be seen is shown as
 * a gap.
 * @param kept letters that are left as they are: the line end, where lines may end
 */
export function printable(text: string, kept = ''): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu, (letter) => (kept.includes(letter) ? letter : ' '));
}
