import { DossierError } from '../dossier-error.js';
import { TAG } from './asn1.js';
import { der, integerContent, oidContent } from './der.js';

const SHA256 = '2.16.840.1.101.3.4.2.1';
const MAX_NONCE = 1n << 160n;

export interface TimestampRequest {
  /** SHA-256 of what is to be stamped, 32 bytes. */
  readonly sha256: Uint8Array;
  /** Chance, 64 bits of it: without it an answer could be an old one given again. */
  readonly nonce: bigint;
}

/**
 * TimeStampReq in DER (RFC 3161 §2.4.1), which asks for the authority's certificate too, since the token must verify
 * years later from itself and a root. Sent as `application/timestamp-query` (§3.4).
 * @throws DossierError `text-invalid` for a digest that is not 32 bytes or a nonce that is not positive
 */
export function makeTimestampRequest({ sha256, nonce }: TimestampRequest): Uint8Array<ArrayBuffer> {
  if (sha256.length !== 32) throw new DossierError('text-invalid', `a SHA-256 of ${sha256.length} bytes`);
  if (nonce <= 0n || nonce >= MAX_NONCE) throw new DossierError('text-invalid', 'a nonce is positive, up to 160 bits');
  const algorithm = der(TAG.sequence, der(TAG.oid, oidContent(SHA256)), der(TAG.null));
  return der(
    TAG.sequence,
    der(TAG.integer, Uint8Array.of(1)),
    der(TAG.sequence, algorithm, der(TAG.octetString, sha256)),
    der(TAG.integer, integerContent(nonce)),
    der(TAG.boolean, Uint8Array.of(0xff)),
  );
}
