import { canonicalJson } from '#domain';

/** How a rendition was made, as `dossier.json` tells it. */
export interface RenditionRecipe {
  readonly tool: string;
  /** First line the tool said of itself. */
  readonly version: string;
  readonly args: readonly string[];
}

/** The bytes whose SHA-256 is the `recipe` of a rendition: RFC 8785 of exactly these three members. */
export function recipeBytes({ tool, version, args }: RenditionRecipe): Uint8Array {
  return new TextEncoder().encode(canonicalJson({ tool, version, args: [...args] }));
}

/**
 * The text whose SHA-256 is the `digest` of a rendition: its files as `sha256sum *` prints them in the C locale.
 * @param files names without folders, digests in lower-case hex
 */
export function renditionList(files: readonly { readonly name: string; readonly sha256: string }[]): string {
  const lines = files.map(({ name, sha256 }) => ({ name, line: `${sha256}  ${name}\n` }));
  // By code point, as the bytes of UTF-8 are: by UTF-16 unit an emoji would come before a full-width letter.
  return lines
    .sort((a, b) => byCodePoint(a.name, b.name))
    .map(({ line }) => line)
    .join('');
}

function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((character, i) => character !== right[i]);
  if (at === -1) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}
