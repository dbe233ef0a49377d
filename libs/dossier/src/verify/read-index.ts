import { isDigest, isId, type JsonValue } from '#domain';
import { DOSSIER_FORMAT } from '../layout/dossier-files.js';
import type { RenditionRecipe } from '../layout/rendition-list.js';
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

/** A rendition as `dossier.json` tells of it. */
export interface IndexedRendition extends RenditionRecipe {
  readonly asset: string;
  readonly kind: string;
  /** SHA-256 of `renditionList`. */
  readonly digest: string;
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
  readonly renditions: readonly IndexedRendition[];
}

/** Reads `dossier.json`; the reason when it is none. */
export function readIndex(bytes: Uint8Array): { readonly index: DossierIndex } | { readonly problem: string } {
  const read = readJson(bytes);
  if ('problem' in read) return read;
  const { value } = read;
  if (!hasKeys(value, ['format', 'id', 'case_id', 'origin', 'export_event', 'as_of', 'assets', 'renditions'] as const))
    return { problem: 'not the fields of a dossier' };
  const { export_event: exported, as_of: asOf, assets, renditions } = value;
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
  if (!isRising(ids)) return { problem: 'assets twice, or not in order of id' };
  if (!isList(renditions) || !renditions.every(isIndexedRendition)) return { problem: 'renditions' };
  const names = renditions
    .map((one) => one as unknown as IndexedRendition)
    .map(({ asset, kind }) => `${asset} ${kind}`);
  if (!isRising(names)) return { problem: 'renditions twice, or not in order of asset and kind' };
  return { index: value as unknown as DossierIndex };
}

export function isRising(texts: readonly string[]): boolean {
  return texts.every((text, i) => i === 0 || (texts[i - 1] ?? '') < text);
}

function isIndexedRendition(value: JsonValue): boolean {
  if (!hasKeys(value, ['asset', 'kind', 'tool', 'version', 'args', 'digest'] as const)) return false;
  const { asset, kind, tool, version, args, digest } = value;
  const isTold = isId(asset) && isKind(kind) && typeof tool === 'string' && typeof version === 'string';
  return isTold && isList(args) && args.every((arg) => typeof arg === 'string') && isSha256(digest);
}

const KIND = /^[a-z]+(?:-[a-z]+)*$/;

export function isKind(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && KIND.test(value);
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
