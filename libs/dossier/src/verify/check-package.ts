import type { BagReport } from '../bag/bag-report.js';
import { linesOf, parseManifestLine } from '../bag/tag-text.js';
import { isTagManifest, tagManifestTxt } from '../bag/write-bag.js';
import { isDossierError } from '../dossier-error.js';
import { isDossierFile, NEEDED_FILES, TAG_MANIFEST } from '../layout/dossier-files.js';
import { ItemFindings } from './dossier-report.js';
import type { Parts } from './read-part.js';

const MAX_TAG_MANIFEST_BYTES = 67_108_864;

/** The bag, and beyond RFC 8493: the files of a dossier and no others, and a tag manifest in its one spelling. */
export async function checkPackage(parts: Parts, bag: BagReport): Promise<ItemFindings> {
  const findings = new ItemFindings('bag');
  // RFC 8493 leaves tag files off its lists as it pleases; in a dossier every file but the tag manifest is on one. Which are, is
  // not known where the disk does not give that one.
  const isListRead = !bag.findings.some(({ code, path }) => code === 'unreadable' && path === TAG_MANIFEST);
  for (const { code, verdict, path, detail } of bag.findings) {
    const words = path === null ? detail : `${path}: ${detail}`;
    const isUnlisted = code === 'not-listed' && isListRead;
    findings.add({ reason: code, verdict: isUnlisted ? 'FAIL' : verdict, detail: words, offset: null });
  }
  for (const path of NEEDED_FILES) if (!parts.has(path)) findings.fail('part-missing', `${path} is not there`);
  for (const path of parts.listed.keys())
    if (!isDossierFile(path)) findings.fail('file-unknown', `${path} is no file of a dossier`);
  if (parts.has(TAG_MANIFEST)) await checkSpelling(parts, findings);
  return findings;
}

/**
 * Nothing in the bag vouches for the tag manifest, and BagIt lets the same list be written in many ways. In one spelling
 * every byte of it stands for something.
 */
async function checkSpelling(parts: Parts, findings: ItemFindings): Promise<void> {
  const bytes = await parts.whole(TAG_MANIFEST, findings, MAX_TAG_MANIFEST_BYTES);
  if (bytes === null) return;
  try {
    const text = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(bytes);
    const entries: { path: string; digestHex: string }[] = [];
    for await (const line of linesOf(oneChunk(bytes))) {
      const parsed = parseManifestLine(line);
      // Already found by the bag's own check.
      if ('problem' in parsed || parsed.path.startsWith('data/') || isTagManifest(parsed.path)) return;
      entries.push(parsed);
    }
    if (tagManifestTxt('sha256', entries) === text) return;
    findings.fail('tag-manifest-respelled', 'not sorted, not lower-case, or with other spaces and ends of lines');
  } catch (error) {
    if (!isDossierError(error)) throw error;
    findings.fail('tag-manifest-respelled', error.message);
  }
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
