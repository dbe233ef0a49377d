import { ArchiveError, type JsonValue, toHex, utc } from '#domain';
import {
  bagTexts,
  blocksPath,
  type DossierIndex,
  disclosuresText,
  eventLine,
  howTo,
  inclusionLine,
  indexText,
  type OpenedField,
  originalPath,
  PART,
  TAG_MANIFEST,
  tagManifestTxt,
  timestampPath,
} from '#dossier';
import {
  type CheckpointRecord,
  type EventRecord,
  type ExportRecord,
  ledgerRepository,
  logRepository,
  type TimestampRecord,
  type Tx,
  timestampRepository,
} from '#persistence';
import { encodeBase64, makeInclusionProof, parseCheckpoint, parseNote, type TileId, tileNodeReader } from '#tlog';
import { storedOriginal } from '../assets/stored-original.js';
import { digestText, sha256 } from '../ledger/canonical.js';
import { newestNote } from '../ledger/log/newest-note.js';
import { tileReader } from '../ledger/log/stored-tree.js';
import { proveGrowth, storedRoot } from '../ledger/log/tree-proofs.js';
import type { CheckedOriginal } from './check-originals.js';
import type { CheckedRendition } from './check-renditions.js';
import type { DossierPlan, PlannedFile } from './dossier-plan.js';
import type { PartWriter } from './part-writer.js';

export interface DossierFacts {
  readonly record: ExportRecord;
  /** The export's own, last of the case chain. */
  readonly exported: EventRecord;
  /** The last of the dossier's own chain. */
  readonly packed: EventRecord;
  /** Everything below `data/`. */
  readonly payload: readonly PlannedFile[];
  readonly checkpoint: CheckpointRecord;
  readonly originals: readonly CheckedOriginal[];
  readonly renditions: readonly CheckedRendition[];
  readonly policyText: string;
  /** The verifier, one HTML file; null where it was not built. */
  readonly verifierPage: Buffer | null;
}

/** Writes every file of a dossier that is no payload, and lists all of them in the order of the zip file. */
export async function writeParts(tx: Tx, writer: PartWriter, facts: DossierFacts): Promise<DossierPlan> {
  const { record, exported, checkpoint, originals, payload } = facts;
  const note = await newestNote(tx, checkpoint);
  const opened = new Map<string, readonly OpenedField[]>();
  await writer.addTogether([PART.events, PART.inclusion], linesOf(tx, facts, opened));
  await writer.add(PART.index, indexText(indexOf(facts, parseCheckpoint(parseNote(note).text).origin)));
  await writer.add(PART.checkpoint, note);
  await writer.add(PART.disclosures, disclosuresText(opened));
  await writer.add(PART.policy, facts.policyText);
  await writeTimestamps(tx, writer, facts);
  for (const { asset, digests } of originals)
    if (digests !== null) await writer.add(blocksPath(asset.id), digests.leaves);
  await writer.add(PART.howTo, howTo({ dossierId: record.id, at: utc(exported.at) }));
  if (facts.verifierPage !== null) await writer.add(PART.verifier, facts.verifierPage);
  for (const { path, text } of bagTexts(payload, { dossierId: record.id, at: exported.at }))
    await writer.add(path, text);
  const isTag = ({ path }: PlannedFile): boolean => !path.startsWith('data/');
  const entries = writer.files.filter(isTag).map((file) => ({ path: file.path, digestHex: file.sha256 }));
  await writer.add(TAG_MANIFEST, tagManifestTxt('sha256', entries));
  // What names the files comes first, so that a dossier that arrives says at once what it will be.
  const tags = writer.files.filter(isTag).sort((a, b) => (a.path < b.path ? -1 : 1));
  return { dossierId: record.id, at: utc(exported.at), files: [...tags, ...payload] };
}

/** The tokens nearest to the export and to the packing, each with the proof that its tree grew into that of the checkpoint. */
async function writeTimestamps(tx: Tx, writer: PartWriter, facts: DossierFacts): Promise<void> {
  const { exported, packed, checkpoint } = facts;
  const fitting = (stamps: readonly (TimestampRecord | null)[]): TimestampRecord[] =>
    stamps.flatMap((stamp) => (stamp && stamp.size <= checkpoint.size ? [stamp] : []));
  const over = fitting([await firstOver(tx, exported), await firstOver(tx, packed)]);
  // One older than the export says little, and is better than none.
  const stamps = over.length > 0 ? over : fitting([await timestampRepository.newest(tx)]);
  const distinct = [...new Map(stamps.map((stamp) => [stamp.id, stamp])).values()];
  for (const [i, stamp] of distinct.entries()) await writeTimestamp(tx, writer, { number: i + 1, stamp, checkpoint });
}

async function firstOver(tx: Tx, { id }: EventRecord): Promise<TimestampRecord | null> {
  const entry = await logRepository.entryOfEvent(tx, id);
  return entry && (await timestampRepository.firstFrom(tx, entry.index + 1));
}

async function writeTimestamp(
  tx: Tx,
  writer: PartWriter,
  of: { readonly number: number; readonly stamp: TimestampRecord; readonly checkpoint: CheckpointRecord },
): Promise<void> {
  const { number, stamp, checkpoint } = of;
  await writer.add(timestampPath(number, 'tsr'), stamp.token);
  await writer.add(timestampPath(number, 'note'), stamp.note);
  if (stamp.size === checkpoint.size) return;
  const proof = await proveGrowth(tx, stamp.size, checkpoint.size);
  const claim = {
    ...{ size1: stamp.size, size2: checkpoint.size, root1: encodeBase64(await storedRoot(tx, stamp.size)) },
    ...{ root2: encodeBase64(checkpoint.root), proof: proof.map(encodeBase64) },
  };
  await writer.add(timestampPath(number, 'consistency.json'), `${JSON.stringify(claim)}\n`);
}

/** The files that go in of what the export chose: originals, then renditions. */
export function payloadOf({ originals, renditions }: Pick<DossierFacts, 'originals' | 'renditions'>): PlannedFile[] {
  return [...originals.flatMap(fileOf), ...renditions.flatMap(({ files }) => files)];
}

function fileOf({ asset, digests }: CheckedOriginal): PlannedFile[] {
  if (digests === null) return [];
  const { sizeBytes, crc32 } = digests;
  return [
    {
      path: originalPath(asset.id, asset.fileName),
      ...{ sizeBytes, crc32, sha256: toHex(digests.sha256), sm3: toHex(digests.sm3) },
      object: { ...storedOriginal(asset), sizeBytes },
    },
  ];
}

const PAGE = 500;

/** Events and their proofs, line beside line; what they commit to is gathered on the way. */
async function* linesOf(
  tx: Tx,
  { record, exported, packed, checkpoint }: DossierFacts,
  opened: Map<string, readonly OpenedField[]>,
): AsyncGenerator<readonly [event: string, proof: string]> {
  const { size, root } = checkpoint;
  const ends = [exported, packed].map(({ chain, chainSeq: seq }) => ({ chain, seq }));
  const heads = [...record.heads, ...ends];
  const indexes = await logRepository.indexesOf(tx, heads, size);
  const expected = heads.reduce((sum, { seq }) => sum + seq, 0);
  if (indexes.length !== expected)
    throw new ArchiveError('internal', `${indexes.length} of ${expected} events of the dossier are in the log`);
  const readNode = tileNodeReader(sha256, size, remembering(tileReader(tx)));
  for (let at = 0; at < indexes.length; at += PAGE) {
    const entries = await logRepository.entriesAt(tx, indexes.slice(at, at + PAGE));
    const ids = entries.map(({ eventId }) => eventId);
    for (const [id, fields] of await ledgerRepository.disclosures(tx, ids))
      opened.set(
        id,
        fields.map(({ field, salt, value }) => ({ field, salt, value: value as JsonValue })),
      );
    for (const { index, leaf, leafHash } of entries) {
      if (leaf === null) throw new ArchiveError('internal', `the event of entry ${index} is gone`);
      const proof = await makeInclusionProof(sha256, { index, size }, readNode);
      yield [eventLine(index, leaf), inclusionLine({ leafHash, index, size, root, proof })];
    }
  }
}

const TILES_KEPT = 256;

/** Neighbours need the same tiles. */
function remembering(read: (tile: TileId) => Promise<Uint8Array>): (tile: TileId) => Promise<Uint8Array> {
  const kept = new Map<string, Promise<Uint8Array>>();
  return (tile) => {
    const name = `${tile.level}/${tile.index}/${tile.width}`;
    const known = kept.get(name) ?? read(tile);
    kept.delete(name);
    kept.set(name, known);
    const [oldest] = kept.keys();
    if (kept.size > TILES_KEPT && oldest !== undefined) kept.delete(oldest);
    return known;
  };
}

function indexOf({ record, exported, checkpoint, originals, renditions }: DossierFacts, origin: string): DossierIndex {
  return {
    ...{ format: 'liuhen-dossier/v1', id: record.id, case_id: record.caseId, origin },
    export_event: { id: exported.id, chain_seq: exported.chainSeq, leaf: digestText(exported.leafHash) },
    as_of: { size: checkpoint.size, at: utc(exported.at) },
    assets: originals.map(({ asset, head, recorded, digests }) => ({
      id: asset.id,
      path: digests === null ? null : originalPath(asset.id, asset.fileName),
      ...{ size_bytes: recorded.sizeBytes, sha256: recorded.sha256, sm3: recorded.sm3 },
      block_root: recorded.blockRoot,
      head: { seq: head.seq, leaf: head.leaf },
    })),
    // In order of asset and kind, as they were read.
    renditions: renditions.map(({ indexed }) => indexed),
  };
}
