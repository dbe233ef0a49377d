import { DossierError, isDossierError } from '../dossier-error.js';
import { sameBytes } from './asn1.js';
import { type Certificate, EXTENSION, mayBeUsedTo, nameText, pathRoomOf, purposesOf } from './certificate.js';
import { isSigned } from './signature.js';

export const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const ANY_PURPOSE = '2.5.29.37.0';
const KEY_CERT_SIGN = 5;

/** Certificates in a token, and signatures looked at, before the search for a way to a root is given up. */
const MAX_CERTIFICATES = 32;
const MAX_SIGNATURES = 64;
const MAX_DEPTH = 8;

/** Extensions this lib acts upon or that need no action; any other that is critical bars a certificate (RFC 5280 §4.2). */
const UNDERSTOOD: readonly string[] = Object.values(EXTENSION);

/**
 * Whether a way leads from the signer to a root, by signatures, each certificate valid at the moment, each issuer an
 * authority that may stand there (RFC 5280 §6.1, without policies and name constraints: a certificate where they are
 * critical is refused). A signer that is itself among the roots was pinned, and needs no way.
 *
 * Revocation is not looked at: it needs the network or lists that the token does not hold.
 *
 * @throws DossierError `timestamp-chain-untrusted`; `timestamp-certificate-out-of-date` when only a date is in the way
 */
export async function requireChain(
  signer: Certificate,
  others: readonly Certificate[],
  roots: readonly Certificate[],
  at: Date,
): Promise<void> {
  if (others.length > MAX_CERTIFICATES)
    throw new DossierError('timestamp-chain-untrusted', `${others.length} certificates in the token`);
  const search = new ChainSearch(others, roots, at);
  if (await search.reachesRoot(signer, 0)) return;
  if (search.lateName !== null)
    throw new DossierError('timestamp-certificate-out-of-date', `not valid at the time stamped: ${search.lateName}`);
  if (search.refusal !== null) throw search.refusal;
  throw new DossierError('timestamp-chain-untrusted', `no way to a trusted root from ${nameText(signer.subject)}`);
}

class ChainSearch {
  readonly #others: readonly Certificate[];
  readonly #roots: readonly Certificate[];
  readonly #at: Date;
  #signatures = 0;
  /** A certificate that would have done but for its dates. */
  lateName: string | null = null;
  /** Why a signature on the way could not be judged: SHA-1, an algorithm that is not known here. */
  refusal: DossierError | null = null;

  constructor(others: readonly Certificate[], roots: readonly Certificate[], at: Date) {
    this.#others = others;
    this.#roots = roots;
    this.#at = at;
  }

  /** @param below authorities between the certificate and the signer */
  async reachesRoot(certificate: Certificate, below: number): Promise<boolean> {
    if (!this.#isTimely(certificate)) return false;
    if (this.#roots.some((root) => sameBytes(root.bytes, certificate.bytes))) return true;
    if (below > MAX_DEPTH) return false;
    for (const root of this.#roots) {
      if ((await this.#hasIssued(root, certificate, below)) && this.#isTimely(root)) return true;
    }
    for (const other of this.#others) {
      if (sameBytes(other.bytes, certificate.bytes) || !(await this.#hasIssued(other, certificate, below))) continue;
      if (await this.reachesRoot(other, below + 1)) return true;
    }
    return false;
  }

  #isTimely(certificate: Certificate): boolean {
    const isTimely = isValidAt(certificate, this.#at);
    if (!isTimely) this.lateName = nameText(certificate.subject);
    return isTimely;
  }

  async #hasIssued(issuer: Certificate, certificate: Certificate, below: number): Promise<boolean> {
    if (!sameBytes(issuer.subject.bytes, certificate.issuer.bytes)) return false;
    if (!isAuthority(issuer, below)) return false;
    this.#signatures += 1;
    if (this.#signatures > MAX_SIGNATURES) return false;
    try {
      return await isSigned(certificate.algorithm, issuer.spki, certificate.tbs, certificate.signature, null);
    } catch (error) {
      // Another way may do without this one; the reason is kept for when none does.
      if (!isDossierError(error)) throw error;
      this.refusal ??= error;
      return false;
    }
  }
}

export function isValidAt({ notBefore, notAfter }: Certificate, at: Date): boolean {
  return notBefore <= at && at <= notAfter;
}

function isAuthority(certificate: Certificate, below: number): boolean {
  const room = pathRoomOf(certificate);
  if (room === null || room < below) return false;
  const purposes = purposesOf(certificate);
  const isForThis = purposes === null || purposes.includes(TIME_STAMPING) || purposes.includes(ANY_PURPOSE);
  return isForThis && mayBeUsedTo(certificate, KEY_CERT_SIGN) && strangeExtension(certificate) === null;
}

/** A critical extension that says something we would have to act upon. */
export function strangeExtension({ extensions }: Certificate): string | null {
  for (const [oid, { isCritical }] of extensions) if (isCritical && !UNDERSTOOD.includes(oid)) return oid;
  return null;
}
