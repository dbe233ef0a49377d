import type { JsonValue } from '#domain';
import { encodeBase64, type InclusionClaim } from '#tlog';
import { BAGIT_TXT, baggingDate, bagInfoTxt, manifestPath, manifestTxt, payloadOxum } from '../bag/write-bag.js';
import type { DossierIndex } from '../verify/read-index.js';

/** One line of `proofs/events.jsonl`. */
export function eventLine(index: number, leaf: Uint8Array): string {
  return `{"index":${index},"leaf":"${encodeBase64(leaf)}"}\n`;
}

/** One line of `proofs/inclusion.jsonl`. */
export function inclusionLine({ leafHash, index, size, root, proof }: InclusionClaim): string {
  const hashes = { leafHash: encodeBase64(leafHash), index, size, root: encodeBase64(root) };
  return `${JSON.stringify({ ...hashes, proof: proof.map(encodeBase64) })}\n`;
}

/** `dossier.json`. */
export function indexText(index: DossierIndex): string {
  return `${JSON.stringify(index, null, 2)}\n`;
}

export interface OpenedField {
  readonly field: string;
  readonly salt: Uint8Array;
  readonly value: JsonValue;
}

/** `proofs/disclosures.json`, by event. */
export function disclosuresText(opened: Iterable<readonly [eventId: string, fields: readonly OpenedField[]]>): string {
  const byEvent = [...opened].map(([id, fields]) => [
    id,
    Object.fromEntries(fields.map(({ field, salt, value }) => [field, { salt: encodeBase64(salt), value }])),
  ]);
  return `${JSON.stringify(Object.fromEntries(byEvent), null, 1)}\n`;
}

export interface BaggedFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly sm3: string;
}

/** The tag files that BagIt asks for, but for the tag manifest, and the list of SM3 digests. */
export function bagTexts(
  payload: readonly BaggedFile[],
  about: { readonly dossierId: string; readonly at: Date },
): { readonly path: string; readonly text: string }[] {
  const entries = (digest: 'sha256' | 'sm3') => payload.map((file) => ({ path: file.path, digestHex: file[digest] }));
  const info = [
    ['Bagging-Date', baggingDate(about.at)],
    ['External-Identifier', `urn:uuid:${about.dossierId}`],
    ['Payload-Oxum', payloadOxum(payload)],
  ] as const;
  return [
    { path: 'bagit.txt', text: BAGIT_TXT },
    { path: 'bag-info.txt', text: bagInfoTxt(info) },
    { path: manifestPath('sha256'), text: manifestTxt('sha256', entries('sha256')) },
    { path: manifestPath('sm3'), text: manifestTxt('sm3', entries('sm3')) },
  ];
}
