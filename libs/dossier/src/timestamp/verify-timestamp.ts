import { DossierError, isDossierError } from '../dossier-error.js';
import { Asn1, context, contextConstructed, hexOf, malformed, sameBytes, TAG } from './asn1.js';
import { type Certificate, EXTENSION, mayBeUsedTo, nameText, parseRoots, purposesOf } from './certificate.js';
import { isValidAt, requireChain, strangeExtension, TIME_STAMPING } from './chain.js';
import { algorithmOf, type Digest, digestNamed, digestOf, isSigned, refuse } from './signature.js';
import { type Imprint, OID, parseToken, type SignerInfo, type Token, type TstInfo } from './token.js';

/** A token of the future is a sign of a wrong clock, here or there; so much is forgiven. */
const CLOCK_TOLERANCE_MS = 300_000;
/** RFC 3161 is of 2001: no authority stamped by it before. */
const FIRST_POSSIBLE = new Date('2001-01-01T00:00:00Z');

export interface TimestampCheck {
  /** TimeStampResp or bare token, BER or DER. */
  readonly token: Uint8Array;
  /** What must have been stamped, computed by the caller; see `imprintOf` for the algorithm the token has. */
  readonly imprint: Imprint;
  /** Given when the token answers our own request: it must say the same. */
  readonly nonce?: bigint;
  /** From outside the package. PEM text (any number in it) or DER. */
  readonly trustedRoots: readonly (string | Uint8Array)[];
  /** "Now", for tests. */
  readonly atTime?: Date;
}

export interface VerifiedTimestamp {
  /** The time stamped, to the ms. */
  readonly at: Date;
  /** It may be off by so much to either side, as the authority says; 0 when it says nothing. */
  readonly accuracyMs: number;
  /** Of the token, lower-case hex. */
  readonly serial: string;
  readonly policy: string;
  /** Subject of the certificate that signed. Text of strangers: escape it. */
  readonly tsaName: string;
  /** End of that certificate's validity: a new time-stamp over this one is due before it. */
  readonly notAfter: Date;
  /** The certificate has ended since. The token was good when made; that its key was never stolen is now unproven. */
  readonly expiredNow: boolean;
}

/**
 * The digest algorithm and value a token says it stamped, nothing verified: tells what to hash before `verifyTimestamp`.
 * @throws DossierError `timestamp-malformed`, `timestamp-not-granted`, `timestamp-weak-digest`,
 *   `timestamp-algorithm-unsupported`
 */
export function imprintOf(token: Uint8Array): Imprint {
  return requireImprint(parsed(token).info);
}

/** The bare token of a response: what is kept, and what `openssl ts -verify -token_in` takes. Throws as `imprintOf`. */
export function tokenOf(response: Uint8Array): Uint8Array {
  return Uint8Array.from(parsed(response).bytes);
}

/**
 * Verifies a time-stamp (RFC 3161 §2.2, §2.3, §2.4.2; RFC 5652 §5.4, §5.6; RFC 5816): the imprint, the nonce, who signed,
 * with what, for which purpose, and the way to a root.
 * @throws DossierError with the reason, and nothing else, whatever the bytes
 */
export async function verifyTimestamp(check: TimestampCheck): Promise<VerifiedTimestamp> {
  const roots = parseRoots(check.trustedRoots);
  try {
    return await verify(parsed(check.token), check, roots);
  } catch (cause) {
    if (isDossierError(cause)) throw cause;
    throw new DossierError('timestamp-malformed', 'a token that cannot be read', { cause });
  }
}

async function verify(token: Token, check: TimestampCheck, roots: readonly Certificate[]): Promise<VerifiedTimestamp> {
  const { info, signer } = token;
  const now = check.atTime ?? new Date();
  requireSame(requireImprint(info), check.imprint);
  if (check.nonce !== undefined && info.nonce !== check.nonce)
    throw new DossierError('timestamp-wrong-nonce', 'the nonce is not the one that was sent');
  if (info.genTime < FIRST_POSSIBLE || info.genTime.getTime() > now.getTime() + CLOCK_TOLERANCE_MS)
    throw new DossierError('timestamp-time-implausible', info.genTime.toISOString());
  const digest = digestNamed(signer.digest);
  await requireContentSigned(token, digest);
  const certificate = await findSigner(token, roots);
  if (!(await isSigned(signer.algorithm, certificate.spki, signer.signed, signer.signature, digest)))
    throw new DossierError('timestamp-signature-wrong', 'the signature does not fit');
  requireFit(certificate);
  requireName(info, certificate);
  await requireChain(certificate, token.certificates, roots, info.genTime);
  return {
    ...{ at: info.genTime, accuracyMs: info.accuracyMs, serial: info.serial.toString(16), policy: info.policy },
    ...{ tsaName: nameText(certificate.subject), notAfter: certificate.notAfter },
    expiredNow: !isValidAt(certificate, now),
  };
}

function parsed(token: Uint8Array): Token {
  try {
    return parseToken(token);
  } catch (cause) {
    if (isDossierError(cause)) throw cause;
    throw new DossierError('timestamp-malformed', 'a token that cannot be read', { cause });
  }
}

function requireImprint({ imprint, imprintOid }: TstInfo): Imprint {
  return imprint ?? refuse(imprintOid, 'the algorithm of an imprint');
}

function requireSame(stamped: Imprint, expected: Imprint): void {
  if (stamped.algorithm !== expected.algorithm)
    throw new DossierError('timestamp-wrong-imprint', `stamped is ${stamped.algorithm}, not ${expected.algorithm}`);
  if (!sameBytes(stamped.digest, expected.digest))
    throw new DossierError('timestamp-wrong-imprint', `stamped is ${hexOf(stamped.digest)}`);
}

/** RFC 5652 §5.4, §11: the signature is over attributes, and those must hold type and digest of the content. */
async function requireContentSigned({ signer, content }: Token, digest: Digest): Promise<void> {
  const type = signer.attributes.get(OID.contentType)?.oid('a signed attribute');
  if (type !== OID.tstInfo) throw new DossierError('timestamp-signature-wrong', 'signed is content of another type');
  const signed = signer.attributes.get(OID.messageDigest)?.octets('a signed attribute');
  if (signed === undefined || !sameBytes(signed, await digestOf(digest, content)))
    throw new DossierError('timestamp-signature-wrong', 'signed is other content');
}

/**
 * The certificate that the signed attributes bind (RFC 3161 §2.4.2, RFC 5035, RFC 5816): without that, another
 * certificate of the same key could be put in its place. A SHA-1 identifier (RFC 2634) is taken, since it needs a
 * second preimage, not a collision; where the later form is there too, both must fit.
 */
async function findSigner({ signer, certificates }: Token, roots: readonly Certificate[]): Promise<Certificate> {
  for (const certificate of [...certificates, ...roots]) {
    if (!isNamed(signer.sid, certificate)) continue;
    if (await isBound(signer, certificate)) return certificate;
  }
  throw new DossierError('timestamp-signer-unbound', 'no certificate is the one that is bound to the signature');
}

/** SignerIdentifier (RFC 5652 §5.3): issuer and serial number, or key identifier. */
function isNamed(sid: Asn1, { issuer, serial, extensions }: Certificate): boolean {
  if (sid.tag === context(0)) {
    const extension = extensions.get(EXTENSION.subjectKeyId);
    if (extension === undefined) return false;
    return sameBytes(Asn1.parse(extension.value, 'a key id').octets('a key id'), sid.content('a key id'));
  }
  const fields = sid.fields('a signer');
  const isIssuer = sameBytes(fields.next().bytes, issuer.bytes);
  const isSerial = fields.next().integer('a serial number') === serial;
  fields.end();
  return isIssuer && isSerial;
}

async function isBound({ attributes }: SignerInfo, certificate: Certificate): Promise<boolean> {
  const [v1, v2] = [attributes.get(OID.signingCertificate), attributes.get(OID.signingCertificateV2)];
  if (v1 === undefined && v2 === undefined) return false;
  if (v1 !== undefined && !(await isIdentified(v1, certificate, false))) return false;
  return v2 === undefined || (await isIdentified(v2, certificate, true));
}

/** SigningCertificate (RFC 5035 §3, §5): the first identifier is of the signer. */
async function isIdentified(attribute: Asn1, certificate: Certificate, isV2: boolean): Promise<boolean> {
  const what = 'the identifier of a certificate';
  const first = attribute.fields(what).next().members(what)[0];
  if (first === undefined) throw malformed(what);
  const fields = first.fields(what);
  const algorithm = isV2 ? fields.optional(TAG.sequence) : null;
  const digest = algorithm === null ? 'SHA-256' : digestNamed(algorithmOf(algorithm, what));
  const hash = fields.next().octets(what);
  const issuerSerial = fields.optional(TAG.sequence);
  fields.end();
  if (!sameBytes(hash, await digestOf(isV2 ? digest : 'SHA-1', certificate.bytes))) return false;
  return issuerSerial === null || isIssuerSerial(issuerSerial, certificate);
}

function isIssuerSerial(value: Asn1, { issuer, serial }: Certificate): boolean {
  const what = 'the identifier of a certificate';
  const fields = value.fields(what);
  const names = fields.next().members(what);
  const isSerial = fields.next().integer(what) === serial;
  fields.end();
  return isSerial && names.some((name) => isDirectoryName(name, issuer));
}

function isDirectoryName(generalName: Asn1, name: Asn1): boolean {
  if (generalName.tag !== contextConstructed(4)) return false;
  const inner = generalName.members('a name')[0];
  return inner !== undefined && sameBytes(inner.bytes, name.bytes);
}

/** RFC 3161 §2.3: the one purpose is time-stamping, and critical. */
function requireFit(certificate: Certificate): void {
  const purposes = purposesOf(certificate);
  const isCritical = certificate.extensions.get(EXTENSION.extendedKeyUsage)?.isCritical === true;
  const unfit = (why: string): DossierError => new DossierError('timestamp-certificate-unfit', why);
  if (purposes?.length !== 1 || purposes[0] !== TIME_STAMPING) throw unfit('it is not for time-stamping alone');
  if (!isCritical) throw unfit('its purpose is not critical');
  if (!mayBeUsedTo(certificate, 0, 1)) throw unfit('its key is not for signatures');
  const strange = strangeExtension(certificate);
  if (strange !== null) throw unfit(`it has a critical extension ${strange}`);
}

/** RFC 3161 §2.4.2: a name in the token is one of the names in the certificate. */
function requireName({ tsa }: TstInfo, { subject, extensions }: Certificate): void {
  if (tsa === null || isDirectoryName(tsa, subject)) return;
  const alternative = extensions.get(EXTENSION.subjectAltName);
  const names = alternative === undefined ? [] : Asn1.parse(alternative.value, 'names').members('names');
  if (names.some((name) => sameBytes(name.bytes, tsa.bytes))) return;
  throw new DossierError('timestamp-signer-unbound', 'the token names an authority that the certificate does not');
}
