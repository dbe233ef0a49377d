import type { JsonValue } from '#domain';
import { decodeBase64, decodeHash, type Hash, isTlogError, verifyInclusion } from '#tlog';
import { PART } from '../layout/dossier-files.js';
import { AssetFacts, CaseFacts, ChainCheck, PackedFacts } from './chain-check.js';
import type { Disclosures } from './check-disclosures.js';
import { ItemFindings } from './dossier-report.js';
import { type DossierEvent, isSame, readEvent } from './read-event.js';
import { hasKeys, isCount, isList, type Parts, readJson } from './read-part.js';

/** Ids are kept to find one that comes twice: about 100 bytes each. */
const MAX_EVENTS = 10_000_000;

/** Size and root that every proof must lead to. */
export interface TreePlace {
  readonly size: number;
  readonly root: Uint8Array;
}

/** What the events were found to be. */
export interface EventsResult {
  readonly inclusion: ItemFindings;
  /** By name. */
  readonly chains: ReadonlyMap<string, ChainCheck>;
  readonly caseFacts: CaseFacts;
  readonly assetFacts: ReadonlyMap<string, AssetFacts>;
  readonly packed: PackedFacts;
  readonly events: number;
  /** False: the disk, not the dossier, kept some from being read. What was not read says nothing. */
  readonly isRead: boolean;
}

/**
 * Reads events and proofs side by side, each once: that every event is in the tree, is in order, is canonical, follows
 * the one before in its chain. Memory grows with ids and chains, not with what the events hold.
 * @param around the one chain of its kind that belongs here; null when that is not known
 */
export async function checkEvents(
  sha256: Hash,
  parts: Parts,
  around: {
    readonly tree: TreePlace | null;
    readonly caseChain: string | null;
    readonly dossierChain: string | null;
    readonly disclosures: Disclosures;
  },
): Promise<EventsResult> {
  return await new EventsCheck(sha256, parts, around).run();
}

class EventsCheck {
  readonly #sha256: Hash;
  readonly #parts: Parts;
  readonly #around: Parameters<typeof checkEvents>[2];
  readonly #inclusion = new ItemFindings('inclusion');
  readonly #chains = new Map<string, ChainCheck>();
  readonly #caseFacts = new CaseFacts();
  readonly #assetFacts = new Map<string, AssetFacts>();
  readonly #packed = new PackedFacts();
  readonly #ids = new Set<string>();
  #lastIndex = -1;
  #line = 0;

  constructor(sha256: Hash, parts: Parts, around: Parameters<typeof checkEvents>[2]) {
    this.#sha256 = sha256;
    this.#parts = parts;
    this.#around = around;
  }

  async run(): Promise<EventsResult> {
    if (this.#around.tree === null)
      this.#inclusion.notChecked('no-checkpoint', 'without a checkpoint no proof leads anywhere');
    const reading = new ItemFindings('inclusion');
    await this.#parts.attempt(PART.inclusion, reading, () =>
      this.#parts.attempt(PART.events, reading, () => this.#readAll()),
    );
    const isRead = reading.verdict !== 'NOT CHECKED' && this.#line <= MAX_EVENTS;
    for (const finding of reading.done().findings) this.#inclusion.add({ ...finding, offset: this.#line });
    if (this.#line === 0 && isRead) this.#inclusion.fail('no-events', 'there is no event');
    return {
      ...{ inclusion: this.#inclusion, chains: this.#chains, caseFacts: this.#caseFacts },
      ...{ assetFacts: this.#assetFacts, packed: this.#packed, events: this.#line, isRead },
    };
  }

  async #readAll(): Promise<void> {
    const proofs = this.#parts.lines(PART.inclusion)[Symbol.asyncIterator]();
    try {
      for await (const line of this.#parts.lines(PART.events)) {
        const proof = await proofs.next();
        if (proof.done === true) return this.#fail('line-missing', `${PART.inclusion} ends before ${PART.events}`);
        this.#line += 1;
        if (this.#line > MAX_EVENTS)
          return this.#inclusion.notChecked('too-many-events', `more than ${MAX_EVENTS} events`, this.#line);
        if (!this.#take(line, proof.value)) return;
      }
      if ((await proofs.next()).done !== true)
        this.#fail('line-missing', `${PART.events} ends before ${PART.inclusion}`);
    } finally {
      await proofs.return(undefined);
    }
  }

  /** One event with its proof. @returns false when the lines cannot be read: what follows could be anything */
  #take(eventLine: Uint8Array, proofLine: Uint8Array): boolean {
    const entry = readEventLine(eventLine);
    const proof = readProofLine(proofLine);
    if (entry === null || proof === null) {
      this.#fail('line-malformed', `not a line of ${entry === null ? PART.events : PART.inclusion}`);
      return false;
    }
    if (entry.index <= this.#lastIndex) this.#fail('index-wrong', `index ${entry.index} after ${this.#lastIndex}`);
    this.#lastIndex = entry.index;
    const leaf = this.#sha256(Uint8Array.of(0), entry.leaf);
    if (proof.index !== entry.index) this.#fail('index-wrong', `event ${entry.index}, proof of ${proof.index}`);
    else if (!isSame(proof.leafHash, leaf)) this.#fail('leaf-hash-wrong', `the proof is of another leaf`);
    else this.#prove(proof);
    this.#read(entry.leaf);
    return true;
  }

  #prove(proof: ProofLine): void {
    const { tree } = this.#around;
    if (tree === null) return;
    if (proof.size !== tree.size || !isSame(proof.root, tree.root)) {
      this.#fail('tree-differs', `a proof in a tree of ${proof.size} that is not the checkpoint's`);
      return;
    }
    try {
      verifyInclusion(this.#sha256, proof);
    } catch (error) {
      if (!isTlogError(error)) throw error;
      this.#fail('proof-wrong', error.message);
    }
  }

  #read(leaf: Uint8Array): void {
    const read = readEvent(this.#sha256, leaf);
    if ('reason' in read) {
      this.#fail(read.reason, read.detail);
      return;
    }
    const { event } = read;
    if (this.#ids.has(event.id)) this.#fail('event-id-repeated', event.id);
    this.#ids.add(event.id);
    if (!this.#belongs(event)) {
      this.#fail('chain-foreign', `an event of ${event.chain}`);
      return;
    }
    this.#chainOf(event.chain).take(event, this.#line);
    if (event.chain.startsWith('case:')) this.#caseFacts.take(event);
    else if (event.chain.startsWith('dossier:')) this.#packed.take(event);
    else this.#factsOf(event.chain).take(event);
    this.#around.disclosures.take(event);
  }

  /** The chain of the case, that of the dossier, and chains of assets: no others. */
  #belongs({ chain }: DossierEvent): boolean {
    const { caseChain, dossierChain } = this.#around;
    if (chain.startsWith('case:')) return chain === (caseChain ?? chain);
    if (chain.startsWith('dossier:')) return chain === (dossierChain ?? chain);
    return chain.startsWith('asset:');
  }

  #chainOf(chain: string): ChainCheck {
    const found = this.#chains.get(chain) ?? new ChainCheck(chain);
    this.#chains.set(chain, found);
    return found;
  }

  #factsOf(chain: string): AssetFacts {
    const found = this.#assetFacts.get(chain) ?? new AssetFacts();
    this.#assetFacts.set(chain, found);
    return found;
  }

  #fail(...[reason, detail]: Parameters<ItemFindings['fail']>): void {
    this.#inclusion.fail(reason, detail, this.#line);
  }
}

function readEventLine(line: Uint8Array): { readonly index: number; readonly leaf: Uint8Array } | null {
  const value = jsonOf(line);
  if (!hasKeys(value, ['index', 'leaf'] as const) || !isCount(value.index) || typeof value.leaf !== 'string')
    return null;
  const { index, leaf } = value;
  const bytes = orNull(() => decodeBase64(leaf));
  return bytes === null ? null : { index, leaf: bytes };
}

interface ProofLine extends TreePlace {
  readonly leafHash: Uint8Array;
  readonly index: number;
  readonly proof: readonly Uint8Array[];
}

function readProofLine(line: Uint8Array): ProofLine | null {
  const value = jsonOf(line);
  if (!hasKeys(value, ['leafHash', 'index', 'size', 'root', 'proof'] as const)) return null;
  const { leafHash, index, size, root, proof } = value;
  if (!isCount(index) || !isCount(size) || !isList(proof) || proof.length > 63) return null;
  return orNull(() => ({ leafHash: hashOf(leafHash), index, size, root: hashOf(root), proof: proof.map(hashOf) }));
}

function jsonOf(line: Uint8Array): JsonValue | undefined {
  const read = readJson(line);
  return 'problem' in read ? undefined : read.value;
}

function hashOf(value: JsonValue): Uint8Array {
  return decodeHash(typeof value === 'string' ? value : '');
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (!isTlogError(error)) throw error;
    return null;
  }
}
