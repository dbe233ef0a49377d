/**
 * Fragments of two characters, the unit by which Chinese is searched: trigrams cannot serve a word of two. Of letters
 * and digits also fragments of three: there are only a few hundred pairs of digits, and every number has most of them.
 * Text and query are folded the same way; a hit by grams is then checked against the folded text itself.
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

/** All grams of a text, as SQL's `grams_of` makes them for the index. */
export function gramsOf(text: string): string[] {
  const characters = [...foldText(text)];
  const grams = new Set<string>();
  for (let i = 0; i + 1 < characters.length; i++) {
    grams.add(gramAt(characters, i, 2));
    if (isPlain(gramAt(characters, i, 3))) grams.add(gramAt(characters, i, 3));
  }
  return [...grams];
}

/** The grams to ask the index for: those not inside a longer one. */
export function askedGrams(text: string): string[] {
  const characters = [...foldText(text)];
  const grams = new Set<string>();
  for (let i = 0; i + 1 < characters.length; i++) {
    const [before, here] = [gramAt(characters, i - 1, 3), gramAt(characters, i, 3)];
    if (isPlain(here)) grams.add(here);
    else if (!isPlain(before)) grams.add(gramAt(characters, i, 2));
  }
  return [...grams];
}

/** The gram by which a row of a kind is found, as SQL's `grams_of` makes it; longer than any of a text. */
export function facetGram(kind: string): string {
  return `kind=${kind}`;
}

function gramAt(characters: readonly string[], from: number, length: number): string {
  return from < 0 ? '' : characters.slice(from, from + length).join('');
}

/** Three ASCII characters without a space. */
function isPlain(gram: string): boolean {
  return gram.length === 3 && [...gram].every((character) => character < '\u0080' && character !== ' ');
}

/** The folded text as a LIKE pattern that finds it anywhere. */
export function likePattern(text: string): string {
  return `%${foldText(text).replace(/[\\%_]/g, '\\$&')}%`;
}
