/** Where things are in a dossier: docs/dossier-format.md, "Files". */
export const DOSSIER_FORMAT = 'liuhen-dossier/v1';

export const PART = {
  index: 'dossier.json',
  events: 'proofs/events.jsonl',
  inclusion: 'proofs/inclusion.jsonl',
  checkpoint: 'proofs/checkpoint',
  disclosures: 'proofs/disclosures.json',
  sm3: 'proofs/manifest-sm3.txt',
  roots: 'proofs/timestamps/roots.pem',
  policy: 'policy/trust.policy',
  howTo: 'verify/HOWTO.md',
  verifier: 'verify/verify.html',
} as const;

export const TAG_MANIFEST = 'tagmanifest-sha256.txt';

/** Without these it is no dossier. */
export const NEEDED_FILES: readonly string[] = [
  ...['bagit.txt', 'bag-info.txt', 'manifest-sha256.txt', TAG_MANIFEST],
  ...[PART.index, PART.events, PART.inclusion, PART.checkpoint, PART.disclosures, PART.sm3, PART.policy],
];

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const ORIGINAL = new RegExp(`^data/originals/(${UUID})/([^/]+)$`);
const RENDITION = new RegExp(`^data/renditions/(${UUID})/([a-z]+(?:-[a-z]+)*)/([^/]+)$`);
const OTHERS = [
  /^data\/documents\/[^/]+$/,
  new RegExp(`^proofs/blocks/${UUID}$`),
  /^proofs\/timestamps\/[1-9]\d{0,5}\.(?:tsr|note|consistency\.json)$/,
];
const FIXED: ReadonlySet<string> = new Set([...NEEDED_FILES, PART.roots, PART.howTo, PART.verifier]);

/** Whether the format has a file of this name: a dossier holds no others. */
export function isDossierFile(path: string): boolean {
  return FIXED.has(path) || ORIGINAL.test(path) || RENDITION.test(path) || OTHERS.some((pattern) => pattern.test(path));
}

/** The asset whose original this is; null for any other file. */
export function assetOfOriginal(path: string): string | null {
  return ORIGINAL.exec(path)?.[1] ?? null;
}

export function originalPath(assetId: string, fileName: string): string {
  return `data/originals/${assetId}/${safeName(fileName)}`;
}

/** A file of a rendition: of which asset, of which kind, and its name; null for any other file. */
export function renditionOfPath(
  path: string,
): { readonly assetId: string; readonly kind: string; readonly name: string } | null {
  const [, assetId, kind, name] = RENDITION.exec(path) ?? [];
  return assetId === undefined || kind === undefined || name === undefined ? null : { assetId, kind, name };
}

/** @param name without folders, as the tool made it */
export function renditionPath(assetId: string, kind: string, name: string): string {
  return `${renditionFolder(assetId, kind)}/${safeName(name)}`;
}

export function renditionFolder(assetId: string, kind: string): string {
  return `data/renditions/${assetId}/${kind}`;
}

export function documentPath(name: string): string {
  return `data/documents/${safeName(name)}`;
}

export function blocksPath(assetId: string): string {
  return `proofs/blocks/${assetId}`;
}

export function timestampPath(number: number, kind: 'tsr' | 'note' | 'consistency.json'): string {
  return `proofs/timestamps/${number}.${kind}`;
}

const MAX_CHARACTERS = 120;
/** Most file systems hold 255 bytes a name. */
const MAX_BYTES = 240;

/**
 * A name that every file system takes, made from the one that was sent: what is not a letter, a digit, `.`, `-`, `_` or
 * above U+007F becomes `_`; so do C1 controls, marks of direction and a dot at the beginning or end. The end, which
 * says what kind of file it is, is kept when it is too long.
 */
export function safeName(fileName: string): string {
  const spelled = fileName
    .toWellFormed()
    .normalize('NFC')
    .replace(/[^A-Za-z0-9._\-\u00a0-\u{10ffff}]|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '_')
    .replace(/^\.+|\.+$/g, (dots) => '_'.repeat(dots.length));
  if (spelled === '') return '_';
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(spelled)?.[0] ?? '';
  const characters = [...spelled.slice(0, spelled.length - ending.length)].slice(0, MAX_CHARACTERS - ending.length);
  while (new TextEncoder().encode(characters.join('')).length > MAX_BYTES - ending.length) characters.pop();
  return `${characters.join('')}${ending}`;
}
