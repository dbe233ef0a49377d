// A dossier made without an archive, small and in memory, the same each time: for tests that alter it in many ways.
import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '#domain';
import {
  type BagFiles,
  bagTexts,
  blocksPath,
  type DossierHashes,
  type DossierIndex,
  disclosuresText,
  documentPath,
  eventLine,
  inclusionLine,
  indexText,
  manifestTxt,
  originalPath,
  PART,
  recipeBytes,
  renditionList,
  renditionPath,
  TAG_MANIFEST,
  tagManifestTxt,
} from '#dossier';
import {
  BLOCK_BYTES,
  cosignText,
  formatCheckpoint,
  formatNote,
  formatVerifierKey,
  makeInclusionProof,
  type Policy,
  parsePolicy,
  signText,
  treeRoot,
} from '#tlog';
import { sha256, testKey, verifyEd25519 } from './log-crypto.js';

export const ORIGIN = 'log.example.gov.cn/liuhen';
export const LOG = testKey(ORIGIN, 0x01, 1);
export const WITNESS = testKey('witness.example.org', 0x04, 2);
/** A log that says the same of itself and has another key. */
export const FALSE_LOG = testKey(ORIGIN, 0x01, 9);

export const POLICY_TEXT = [
  `log ${formatVerifierKey(LOG.key)}`,
  `witness court ${formatVerifierKey(WITNESS.key)}`,
  'quorum court',
  '',
].join('\n');
export const policy: Policy = parsePolicy(sha256, POLICY_TEXT);

export const hashes: DossierHashes = {
  sha256,
  hasherOf: (algorithm) => {
    const hash = createHash(algorithm);
    return { update: (chunk) => void hash.update(chunk), digestHex: () => hash.digest('hex') };
  },
};
export const nodeChecks = { hashes, verifyEd25519 };

export type Content = Map<string, Uint8Array>;
type Json = Record<string, JsonValue>;

const AT = Date.parse('2026-11-21T08:00:00.000Z');
export const idOf = (n: number): string => `01930000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
export const CASE = idOf(1);
export const DOSSIER = idOf(2);
export const ASSETS = [idOf(11), idOf(12)] as const;
const digest = (algorithm: string, bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest('hex');
export const digestText = (bytes: Uint8Array): string => `sha256:${Buffer.from(bytes).toString('hex')}`;

export interface OpenedDraft {
  readonly field: string;
  readonly salt: Uint8Array;
  readonly value: JsonValue;
}

/** What a dossier is packed from. Whoever alters it here has the run of the archive, and not the log's key. */
export interface Draft {
  /** All leaves of the log. */
  log: Uint8Array[];
  /** Indexes that go in. */
  included: number[];
  originals: Map<string, { fileName: string; bytes: Uint8Array; blocks: Uint8Array }>;
  /** Lists and renditions, by path. */
  derived: Map<string, Uint8Array>;
  opened: Map<string, OpenedDraft[]>;
  index: DossierIndex;
  policyText: string;
}

const encoder = new TextEncoder();
export const leafOf = (event: Json): Uint8Array => encoder.encode(canonicalJson(event));
export const leafHashOf = (leaf: Uint8Array): Uint8Array => sha256(Uint8Array.of(0), leaf);

export function blocksOf(bytes: Uint8Array): Uint8Array {
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) leaves.push(leafHashOf(bytes.subarray(at, at + BLOCK_BYTES)));
  return Buffer.concat(leaves);
}

const rootOf = (blocks: Uint8Array): string =>
  digestText(
    treeRoot(
      sha256,
      Array.from({ length: blocks.length / 32 }, (_, i) => blocks.subarray(32 * i, 32 * i + 32)),
    ),
  );

/** Writes events one after the other into chains and the log. */
class Writer {
  readonly log: Uint8Array[] = [];
  readonly heads = new Map<string, { seq: number; leaf: string }>();
  readonly opened = new Map<string, OpenedDraft[]>();
  #n = 100;

  add(type: string, chain: string, said: Json, personal: Json = {}): { id: string; index: number } {
    const head = this.heads.get(chain);
    this.#n += 1;
    const id = idOf(this.#n);
    const opened = Object.entries(personal).map(([field, value]) => ({
      ...{ field, value },
      salt: new Uint8Array(32).fill(this.#n % 256),
    }));
    if (opened.length > 0) this.opened.set(id, opened);
    const committed = opened.map(({ field, salt, value }) => [
      field,
      digestText(sha256(Uint8Array.of(2), salt, encoder.encode(canonicalJson(value)))),
    ]);
    const leaf = leafOf({
      ...{ v: 1, id, type, chain, chain_seq: (head?.seq ?? 0) + 1, chain_prev: head?.leaf ?? null },
      ...{ at: new Date(AT + this.#n).toISOString(), actor: idOf(5), org: idOf(6), on: [], public: said },
      committed: Object.fromEntries(committed),
    });
    this.heads.set(chain, { seq: (head?.seq ?? 0) + 1, leaf: digestText(leafHashOf(leaf)) });
    this.log.push(leaf);
    return { id, index: this.log.length - 1 };
  }
}

/** The poster of the first original: chosen, and beside it a text that was made and not chosen. */
const POSTER = { name: 'poster.jpg', bytes: Buffer.from('a poster') };
const RECIPE = { tool: 'ffmpeg', version: 'ffmpeg version 5.1.9', args: ['-i', '@input', '@output/poster.jpg'] };
const MADE = {
  ...{ id: idOf(31), kind: 'poster', recipe: digestText(sha256(recipeBytes(RECIPE))) },
  digest: digestText(
    sha256(encoder.encode(renditionList([{ name: POSTER.name, sha256: digest('sha256', POSTER.bytes) }]))),
  ),
};

/** A case of two originals, its events among those of others. */
export function aDraft(): Draft {
  const writer = new Writer();
  const [caseChain, other] = [`case:${CASE}`, `case:${idOf(7)}`];
  const originals: Draft['originals'] = new Map();
  const digests = new Map<string, { sha256: string; sm3: string; block_root: string; size_bytes: number }>();
  writer.add('unit.created', 'system', {});
  writer.add('case.opened', caseChain, { level: 'normal' }, { number: '〔2026〕1号', title: '无照经营' });
  writer.add('case.opened', other, { level: 'normal' });
  for (const [i, id] of ASSETS.entries()) {
    const bytes = Buffer.alloc(i === 0 ? 2_500 : 40, i + 1);
    const blocks = blocksOf(bytes);
    originals.set(id, { fileName: i === 0 ? '现场 1.mp4' : '../笔录.pdf', bytes, blocks });
    const said = { size_bytes: bytes.length, block_root: rootOf(blocks) };
    digests.set(id, { ...said, sha256: `sha256:${digest('sha256', bytes)}`, sm3: `sm3:${digest('sm3', bytes)}` });
    writer.add('asset.begun', `asset:${id}`, {}, { file_name: `文件${i}` });
    writer.add('asset.received', `asset:${id}`, said);
    writer.add('asset.linked', `asset:${id}`, { case: CASE });
    writer.add('case.asset_linked', caseChain, { asset: id });
    writer.add('asset.sealed', `asset:${id}`, { ...(digests.get(id) as Json) });
    const renditions = i === 0 ? [MADE, { ...MADE, id: idOf(32), kind: 'text' }] : [];
    writer.add('asset.looked', `asset:${id}`, { viewing: 'viewable', renditions });
  }
  writer.add('case.asset_linked', caseChain, { asset: idOf(13) });
  writer.add('case.asset_unlinked', caseChain, { asset: idOf(13) });
  const heads = ASSETS.map((id) => ({
    chain: `asset:${id}`,
    ...(writer.heads.get(`asset:${id}`) as { seq: number; leaf: string }),
  }));
  const exported = writer.add(
    'case.exported',
    caseChain,
    { dossier: DOSSIER, heads, renditions: ['poster'] },
    { reason: '移送法院' },
  );
  const head = writer.heads.get(caseChain) as { seq: number; leaf: string };
  writer.add('case.changed', caseChain, {});
  const derived = new Map<string, Uint8Array>([
    [renditionPath(ASSETS[0], 'poster', POSTER.name), POSTER.bytes],
    [documentPath('卷内目录.pdf'), Buffer.from('%PDF-1.7 the contents')],
  ]);
  const payload = [...payloadOf(originals, derived)].map(([path, bytes]) => ({
    ...{ path, digestHex: digest('sha256', bytes) },
  }));
  const manifest = digestText(sha256(encoder.encode(manifestTxt('sha256', payload))));
  const packed = writer.add('dossier.packed', `dossier:${DOSSIER}`, { case: CASE, manifest });
  writer.add('account.signed_in', `account:${idOf(5)}`, {});
  const chains = new Set([caseChain, ...ASSETS.map((id) => `asset:${id}`)]);
  const isIn = (leaf: Uint8Array, i: number): boolean =>
    (i <= exported.index && chains.has(chainOf(leaf))) || i === packed.index;
  const included = writer.log.flatMap((leaf, i) => (isIn(leaf, i) ? [i] : []));
  return {
    ...{ log: writer.log, included, originals, derived, opened: writer.opened, policyText: POLICY_TEXT },
    index: {
      ...{ format: 'liuhen-dossier/v1', id: DOSSIER, case_id: CASE, origin: ORIGIN },
      export_event: { id: exported.id, chain_seq: head.seq, leaf: head.leaf },
      as_of: { size: writer.log.length, at: eventOf(writer.log[exported.index] as Uint8Array).at as string },
      assets: ASSETS.map((id, i) => {
        const {
          sha256: whole,
          sm3,
          block_root,
          size_bytes,
        } = digests.get(id) as NonNullable<ReturnType<typeof digests.get>>;
        const path = originalPath(id, originals.get(id)?.fileName ?? '');
        const { seq, leaf } = heads[i] as { seq: number; leaf: string };
        return { id, path, size_bytes, sha256: whole, sm3, block_root, head: { seq, leaf } };
      }),
      renditions: [{ asset: ASSETS[0], kind: 'poster', ...RECIPE, digest: MADE.digest }],
    },
  };
}

export const eventOf = (leaf: Uint8Array): Json => JSON.parse(Buffer.from(leaf).toString('utf8')) as Json;
const chainOf = (leaf: Uint8Array): string => eventOf(leaf).chain as string;

function payloadOf(originals: Draft['originals'], derived: Draft['derived']): Map<string, Uint8Array> {
  const files = [...originals].map(([id, { fileName, bytes }]) => [originalPath(id, fileName), bytes] as const);
  return new Map([...files, ...derived]);
}

/** The files of the dossier, by path. */
export async function pack(draft: Draft, log = LOG): Promise<Content> {
  const leaves = draft.log.map(leafHashOf);
  const size = leaves.length;
  const root = treeRoot(sha256, leaves);
  const text = formatCheckpoint({ origin: ORIGIN, size, root, extensions: [] });
  const signatures = [
    await signText(log.key, log.sign, text),
    await cosignText(WITNESS.key, WITNESS.sign, { text, timeS: AT / 1_000 + 60 }),
  ];
  const proofs: string[] = [];
  for (const index of draft.included) {
    const proof = await makeInclusionProof(sha256, { index, size }, (level, at) =>
      treeRoot(sha256, leaves.slice(at * 2 ** level, (at + 1) * 2 ** level)),
    );
    proofs.push(inclusionLine({ leafHash: leaves[index] as Uint8Array, index, size, root, proof }));
  }
  const files: Content = new Map();
  const put = (path: string, value: string | Uint8Array): unknown => files.set(path, Buffer.from(value as string));
  for (const [path, bytes] of payloadOf(draft.originals, draft.derived)) put(path, bytes);
  for (const [id, { blocks }] of draft.originals) put(blocksPath(id), blocks);
  put(PART.index, indexText(draft.index));
  put(PART.events, draft.included.map((index) => eventLine(index, draft.log[index] as Uint8Array)).join(''));
  put(PART.inclusion, proofs.join(''));
  put(PART.checkpoint, formatNote({ text, signatures }));
  put(PART.disclosures, disclosuresText(draft.opened));
  put(PART.policy, draft.policyText);
  return rebag(files);
}

/** Manifests made again, as whoever alters a dossier with care does. */
export function rebag(files: Content, dossierId = DOSSIER): Content {
  const kept = [...files].filter(([path]) => !/^(?:bagit|bag-info|(?:tag)?manifest-)|^proofs\/manifest/.test(path));
  const payload = kept
    .filter(([path]) => path.startsWith('data/'))
    .map(([path, bytes]) => ({
      ...{ path, sizeBytes: bytes.length, sha256: digest('sha256', bytes), sm3: digest('sm3', bytes) },
    }));
  const bagged: Content = new Map(kept);
  for (const { path, text } of bagTexts(payload, { dossierId, at: new Date(AT) })) bagged.set(path, Buffer.from(text));
  const tags = [...bagged].filter(([path]) => !path.startsWith('data/'));
  const entries = tags.map(([path, bytes]) => ({ path, digestHex: digest('sha256', bytes) }));
  return bagged.set(TAG_MANIFEST, Buffer.from(tagManifestTxt('sha256', entries)));
}

/** Files in memory, as a folder or a zip file would give them. */
export function bagOf(files: Content, chunkBytes = 1_000): BagFiles {
  return {
    async *list() {
      for (const [path, bytes] of files) yield { path, sizeBytes: bytes.length, kind: 'file' as const };
    },
    async *read(path) {
      const bytes = files.get(path) ?? new Uint8Array(0);
      for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
    },
  };
}
