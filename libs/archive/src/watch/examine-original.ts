import { type CheckFacts, type CheckResult, isArchiveError, utc } from '#domain';
import type { ObjectVersion } from '#object-store';
import { type AssetRecord, assetRepository } from '#persistence';
import { blockCount, blockRoot } from '#tlog';
import type { ArchiveParts } from '../archive.js';
import { type BlockDigests, digestBlocks, digestFile, type FileDigests } from '../digest/digest-file.js';
import { digestText, sha256 } from '../ledger/canonical.js';
import { keyFrameStretches } from '../look/segments.js';
import type { HeldCopy } from '../replica/held-copy.js';
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
 * Looks at a stored original, or at its replica: its bytes against the event of receipt, the versions at its key, its
 * lock against the event that set it. Rows are believed only for where the object is. Changes nothing.
 * @throws ArchiveError `storage-unavailable` when the store is away: no finding
 */
export async function examineOriginal(
  parts: ExaminationNeeds,
  asset: AssetRecord,
  held: HeldCopy,
  options: ExaminationOptions = {},
): Promise<Examination> {
  return together([await examineBytes(parts, asset, held, options), await examinePlace(held)]);
}

/** All but the bytes: the versions at its key, and its lock. */
export async function examinePlace(held: HeldCopy): Promise<Examination> {
  return together([await examineVersions(held), await examineLock(held)]);
}

function together(found: readonly Examination[]): Examination {
  return {
    results: found.flatMap(({ results }) => results),
    facts: Object.assign({}, ...found.map(({ facts }) => facts)),
  };
}

const AS_RECORDED: Examination = { results: [], facts: {} };

/** The bytes alone. */
export async function examineBytes(
  parts: ExaminationNeeds,
  asset: AssetRecord,
  held: HeldCopy,
  options: ExaminationOptions,
): Promise<Examination> {
  for (let read = 1; ; read++) {
    try {
      return await compareBytes(parts, asset, held, await digest(parts, held, options));
    } catch (error) {
      const code = OF_THE_OBJECT.find((candidate) => isArchiveError(error, candidate));
      if (code === undefined || options.signal?.aborted) throw error;
      // A store that is not there is no finding about the original.
      await held.store.check();
      if (read < READS) continue;
      if (code === 'object-missing') return { results: ['missing'], facts: {} };
      return { results: ['unreadable'], facts: { reason: code } };
    }
  }
}

/** As many bytes as there are now, be they more or fewer than were received. */
async function digest(
  { threads }: ExaminationNeeds,
  { store, object }: HeldCopy,
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
  { record }: HeldCopy,
  found: BlockDigests | FileDigests,
): Promise<Examination> {
  const isSame =
    found.sizeBytes === record.sizeBytes &&
    digestText(found.blockRoot) === record.blockRoot &&
    (!('sha256' in found) || agrees(digestText(found.sha256), record.sha256)) &&
    (!('sm3' in found) || agrees(`sm3:${Buffer.from(found.sm3).toString('hex')}`, record.sm3));
  if (isSame) return AS_RECORDED;
  const leaves = await blocksOf(parts, asset, record.blockRoot);
  const bad = leaves === null ? null : badBlocks(leaves, found.leaves);
  const sizes =
    found.sizeBytes === record.sizeBytes ? {} : { expectedBytes: record.sizeBytes, foundBytes: found.sizeBytes };
  const blocks = { blocks: blockCount(record.sizeBytes) };
  return { results: ['altered'], facts: { ...blocks, ...sizes, ...(bad && (await placeOf(parts, asset, bad))) } };
}

/** The list of blocks, when it is the one the root was made of. */
async function blocksOf({ database }: ExaminationNeeds, { id }: AssetRecord, root: string): Promise<Buffer | null> {
  const leaves = await assetRepository.blocks(database.reader, id);
  const isList = leaves !== null && leaves.length % 32 === 0 && digestText(blockRoot(sha256, leaves)) === root;
  return isList ? leaves : null;
}

async function placeOf(parts: ExaminationNeeds, asset: AssetRecord, bad: BadBlocks): Promise<CheckFacts> {
  const place = { firstBadBlock: bad.first, badBlocks: bad.count };
  if (asset.durationMs === null || asset.sizeBytes === null) return place;
  const stretchesMs = await keyFrameStretches(parts, asset);
  const { durationMs, sizeBytes } = asset;
  return { ...place, ...damagedRange({ durationMs, sizeBytes, stretchesMs }, bad) };
}

/**
 * Whoever can write at the key can put a version or a delete marker over the original; it is still read by its own. What
 * a healing left there is named by its event: kept as evidence, and no finding.
 */
async function examineVersions({ copy, store, object, record }: HeldCopy): Promise<Examination> {
  const former = new Set(record.former[copy]);
  const isOther = ({ isDeleteMarker, versionId }: ObjectVersion): boolean =>
    isDeleteMarker || (versionId !== object.versionId && !(versionId !== null && former.has(versionId)));
  const others = (await store.listVersions(object.area, object.key)).filter(isOther);
  const kept = former.size === 0 ? {} : { formerVersions: former.size };
  if (others.length === 0) return { results: [], facts: kept };
  const deleteMarkers = others.filter((version) => version.isDeleteMarker).length;
  const facts = { extraVersions: others.length - deleteMarkers, deleteMarkers, ...kept };
  return { results: ['extra-version'], facts };
}

async function examineLock({ store, object, lockedUntil }: HeldCopy): Promise<Examination> {
  if (lockedUntil === null) return AS_RECORDED;
  try {
    const held = await store.retention(object);
    if (held.mode === 'COMPLIANCE' && held.until !== null && held.until >= lockedUntil) return AS_RECORDED;
    const heldUntil = held.until === null ? {} : { lockUntil: utc(held.until) };
    return { results: ['lock-weaker'], facts: { lockMode: held.mode, ...heldUntil } };
  } catch (error) {
    // What is missing, or named in no way that could be read, has no lock; that is said of its bytes already.
    if (isArchiveError(error, 'object-missing') || isArchiveError(error, 'invalid-input')) return AS_RECORDED;
    throw error;
  }
}

function agrees(found: string, expected: string | null): boolean {
  return expected === null || found === expected;
}
