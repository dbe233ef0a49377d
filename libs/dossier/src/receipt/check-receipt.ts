import { isArchiveError, parseReceipt, type ReceiptEvent, type ReceiptText } from '#domain';
import {
  type Algorithms,
  isTlogError,
  parseNote,
  type SignedNote,
  type TlogErrorCode,
  type VerifierKey,
  type VerifyEd25519,
  verifyLogProof,
  verifyNote,
} from '#tlog';
import { DossierError } from '../dossier-error.js';

/** A receipt as somebody holds it: read, nothing verified yet. */
export interface HeldReceipt {
  readonly note: SignedNote;
  readonly receipt: ReceiptText;
}

/** What the file in hand is. Digests as in receipts, `sha256:` and hex. */
export interface MeasuredFile {
  readonly sizeBytes: number;
  readonly blockRoot: string;
  readonly sha256: string;
}

export type ReceiptFact = 'size' | 'block-root' | 'sha256';

export type SignatureStanding =
  | 'good'
  /** Not the key's signature, or the text was altered since. */
  | 'wrong'
  /** The key has signed nothing here: the receipt is of another archive, or the key is. */
  | 'other-key'
  /** There was no key, or this machine cannot verify. */
  | 'not-checked';

/** What the log answers who asks for the proof of a leaf. */
export type LogAnswer = { readonly kind: 'proof'; readonly text: string } | { readonly kind: 'missing' | 'pending' };

/** Asks for `/log/proof/<leaf hash in hex>`. What it throws goes through: the log could not be asked. */
export type AskLog = (leafHashHex: string) => Promise<LogAnswer>;

export type EventStanding =
  /** Proved: number `index`, from 0, of a signed tree of so many. */
  | { readonly kind: 'in-log'; readonly index: number; readonly size: number }
  /** Promised for a time that has passed, and the log does not have it. */
  | { readonly kind: 'missing'; readonly dueAt: Date }
  /** Not under a signed checkpoint yet; `isLate` when it was promised to be by now. */
  | { readonly kind: 'pending'; readonly dueAt: Date; readonly isLate: boolean }
  /** The log gave something that proves nothing. */
  | { readonly kind: 'unproved'; readonly code: TlogErrorCode }
  | { readonly kind: 'not-asked' };

export interface EventPlace {
  readonly event: 'received' | 'sealed';
  readonly standing: EventStanding;
}

export type ReceiptVerdict = 'good' | 'bad' | 'not-checked';

const BYTE_ORDER_MARK = '\ufeff';

/**
 * Reads a receipt as it comes from a file, a clipboard or a QR code: line ends of Windows, and space around the whole,
 * are no part of it.
 * @throws DossierError `receipt-malformed`
 */
export function readReceipt(input: string): HeldReceipt {
  const text = `${input.replace(BYTE_ORDER_MARK, '').replace(/\r\n/g, '\n').trim()}\n`;
  try {
    const note = parseNote(text);
    return { note, receipt: parseReceipt(note.text) };
  } catch (cause) {
    if (!isTlogError(cause) && !isArchiveError(cause, 'invalid-input')) throw cause;
    throw new DossierError('receipt-malformed', cause.message, { cause });
  }
}

/** @param key null when none is known */
export async function checkReceiptSignature(
  verify: VerifyEd25519,
  { note }: HeldReceipt,
  key: VerifierKey | null,
): Promise<SignatureStanding> {
  if (key === null) return 'not-checked';
  try {
    await verifyNote(verify, note, [key]);
    return 'good';
  } catch (error) {
    if (isTlogError(error, 'no-known-signature')) return 'other-key';
    if (isTlogError(error, 'verifier-failed')) return 'not-checked';
    if (isTlogError(error)) return 'wrong';
    throw error;
  }
}

/** In what the file is another than the receipt names; in nothing when it is the same. */
export function differencesFrom({ receipt }: HeldReceipt, file: MeasuredFile): ReceiptFact[] {
  const { sealed } = receipt;
  return [
    ...(file.sizeBytes === receipt.sizeBytes ? [] : ['size' as const]),
    ...(file.blockRoot === receipt.blockRoot ? [] : ['block-root' as const]),
    ...(sealed === null || file.sha256 === sealed.sha256 ? [] : ['sha256' as const]),
  ];
}

/**
 * Where the events of a receipt are in the log, each proved under a checkpoint that `logKey` signed. An archive that
 * lost or left out an event it promised can say so or prove nothing; it cannot prove.
 */
export async function findInLog(
  algorithms: Algorithms,
  { receipt }: HeldReceipt,
  { logKey, ask, now }: { readonly logKey: VerifierKey; readonly ask: AskLog; readonly now: Date },
): Promise<EventPlace[]> {
  const promisedMs = receipt.promisedS * 1_000;
  const dueAt = (at: string): Date => new Date(new Date(at).getTime() + promisedMs);
  const find = async (event: ReceiptEvent, due: Date): Promise<EventStanding> => {
    const leafHex = event.leaf.slice('sha256:'.length);
    const answer = await ask(leafHex);
    if (answer.kind === 'proof') return await proved(algorithms, logKey, leafHex, answer.text);
    const isLate = now > due;
    if (answer.kind === 'missing' && isLate) return { kind: 'missing', dueAt: due };
    return { kind: 'pending', dueAt: due, isLate };
  };
  const places: EventPlace[] = [
    { event: 'received', standing: await find(receipt.received, dueAt(receipt.receivedAt)) },
  ];
  const { sealed } = receipt;
  if (sealed !== null) places.push({ event: 'sealed', standing: await find(sealed.event, dueAt(sealed.at)) });
  return places;
}

async function proved(
  algorithms: Algorithms,
  key: VerifierKey,
  leafHex: string,
  proof: string,
): Promise<EventStanding> {
  const policy = { logs: [{ key, url: null }], witnesses: [], groups: [], quorum: null };
  const leafHash = Uint8Array.from(leafHex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  try {
    const { index, checkpoint } = await verifyLogProof(algorithms, policy, { leafHash, proof });
    return { kind: 'in-log', index, size: checkpoint.size };
  } catch (error) {
    if (isTlogError(error, 'verifier-failed')) return { kind: 'not-asked' };
    if (isTlogError(error)) return { kind: 'unproved', code: error.code };
    throw error;
  }
}

/** Bad when anything is bad; good only when everything was checked, and is. */
export function verdictOn(found: {
  /** null when the file was not looked at. */
  readonly differences: readonly ReceiptFact[] | null;
  readonly signature: SignatureStanding;
  /** Empty when the log was not asked. */
  readonly places: readonly EventPlace[];
}): ReceiptVerdict {
  const { differences, signature, places } = found;
  const kinds = places.map(({ standing }) => standing.kind);
  const isBad = kinds.includes('missing') || kinds.includes('unproved');
  if (isBad || signature === 'wrong' || signature === 'other-key' || (differences?.length ?? 0) > 0) return 'bad';
  const isWhole = kinds.length > 0 && kinds.every((kind) => kind === 'in-log');
  return differences !== null && signature === 'good' && isWhole ? 'good' : 'not-checked';
}
