import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { ArchiveError, assertStrictProfile, type EventValue, type LedgerEvent, MAX_LEAF_BYTES, toHex } from '#domain';
import { type Hash, leafHash } from '#tlog';

export const sha256: Hash = (...chunks) => {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest();
};

/**
 * The bytes of an event as they are hashed and kept: RFC 8785 over the strict profile, checked to read back as the
 * same bytes, so that whoever parses them later sees what was logged.
 * @throws ArchiveError `internal` outside the profile or above 65 535 bytes
 */
export function canonicalEvent(event: LedgerEvent): Buffer {
  assertStrictProfile(event as unknown);
  const bytes = canonicalBytes(event as unknown as EventValue);
  if (bytes.length > MAX_LEAF_BYTES)
    throw new ArchiveError('internal', `event ${event.type} has ${bytes.length} bytes`);
  const again = canonicalBytes(JSON.parse(bytes.toString('utf8')) as EventValue);
  if (!again.equals(bytes)) throw new ArchiveError('internal', `event ${event.type} does not read back as written`);
  return bytes;
}

export function eventLeafHash(leaf: Buffer): Buffer {
  return Buffer.from(leafHash(sha256, leaf));
}

const COMMITMENT_PREFIX = Uint8Array.of(0x02);

/** SHA-256(0x02 ‖ salt ‖ JCS(value)): says nothing without the salt, and binds the value with it. */
export function commitment(salt: Uint8Array, value: EventValue): string {
  return digestText(sha256(COMMITMENT_PREFIX, salt, canonicalBytes(value)));
}

export function digestText(bytes: Uint8Array): `sha256:${string}` {
  return `sha256:${toHex(bytes)}`;
}

function canonicalBytes(value: EventValue): Buffer {
  const text = canonicalize(value);
  if (text === undefined) throw new ArchiveError('internal', 'value has no JSON form');
  return Buffer.from(text, 'utf8');
}
