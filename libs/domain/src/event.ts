import { ArchiveError } from './errors.js';
import type { Id } from './ids.js';

/** The run an event belongs to: gapless and in commit order. */
export type Chain = `case:${Id}` | `asset:${Id}` | `account:${Id}` | `dossier:${Id}` | `recorder:${Id}` | 'system';

export const EVENT_TYPES = [
  'unit.created',
  'account.created',
  'account.changed',
  'account.password_changed',
  'account.signed_in',
  'account.sign_in_failed',
  'account.password_refused',
  'account.signed_out',
  'account.token_given',
  'case.opened',
  'case.changed',
  'case.step_added',
  'case.step_changed',
  'case.asset_linked',
  'case.asset_unlinked',
  'case.closing_heads',
  'case.closed',
  'case.check_asked',
  'case.originals_checked',
  'case.export_heads',
  'case.exported',
  'case.dossier_made',
  'case.export_failed',
  'case.dossier_read',
  'dossier.packed',
  'asset.begun',
  'asset.received',
  'asset.dropped',
  'asset.sealed',
  'asset.quarantined',
  'asset.looked',
  'asset.proxy_made',
  'asset.linked',
  'asset.viewed',
  'asset.view_ended',
  'ledger.anchoring_changed',
  'ledger.finding',
  'ledger.recovered',
  'ledger.timestamped',
  'ledger.witness_refused',
  'asset.checked',
  'asset.replicated',
  'asset.healing_asked',
  'asset.healed',
  'asset.healing_refused',
  'system.lock_tested',
  'system.scrubbed',
  // the law: statements, people, excuses, extensions, rules and their versions
  'case.condition_stated',
  'case.people_set',
  'case.excuse_asked',
  'case.excuse_decided',
  'case.extension_asked',
  'case.extension_decided',
  'case.procedure_adopted',
  'account.certificate_kept',
  'account.certificate_withdrawn',
  'system.rules_kept',
  'system.limit_set',
  // legal review, marks and transcripts
  'case.decision_judged',
  'case.review_submitted',
  'case.review_taken',
  'case.review_opinion',
  'case.review_ended',
  'case.review_disputed',
  'case.review_discussed',
  'system.review_policy_set',
  'asset.marked',
  'asset.transcribed',
  // forms: filled in, read, numbered, printed, compared with paper copies
  'case.form_saved',
  'case.form_viewed',
  'case.form_issued',
  'case.form_printed',
  'case.form_voided',
  'case.form_compared',
  'system.agency_word_set',
  // recorders, and what is known of recordings by them
  'recorder.added',
  'recorder.changed',
  'recorder.issued',
  'recorder.returned',
  'recorder.checked',
  'recorder.clock_measured',
  'recorder.list_imported',
  'asset.identified',
  'asset.clock_corrected',
  'case.gap_explained',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Values the strict profile allows: what canonicalises the same everywhere, for ever. */
export type EventValue =
  | string
  | number
  | boolean
  | null
  | readonly EventValue[]
  | { readonly [key: string]: EventValue };

/** One entry of the ledger. Its leaf is the RFC 8785 form of exactly this object. */
export interface LedgerEvent {
  readonly v: 1;
  readonly id: Id;
  readonly type: EventType;
  readonly chain: Chain;
  /** From 1, without gaps. */
  readonly chain_seq: number;
  /** Leaf hash of the event before in the chain, `sha256:…`; null for the first. */
  readonly chain_prev: string | null;
  /** RFC 3339 UTC ms; the server's clock. */
  readonly at: string;
  /** Account id, or `system`. A pseudonym: names are kept elsewhere. */
  readonly actor: string;
  /** Unit id. */
  readonly org: string | null;
  /** Other chains this event is about. */
  readonly on: readonly string[];
  readonly public: { readonly [key: string]: EventValue };
  /** field → `sha256:…` of a salted value: personal text can be forgotten and the log still verifies. */
  readonly committed: { readonly [field: string]: string };
}

export const MAX_LEAF_BYTES = 65_535;
const KEY = /^[a-z0-9_]+$/;

/**
 * The strict profile: objects, lists, strings, booleans, null and whole numbers below 2^53; keys `[a-z0-9_]+`;
 * no lone surrogates (RFC 8785 §3.2.2.2 leaves them undefined).
 * @throws ArchiveError `internal`, since only our own code makes events
 */
export function assertStrictProfile(value: unknown, place = 'event'): asserts value is EventValue {
  if (value === null || typeof value === 'boolean') return;
  if (typeof value === 'string') return assertText(value, place);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) fail(place, 'not a whole number below 2^53');
    return;
  }
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) assertStrictProfile(item, `${place}[${i}]`);
    return;
  }
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    fail(place, `a ${typeof value} cannot be logged`);
  for (const [key, item] of Object.entries(value as object)) {
    if (!KEY.test(key)) fail(`${place}.${key}`, 'key is not [a-z0-9_]+');
    assertStrictProfile(item, `${place}.${key}`);
  }
}

function assertText(text: string, place: string): void {
  if (!text.isWellFormed()) fail(place, 'text with a lone surrogate');
}

function fail(place: string, why: string): never {
  throw new ArchiveError('internal', `${place}: ${why}`);
}
