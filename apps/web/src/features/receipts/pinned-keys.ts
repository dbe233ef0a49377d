import { sha256 } from '#dossier';
import { parseVerifierKey, SIGNATURE_TYPE, type VerifierKey } from '#tlog';

/** The keys a receipt is checked with; null where none was given. */
export interface CheckKeys {
  readonly receipts: VerifierKey | null;
  readonly log: VerifierKey | null;
}

/** Keys of receipts are called `<origin>/receipts`. */
const RECEIPTS = '/receipts';

/**
 * Reads keys as somebody kept them: the two vkeys, in any order, whatever stands between.
 * @returns null when anything in it is no key, or two are of one kind
 */
export function readPinnedKeys(text: string): CheckKeys | null {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const keys = words.flatMap((word) => keyIn(word) ?? []);
  const receipts = keys.filter(({ name }) => name.endsWith(RECEIPTS));
  const logs = keys.filter(({ name }) => !name.endsWith(RECEIPTS));
  if (keys.length !== words.length || receipts.length > 1 || logs.length > 1) return null;
  return { receipts: receipts[0] ?? null, log: logs[0] ?? null };
}

function keyIn(word: string): VerifierKey | null {
  try {
    const key = parseVerifierKey(sha256, word);
    return key.type === SIGNATURE_TYPE.ed25519 ? key : null;
  } catch {
    return null;
  }
}

/** One text to pin both by: for a clipboard, a QR code, a sheet of paper. `readPinnedKeys` reads it. */
export function pinText({ vkey, receiptVkey }: { readonly vkey: string; readonly receiptVkey: string }): string {
  return `${vkey}\n${receiptVkey}\n`;
}
