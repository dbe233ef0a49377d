import {
  ArchiveError,
  type Chain,
  type CheckFacts,
  type CheckResult,
  type EventType,
  isArchiveError,
  utc,
} from '#domain';
import type { ObjectVersion, StoredObject } from '#object-store';
import { type AssetRecord, assetRepository, ledgerRepository } from '#persistence';
import { blockCount, blockRoot } from '#tlog';
import type { ArchiveParts } from '../archive.js';
import { storedOriginal } from '../assets/stored-original.js';
import { type BlockDigests, digestBlocks, digestFile, type FileDigests } from '../digest/digest-file.js';
import { digestText, sha256 } from '../ledger/canonical.js';
import { keyFrameStretches } from '../look/segments.js';
import { type BadBlocks, badBlocks } from './bad-blocks.js';
import { damagedRange } from './damaged-range.js';
import { slowReader } from './slow-reader.js';

export type ExaminationNeeds = Pick<ArchiveParts, 'database' | 'store' | 'threads'>;

export interface ExaminationOptions {
  /** SHA-256 and SM3 of the whole too, not the blocks alone. */
  readonly isWhole?: boolean | undefined;
  readonly bytesPerSecond?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Examination {
  /** Empty when all is as recorded. */
  readonly results: readonly CheckResult[];
  readonly facts: CheckFacts;
}

/** What an object cannot be read for, as far as a store can say. Everything else is no fault of the object. */
const OF_THE_OBJECT = ['object-missing', 'object-altered', 'storage-unavailable', 'invalid-input'] as const;
/** A server that is just up again may answer the second time. */
const READS = 2;

/**
 * Looks at a stored original: its bytes against the event of receipt, the versions at its key, its lock against the
 * event of the seal. Rows are believed only for where the object is. Changes nothing.
 * @throws ArchiveError `storage-unavailable` when the store is away: no finding
 */
export async function examineOriginal(
  parts: ExaminationNeeds,
  asset: AssetRecord,
  options: ExaminationOptions = {},
): Promise<Examination> {
  const object = storedOriginal(asset);
  const found = [
    await examineBytes(parts, asset, object, options),
    await examineVersions(parts, object),
    await examineLock(parts, asset, object),
  ];
  return {
    results: found.flatMap(({ results }) => results),
    facts: Object.assign({}, ...found.map(({ facts }) => facts)),
  };
}

const AS_RECORDED: Examination = { results: [], facts: {} };

async function examineBytes(
  parts: ExaminationNeeds,
  asset: AssetRecord,
  object: StoredObject,
  options: ExaminationOptions,
): Promise<Examination> {
  const expected = await expectedOf(parts, asset);
  for (let read = 1; ; read++) {
    try {
      return await compareBytes(parts, asset, expected, await digest(parts, object, options));
    } catch (error) {
      const code = OF_THE_OBJECT.find((candidate) => isArchiveError(error, candidate));
      if (code === undefined || options.signal?.aborted) throw error;
      // A store that is not there is no finding about the original.
      await parts.store.check();
      if (read < READS) continue;
      if (code === 'object-missing') return { results: ['missing'], facts: {} };
      return { results: ['unreadable'], facts: { reason: code } };
    }
  }
}

interface Expected {
  readonly sizeBytes: number;
  readonly blockRoot: string;
  readonly sha256: string | null;
  readonly sm3: string | null;
  /** The list of blocks, when it is the one the root was made of. */
  readonly leaves: Buffer | null;
}

async function expectedOf(parts: ExaminationNeeds, asset: AssetRecord): Promise<Expected> {
  const receipt = await lastPublic(parts, asset, 'asset.received');
  const seal = await lastPublic(parts, asset, 'asset.sealed');
  const { size_bytes: sizeBytes, block_root: root } = receipt ?? {};
  if (typeof sizeBytes !== 'number' || typeof root !== 'string')
    throw new ArchiveError('internal', `no event of receipt for asset ${asset.id}`);
  const leaves = await assetRepository.blocks(parts.database.reader, asset.id);
  const isList = leaves !== null && leaves.length % 32 === 0 && digestText(blockRoot(sha256, leaves)) === root;
  return {
    sizeBytes,
    blockRoot: root,
    sha256: textOf(seal?.sha256),
    sm3: textOf(seal?.sm3),
    leaves: isList ? leaves : null,
  };
}

/** As many bytes as there are now, be they more or fewer than were received. */
async function digest(
  { store, threads }: ExaminationNeeds,
  object: StoredObject,
  { isWhole, bytesPerSecond, signal }: ExaminationOptions,
): Promise<BlockDigests | FileDigests> {
  const { sizeBytes } = await store.stat(object);
  const reader = await store.readBlocks({ ...object, sizeBytes }, signal);
  const source = bytesPerSecond === undefined ? reader : slowReader(reader, bytesPerSecond, signal);
  return isWhole ? await digestFile(threads, source, signal) : await digestBlocks(threads, source, signal);
}

async function compareBytes(
  parts: ExaminationNeeds,
  asset: AssetRecord,
  expected: Expected,
  found: BlockDigests | FileDigests,
): Promise<Examination> {
  const isSame =
    found.sizeBytes === expected.sizeBytes &&
    digestText(found.blockRoot) === expected.blockRoot &&
    (!('sha256' in found) || agrees(digestText(found.sha256), expected.sha256)) &&
    (!('sm3' in found) || agrees(`sm3:${Buffer.from(found.sm3).toString('hex')}`, expected.sm3));
  if (isSame) return AS_RECORDED;
  const bad = expected.leaves === null ? null : badBlocks(expected.leaves, found.leaves);
  const sizes =
    found.sizeBytes === expected.sizeBytes ? {} : { expectedBytes: expected.sizeBytes, foundBytes: found.sizeBytes };
  const blocks = { blocks: blockCount(expected.sizeBytes) };
  return { results: ['altered'], facts: { ...blocks, ...sizes, ...(bad && (await placeOf(parts, asset, bad))) } };
}

async function placeOf(parts: ExaminationNeeds, asset: AssetRecord, bad: BadBlocks): Promise<CheckFacts> {
  const place = { firstBadBlock: bad.first, badBlocks: bad.count };
  if (asset.durationMs === null || asset.sizeBytes === null) return place;
  const stretchesMs = await keyFrameStretches(parts, asset);
  const { durationMs, sizeBytes } = asset;
  return { ...place, ...damagedRange({ durationMs, sizeBytes, stretchesMs }, bad) };
}

/** Whoever can write at the key can put a version or a delete marker over the original; it is still read by its own. */
async function examineVersions({ store }: ExaminationNeeds, object: StoredObject): Promise<Examination> {
  const isOther = (version: ObjectVersion): boolean => version.isDeleteMarker || version.versionId !== object.versionId;
  const others = (await store.listVersions(object.area, object.key)).filter(isOther);
  if (others.length === 0) return AS_RECORDED;
  const deleteMarkers = others.filter((version) => version.isDeleteMarker).length;
  return { results: ['extra-version'], facts: { extraVersions: others.length - deleteMarkers, deleteMarkers } };
}

async function examineLock(parts: ExaminationNeeds, asset: AssetRecord, object: StoredObject): Promise<Examination> {
  const seal = await lastPublic(parts, asset, 'asset.sealed');
  if (seal?.lock !== 'COMPLIANCE' || typeof seal.retain_until !== 'string') return AS_RECORDED;
  // The event is what was promised; a row may say that it was lengthened since.
  const until = Math.max(Date.parse(seal.retain_until), asset.retainUntil?.getTime() ?? 0);
  try {
    const held = await parts.store.retention(object);
    if (held.mode === 'COMPLIANCE' && held.until !== null && held.until.getTime() >= until) return AS_RECORDED;
    const heldUntil = held.until === null ? {} : { lockUntil: utc(held.until) };
    return { results: ['lock-weaker'], facts: { lockMode: held.mode, ...heldUntil } };
  } catch (error) {
    // What is missing, or named in no way that could be read, has no lock; that is said of its bytes already.
    if (isArchiveError(error, 'object-missing') || isArchiveError(error, 'invalid-input')) return AS_RECORDED;
    throw error;
  }
}

async function lastPublic(
  { database }: ExaminationNeeds,
  asset: AssetRecord,
  type: EventType,
): Promise<Record<string, unknown> | null> {
  const chain: Chain = `asset:${asset.id}`;
  const event = await ledgerRepository.last(database.reader, chain, type);
  return event === null ? null : JSON.parse(event.leaf.toString('utf8')).public;
}

function agrees(found: string, expected: string | null): boolean {
  return expected === null || found === expected;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
