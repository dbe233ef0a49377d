// Dossiers made by hand from docs/dossier-format.md, with node:crypto and nothing of libs/: what the verifiers are held
// against must not come from the code that writes dossiers.
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { crc32 } from 'node:zlib';

export const BLOCK = 1_048_576;

export type Files = Map<string, Buffer>;
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const hexOf = (algorithm: string, bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest('hex');
export const leafHash = (bytes: Uint8Array): Buffer => sha256(Buffer.of(0), bytes);
const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Buffer.of(1), left, right);

/** RFC 6962 §2.1, word by word. */
export function treeRoot(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return sha256();
  if (leaves.length === 1) return only;
  const k = cutOf(leaves.length);
  return nodeHash(treeRoot(leaves.slice(0, k)), treeRoot(leaves.slice(k)));
}

/** RFC 6962 §2.1.1, word by word. */
export function inclusionProof(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length <= 1) return [];
  const k = cutOf(leaves.length);
  if (index < k) return [...inclusionProof(index, leaves.slice(0, k)), treeRoot(leaves.slice(k))];
  return [...inclusionProof(index - k, leaves.slice(k)), treeRoot(leaves.slice(0, k))];
}

/** SUBPROOF of RFC 6962 §2.1.2, word by word. */
export function consistencyProof(m: number, leaves: readonly Buffer[], isWhole = true): Buffer[] {
  if (m === leaves.length) return isWhole ? [] : [treeRoot(leaves)];
  const k = cutOf(leaves.length);
  if (m <= k) return [...consistencyProof(m, leaves.slice(0, k), isWhole), treeRoot(leaves.slice(k))];
  return [...consistencyProof(m - k, leaves.slice(k), false), treeRoot(leaves.slice(0, k))];
}

/** The largest power of two below n. */
function cutOf(n: number): number {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

/** RFC 8785 for values without numbers other than whole ones. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value as { readonly [key: string]: Json }).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}

/** A key of a log (0x01) or of a witness (0x04), the same each time for the same seed. */
export class NoteKey {
  readonly vkey: string;
  readonly #id: Buffer;
  readonly #sign: (message: Buffer) => Buffer;

  constructor(
    readonly name: string,
    readonly type: 1 | 4,
    seed: number,
  ) {
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)]);
    const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const material = Buffer.concat([
      Buffer.of(type),
      createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32),
    ]);
    this.#id = sha256(Buffer.from(`${name}\n`), material).subarray(0, 4);
    this.vkey = `${name}+${this.#id.toString('hex')}+${material.toString('base64')}`;
    this.#sign = (message) => sign(null, message, secret);
  }

  /** One signature line, with its line end. */
  line(text: string, seconds = 1_795_248_000): string {
    if (this.type === 1) return this.#format(this.#sign(Buffer.from(text)));
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(seconds));
    return this.#format(Buffer.concat([time, this.#sign(Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`))]));
  }

  #format(signature: Buffer): string {
    return `— ${this.name} ${Buffer.concat([this.#id, signature]).toString('base64')}\n`;
  }
}

export const ORIGIN = 'liuhen.example/log';
export const LOG_KEY = new NoteKey(ORIGIN, 1, 1);
export const WITNESSES = [2, 3, 4].map((seed) => new NoteKey(`witness-${seed}.example`, 4, seed));

export function policyOf(log: NoteKey, witnesses: readonly NoteKey[], threshold = 2): string {
  const lines = witnesses.map((key, n) => `witness w${n} ${key.vkey}\n`).join('');
  const group = `group all-of-them ${threshold} ${witnesses.map((_, n) => `w${n}`).join(' ')}\n`;
  return `# by hand\nlog ${log.vkey}\n${lines}${group}quorum all-of-them\n`;
}

export function checkpointText(leaves: readonly Buffer[], origin = ORIGIN): string {
  return `${origin}\n${leaves.length}\n${treeRoot(leaves).toString('base64')}\n`;
}

export function signedNote(text: string, keys: readonly NoteKey[]): string {
  return `${text}\n${keys.map((key) => key.line(text)).join('')}`;
}

/** An event before it has its place. */
export interface Draft {
  readonly type: string;
  readonly chain: string;
  readonly public?: Json | ((story: SealedStory) => Json);
  readonly personal?: { readonly [field: string]: Json };
  /** Replaces fields after everything has been set: what an archive that lies would write. */
  readonly force?: { readonly [field: string]: Json };
  /** Replaces the bytes. */
  readonly bytes?: (canonicalBytes: Buffer) => Buffer;
  /** In the log, not in the dossier. */
  readonly isElsewhere?: boolean;
}

export interface SealedEvent {
  readonly index: number;
  readonly id: string;
  readonly type: string;
  readonly chain: string;
  readonly seq: number;
  readonly at: string;
  readonly bytes: Buffer;
  readonly hash: Buffer;
  readonly isElsewhere: boolean;
  readonly openings: { readonly [field: string]: { readonly salt: string; readonly value: Json } };
}

/** A whole log as the events stand in it. */
export class SealedStory {
  readonly events: SealedEvent[] = [];

  constructor(drafts: readonly Draft[]) {
    for (const draft of drafts) this.#append(draft);
  }

  get leaves(): Buffer[] {
    return this.events.map((event) => event.hash);
  }

  headOf(chain: string): { chain: string; seq: number; leaf: string } {
    const last = this.events.findLast((event) => event.chain === chain);
    return { chain, seq: last?.seq ?? 0, leaf: last === undefined ? '' : digest(last.hash) };
  }

  #append(draft: Draft): void {
    const index = this.events.length;
    const before = this.headOf(draft.chain);
    const openings = Object.fromEntries(
      Object.entries(draft.personal ?? {}).map(([field, value]) => {
        return [field, { salt: sha256(Buffer.from(`${index} ${field}`)).toString('base64'), value }];
      }),
    );
    const commitments = Object.entries(openings).map(([field, { salt, value }]) => {
      const bytes = [Buffer.of(2), Buffer.from(salt, 'base64'), Buffer.from(canonical(value))];
      return [field, digest(sha256(...bytes))];
    });
    const stated = typeof draft.public === 'function' ? draft.public(this) : (draft.public ?? {});
    const event = {
      ...{ v: 1, id: uuid(1_000 + index), type: draft.type, chain: draft.chain },
      ...{ chain_seq: before.seq + 1, chain_prev: before.seq === 0 ? null : before.leaf },
      ...{ at: new Date(1_795_248_000_000 + index * 1_001).toISOString(), actor: uuid(1), org: uuid(2), on: [] },
      ...{ public: stated, committed: Object.fromEntries(commitments) },
      ...draft.force,
    };
    const written = Buffer.from(canonical(event));
    const bytes = draft.bytes?.(written) ?? written;
    this.events.push({
      ...{ index, id: event.id, type: event.type, chain: event.chain, seq: event.chain_seq, at: event.at },
      ...{ bytes, hash: leafHash(bytes), isElsewhere: draft.isElsewhere ?? false, openings },
    });
  }
}

export const digest = (hash: Buffer): string => `sha256:${hash.toString('hex')}`;

export function uuid(n: number): string {
  return `019a0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

export interface HandmadeAsset {
  readonly id: string;
  readonly name: string;
  readonly bytes: Buffer;
}

export function blockLeaves(bytes: Buffer): Buffer[] {
  const count = Math.ceil(bytes.length / BLOCK);
  return Array.from({ length: count }, (_, n) => leafHash(bytes.subarray(n * BLOCK, (n + 1) * BLOCK)));
}

export const CASE_ID = uuid(10);
export const DOSSIER_ID = uuid(11);
const CASE = `case:${CASE_ID}`;

/** A recording of two blocks, a note of three bytes, and a file of none. */
export const ASSETS: readonly HandmadeAsset[] = [
  {
    id: uuid(20),
    name: '现场录像_1.mp4',
    bytes: Buffer.alloc(BLOCK + 100, 'every frame of it is another one; '),
  },
  { id: uuid(21), name: 'note.txt', bytes: Buffer.from('abc') },
  { id: uuid(22), name: 'empty.bin', bytes: Buffer.alloc(0) },
];

export function received(asset: HandmadeAsset): Draft {
  const { length } = asset.bytes;
  const root = digest(treeRoot(blockLeaves(asset.bytes)));
  const stated = { size_bytes: length, block_root: root, object_key: `o/${asset.id}`, object_version: 'v1' };
  return { type: 'asset.received', chain: `asset:${asset.id}`, public: stated };
}

export function sealed(asset: HandmadeAsset, other: { readonly [field: string]: Json } = {}): Draft {
  const root = digest(treeRoot(blockLeaves(asset.bytes)));
  const digests = { sha256: digest(sha256(asset.bytes)), sm3: `sm3:${hexOf('sm3', asset.bytes)}` };
  const stated = { size_bytes: asset.bytes.length, ...digests, block_root: root, retain_until: null, ...other };
  return { type: 'asset.sealed', chain: `asset:${asset.id}`, public: stated };
}

export function linked(assetId: string, change = 'case.asset_linked'): Draft {
  return { type: change, chain: CASE, public: { asset: assetId, occurrence: uuid(30) }, personal: { purpose: '取证' } };
}

export function exported(assetIds: readonly string[], dossierId = DOSSIER_ID): Draft {
  const heads = (story: SealedStory): Json => assetIds.map((id) => story.headOf(`asset:${id}`));
  const stated = (story: SealedStory): Json => ({ dossier: dossierId, heads: heads(story), renditions: ['text'] });
  return { type: 'case.exported', chain: CASE, public: stated };
}

/** How the text of an asset was made, and what came out: chosen by every export here. */
const RECIPE = { args: ['-enc', 'UTF-8', '@input', '-'], tool: 'pdftotext', version: 'pdftotext version 22.12.0' };
const TEXT = { name: 'text.json', bytes: Buffer.from('{"pages":["abc"],"version":1}') };
const TEXT_DIGEST = digest(sha256(Buffer.from(`${hexOf('sha256', TEXT.bytes)}  ${TEXT.name}\n`)));

export function looked(assetId: string): Draft {
  const made = { id: uuid(50), recipe: digest(sha256(Buffer.from(canonical(RECIPE)))), digest: TEXT_DIGEST };
  const renditions = ['poster', 'text'].map((kind) => ({ ...made, kind }));
  return { type: 'asset.looked', chain: `asset:${assetId}`, public: { viewing: 'viewable', renditions } };
}

export function textPath(assetId: string): string {
  return `data/renditions/${assetId}/text/${TEXT.name}`;
}

/** Which files were put in: the last event of the dossier. */
function packed(payload: Files, dossierId: string): Draft {
  const manifest = digest(sha256(manifestOf(payload, [...payload.keys()].sort(), 'sha256')));
  return { type: 'dossier.packed', chain: `dossier:${dossierId}`, public: { case: CASE_ID, manifest } };
}

/** Heads for which the export itself has no room. */
export function exportHeads(assetIds: readonly string[], dossierId = DOSSIER_ID): Draft {
  return { ...exported(assetIds, dossierId), type: 'case.export_heads' };
}

const elsewhere = (n: number): Draft => ({
  ...{ type: 'account.signed_in', chain: `account:${uuid(40 + n)}`, public: { address: '::1' }, isElsewhere: true },
});

/** An ordinary case: three assets stay in it, one is moved to another case. */
export function ordinaryDrafts(assets: readonly HandmadeAsset[] = ASSETS): Draft[] {
  const moved = uuid(29);
  return [
    elsewhere(1),
    { type: 'case.opened', chain: CASE, public: { procedure: 'penalty-ordinary' }, personal: { title: '某某案' } },
    ...assets.flatMap((asset, n) => [
      { type: 'asset.begun', chain: `asset:${asset.id}`, personal: { name: asset.name } },
      elsewhere(n),
      received(asset),
      { type: 'asset.linked', chain: `asset:${asset.id}`, public: { case: CASE_ID } },
      linked(asset.id),
    ]),
    linked(moved),
    ...assets.slice(1, 2).map(({ id }) => looked(id)),
    ...assets.map((asset) => sealed(asset)),
    linked(moved, 'case.asset_unlinked'),
    exported(assets.map(({ id }) => id).sort(), uuid(12)),
    { type: 'case.changed', chain: CASE, personal: { title: '某某案（更正）' } },
    elsewhere(9),
    exported(assets.map(({ id }) => id).sort()),
    elsewhere(10),
  ];
}

export interface Stamp {
  readonly token: Buffer;
  readonly note: string;
}

export interface DossierPlan {
  readonly drafts?: readonly Draft[];
  /** In the dossier; by default all that the drafts were made of. */
  readonly assets?: readonly HandmadeAsset[];
  readonly signers?: readonly NoteKey[];
  readonly policy?: string;
  readonly stamps?: readonly Stamp[];
  /** Takes lines of both files of proofs out, by what the event is. */
  readonly without?: (event: SealedEvent) => boolean;
  /** What the drafts are followed by: by default the event of the files put in. */
  readonly packed?: (packed: Draft) => readonly Draft[];
  readonly dossierId?: string;
}

/** The log that a dossier is of. */
export function storyOf(plan: DossierPlan = {}): SealedStory {
  const last = packed(payloadOf(plan), plan.dossierId ?? DOSSIER_ID);
  return new SealedStory([...(plan.drafts ?? ordinaryDrafts()), ...(plan.packed?.(last) ?? [last])]);
}

function payloadOf(plan: DossierPlan): Files {
  const { assets = ASSETS } = plan;
  const files: Files = new Map(assets.map(({ id, name, bytes }) => [`data/originals/${id}/${name}`, bytes]));
  for (const { id } of textsOf(plan)) files.set(textPath(id), TEXT.bytes);
  return files.set('data/documents/卷内目录.pdf', Buffer.from('%PDF-1.7\n'));
}

/** The assets that a text was made of. */
function textsOf({ assets = ASSETS, drafts = ordinaryDrafts() }: DossierPlan): readonly HandmadeAsset[] {
  return assets.filter(({ id }) =>
    drafts.some((d) => d.type === 'asset.looked' && d.chain === `asset:${id}` && d.public),
  );
}

/** All files of a dossier, by path inside the bag. */
export function handmadeDossier(plan: DossierPlan = {}): Files {
  const { assets = ASSETS, dossierId = DOSSIER_ID } = plan;
  const files = payloadOf(plan);
  const story = storyOf(plan);
  const carried = story.events.filter((event) => !event.isElsewhere && !plan.without?.(event));
  for (const asset of assets) files.set(`proofs/blocks/${asset.id}`, Buffer.concat(blockLeaves(asset.bytes)));
  const text = checkpointText(story.leaves);
  files.set('proofs/checkpoint', Buffer.from(signedNote(text, plan.signers ?? [LOG_KEY, ...WITNESSES])));
  putProofs(files, story, carried);
  files.set('policy/trust.policy', Buffer.from(plan.policy ?? policyOf(LOG_KEY, WITNESSES)));
  putJson(files, 'dossier.json', indexOf(story, carried, { assets, texts: textsOf(plan), dossierId }));
  for (const [n, stamp] of (plan.stamps ?? []).entries()) {
    files.set(`proofs/timestamps/${n + 1}.tsr`, stamp.token);
    files.set(`proofs/timestamps/${n + 1}.note`, Buffer.from(stamp.note));
    const size1 = Number(stamp.note.split('\n')[1]);
    if (size1 >= story.leaves.length) continue;
    putJson(files, `proofs/timestamps/${n + 1}.consistency.json`, growth(size1, story.leaves));
  }
  files.set('verify/verify.html', Buffer.from('<!doctype html>\n'));
  files.set('verify/HOWTO.md', Buffer.from('# by hand\n'));
  return reseal(files);
}

function growth(size1: number, leaves: readonly Buffer[]): Json {
  const root1 = treeRoot(leaves.slice(0, size1)).toString('base64');
  const proof = consistencyProof(size1, leaves).map((node) => node.toString('base64'));
  return { size1, size2: leaves.length, root1, root2: treeRoot(leaves).toString('base64'), proof };
}

function putProofs(files: Files, story: SealedStory, carried: readonly SealedEvent[]): void {
  const { leaves } = story;
  const root = treeRoot(leaves).toString('base64');
  const lines = { events: '', inclusion: '' };
  const openings: { [id: string]: Json } = {};
  for (const { index, bytes, hash, id, openings: own } of carried) {
    const proof = inclusionProof(index, leaves).map((node) => node.toString('base64'));
    lines.events += `${JSON.stringify({ index, leaf: bytes.toString('base64') })}\n`;
    const line = { leafHash: hash.toString('base64'), index, size: leaves.length, root, proof };
    lines.inclusion += `${JSON.stringify(line)}\n`;
    const { purpose: _withheld, ...opened } = own;
    if (Object.keys(opened).length > 0) openings[id] = opened;
  }
  files.set('proofs/events.jsonl', Buffer.from(lines.events));
  files.set('proofs/inclusion.jsonl', Buffer.from(lines.inclusion));
  putJson(files, 'proofs/disclosures.json', openings);
}

function indexOf(
  story: SealedStory,
  carried: readonly SealedEvent[],
  { assets, texts, dossierId }: Readonly<Record<'assets' | 'texts', readonly HandmadeAsset[]>> & { dossierId: string },
): Json {
  const last = carried.findLast((event) => event.chain === CASE);
  if (last === undefined) throw new Error('a dossier without a case');
  return {
    ...{ format: 'liuhen-dossier/v1', id: dossierId, case_id: CASE_ID, origin: ORIGIN },
    export_event: { id: last.id, chain_seq: last.seq, leaf: digest(last.hash) },
    as_of: { size: story.events.length, at: last.at },
    assets: assets.map(({ id, name, bytes }) => {
      const head = carried.findLast((event) => event.chain === `asset:${id}`);
      return {
        ...{ id, path: `data/originals/${id}/${name}`, size_bytes: bytes.length },
        ...{ sha256: digest(sha256(bytes)), sm3: `sm3:${hexOf('sm3', bytes)}` },
        block_root: digest(treeRoot(blockLeaves(bytes))),
        head: { seq: head?.seq ?? 0, leaf: head === undefined ? '' : digest(head.hash) },
      };
    }),
    renditions: texts.map(({ id }) => ({ asset: id, kind: 'text', ...RECIPE, digest: TEXT_DIGEST })),
  };
}

export function putJson(files: Files, path: string, value: Json): void {
  files.set(path, Buffer.from(`${JSON.stringify(value, null, 2)}\n`));
}

/** Writes bagit.txt, bag-info.txt and all manifests anew: what anybody can do who changes a dossier. */
export function reseal(files: Files): Files {
  for (const path of ['manifest-sha256.txt', 'tagmanifest-sha256.txt', 'proofs/manifest-sm3.txt']) files.delete(path);
  const payload = [...files.keys()].filter((path) => path.startsWith('data/')).sort();
  const octets = payload.reduce((sum, path) => sum + (files.get(path)?.length ?? 0), 0);
  files.set('bagit.txt', Buffer.from('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'));
  files.set('bag-info.txt', Buffer.from(`Source-Organization: 测试\nPayload-Oxum: ${octets}.${payload.length}\n`));
  files.set('manifest-sha256.txt', manifestOf(files, payload, 'sha256'));
  files.set('proofs/manifest-sm3.txt', manifestOf(files, payload, 'sm3'));
  const tags = [...files.keys()].filter((path) => !path.startsWith('data/')).sort();
  files.set('tagmanifest-sha256.txt', manifestOf(files, tags, 'sha256'));
  return files;
}

function manifestOf(files: Files, paths: readonly string[], algorithm: string): Buffer {
  const lines = paths.map((path) => `${hexOf(algorithm, files.get(path) ?? Buffer.alloc(0))}  ${path}\n`);
  return Buffer.from(lines.join(''));
}

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Buffer;
  /** Unix mode and type, for links. */
  readonly mode?: number;
  readonly method?: number;
}

/** Stored entries, no data descriptors, no zip64 (APPNOTE 4.3). */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, bytes, mode = 0o100644, method = 0 } of entries) {
    const raw = Buffer.from(name);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(0x800, 2);
    shared.writeUInt16LE(method, 4);
    shared.writeUInt16LE(0x21, 8);
    shared.writeUInt32LE(crc32(bytes), 10);
    shared.writeUInt32LE(bytes.length, 14);
    shared.writeUInt32LE(bytes.length, 18);
    shared.writeUInt16LE(raw.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode * 0x10000) >>> 0, 6);
    tail.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), shared, tail, raw);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), shared, raw, bytes);
    at += 30 + raw.length + bytes.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, central, end]);
}

export function zippedDossier(files: Files, top = 'dossier'): ZipEntry[] {
  return [...files].map(([path, bytes]) => ({ name: `${top}/${path}`, bytes }));
}
