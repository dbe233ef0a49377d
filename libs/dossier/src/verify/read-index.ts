import { isDigest, isId, type JsonValue } from '#domain';
import { DOSSIER_FORMAT } from '../layout/dossier-files.js';
import { isSha256, isTime } from './read-event.js';
import { hasKeys, isCount, isList, readJson } from './read-part.js';

export interface ChainPlace {
  readonly seq: number;
  /** `sha256:…` */
  readonly leaf: string;
}

/** An asset as `dossier.json` tells of it. */
export interface IndexedAsset {
  readonly id: string;
  /** Null: a quarantined asset whose bytes could not be had. */
  readonly path: string | null;
  readonly size_bytes: number;
  /** Null: it was never sealed. */
  readonly sha256: string | null;
  readonly sm3: string | null;
  readonly block_root: string;
  readonly head: ChainPlace;
}

/** `dossier.json`: nothing in it is believed. */
export interface DossierIndex {
  readonly format: typeof DOSSIER_FORMAT;
  readonly id: string;
  readonly case_id: string;
  readonly origin: string;
  readonly export_event: { readonly id: string; readonly chain_seq: number; readonly leaf: string };
  readonly as_of: { readonly size: number; readonly at: string };
  readonly assets: readonly IndexedAsset[];
}

/** Reads `dossier.json`; the reason when it is none. */
export function readIndex(bytes: Uint8Array): { readonly index: DossierIndex } | { readonly problem: string } {
  const read = readJson(bytes);
  if ('problem' in read) return read;
  const { value } = read;
  if (!hasKeys(value, ['format', 'id', 'case_id', 'origin', 'export_event', 'as_of', 'assets'] as const))
    return { problem: 'not the fields of a dossier' };
  const { export_event: exported, as_of: asOf, assets } = value;
  if (value.format !== DOSSIER_FORMAT) return { problem: `not ${DOSSIER_FORMAT}` };
  if (!isId(value.id) || !isId(value.case_id) || typeof value.origin !== 'string')
    return { problem: 'no ids, or no log' };
  if (!hasKeys(exported, ['id', 'chain_seq', 'leaf'] as const) || !isId(exported.id) || !isCount(exported.chain_seq))
    return { problem: 'no event of the export' };
  if (!isSha256(exported.leaf)) return { problem: 'no leaf of the export' };
  if (!hasKeys(asOf, ['size', 'at'] as const) || !isCount(asOf.size) || typeof asOf.at !== 'string' || !isTime(asOf.at))
    return { problem: 'no as_of' };
  if (!isList(assets)) return { problem: 'no assets' };
  const wrong = assets.findIndex((asset) => !isIndexedAsset(asset));
  if (wrong !== -1) return { problem: `asset ${wrong + 1}` };
  const ids = assets.map((asset) => (asset as unknown as IndexedAsset).id);
  if (ids.some((id, i) => i > 0 && (ids[i - 1] ?? '') >= id)) return { problem: 'assets twice, or not in order of id' };
  return { index: value as unknown as DossierIndex };
}

function isIndexedAsset(value: JsonValue): boolean {
  if (!hasKeys(value, ['id', 'path', 'size_bytes', 'sha256', 'sm3', 'block_root', 'head'] as const)) return false;
  const isKnown = isId(value.id) && isCount(value.size_bytes) && isSha256(value.block_root) && isPlace(value.head);
  const isDigested = (value.sha256 === null || isSha256(value.sha256)) && (value.sm3 === null || isDigest(value.sm3));
  return isKnown && isDigested && (value.path === null || typeof value.path === 'string');
}

export function isPlace(value: JsonValue | undefined): boolean {
  return hasKeys(value, ['seq', 'leaf'] as const) && isCount(value.seq) && value.seq > 0 && isSha256(value.leaf);
}
