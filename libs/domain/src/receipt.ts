import { isDigest } from './digest.js';
import { ArchiveError } from './errors.js';
import { type Id, isId } from './ids.js';

/** An event as a receipt names it: what to ask the log for. */
export interface ReceiptEvent {
  readonly id: Id;
  readonly chainSeq: number;
  /** Leaf hash, `sha256:…`: its place in the log is proved by it alone. */
  readonly leaf: string;
}

/** What the archive puts its signature under when an upload has ended, and again when it is sealed. */
export interface ReceiptText {
  /** Name of the log. */
  readonly origin: string;
  readonly assetId: Id;
  readonly sizeBytes: number;
  /** RFC 6962 root over blocks of 1 MiB, `sha256:…`. */
  readonly blockRoot: string;
  /** RFC 3339 UTC ms, the server's clock. */
  readonly receivedAt: string;
  readonly received: ReceiptEvent;
  /** Within so many seconds of receipt the event is under a signed checkpoint of the log. */
  readonly promisedS: number;
  /** null until the original was read back; only with it may a recorder be cleared. */
  readonly sealed: {
    readonly at: string;
    readonly sha256: string;
    readonly sm3: string;
    readonly event: ReceiptEvent;
  } | null;
}

const MAGIC = 'liuhen-receipt/v1';
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const COUNT = /^(0|[1-9]\d{0,15})$/;
/** Lines of a receipt after the first two, in this order; those of the seal together or not at all. */
const FIELDS = ['asset', 'size', 'block_root', 'received', 'received_event', 'received_leaf', 'promised_s'] as const;
const SEAL_FIELDS = ['sealed', 'sha256', 'sm3', 'sealed_event', 'sealed_leaf'] as const;
type Field = (typeof FIELDS)[number] | (typeof SEAL_FIELDS)[number];

/**
 * The text of a receipt: a line a fact, readable by people, to be signed as a C2SP note with the log's receipt key.
 * No personal text: the file's name is not in it.
 */
export function formatReceipt(receipt: ReceiptText): string {
  const { received, sealed } = receipt;
  const lines = [
    MAGIC,
    receipt.origin,
    `asset ${receipt.assetId}`,
    `size ${receipt.sizeBytes}`,
    `block_root ${receipt.blockRoot}`,
    `received ${receipt.receivedAt}`,
    `received_event ${received.id} ${received.chainSeq}`,
    `received_leaf ${received.leaf}`,
    `promised_s ${receipt.promisedS}`,
  ];
  if (sealed !== null) {
    lines.push(`sealed ${sealed.at}`, `sha256 ${sealed.sha256}`, `sm3 ${sealed.sm3}`);
    lines.push(`sealed_event ${sealed.event.id} ${sealed.event.chainSeq}`, `sealed_leaf ${sealed.event.leaf}`);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Reads what `formatReceipt` writes, and nothing else.
 * @throws ArchiveError `invalid-input`
 */
export function parseReceipt(text: string): ReceiptText {
  const [magic, origin = '', ...lines] = text.split('\n');
  const isWhole = lines.pop() === '' && magic === MAGIC && origin !== '';
  if (!isWhole || (lines.length !== FIELDS.length && lines.length !== FIELDS.length + SEAL_FIELDS.length)) throw bad();
  const fields = new Map<Field, string>();
  for (const [i, name] of [...FIELDS, ...SEAL_FIELDS].slice(0, lines.length).entries()) {
    const line = lines[i] ?? '';
    if (!line.startsWith(`${name} `)) throw bad(name);
    fields.set(name, line.slice(name.length + 1));
  }
  const of = (name: Field): string => fields.get(name) ?? '';
  const receipt: ReceiptText = {
    origin,
    assetId: checked(of('asset'), isId, 'asset'),
    sizeBytes: readCount(of('size'), 'size'),
    blockRoot: readDigest(of('block_root'), 'block_root'),
    receivedAt: checked(of('received'), (value) => TIME.test(value), 'received'),
    received: readEvent(of('received_event'), of('received_leaf')),
    promisedS: readCount(of('promised_s'), 'promised_s'),
    sealed: fields.has('sealed')
      ? {
          at: checked(of('sealed'), (value) => TIME.test(value), 'sealed'),
          sha256: readDigest(of('sha256'), 'sha256'),
          sm3: checked(of('sm3'), (value) => /^sm3:[0-9a-f]{64}$/.test(value), 'sm3'),
          event: readEvent(of('sealed_event'), of('sealed_leaf')),
        }
      : null,
  };
  return receipt;
}

function readEvent(event: string, leaf: string): ReceiptEvent {
  const [id = '', seq = '', ...more] = event.split(' ');
  if (more.length > 0) throw bad('event');
  return { id: checked(id, isId, 'event'), chainSeq: readCount(seq, 'event'), leaf: readDigest(leaf, 'leaf') };
}

function readDigest(value: string, what: string): string {
  return checked(value, (text) => isDigest(text) && text.startsWith('sha256:'), what);
}

function readCount(value: string, what: string): number {
  const count = Number(checked(value, (text) => COUNT.test(text), what));
  if (!Number.isSafeInteger(count)) throw bad(what);
  return count;
}

function checked(value: string, isRight: (value: string) => boolean, what: string): string {
  if (!isRight(value)) throw bad(what);
  return value;
}

function bad(what = 'form'): ArchiveError {
  return new ArchiveError('invalid-input', `not a receipt: ${what}`, { details: { problems: [what] } });
}
