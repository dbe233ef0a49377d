import {
  assertStrictProfile,
  canonicalJson,
  isArchiveError,
  isDigest,
  isId,
  type JsonValue,
  MAX_LEAF_BYTES,
  toHex,
} from '#domain';
import { type Hash, leafHash } from '#tlog';
import { hasKeys, isCount, isList, isObject, type JsonObject, readJson } from './read-part.js';

/** An event as its leaf has it. Its form is known to be right; what it says is not. */
export interface DossierEvent {
  readonly id: string;
  readonly type: string;
  readonly chain: string;
  readonly chainSeq: number;
  readonly chainPrev: string | null;
  readonly at: string;
  readonly public: JsonObject;
  readonly committed: JsonObject;
  /** `sha256:…` */
  readonly leaf: string;
}

export type ReadEvent =
  | { readonly event: DossierEvent }
  | { readonly reason: 'event-malformed' | 'event-not-canonical'; readonly detail: string };

const KEYS = [
  ...(['v', 'id', 'type', 'chain', 'chain_seq', 'chain_prev', 'at', 'actor', 'org', 'on'] as const),
  ...(['public', 'committed'] as const),
] as const;
const TYPE = /^[a-z]+\.[a-z_]+$/;
const CHAIN = /^(?:system|(?:case|asset|account|dossier|recorder):(.+))$/;
const UTC_MS = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const encoder = new TextEncoder();

/** Reads a leaf: canonical bytes (RFC 8785, strict profile) of one event of version 1. */
export function readEvent(sha256: Hash, bytes: Uint8Array): ReadEvent {
  if (bytes.length > MAX_LEAF_BYTES) return { reason: 'event-malformed', detail: `a leaf of ${bytes.length} bytes` };
  const read = readJson(bytes);
  if ('problem' in read) return { reason: 'event-not-canonical', detail: read.problem };
  const strict = profileProblem(read.value);
  if (strict !== null) return { reason: 'event-not-canonical', detail: strict };
  if (!isSame(encoder.encode(canonicalJson(read.value)), bytes))
    return { reason: 'event-not-canonical', detail: 'the bytes are not those of RFC 8785' };
  const problem = shapeProblem(read.value);
  if (problem !== null) return { reason: 'event-malformed', detail: problem };
  const value = read.value as JsonObject;
  return {
    event: {
      ...{ id: value.id as string, type: value.type as string, chain: value.chain as string },
      ...{ chainSeq: value.chain_seq as number, chainPrev: value.chain_prev as string | null, at: value.at as string },
      ...{ public: value.public as JsonObject, committed: value.committed as JsonObject },
      leaf: `sha256:${toHex(leafHash(sha256, bytes))}`,
    },
  };
}

function profileProblem(value: JsonValue): string | null {
  try {
    assertStrictProfile(value);
    return null;
  } catch (error) {
    if (!isArchiveError(error)) throw error;
    return error.message;
  }
}

/** What is wrong with the fields; null when each is of its kind. */
function shapeProblem(value: JsonValue): string | null {
  if (!hasKeys(value, KEYS)) return 'not the fields of an event';
  const { chain, chain_prev, chain_seq, committed, on } = value;
  const checks: Record<string, boolean> = {
    v: value.v === 1,
    id: isId(value.id),
    type: typeof value.type === 'string' && TYPE.test(value.type),
    chain: typeof chain === 'string' && isChain(chain),
    chain_seq: isCount(chain_seq) && chain_seq > 0,
    chain_prev: chain_prev === null || isSha256(chain_prev),
    at: typeof value.at === 'string' && isTime(value.at),
    actor: typeof value.actor === 'string',
    org: value.org === null || typeof value.org === 'string',
    on: isList(on) && on.every((item) => typeof item === 'string'),
    public: isObject(value.public),
    committed: isObject(committed) && Object.values(committed).every(isSha256),
  };
  const wrong = Object.keys(checks).find((field) => checks[field] !== true);
  return wrong === undefined ? null : `the field ${wrong}`;
}

function isChain(chain: string): boolean {
  const [found, id] = CHAIN.exec(chain) ?? [];
  return found !== undefined && (id === undefined || isId(id));
}

/** RFC 3339 in UTC with milliseconds, of a day that exists. */
export function isTime(text: string): boolean {
  if (!UTC_MS.test(text)) return false;
  const at = new Date(text);
  return !Number.isNaN(at.getTime()) && at.toISOString() === text;
}

export function isSha256(value: JsonValue | undefined): value is string {
  return isDigest(value) && value.startsWith('sha256:');
}

export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
