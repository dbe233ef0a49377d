import { DossierError } from '../dossier-error.js';
import { type BagAlgorithm, DIGEST_HEX_LENGTH } from './bag-files.js';
import { encodePath, pathProblem } from './bag-path.js';

/** Text of `bagit.txt` (RFC 8493 §2.1.1). */
export const BAGIT_TXT = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

/** Our own tag file, in the form of a manifest; BagIt 1.0 knows no SM3, so it is not one to other tools. */
export const SM3_MANIFEST_PATH = 'proofs/manifest-sm3.txt';

export interface ManifestEntry {
  readonly path: string;
  readonly digestHex: string;
}

/** `manifest-sha256.txt`; SM3 has its own place. */
export function manifestPath(algorithm: BagAlgorithm): string {
  return algorithm === 'sm3' ? SM3_MANIFEST_PATH : `manifest-${algorithm}.txt`;
}

export function tagManifestPath(algorithm: BagAlgorithm): string {
  return `tagmanifest-${algorithm}.txt`;
}

/** Value of Payload-Oxum: octets and number of the files below `data/` (RFC 8493 §2.2.2). */
export function payloadOxum(files: Iterable<{ readonly sizeBytes: number }>): string {
  let octets = 0n;
  let count = 0;
  for (const { sizeBytes } of files) {
    octets += BigInt(sizeBytes);
    count += 1;
  }
  return `${octets}.${count}`;
}

/** Value of Bagging-Date: the day in UTC. */
export function baggingDate(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/**
 * Text of `bag-info.txt` (RFC 8493 §2.2.2), in the order given. Lines are not folded.
 * @throws DossierError `text-invalid` for a label or value that a line cannot hold
 */
export function bagInfoTxt(elements: Iterable<readonly [label: string, value: string]>): string {
  let text = '';
  for (const [label, value] of elements) {
    if (!/^[^\s:][^\r\n:]*$/.test(label) || /\s$/.test(label) || !label.isWellFormed())
      throw new DossierError('text-invalid', `bag-info label ${JSON.stringify(label)}`);
    if (/[\r\n\0]/.test(value) || value.trim() === '' || value !== value.trim() || !value.isWellFormed())
      throw new DossierError(
        'text-invalid',
        `bag-info value of ${label}: empty, or not one line without spaces around`,
      );
    text += `${label}: ${value}\n`;
  }
  return text;
}

/**
 * Text of `manifest-<algorithm>.txt` (RFC 8493 §2.1.3), sorted by path so that the same files give the same bytes.
 * @param entries paths below `data/`
 * @throws DossierError `path-unsafe` (also for a path named twice), `text-invalid` for a digest of another algorithm
 */
export function manifestTxt(algorithm: BagAlgorithm, entries: Iterable<ManifestEntry>): string {
  return linesOf(algorithm, entries, (path) => (path.startsWith('data/') ? null : 'is not below data/'));
}

/**
 * Text of `tagmanifest-<algorithm>.txt` (RFC 8493 §2.2.1): every tag file but the tag manifests.
 * @throws as `manifestTxt`
 */
export function tagManifestTxt(algorithm: BagAlgorithm, entries: Iterable<ManifestEntry>): string {
  return linesOf(algorithm, entries, (path) => {
    if (path.startsWith('data/')) return 'is payload';
    return isTagManifest(path) ? 'is a tag manifest' : null;
  });
}

export function isTagManifest(path: string): boolean {
  return /^tagmanifest-[^/]*\.txt$/.test(path);
}

function linesOf(
  algorithm: BagAlgorithm,
  entries: Iterable<ManifestEntry>,
  misplaced: (path: string) => string | null,
): string {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  const digest = new RegExp(`^[0-9a-f]{${DIGEST_HEX_LENGTH[algorithm]}}$`);
  let before: string | null = null;
  const lines: string[] = [];
  for (const { path, digestHex } of sorted) {
    const problem = pathProblem(path) ?? misplaced(path) ?? (path === before ? 'is named twice' : null);
    if (problem !== null) throw new DossierError('path-unsafe', `${JSON.stringify(path)} ${problem}`);
    if (!digest.test(digestHex)) throw new DossierError('text-invalid', `not a digest of ${algorithm}: ${digestHex}`);
    lines.push(`${digestHex}  ${encodePath(path)}\n`);
    before = path;
  }
  return lines.join('');
}
