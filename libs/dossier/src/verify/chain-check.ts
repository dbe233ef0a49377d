import { ItemFindings } from './dossier-report.js';
import { type DossierEvent, isSha256 } from './read-event.js';
import { type ChainPlace, isKind, isRising } from './read-index.js';
import type { JsonObject } from './read-part.js';
import { hasKeys, isCount, isList, isObject } from './read-part.js';

interface Gap {
  readonly expected: number;
  readonly found: number;
}

/** One chain, event by event as the log has them. */
export class ChainCheck {
  readonly chain: string;
  readonly findings: ItemFindings;
  readonly #gaps: Gap[] = [];
  #head: ChainPlace | null = null;

  constructor(chain: string) {
    this.chain = chain;
    this.findings = new ItemFindings('chain', chain);
  }

  /** The last event so far; null before the first. */
  get head(): ChainPlace | null {
    return this.#head;
  }

  /** @param line of the list it stands in, from 1 */
  take(event: DossierEvent, line: number): void {
    const expected = (this.#head?.seq ?? 0) + 1;
    if (event.chainSeq !== expected) this.#gaps.push({ expected, found: event.chainSeq });
    else if (event.chainPrev !== (this.#head?.leaf ?? null))
      this.findings.fail('chain-broken', `event ${event.chainSeq} does not follow the one before`, line);
    this.#head = { seq: event.chainSeq, leaf: event.leaf };
  }

  /** Says what is missing, now that it is known how many there should be. */
  close(total: number | null): void {
    const of = total ?? this.#head?.seq ?? 0;
    for (const { expected, found } of this.#gaps.slice(0, 20)) {
      const missing = found === expected + 1 ? `${expected}` : `${expected} to ${found - 1}`;
      const words =
        found > expected ? `missing ${missing} of ${of}` : `event ${found} where ${expected} of ${of} belongs`;
      this.findings.fail('chain-gap', words);
    }
  }
}

/** A rendition as the event of its making has it. */
export interface MadeRendition {
  /** Of its files. */
  readonly digest: string;
  /** Of tool, version and arguments. */
  readonly recipe: string;
}

/** What the chain of an asset says of its original, and of what was made from it. */
export class AssetFacts {
  received: { readonly sizeBytes: number; readonly blockRoot: string } | null = null;
  sealed: { readonly sha256: string; readonly sm3: string } | null = null;
  /** The difference that was found; null while none was. */
  quarantined: string | null = null;
  /** Said twice, or in a form that says nothing. */
  contradiction: string | null = null;
  /** By kind; one made anew is in the place of the one before. */
  readonly renditions = new Map<string, MadeRendition>();

  take({ type, public: said }: DossierEvent): void {
    if (type === 'asset.received') this.#receive(said);
    else if (type === 'asset.sealed') this.#seal(said);
    else if (type === 'asset.quarantined') this.quarantined = String(said.difference);
    else if (type === 'asset.looked' && isList(said.renditions)) for (const one of said.renditions) this.#make(one);
    else if (type === 'asset.proxy_made') this.#make(said.rendition);
  }

  /** What does not say kind, digest and recipe names nothing. */
  #make(value: JsonObject[string] | undefined): void {
    if (!isObject(value)) return;
    const { kind, digest, recipe } = value;
    if (isKind(kind) && isSha256(digest) && isSha256(recipe)) this.renditions.set(kind, { digest, recipe });
  }

  #receive({ size_bytes: sizeBytes, block_root: blockRoot }: JsonObject): void {
    if (this.received !== null || !isCount(sizeBytes) || !isSha256(blockRoot)) {
      this.contradiction = 'asset.received is there twice, or names no size and block root';
      return;
    }
    this.received = { sizeBytes, blockRoot };
  }

  #seal({ size_bytes: sizeBytes, sha256, sm3, block_root: blockRoot }: JsonObject): void {
    const isWhole = isSha256(sha256) && typeof sm3 === 'string';
    if (this.sealed !== null || !isWhole) {
      this.contradiction = 'asset.sealed is there twice, or names no digests';
      return;
    }
    if (sizeBytes !== this.received?.sizeBytes || blockRoot !== this.received?.blockRoot)
      this.contradiction = 'asset.sealed and asset.received differ in size or block root';
    this.sealed = { sha256, sm3 };
  }
}

export interface Head extends ChainPlace {
  readonly chain: string;
}

/** The export that ends the case chain. */
export interface ExportEvent {
  readonly event: DossierEvent;
  readonly dossier: string;
  /** Null when they are not in the form they must have. */
  readonly heads: readonly Head[] | null;
  /** Kinds of renditions that were chosen to go in; null when they are not in the form they must have. */
  readonly renditions: readonly string[] | null;
}

/** What the dossier's own chain says: which files were put in. */
export class PackedFacts {
  /** Digest of `manifest-sha256.txt`, of the last packing; null while there is none that can be read. */
  manifest: string | null = null;
  caseId: string | null = null;
  /** Something else stands in the chain. */
  strange: string | null = null;

  take({ type, public: said }: DossierEvent): void {
    if (type !== 'dossier.packed') this.strange = type;
    this.manifest = isSha256(said.manifest) ? said.manifest : null;
    this.caseId = typeof said.case === 'string' ? said.case : null;
  }
}

/** What the case chain says: which assets are in the case, and the export that ends it. */
export class CaseFacts {
  readonly assets = new Set<string>();
  /** Null unless the last event is an export. */
  export: ExportEvent | null = null;
  #parts: { readonly dossier: string; readonly heads: readonly Head[] | null } | null = null;

  take(event: DossierEvent): void {
    const { type, public: said } = event;
    const before = this.#parts;
    [this.export, this.#parts] = [null, null];
    if (type === 'case.asset_linked') this.assets.add(String(said.asset));
    if (type === 'case.asset_unlinked') this.assets.delete(String(said.asset));
    if (type !== 'case.export_heads' && type !== 'case.exported') return;
    const dossier = String(said.dossier);
    const own = readHeads(said.heads);
    const earlier = before?.dossier === dossier ? before.heads : [];
    const heads = own === null || earlier === null ? null : [...earlier, ...own];
    if (type === 'case.export_heads') this.#parts = { dossier, heads };
    else {
      const isInOrder = heads !== null && isRising(heads.map(({ chain }) => chain));
      this.export = { event, dossier, heads: isInOrder ? heads : null, renditions: readKinds(said.renditions) };
    }
  }
}

function readHeads(value: JsonObject[string] | undefined): readonly Head[] | null {
  if (!isList(value)) return null;
  const isHead = (head: JsonObject[string]): boolean =>
    hasKeys(head, ['chain', 'seq', 'leaf'] as const) &&
    typeof head.chain === 'string' &&
    head.chain.startsWith('asset:') &&
    isCount(head.seq) &&
    head.seq > 0 &&
    isSha256(head.leaf);
  return value.every(isHead) ? (value as unknown as readonly Head[]) : null;
}

function readKinds(value: JsonObject[string] | undefined): readonly string[] | null {
  if (!isList(value) || !value.every(isKind)) return null;
  const kinds = value as readonly string[];
  return isRising(kinds) ? kinds : null;
}
