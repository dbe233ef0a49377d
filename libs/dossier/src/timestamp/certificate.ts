import { DossierError, isDossierError } from '../dossier-error.js';
import { Asn1, context, contextConstructed, malformed, sameBytes, TAG } from './asn1.js';
import { type AlgorithmId, algorithmOf } from './signature.js';

export const EXTENSION = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  certificatePolicies: '2.5.29.32',
  extendedKeyUsage: '2.5.29.37',
} as const;

export interface Extension {
  readonly isCritical: boolean;
  readonly value: Uint8Array;
}

/** An X.509 certificate (RFC 5280 §4.1), read but not believed. Names are their encodings: equal bytes, equal names. */
export interface Certificate {
  readonly bytes: Uint8Array;
  /** What its issuer signed. */
  readonly tbs: Uint8Array;
  readonly serial: bigint;
  readonly issuer: Asn1;
  readonly subject: Asn1;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly spki: Asn1;
  readonly extensions: ReadonlyMap<string, Extension>;
  readonly algorithm: AlgorithmId;
  readonly signature: Uint8Array;
}

/** @throws DossierError `timestamp-malformed` */
export function parseCertificate(value: Asn1): Certificate {
  const what = 'a certificate';
  const outer = value.fields(what);
  const tbs = outer.next();
  const algorithmValue = outer.next();
  const signature = outer.next().bits('the signature of a certificate');
  outer.end();
  const fields = tbs.fields(what);
  fields.optional(contextConstructed(0));
  const serial = fields.next().integer('a serial number');
  // RFC 5280 §4.1.1.2: outside and inside the signed part, or an attacker could swap the outer.
  const inner = fields.next();
  if (!sameBytes(inner.bytes, algorithmValue.bytes)) throw malformed('a certificate with two signature algorithms');
  const issuer = fields.next();
  const validity = fields.next().fields('the validity of a certificate');
  const notBefore = validity.next().time('the validity of a certificate');
  const notAfter = validity.next().time('the validity of a certificate');
  const subject = fields.next();
  const spki = fields.next();
  fields.optional(context(1));
  fields.optional(context(2));
  const extensions = extensionsOf(fields.optional(contextConstructed(3)));
  fields.end();
  const algorithm = algorithmOf(algorithmValue, 'the signature algorithm of a certificate');
  return {
    ...{ bytes: value.bytes, tbs: tbs.bytes, serial, issuer, subject, notBefore, notAfter, spki },
    ...{ extensions, algorithm, signature },
  };
}

function extensionsOf(field: Asn1 | null): Map<string, Extension> {
  const found = new Map<string, Extension>();
  const list = field?.members('extensions')[0];
  if (list === undefined) return found;
  if (list.tag !== TAG.sequence) throw malformed('extensions');
  for (const member of list.members('extensions')) {
    const fields = member.fields('an extension');
    const oid = fields.next().oid('an extension');
    const isCritical = fields.optional(TAG.boolean)?.boolean('an extension') ?? false;
    const value = fields.next().octets('an extension');
    fields.end();
    if (found.has(oid)) throw malformed(`extension ${oid} twice`);
    found.set(oid, { isCritical, value });
  }
  return found;
}

/** Purposes a certificate is restricted to; null when it is to none in particular. */
export function purposesOf({ extensions }: Certificate): string[] | null {
  const extension = extensions.get(EXTENSION.extendedKeyUsage);
  if (extension === undefined) return null;
  const what = 'the purposes of a certificate';
  return Asn1.parse(extension.value, what)
    .members(what)
    .map((purpose) => purpose.oid(what));
}

/** Bits of the key usage from the left (RFC 5280 §4.2.1.3: 0 digitalSignature, 1 nonRepudiation, 5 keyCertSign). */
export function mayBeUsedTo({ extensions }: Certificate, ...bits: readonly number[]): boolean {
  const extension = extensions.get(EXTENSION.keyUsage);
  if (extension === undefined) return true;
  const value = Asn1.parse(extension.value, 'a key usage');
  if (value.tag !== TAG.bitString) throw malformed('a key usage');
  const content = value.content('a key usage').subarray(1);
  return bits.some((bit) => ((content[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
}

/** How many authorities may stand below this one; null when it is no authority. */
export function pathRoomOf({ extensions }: Certificate): number | null {
  const extension = extensions.get(EXTENSION.basicConstraints);
  if (extension === undefined) return null;
  const what = 'the basic constraints of a certificate';
  const fields = Asn1.parse(extension.value, what).fields(what);
  const isAuthority = fields.optional(TAG.boolean)?.boolean(what) ?? false;
  const room = fields.optional(TAG.integer)?.integer(what);
  fields.end();
  if (!isAuthority) return null;
  return room === undefined ? Number.POSITIVE_INFINITY : Number(room);
}

const ATTRIBUTES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
};

/** A name for people: `CN=…, O=…`. As the certificate has it: not safe to print unescaped. */
export function nameText(name: Asn1): string {
  const parts: string[] = [];
  for (const set of name.members('a name')) {
    for (const attribute of set.members('a name')) {
      const fields = attribute.fields('a name');
      const oid = fields.next().oid('a name');
      const value = fields.next();
      // BMPString is UTF-16; the rest is, or is within, UTF-8.
      const encoding = value.tag === 0x1e ? 'utf-16be' : 'utf-8';
      parts.push(`${ATTRIBUTES[oid] ?? oid}=${new TextDecoder(encoding).decode(value.content('a name'))}`);
    }
  }
  return parts.join(', ');
}

/**
 * Certificates trusted from outside: PEM text (any number in it) or DER.
 * @throws DossierError `root-malformed`, also when there is none
 */
export function parseRoots(roots: readonly (string | Uint8Array)[]): Certificate[] {
  try {
    const parsed = roots.flatMap(derOf).map((bytes) => parseCertificate(Asn1.parse(bytes, 'a root certificate')));
    if (parsed.length > 0) return parsed;
  } catch (cause) {
    if (isDossierError(cause, 'root-malformed')) throw cause;
    throw new DossierError('root-malformed', 'a root certificate cannot be read', { cause });
  }
  throw new DossierError('root-malformed', 'there is no root certificate');
}

const PEM = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END/g;

function derOf(root: string | Uint8Array): Uint8Array[] {
  // DER begins with a SEQUENCE, which no PEM text does.
  if (typeof root !== 'string' && root[0] === TAG.sequence) return [root];
  const text = typeof root === 'string' ? root : new TextDecoder().decode(root);
  return [...text.matchAll(PEM)].map(([, base64 = '']) =>
    Uint8Array.from(atob(base64.replace(/\s/g, '')), (char) => char.charCodeAt(0)),
  );
}
