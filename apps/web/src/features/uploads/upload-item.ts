import type { ApiFailure } from '../../api/client.js';

/** `sent` means received by the archive, not yet sealed: what became of it is asked of the archive, not assumed. */
export type UploadState = 'queued' | 'reading' | 'sending' | 'paused' | 'failed' | 'sent';

/** Where a file goes: a step of a case, or nowhere yet. */
export interface UploadTarget {
  readonly caseId: string;
  readonly occurrenceId: string;
  /** Which paper of the step it is; null: the archive tells it by the name, or it is none. */
  readonly paperId: string | null;
  /** The step in words, for the tray. */
  readonly where: string;
}

/** One line of the tray. Replaced, never changed, so that a view can tell by identity. */
export interface UploadItem {
  readonly id: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly sentBytes: number;
  readonly state: UploadState;
  readonly bytesPerSecond: number | null;
  readonly failure: ApiFailure | null;
  readonly assetId: string | null;
  readonly target: UploadTarget | null;
  readonly resumed: boolean;
  /** The connection was cut and is being tried again. */
  readonly retrying: boolean;
}

export interface TrayTotals {
  readonly active: number;
  readonly waiting: number;
  readonly paused: number;
  readonly failed: number;
  readonly leftBytes: number;
  readonly allBytes: number;
  readonly bytesPerSecond: number;
}

/** What the folded tray says about everything still to be sent. */
export function totalsOf(items: readonly UploadItem[]): TrayTotals {
  const open = items.filter((item) => item.state !== 'sent');
  const count = (...states: UploadState[]) => open.filter((item) => states.includes(item.state)).length;
  return {
    active: count('sending', 'reading'),
    waiting: count('queued'),
    paused: count('paused'),
    failed: count('failed'),
    leftBytes: open.reduce((sum, item) => sum + item.sizeBytes - item.sentBytes, 0),
    allBytes: open.reduce((sum, item) => sum + item.sizeBytes, 0),
    bytesPerSecond: open.reduce((sum, item) => sum + (item.state === 'sending' ? (item.bytesPerSecond ?? 0) : 0), 0),
  };
}
