/**
 * Fragments of two characters, the unit by which Chinese is searched: trigrams cannot serve a word of two. Text and
 * query are folded the same way; a hit by grams is then checked against the folded text itself.
 */
export function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

/** Kept in the lists' own index, whose entries may not pass a third of a page (2704 bytes). */
const SEARCHED_CHARACTERS = 600;

/** What is kept of a text to find it by: folded, its beginning when it is longer than names and titles are. */
export function searchTextOf(text: string): string {
  return [...foldText(text)].slice(0, SEARCHED_CHARACTERS).join('');
}

/** The same as SQL's `grams_of`, by which the index is made. */
export function gramsOf(text: string): string[] {
  const characters = [...foldText(text)];
  const grams = new Set<string>();
  for (let i = 0; i + 1 < characters.length; i++) grams.add(`${characters[i]}${characters[i + 1]}`);
  return [...grams];
}

/** The folded text as a LIKE pattern that finds it anywhere. */
export function likePattern(text: string): string {
  return `%${foldText(text).replace(/[\\%_]/g, '\\$&')}%`;
}
