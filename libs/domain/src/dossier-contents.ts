import type { AssetKind, Custody, MediaRange } from './asset.js';
import type { Id } from './ids.js';
import type { Label } from './rule-mistakes.js';

/** What the lists of a dossier (卷内目录, 录音录像清单) are drawn from: fixed when the export is asked for. */
export interface DossierContents {
  readonly dossierId: Id;
  readonly caseNumber: string;
  readonly caseTitle: string;
  readonly unitName: string;
  readonly procedure: Label;
  /** RFC 3339 UTC: what came later is not in it. */
  readonly asOf: string;
  /** Minutes east of UTC that times are shown in. */
  readonly zoneMinutes: number;
  /** Steps that have material, in the order of the procedure. */
  readonly steps: readonly ContentsStep[];
}

export interface ContentsStep {
  readonly title: Label;
  /** Which coming of the step; null where it came once. */
  readonly n: number | null;
  /** By time. */
  readonly items: readonly ContentsItem[];
}

/** One original. */
export interface ContentsItem {
  readonly kind: AssetKind;
  readonly fileName: string;
  /** RFC 3339 UTC: when it began, by the device where that is known. */
  readonly at: string;
  readonly atSource: 'device' | 'received' | 'begun';
  readonly durationMs: number | null;
  readonly pageCount: number | null;
  readonly sizeBytes: number;
  /** `sha256:…`; null for what was quarantined before its seal. */
  readonly sha256: string | null;
  readonly custody: Custody;
  /** Name of who handed it in. */
  readonly receivedFrom: string;
  /** Maker and model of the recorder, as the file says. */
  readonly device: string | null;
  /** The part that belongs to the step; null: all of it. */
  readonly range: MediaRange | null;
  /** What it is to prove, as the officer put it. */
  readonly purpose: string | null;
}
