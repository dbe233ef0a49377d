import { type Id, isArchiveError, type RenditionKind, toHex } from '#domain';
import { type IndexedRendition, renditionPath } from '#dossier';
import {
  type ExportedHead,
  type ExportRecord,
  ledgerRepository,
  type RenditionRecord,
  renditionRepository,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { digestFileForZip } from '../digest/digest-file.js';
import { saidBy } from '../ledger/said.js';
import { lastPart, recipeOf, renditionDigest } from '../look/rendition-event.js';
import { OriginalDiffers } from './check-originals.js';
import type { PlannedFile } from './dossier-plan.js';

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'threads'>;

/** A rendition that goes into a dossier, held against the event of its making. */
export interface CheckedRendition {
  readonly indexed: IndexedRendition;
  readonly files: readonly PlannedFile[];
}

/**
 * The renditions of an asset that were chosen, as far as the chain that the dossier carries tells of them: one that was made
 * later stays out.
 * @throws OriginalDiffers when one is not as it was made, or gone
 */
export async function checkRenditions(
  parts: Needs,
  {
    record,
    head,
    signal,
  }: { readonly record: ExportRecord; readonly head: ExportedHead; readonly signal?: AbortSignal },
): Promise<CheckedRendition[]> {
  if (record.renditions.length === 0) return [];
  const assetId = head.chain.slice('asset:'.length);
  const made = await madeBy(parts, head);
  const kept =
    (await renditionRepository.ofMany(parts.database.reader, [assetId], record.renditions)).get(assetId) ?? [];
  const checked: CheckedRendition[] = [];
  for (const kind of record.renditions) {
    const wanted = made.get(kind);
    if (wanted === undefined) continue;
    const rendition = kept.find((one) => one.kind === kind);
    if (rendition === undefined) throw differs(assetId);
    checked.push(await checkOne(parts, rendition, { digest: wanted, ...(signal === undefined ? {} : { signal }) }));
  }
  return checked;
}

/** Digests by kind, as the events up to the head have them. */
async function madeBy({ database }: Needs, { chain, seq }: ExportedHead): Promise<Map<RenditionKind, string>> {
  const made = new Map<RenditionKind, string>();
  for (const type of ['asset.looked', 'asset.proxy_made'] as const) {
    const event = await ledgerRepository.last(database.reader, chain, type);
    if (event === null || event.chainSeq > seq) continue;
    const { renditions, rendition } = saidBy(event) as MadeSaid;
    for (const { kind, digest } of renditions ?? (rendition ? [rendition] : [])) made.set(kind, digest);
  }
  return made;
}

interface MadeSaid {
  readonly renditions?: readonly { readonly kind: RenditionKind; readonly digest: string }[];
  readonly rendition?: { readonly kind: RenditionKind; readonly digest: string } | null;
}

async function checkOne(
  parts: Needs,
  rendition: RenditionRecord,
  { digest, signal }: { readonly digest: string; readonly signal?: AbortSignal },
): Promise<CheckedRendition> {
  const { assetId, kind } = rendition;
  const files: PlannedFile[] = [];
  for (const { name, key, versionId, sizeBytes } of rendition.files) {
    const object = { area: 'media' as const, key, versionId, sizeBytes };
    const found = await digestsOf(parts, assetId, object, signal);
    files.push({ path: renditionPath(assetId, kind, lastPart(name)), object, ...found });
  }
  const named = files.map(({ path, sha256 }) => ({ name: path, sha256 }));
  if (renditionDigest(named) !== digest) throw differs(assetId);
  return { files, indexed: { asset: assetId, kind, ...recipeOf(rendition), digest } };
}

async function digestsOf(
  { store, threads }: Needs,
  assetId: Id,
  object: PlannedFile['object'],
  signal: AbortSignal | undefined,
): Promise<Omit<PlannedFile, 'path' | 'object'>> {
  try {
    const { sizeBytes, crc32, sha256, sm3 } = await digestFileForZip(threads, await store.readBlocks(object, signal), {
      ...(signal === undefined ? {} : { signal }),
    });
    return { sizeBytes, crc32, sha256: toHex(sha256), sm3: toHex(sm3) };
  } catch (error) {
    if (!isArchiveError(error, 'object-missing') && !isArchiveError(error, 'object-altered')) throw error;
    // A store that is not there is no finding about the rendition.
    await store.check();
    throw differs(assetId);
  }
}

function differs(assetId: Id): OriginalDiffers {
  return new OriginalDiffers({ assetId, difference: 'rendition', block: null });
}
