import { ItemFindings } from './dossier-report.js';
import { type DossierEvent, isSha256 } from './read-event.js';
import type { ChainPlace } from './read-index.js';
import type { JsonObject } from './read-part.js';
import { hasKeys, isCount, isList } from './read-part.js';

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

/** What the chain of an asset says of its original. */
export class AssetFacts {
  received: { readonly sizeBytes: number; readonly blockRoot: string } | null = null;
  sealed: { readonly sha256: string; readonly sm3: string } | null = null;
  /** The difference that was found; null while none was. */
  quarantined: string | null = null;
  /** Said twice, or in a form that says nothing. */
  contradiction: string | null = null;

  take({ type, public: said }: DossierEvent): void {
    if (type === 'asset.received') this.#receive(said);
    else if (type === 'asset.sealed') this.#seal(said);
    else if (type === 'asset.quarantined') this.quarantined = String(said.difference);
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
    else this.export = { event, dossier, heads: heads !== null && isSorted(heads) ? heads : null };
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

function isSorted(heads: readonly Head[]): boolean {
  return heads.every(({ chain }, i) => i === 0 || (heads[i - 1]?.chain ?? '') < chain);
}
