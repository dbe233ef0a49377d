import type { BagFindingCode, Verdict } from '../bag/bag-report.js';

/** Why a step of the check did not pass. Words for people are in `DOSSIER_TEXT`. */
export type DossierReason =
  | BagFindingCode
  // the package
  | 'file-unknown'
  | 'part-missing'
  | 'part-unreadable'
  | 'part-too-large'
  | 'tag-manifest-respelled'
  | 'index-malformed'
  // whom to believe
  | 'self-consistent-only'
  | 'policy-malformed'
  | 'no-policy'
  | 'key-unknown'
  // the checkpoint
  | 'checkpoint-malformed'
  | 'checkpoint-not-signed'
  | 'checkpoint-of-another-log'
  | 'quorum-not-met'
  | 'signature-not-checked'
  // the log
  | 'line-malformed'
  | 'line-missing'
  | 'no-events'
  | 'too-many-events'
  | 'leaf-hash-wrong'
  | 'index-wrong'
  | 'tree-differs'
  | 'proof-wrong'
  | 'no-checkpoint'
  // chains
  | 'event-malformed'
  | 'event-not-canonical'
  | 'event-id-repeated'
  | 'chain-gap'
  | 'chain-broken'
  | 'chain-foreign'
  // completeness
  | 'export-missing'
  | 'export-of-another'
  | 'heads-malformed'
  | 'kinds-malformed'
  | 'chain-missing'
  | 'chain-cut-short'
  | 'chain-unnamed'
  | 'asset-left-out'
  | 'asset-not-of-case'
  | 'original-unnamed'
  // what was put in
  | 'packed-missing'
  | 'packed-malformed'
  | 'packed-differs'
  // renditions
  | 'rendition-missing'
  | 'rendition-unnamed'
  | 'rendition-altered'
  // originals
  | 'original-missing'
  | 'original-doubled'
  | 'original-not-read'
  | 'original-size'
  | 'original-altered'
  | 'original-sha256'
  | 'original-sm3'
  | 'blocks-wrong'
  | 'digest-not-computed'
  | 'not-received'
  | 'not-sealed'
  | 'facts-contradict'
  | 'quarantined'
  | 'index-differs'
  // disclosures
  | 'disclosures-malformed'
  | 'disclosure-wrong'
  | 'disclosure-of-nothing'
  // time
  | 'no-timestamp'
  | 'no-timestamp-roots'
  | 'timestamp-incomplete'
  | 'timestamp-refused'
  | 'timestamp-not-checked'
  | 'timestamp-note-wrong'
  | 'timestamp-not-connected';

export interface DossierFinding {
  readonly reason: DossierReason;
  readonly verdict: Exclude<Verdict, 'PASS'>;
  /** What was found and what was expected; English, for experts. May hold text of strangers: escape it. */
  readonly detail: string;
  /** In an original: the byte its first bad block begins at. In a list: the line, from 1. Else null. */
  readonly offset: number | null;
}

export const ITEM_KINDS = [
  ...(['bag', 'trust', 'checkpoint', 'inclusion', 'chain', 'completeness'] as const),
  ...(['packed', 'original', 'rendition', 'disclosures', 'timestamp', 'as-of'] as const),
] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** One thing that was checked. */
export interface DossierItem {
  readonly kind: ItemKind;
  /** Which one: a chain, the path of an original, the folder of a rendition, a time-stamp; null where there is one only. */
  readonly subject: string | null;
  readonly verdict: Verdict;
  readonly findings: readonly DossierFinding[];
}

export interface StampedTime {
  readonly path: string;
  readonly at: string;
  readonly accuracyMs: number;
  /** Text of strangers: escape it. */
  readonly authority: string;
  /** Events of the log that were there by then. */
  readonly size: number;
  readonly expiredNow: boolean;
}

export interface DossierReport {
  /** The worst of all items. */
  readonly verdict: Verdict;
  /** No key came from outside: the dossier fits together, and that is all. */
  readonly selfConsistentOnly: boolean;
  readonly dossierId: string | null;
  readonly caseId: string | null;
  /** Name of the log. */
  readonly origin: string | null;
  /** Complete up to here; what came later is not in it. Null while that is not shown. */
  readonly asOf: { readonly at: string; readonly size: number } | null;
  /** By the names of their keys. */
  readonly cosignedBy: readonly { readonly witness: string; readonly at: string }[];
  readonly stamped: readonly StampedTime[];
  readonly counts: {
    readonly files: number;
    readonly bytes: number;
    readonly events: number;
    readonly opened: number;
    readonly withheld: number;
  };
  readonly items: readonly DossierItem[];
}

/** A list of findings that a hostile dossier cannot make longer than memory. */
const MAX_FINDINGS = 50;

/** Gathers what is found about one item. */
export class ItemFindings {
  readonly kind: ItemKind;
  readonly subject: string | null;
  readonly #findings: DossierFinding[] = [];
  #worst: Verdict = 'PASS';

  constructor(kind: ItemKind, subject: string | null = null) {
    this.kind = kind;
    this.subject = subject;
  }

  get verdict(): Verdict {
    return this.#worst;
  }

  fail(reason: DossierReason, detail: string, offset: number | null = null): void {
    this.add({ reason, verdict: 'FAIL', detail, offset });
  }

  notChecked(reason: DossierReason, detail: string, offset: number | null = null): void {
    this.add({ reason, verdict: 'NOT CHECKED', detail, offset });
  }

  add(finding: DossierFinding): void {
    this.#worst = worse(this.#worst, finding.verdict);
    if (this.#findings.length < MAX_FINDINGS) this.#findings.push({ ...finding, detail: finding.detail.slice(0, 500) });
  }

  done(): DossierItem {
    const { kind, subject, verdict } = this;
    return { kind, subject, verdict, findings: this.#findings };
  }
}

export function worse(a: Verdict, b: Verdict): Verdict {
  if (a === 'FAIL' || b === 'FAIL') return 'FAIL';
  return a === 'NOT CHECKED' || b === 'NOT CHECKED' ? 'NOT CHECKED' : 'PASS';
}
