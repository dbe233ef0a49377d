import { basename } from 'node:path';
import { type NameRule, readByRule } from '#domain';

/** What docks and people call a file that must not be lost (重点文件), as a whole word of a file's or a folder's name. */
const WORDS = ['重点', '重要', 'imp', 'important', 'event', 'emr', 'emergency', 'lock', 'locked', 'sos'];

/**
 * Whether a file was marked as a key file on the recorder (GA/T 947.2-2015, 6.2.20): by the mark that its maker puts into
 * the name, by a word in the name or in a folder's below the one that is watched, or by a word the station was told.
 * @param relativePath below the watched folder
 */
export function isKeyFile(
  relativePath: string,
  { rules, words }: { readonly rules: readonly NameRule[]; readonly words: readonly string[] },
): boolean {
  if (rules.some((rule) => readByRule(rule, basename(relativePath))?.isKeyMarked === true)) return true;
  const parts = relativePath.toLowerCase().split(/[/\\_.\-\s()（）【】[\]]+/);
  const said = [...WORDS, ...words.map((word) => word.toLowerCase())];
  return parts.some((part) => said.some((word) => part === word || (isHan(word) && part.includes(word))));
}

/** Chinese has no spaces between words. */
function isHan(word: string): boolean {
  return /\p{Script=Han}/u.test(word);
}
