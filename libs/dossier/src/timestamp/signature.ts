import { DossierError } from '../dossier-error.js';
import { Asn1, concat, contextConstructed, malformed, TAG } from './asn1.js';
import { der, oidContent } from './der.js';

export type Digest = 'SHA-256' | 'SHA-384' | 'SHA-512';

const DIGESTS: Readonly<Record<string, Digest>> = {
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
};

const RSA = '1.2.840.113549.1.1.1';
const RSA_PSS = '1.2.840.113549.1.1.10';
const MGF1 = '1.2.840.113549.1.1.8';
const EC = '1.2.840.10045.2.1';
const ED25519 = '1.3.101.112';

const RSA_WITH: Readonly<Record<string, Digest>> = {
  '1.2.840.113549.1.1.11': 'SHA-256',
  '1.2.840.113549.1.1.12': 'SHA-384',
  '1.2.840.113549.1.1.13': 'SHA-512',
};
const ECDSA_WITH: Readonly<Record<string, Digest>> = {
  '1.2.840.10045.4.3.2': 'SHA-256',
  '1.2.840.10045.4.3.3': 'SHA-384',
  '1.2.840.10045.4.3.4': 'SHA-512',
};
const CURVES: Readonly<Record<string, { readonly name: string; readonly bytes: number }>> = {
  '1.2.840.10045.3.1.7': { name: 'P-256', bytes: 32 },
  '1.3.132.0.34': { name: 'P-384', bytes: 48 },
  '1.3.132.0.35': { name: 'P-521', bytes: 66 },
};

/** MD2, MD4, MD5, SHA-1, SHA-224, and signatures over them: collisions were made or are too near. */
const WEAK = new Set([
  ...['1.2.840.113549.2.2', '1.2.840.113549.2.4', '1.2.840.113549.2.5', '1.3.14.3.2.26', '2.16.840.1.101.3.4.2.4'],
  ...['1.2.840.113549.1.1.2', '1.2.840.113549.1.1.3', '1.2.840.113549.1.1.4', '1.2.840.113549.1.1.5'],
  ...['1.2.840.113549.1.1.14', '1.2.840.10045.4.1', '1.2.840.10045.4.3.1', '1.3.14.3.2.29'],
]);
const MIN_RSA_BITS = 2_048;

export interface AlgorithmId {
  readonly oid: string;
  readonly parameters: Asn1 | null;
}

export function algorithmOf(value: Asn1, what: string): AlgorithmId {
  const fields = value.fields(what);
  const oid = fields.next().oid(what);
  const [parameters, extra] = value.members(what).slice(1);
  if (extra !== undefined) throw malformed(what);
  return { oid, parameters: parameters ?? null };
}

/** @throws DossierError `timestamp-weak-digest`, `timestamp-algorithm-unsupported` */
export function digestNamed({ oid }: AlgorithmId): Digest {
  return DIGESTS[oid] ?? refuse(oid, 'digest');
}

export function refuse(oid: string, what: string): never {
  if (WEAK.has(oid)) throw new DossierError('timestamp-weak-digest', `${what} ${oid} can be forged`);
  throw new DossierError('timestamp-algorithm-unsupported', `${what} ${oid}`);
}

export async function digestOf(digest: Digest | 'SHA-1', bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await globalThis.crypto.subtle.digest(digest, concat([bytes])));
}

/**
 * Verifies a signature of X.509 or CMS with WebCrypto: RSA (PKCS #1 v1.5, PSS) of 2,048 bits and more, ECDSA on P-256,
 * P-384 and P-521, Ed25519.
 * @param spki SubjectPublicKeyInfo of the signer
 * @param digest what CMS names beside an algorithm that is only a key's (`rsaEncryption`)
 * @throws DossierError `timestamp-weak-digest`, `timestamp-algorithm-unsupported`, `timestamp-malformed`
 */
export async function isSigned(
  algorithm: AlgorithmId,
  spki: Asn1,
  signed: Uint8Array,
  signature: Uint8Array,
  digest: Digest | null,
): Promise<boolean> {
  const key = algorithmOf(spki.fields('a public key').next(), 'the algorithm of a public key');
  const plan = planFor(algorithm, key, spki, signature, digest);
  if (plan.signature === null) return false;
  const { subtle } = globalThis.crypto;
  let cryptoKey: Awaited<ReturnType<typeof subtle.importKey>>;
  try {
    cryptoKey = await subtle.importKey('spki', concat([plan.spki]), plan.import, false, ['verify']);
  } catch (cause) {
    throw new DossierError('timestamp-algorithm-unsupported', `a public key (${key.oid})`, { cause });
  }
  const { modulusLength } = cryptoKey.algorithm as { modulusLength?: number };
  if (modulusLength !== undefined && modulusLength < MIN_RSA_BITS)
    throw new DossierError('timestamp-algorithm-unsupported', `an RSA key of ${modulusLength} bits`);
  try {
    return await subtle.verify(plan.verify, cryptoKey, concat([plan.signature]), concat([signed]));
  } catch {
    // What a provider cannot even compare (a salt longer than the key) is no signature.
    return false;
  }
}

interface Plan {
  readonly spki: Uint8Array;
  readonly import: { name: string; hash?: string; namedCurve?: string };
  readonly verify: { name: string; hash?: string; saltLength?: number };
  /** In the form WebCrypto takes; null when it is none. */
  readonly signature: Uint8Array | null;
}

function planFor(
  algorithm: AlgorithmId,
  key: AlgorithmId,
  spki: Asn1,
  signature: Uint8Array,
  digest: Digest | null,
): Plan {
  const rsa = algorithm.oid === RSA ? digest : RSA_WITH[algorithm.oid];
  const ecdsa = algorithm.oid === EC ? digest : ECDSA_WITH[algorithm.oid];
  if (rsa !== undefined && rsa !== null) {
    if (key.oid !== RSA) throw new DossierError('timestamp-signature-wrong', 'the key is not of RSA');
    const name = 'RSASSA-PKCS1-v1_5';
    return { spki: spki.bytes, import: { name, hash: rsa }, verify: { name }, signature };
  }
  if (algorithm.oid === RSA_PSS) {
    if (key.oid !== RSA && key.oid !== RSA_PSS) throw new DossierError('timestamp-signature-wrong', 'not a key of RSA');
    const { hash, saltLength } = pssOf(algorithm);
    const name = 'RSA-PSS';
    return { spki: plainRsa(spki, key), import: { name, hash }, verify: { name, saltLength }, signature };
  }
  if (ecdsa !== undefined && ecdsa !== null) {
    const oid = key.oid === EC ? key.parameters?.oid('a curve') : undefined;
    if (oid === undefined) throw new DossierError('timestamp-signature-wrong', 'the key is not of a curve');
    const curve = CURVES[oid] ?? refuse(oid, 'curve');
    const name = 'ECDSA';
    const raw = rawEcdsa(signature, curve.bytes);
    return {
      spki: spki.bytes,
      import: { name, namedCurve: curve.name },
      verify: { name, hash: ecdsa },
      signature: raw,
    };
  }
  if (algorithm.oid === ED25519) {
    if (key.oid !== ED25519) throw new DossierError('timestamp-signature-wrong', 'the key is not of Ed25519');
    return { spki: spki.bytes, import: { name: 'Ed25519' }, verify: { name: 'Ed25519' }, signature };
  }
  return refuse(algorithm.oid, 'signature algorithm');
}

/** RSASSA-PSS-params (RFC 4055 §3.1). What they leave out means SHA-1, so it must all be there. */
function pssOf({ parameters }: AlgorithmId): { hash: Digest; saltLength: number } {
  const what = 'parameters of RSA-PSS';
  if (parameters === null) return refuse('1.3.14.3.2.26', what);
  const fields = parameters.fields(what);
  const explicit = (number: number): Asn1 | null => {
    const field = fields.optional(contextConstructed(number));
    const [inner, extra] = field?.members(what) ?? [];
    if (extra !== undefined) throw malformed(what);
    return inner ?? null;
  };
  const [hashValue, mgf, salt] = [explicit(0), explicit(1), explicit(2)];
  const trailer = explicit(3);
  fields.end();
  if (hashValue === null || mgf === null) return refuse('1.3.14.3.2.26', what);
  const hash = digestNamed(algorithmOf(hashValue, what));
  const mask = algorithmOf(mgf, what);
  const maskDigest = mask.parameters === null ? null : digestNamed(algorithmOf(mask.parameters, what));
  // WebCrypto masks with the digest it signs, and knows no other trailer.
  if (mask.oid !== MGF1 || maskDigest !== hash || (trailer !== null && trailer.integer(what) !== 1n))
    throw new DossierError('timestamp-algorithm-unsupported', what);
  const saltLength = salt === null ? 20n : salt.integer(what);
  if (saltLength < 0n || saltLength > 512n) throw malformed(what);
  return { hash, saltLength: Number(saltLength) };
}

/** WebCrypto takes RSA keys only under the plain identifier, also those that are for PSS alone. */
function plainRsa(spki: Asn1, key: AlgorithmId): Uint8Array {
  if (key.oid === RSA) return spki.bytes;
  const bits = spki.members('a public key')[1];
  if (bits === undefined) throw malformed('a public key');
  return der(TAG.sequence, der(TAG.sequence, der(TAG.oid, oidContent(RSA)), der(TAG.null)), bits.bytes);
}

/** ECDSA-Sig-Value (RFC 3279 §2.2.3) to two numbers of fixed length; null when they do not fit. */
function rawEcdsa(signature: Uint8Array, bytes: number): Uint8Array | null {
  const fields = Asn1.parse(signature, 'an ECDSA signature').fields('an ECDSA signature');
  const raw = new Uint8Array(2 * bytes);
  for (const half of [0, 1]) {
    const value = fields.next().integer('an ECDSA signature');
    const hex = value.toString(16).padStart(2 * bytes, '0');
    if (value <= 0n || hex.length > 2 * bytes) return null;
    for (let i = 0; i < bytes; i += 1) raw[half * bytes + i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  }
  fields.end();
  return raw;
}
