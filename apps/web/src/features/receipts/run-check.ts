import {
  checkReceiptSignature,
  differencesFrom,
  type EventPlace,
  findInLog,
  type HeldReceipt,
  type MeasuredFile,
  type ReceiptFact,
  type SignatureStanding,
  verdictOn,
} from '#dossier';
import { askLog, ledgerKeys } from '../../api/ledger.js';
import { browserAlgorithms } from './browser-algorithms.js';
import { measureFile } from './measure-file.js';
import { type CheckKeys, pinText, readPinnedKeys } from './pinned-keys.js';

export interface CheckPlan {
  readonly held: HeldReceipt;
  readonly file: File | null;
  /** null: those the archive publishes. */
  readonly pinned: CheckKeys | null;
}

export type CheckStage = { readonly kind: 'reading'; readonly bytes: number } | { readonly kind: 'asking' };

/** `own`: all is well, by the archive's own keys. */
export type CheckVerdict = 'good' | 'own' | 'bad' | 'not-checked';

export interface CheckResult {
  readonly held: HeldReceipt;
  readonly measured: MeasuredFile | null;
  readonly differences: readonly ReceiptFact[] | null;
  readonly signature: SignatureStanding;
  /** Empty when the log was not asked. */
  readonly places: readonly EventPlace[];
  /** Why the archive could not be asked; null when it was, or was not needed. */
  readonly away: unknown;
  readonly verdict: CheckVerdict;
}

/**
 * The whole check of a receipt, in this browser.
 * @throws UnreadableFile; AbortError when the signal says so
 */
export async function runCheck(
  { held, file, pinned }: CheckPlan,
  { onStage, signal }: { readonly onStage: (stage: CheckStage) => void; readonly signal: AbortSignal },
): Promise<CheckResult> {
  const onProgress = (bytes: number): void => onStage({ kind: 'reading', bytes });
  const measured = file && (await measureFile(file, { onProgress, signal }));
  const differences = measured && differencesFrom(held, measured);
  onStage({ kind: 'asking' });
  const asked = pinned ? { answer: pinned, away: null } : await orAway(publishedKeys, NO_KEYS);
  const { receipts, log } = asked.answer;
  const signature = await checkReceiptSignature(browserAlgorithms.verify, held, receipts);
  const isForeign = signature === 'wrong' || signature === 'other-key';
  const find = async (): Promise<EventPlace[]> =>
    log === null || isForeign
      ? []
      : await findInLog(browserAlgorithms, held, { logKey: log, ask: askLog, now: new Date() });
  const found = await orAway(find, []);
  signal.throwIfAborted();
  const verdict = verdictOn({ differences, signature, places: found.answer });
  return {
    ...{ held, measured, differences, signature, places: found.answer },
    away: asked.away ?? found.away,
    verdict: verdict === 'good' && pinned === null ? 'own' : verdict,
  };
}

const NO_KEYS: CheckKeys = { receipts: null, log: null };

async function publishedKeys(): Promise<CheckKeys> {
  return readPinnedKeys(pinText(await ledgerKeys())) ?? NO_KEYS;
}

/** An archive that cannot be asked says nothing about the receipt. */
async function orAway<T>(ask: () => Promise<T>, without: T): Promise<{ answer: T; away: unknown }> {
  try {
    return { answer: await ask(), away: null };
  } catch (error) {
    return { answer: without, away: error };
  }
}
