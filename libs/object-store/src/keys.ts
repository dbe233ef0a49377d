import { randomBytes } from 'node:crypto';
import { ArchiveError } from '#domain';

const MAX_KEY_LENGTH = 240;
/** Starts with a letter or digit, so `.`, `..` and hidden names (our own temporary files) cannot be named. */
const SEGMENT = '[A-Za-z0-9][A-Za-z0-9._-]*';
const KEY = new RegExp(`^${SEGMENT}(?:/${SEGMENT})*$`);
const TAIL = /^(.+)\/tail-\d+-[0-9a-f]{16}$/;
const ORIGINAL = /^originals\/\d{4}\/\d{2}\/([0-9a-f-]{36})-[0-9a-f]{16}$/;
const LOG_CHECKPOINT = /^ledger\/checkpoint\/(\d{16})$/;
const LOG_ENTRIES = /^ledger\/entries\/(\d{16})-(\d{16})$/;
const SELF_TEST = /^self-test\/(\d+)-[0-9a-f]+$/;
const PREFIX = new RegExp(`^(?:${SEGMENT}/)*(?:${SEGMENT})?$`);

/**
 * Object keys are built here and nowhere else; nothing in a key is personal text. All throw ArchiveError
 * `invalid-input` when what they are given would not make a safe key.
 */
export const keys = {
  /**
   * An original in the vault, in a folder by month to keep directories small. Every attempt to upload has a key of
   * its own: multipart uploads, locks and versions of two attempts can then never be taken for one another.
   * @param receivedAt server time; the folder is its UTC month
   */
  original(assetId: string, receivedAt: Date): string {
    const [year, month] = receivedAt.toISOString().split('-');
    return safe(`originals/${year}/${month}/${assetId}-${randomSuffix()}`);
  },

  /** The asset whose original, or part of one, has this key; null for any other key. */
  assetOfOriginal(key: string): string | null {
    return ORIGINAL.exec(key)?.[1] ?? null;
  },

  /**
   * What stood in the place of an original and was not it, in the vault of a filesystem: moved aside by a healing, kept.
   * On S3 it stays where it is, as a version.
   * @param n so that a healing begun again never meets another file under its own name
   */
  setAside(originalKey: string, healingId: string, n: number): string {
    return safe(`${keys.setAsides(originalKey, healingId)}${n}`);
  },

  /** Prefix of all that one healing has moved aside. */
  setAsides(originalKey: string, healingId: string): string {
    return `set-aside/${safe(originalKey)}/${safe(healingId)}-`;
  },

  /** A rendition in media; `file` may itself be a path (`hls/0001.m4s`). */
  rendition(assetId: string, renditionId: string, file: string): string {
    return safe(`renditions/${assetId}/${renditionId}/${file}`);
  },

  /** Prefix of all renditions of an asset, or of all files of one. */
  renditions(assetId: string, renditionId?: string): string {
    return `${safe(`renditions/${assetId}${renditionId === undefined ? '' : `/${renditionId}`}`)}/`;
  },

  /**
   * An HLS piece made on request: a bounded cache in media, apart from the renditions that are kept.
   * @param recipe names how it was cut (tool and arguments), so that a new recipe never meets old pieces
   */
  segment(assetId: string, recipe: string, file: string): string {
    return safe(`segments/${assetId}/${recipe}/${file}`);
  },

  /** Prefix of all cached pieces, of one asset or of all. */
  segments(assetId?: string): string {
    return assetId === undefined ? 'segments/' : `${safe(`segments/${assetId}`)}/`;
  },

  /** A tail in staging. Random, because a tail that was acknowledged is never overwritten by the next one. */
  tail(intakeKey: string, offsetBytes: number): string {
    return safe(`${keys.tails(intakeKey)}${offsetBytes}-${randomSuffix()}`);
  },

  /** The intake a tail belongs to; null for any other key. */
  intakeOfTail(tailKey: string): string | null {
    return TAIL.exec(tailKey)?.[1] ?? null;
  },

  /** A file made for a dossier, in media: it can be made again. */
  dossierFile(dossierId: string, number: number): string {
    return safe(`dossiers/${dossierId}/${number}`);
  },

  /** A piece of the ledger as it is published in the vault: a tile, an entry bundle (C2SP tlog-tiles paths). */
  logTile(path: string): string {
    return safe(`ledger/${path}`);
  },

  /** The path of a published piece of the ledger; null for any other key. */
  pathOfLogTile(key: string): string | null {
    return key.startsWith('ledger/tile/') ? key.slice('ledger/'.length) : null;
  },

  /** A signed checkpoint in the vault; in order of size by name. */
  logCheckpoint(size: number): string {
    return safe(`${keys.logCheckpoints()}${String(size).padStart(16, '0')}`);
  },

  /** What a published checkpoint is of; null for any other key. */
  sizeOfLogCheckpoint(key: string): number | null {
    const size = LOG_CHECKPOINT.exec(key)?.[1];
    return size === undefined ? null : Number(size);
  },

  /** Prefix of all published checkpoints. */
  logCheckpoints(): string {
    return 'ledger/checkpoint/';
  },

  /** Entries that are about to be signed and are not in the vault yet, in staging: from an index up to, without, another. */
  logEntries(from: number, to: number): string {
    const [first, end] = [from, to].map((index) => String(index).padStart(16, '0'));
    return safe(`${keys.logEntriesWaiting()}${first}-${end}`);
  },

  /** What entries in staging are of; null for any other key. */
  rangeOfLogEntries(key: string): { readonly from: number; readonly to: number } | null {
    const [, from, to] = LOG_ENTRIES.exec(key) ?? [];
    return from === undefined ? null : { from: Number(from), to: Number(to) };
  },

  /** Prefix of all entries in staging. */
  logEntriesWaiting(): string {
    return 'ledger/entries/';
  },

  /** A scratch object of the lock self-test, in the vault. Random: one that is locked cannot be used again. */
  selfTest(until: Date): string {
    return safe(`${keys.selfTests()}${until.getTime()}-${randomSuffix()}`);
  },

  /** When the test is over that a scratch object is of. */
  endOfSelfTest(key: string): Date {
    return new Date(Number(SELF_TEST.exec(key)?.[1] ?? 0));
  },

  /** Prefix of all scratch objects. */
  selfTests(): string {
    return 'self-test/';
  },

  /** Prefix of all tails of an intake. */
  tails(intakeKey: string): string {
    return `${safe(intakeKey)}/tail-`;
  },
} as const;

/** @throws ArchiveError `invalid-input` for anything but slash-separated safe ASCII names */
export function checkKey(key: string): void {
  safe(key);
}

export function isKey(key: string): boolean {
  return key.length <= MAX_KEY_LENGTH && KEY.test(key);
}

/** @throws ArchiveError `invalid-input`; the empty prefix is allowed */
export function checkPrefix(prefix: string): void {
  if (prefix.length > MAX_KEY_LENGTH || !PREFIX.test(prefix)) throw unsafe('prefix', prefix);
}

function safe(key: string): string {
  if (!isKey(key)) throw unsafe('key', key);
  return key;
}

function unsafe(what: string, value: string): ArchiveError {
  return new ArchiveError('invalid-input', `unsafe object ${what}: ${JSON.stringify(value.slice(0, 80))}`);
}

function randomSuffix(): string {
  return randomBytes(8).toString('hex');
}
