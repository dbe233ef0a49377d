import { DossierError } from '../dossier-error.js';
import { Asn1, context, contextConstructed, malformed, TAG } from './asn1.js';
import { type Certificate, parseCertificate } from './certificate.js';
import { type AlgorithmId, algorithmOf } from './signature.js';

export const OID = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;

/** What an imprint may be made with. SM3 is computed by whoever asks; the signature over it is of another kind. */
const IMPRINTS = {
  '2.16.840.1.101.3.4.2.1': { algorithm: 'sha256', bytes: 32 },
  '2.16.840.1.101.3.4.2.2': { algorithm: 'sha384', bytes: 48 },
  '2.16.840.1.101.3.4.2.3': { algorithm: 'sha512', bytes: 64 },
  '1.2.156.10197.1.401': { algorithm: 'sm3', bytes: 32 },
} as const;

export interface Imprint {
  readonly algorithm: 'sha256' | 'sha384' | 'sha512' | 'sm3';
  readonly digest: Uint8Array;
}

/** TSTInfo (RFC 3161 §2.4.2): what the authority says. */
export interface TstInfo {
  readonly policy: string;
  /** Null for an algorithm that is not in the list, or refused as weak: see `imprintOid`. */
  readonly imprint: Imprint | null;
  readonly imprintOid: string;
  readonly serial: bigint;
  readonly genTime: Date;
  /** How far the time may be off, to either side. */
  readonly accuracyMs: number;
  readonly nonce: bigint | null;
  /** GeneralName of the authority. */
  readonly tsa: Asn1 | null;
}

/** A token taken apart, nothing of it verified. */
export interface Token {
  /** The bare token (ContentInfo), as it should be kept. */
  readonly bytes: Uint8Array;
  readonly content: Uint8Array;
  readonly info: TstInfo;
  readonly certificates: readonly Certificate[];
  readonly signer: SignerInfo;
}

/** The one SignerInfo (RFC 5652 §5.3). */
export interface SignerInfo {
  readonly sid: Asn1;
  readonly digest: AlgorithmId;
  /** Signed attributes by type, each with its one value. */
  readonly attributes: ReadonlyMap<string, Asn1>;
  /** DER of the attributes as a SET, which is what is signed (RFC 5652 §5.4). */
  readonly signed: Uint8Array;
  readonly algorithm: AlgorithmId;
  readonly signature: Uint8Array;
}

/**
 * Reads a TimeStampResp or a bare token.
 * @throws DossierError `timestamp-malformed`, `timestamp-not-granted`
 */
export function parseToken(bytes: Uint8Array): Token {
  const outer = Asn1.parse(bytes, 'a time-stamp');
  const first = outer.members('a time-stamp')[0];
  // A response begins with its status, a SEQUENCE; a token with the identifier of its type.
  const token = first?.tag === TAG.sequence ? grantedToken(outer) : outer;
  const contentInfo = token.fields('a time-stamp token');
  if (contentInfo.next().oid('the type of a token') !== OID.signedData) throw malformed('a token that is not signed');
  const [signedData, extra] = contentInfo.next().members('a token');
  contentInfo.end();
  if (signedData === undefined || extra !== undefined) throw malformed('a token');
  return { bytes: token.bytes, ...parseSignedData(signedData) };
}

/** TimeStampResp (RFC 3161 §2.4.2): only granted (0) and grantedWithMods (1) carry a token. */
function grantedToken(response: Asn1): Asn1 {
  const fields = response.fields('a time-stamp response');
  const statusInfo = fields.next().fields('the status of a response');
  const status = statusInfo.next().integer('the status of a response');
  const token = fields.optional(TAG.sequence);
  fields.end();
  if (status !== 0n && status !== 1n)
    throw new DossierError('timestamp-not-granted', `the authority refused: ${status}`);
  if (token === null) throw malformed('a response without token');
  return token;
}

/** SignedData (RFC 5652 §5.1), as RFC 3161 §2.4.2 narrows it: one signer, TSTInfo inside. */
function parseSignedData(value: Asn1): Omit<Token, 'bytes'> {
  const what = 'signed data';
  const fields = value.fields(what);
  fields.next().integer(what);
  fields.next().fields(what, TAG.set);
  const encapsulated = fields.next().fields(what);
  if (encapsulated.next().oid(what) !== OID.tstInfo) throw malformed('a token that holds no time-stamp');
  const [octets] = encapsulated.next().members(what);
  encapsulated.end();
  if (octets === undefined) throw malformed(what);
  const content = octets.octets('the content of a token');
  const certificates = certificatesOf(fields.optional(contextConstructed(0)));
  fields.optional(contextConstructed(1));
  const signers = fields.next();
  fields.end();
  const [signer, second] = signers.tag === TAG.set ? signers.members('signers') : [];
  if (signer === undefined || second !== undefined) throw malformed('a token that has not one signer');
  return { content, info: parseTstInfo(content), certificates, signer: parseSignerInfo(signer) };
}

function certificatesOf(field: Asn1 | null): Certificate[] {
  const members = field?.members('certificates') ?? [];
  // Attribute certificates and the like say nothing about who signed.
  return members.filter(({ tag }) => tag === TAG.sequence).map(parseCertificate);
}

function parseSignerInfo(value: Asn1): SignerInfo {
  const what = 'a signer';
  const fields = value.fields(what);
  fields.next().integer(what);
  const sid = fields.next();
  const digest = algorithmOf(fields.next(), 'the digest of a signer');
  const attributesValue = fields.optional(contextConstructed(0));
  const algorithm = algorithmOf(fields.next(), 'the algorithm of a signer');
  const signature = fields.next().octets('a signature');
  // Unsigned attributes: nobody vouches for them, so nothing is taken from them.
  fields.optional(contextConstructed(1));
  fields.end();
  if (attributesValue === null) throw malformed('a signer without signed attributes');
  // A copy: the slice() of a Node Buffer would be the caller's own bytes.
  const signed = Uint8Array.from(attributesValue.bytes);
  // Indefinite length would not be the DER that was signed.
  if (signed[1] === 0x80) throw malformed('signed attributes');
  signed[0] = TAG.set;
  return { sid, digest, attributes: attributesOf(attributesValue), signed, algorithm, signature };
}

function attributesOf(value: Asn1): Map<string, Asn1> {
  const what = 'signed attributes';
  const found = new Map<string, Asn1>();
  for (const member of value.members(what)) {
    const fields = member.fields(what);
    const type = fields.next().oid(what);
    const set = fields.next();
    fields.end();
    const [first, second] = set.tag === TAG.set ? set.members(what) : [];
    if (first === undefined || second !== undefined || found.has(type)) throw malformed(`signed attribute ${type}`);
    found.set(type, first);
  }
  return found;
}

function parseTstInfo(content: Uint8Array): TstInfo {
  const what = 'TSTInfo';
  const fields = Asn1.parse(content, what).fields(what);
  if (fields.next().integer(what) !== 1n) throw malformed('a time-stamp of another version');
  const policy = fields.next().oid('the policy of a time-stamp');
  const { imprint, imprintOid } = imprintOf(fields.next());
  const serial = fields.next().integer('the serial number of a time-stamp');
  const time = fields.next();
  if (time.tag !== TAG.generalizedTime) throw malformed('the time of a time-stamp');
  const genTime = time.time('the time of a time-stamp');
  const accuracyMs = accuracyOf(fields.optional(TAG.sequence));
  fields.optional(TAG.boolean);
  const nonce = fields.optional(TAG.integer)?.integer('a nonce') ?? null;
  const tsa = fields.optional(contextConstructed(0))?.members('the name of an authority')[0] ?? null;
  refuseCritical(fields.optional(contextConstructed(1)));
  fields.end();
  return { policy, imprint, imprintOid, serial, genTime, accuracyMs, nonce, tsa };
}

function imprintOf(value: Asn1): { imprint: Imprint | null; imprintOid: string } {
  const fields = value.fields('an imprint');
  const { oid } = algorithmOf(fields.next(), 'the algorithm of an imprint');
  const digest = fields.next().octets('an imprint');
  fields.end();
  const known = Object.hasOwn(IMPRINTS, oid) ? IMPRINTS[oid as keyof typeof IMPRINTS] : null;
  if (known !== null && known.bytes !== digest.length) throw malformed(`an imprint of ${digest.length} bytes`);
  return { imprint: known === null ? null : { algorithm: known.algorithm, digest }, imprintOid: oid };
}

/** Accuracy: seconds, then ms and µs from 1 to 999; what is not there is zero. */
function accuracyOf(value: Asn1 | null): number {
  if (value === null) return 0;
  const what = 'the accuracy of a time-stamp';
  const fields = value.fields(what);
  const seconds = fields.optional(TAG.integer)?.integer(what) ?? 0n;
  const parts = [0, 1].map((number) => {
    const part = fields.optional(context(number));
    if (part === null) return 0;
    const content = part.content(what);
    if (content.length < 1 || content.length > 2) throw malformed(what);
    return content.reduce((sum, octet) => sum * 256 + octet, 0);
  });
  fields.end();
  const [milliseconds = 0, microseconds = 0] = parts;
  if (seconds < 0n || seconds > 86_400n || milliseconds > 999 || microseconds > 999) throw malformed(what);
  return Number(seconds) * 1_000 + milliseconds + microseconds / 1_000;
}

/** RFC 3161 §2.4.2: whoever does not know a critical extension must not take the token for good. */
function refuseCritical(field: Asn1 | null): void {
  for (const member of field?.members('extensions of a time-stamp') ?? []) {
    const fields = member.fields('an extension of a time-stamp');
    const oid = fields.next().oid('an extension of a time-stamp');
    if (fields.optional(TAG.boolean)?.boolean('an extension of a time-stamp') === true)
      throw new DossierError('timestamp-algorithm-unsupported', `critical extension ${oid}`);
  }
}
