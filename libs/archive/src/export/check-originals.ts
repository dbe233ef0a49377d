import { fromHex, type Id, isArchiveError } from '#domain';
import { type AssetRecord, assetRepository, type ExportedHead, type ExportFailure } from '#persistence';
import { blockRoot, unpackLeaves } from '#tlog';
import type { ArchiveParts } from '../archive.js';
import { findOriginalRecord, type OriginalRecord } from '../assets/original-record.js';
import { storedOriginal } from '../assets/stored-original.js';
import {
  type BlockDigests,
  digestBlocksForZip,
  digestFileForZip,
  type FileDigests,
  type Zipped,
} from '../digest/digest-file.js';
import { digestText, sha256 } from '../ledger/canonical.js';

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'threads'>;

/** An original that goes into a dossier, read again to its last byte. */
export interface CheckedOriginal {
  readonly asset: AssetRecord;
  readonly head: ExportedHead;
  /** As its events have it, not its row. */
  readonly recorded: OriginalRecord;
  /** Null: the asset is quarantined, and its bytes could not be had. */
  readonly digests: (FileDigests & Zipped) | null;
}

export class OriginalDiffers extends Error {
  readonly failure: ExportFailure;

  constructor(failure: ExportFailure) {
    super(`asset ${failure.assetId}: ${failure.difference}`);
    this.failure = failure;
  }
}

/**
 * Reads an original back from the store and holds it against its events. One that was quarantined goes in as it is:
 * everyone who checks the dossier is told.
 * @throws OriginalDiffers; ArchiveError of a store or database that does not answer
 */
export async function checkOriginal(
  parts: Needs,
  head: ExportedHead,
  options: { readonly signal?: AbortSignal; readonly onRead?: (bytes: number) => void },
): Promise<CheckedOriginal> {
  const assetId = head.chain.slice('asset:'.length);
  const asset = await assetRepository.find(parts.database.reader, assetId);
  const recorded = await findOriginalRecord(parts.database.reader, assetId);
  if (asset === null || recorded === null) throw differs(assetId, 'missing');
  try {
    const { sizeBytes } = await parts.store.stat(storedOriginal(asset));
    const found = { ...storedOriginal(asset), sizeBytes };
    const source = await parts.store.readBlocks(found, options.signal);
    if (recorded.isQuarantined)
      return { asset, head, recorded, digests: await digestFileForZip(parts.threads, source, options) };
    const digests = await digestBlocksForZip(parts.threads, source, options);
    await requireSame(parts, { assetId, recorded, digests });
    return { asset, head, recorded, digests: { ...digests, ...sealedDigests(assetId, recorded) } };
  } catch (error) {
    if (!isArchiveError(error, 'object-missing') && !isArchiveError(error, 'object-altered')) throw error;
    // A store that is not there is no finding about the original.
    await parts.store.check();
    if (recorded.isQuarantined) return { asset, head, recorded, digests: null };
    throw differs(assetId, isArchiveError(error, 'object-missing') ? 'missing' : 'size');
  }
}

async function requireSame(
  parts: Needs,
  { assetId, recorded, digests }: { assetId: Id; recorded: OriginalRecord; digests: BlockDigests },
): Promise<void> {
  if (digests.sizeBytes !== recorded.sizeBytes) throw differs(assetId, 'size');
  if (digestText(digests.blockRoot) !== recorded.blockRoot)
    throw differs(assetId, 'block-root', await firstBadBlock(parts, assetId, { recorded, digests }));
}

/**
 * The digests of the whole file as the seal has them. Seal and receipt name the same block root, found in the same
 * reading as these, and the bytes read now have that root: they are the bytes sealed, or SHA-256 is broken. SM3 alone
 * would take five times as long as all else here, and whoever checks the dossier computes both anew.
 */
function sealedDigests(
  assetId: Id,
  { blockRoot: received, sealedRoot, sha256, sm3 }: OriginalRecord,
): Pick<FileDigests, 'sha256' | 'sm3'> {
  if (sealedRoot !== received) throw differs(assetId, 'block-root');
  if (sha256 === null) throw differs(assetId, 'sha256');
  if (sm3 === null) throw differs(assetId, 'sm3');
  return { sha256: fromHex(sha256.slice('sha256:'.length)), sm3: fromHex(sm3.slice('sm3:'.length)) };
}

/** By the list kept at receipt, when that is still the one received. */
async function firstBadBlock(
  { database }: Needs,
  assetId: Id,
  { recorded, digests }: { recorded: OriginalRecord; digests: BlockDigests },
): Promise<number | null> {
  const list = await assetRepository.blocks(database.reader, assetId);
  if (list === null || digestText(blockRoot(sha256, list)) !== recorded.blockRoot) return null;
  let index = 0;
  for (const leaf of unpackLeaves(list)) {
    if (!digests.leaves.subarray(32 * index, 32 * index + 32).equals(leaf)) return index;
    index += 1;
  }
  return null;
}

function differs(assetId: Id, difference: string, block: number | null = null): OriginalDiffers {
  return new OriginalDiffers({ assetId, difference, block });
}
