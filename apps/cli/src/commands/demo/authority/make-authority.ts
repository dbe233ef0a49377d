// A time-stamp authority (RFC 3161) of one's own: root, certificate and answers by `openssl`. For the demo and for
// tests: nothing it stamps is worth anything, since its keys lie beside it.
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const OPENSSL_KEYS = {
  p256: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  p384: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  rsa: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  'rsa-1024': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
  ed25519: ['-algorithm', 'ED25519'],
} as const;
type KeyKind = keyof typeof OPENSSL_KEYS;

export interface AuthorityOptions {
  /** Empty or new; everything is made in it. */
  readonly dir: string;
  /** Organisation in its certificates, and what their names begin with. */
  readonly names: { readonly organisation: string; readonly prefix: string };
  readonly key?: KeyKind;
  readonly rootKey?: KeyKind;
  /** Lines of an OpenSSL section, in place of a proper authority's. */
  readonly extensions?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Puts an authority between root and signer. */
  readonly hasIntermediate?: boolean;
  /** `ess_cert_id_alg`; sha1 is the old form (RFC 2634). */
  readonly essDigest?: 'sha1' | 'sha256' | 'sha512';
  readonly signerDigest?: 'sha1' | 'sha256' | 'sha384' | 'sha512';
}

export interface Authority {
  readonly dir: string;
  readonly rootPem: string;
  /** TimeStampReq to TimeStampResp, both DER. */
  answer(query: Uint8Array): Promise<Uint8Array>;
}

const TSA_EXTENSIONS = [
  'basicConstraints = critical, CA:FALSE',
  'keyUsage = critical, digitalSignature',
  'extendedKeyUsage = critical, timeStamping',
];
const CA_EXTENSIONS = ['basicConstraints = critical, CA:TRUE', 'keyUsage = critical, keyCertSign, cRLSign'];
const DAY_MS = 86_400_000;

/** Makes a root, and a certificate for time-stamps under it. */
export async function makeAuthority(options: AuthorityOptions): Promise<Authority> {
  const { dir, names, key = 'p256', rootKey = 'p256', extensions = TSA_EXTENSIONS, hasIntermediate = false } = options;
  const { notBefore = new Date(Date.now() - DAY_MS), notAfter = new Date(Date.now() + 3_650 * DAY_MS) } = options;
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'index.txt'), '');
  await writeFile(join(dir, 'ca-serial'), '1000\n');
  await writeFile(join(dir, 'tsa-serial'), '01\n');
  const sections = { tsa_ext: extensions, ca_ext: CA_EXTENSIONS };
  await writeFile(join(dir, 'openssl.cnf'), configOf(options, sections));
  const openssl = opensslIn(dir);
  await openssl('genpkey', ...OPENSSL_KEYS[rootKey], '-out', 'root.key');
  const rootArgs = ['-x509', '-new', '-key', 'root.key', '-days', '7300', '-extensions', 'ca_ext'];
  const subject = ['-subj', subjectOf(names, 'root'), '-utf8'];
  await openssl('req', '-config', 'openssl.cnf', ...rootArgs, ...subject, '-out', 'root.pem');
  const all = { notBefore: new Date('2000-01-01T00:00:00Z'), notAfter: new Date('2049-01-01T00:00:00Z') };
  if (hasIntermediate)
    await certify(dir, { names, name: 'middle', issuer: 'root', section: 'ca_ext', key: 'p256', ...all });
  const issuer = hasIntermediate ? 'middle' : 'root';
  await certify(dir, { names, name: 'tsa', issuer, section: 'tsa_ext', key, notBefore, notAfter });
  const chain = hasIntermediate ? await readFile(join(dir, 'middle.pem'), 'utf8') : '';
  await writeFile(join(dir, 'chain.pem'), `${chain}${await readFile(join(dir, 'root.pem'), 'utf8')}`);
  return await openAuthority(dir);
}

/** The authority that was made in a folder. */
export async function openAuthority(dir: string): Promise<Authority> {
  const rootPem = await readFile(join(dir, 'root.pem'), 'utf8');
  // One at a time: they share the file with the serial number.
  let last: Promise<unknown> = Promise.resolve();
  const answer = (query: Uint8Array): Promise<Uint8Array> => {
    const answered = last.then(() => reply(dir, query));
    last = answered.catch(() => null);
    return answered;
  };
  return { dir, rootPem, answer };
}

interface CertificatePlan {
  readonly names: AuthorityOptions['names'];
  readonly name: string;
  readonly issuer: string;
  readonly section: string;
  readonly key: KeyKind;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Makes `<name>.key` and `<name>.pem`. `openssl ca` alone, of OpenSSL 3.0, takes the dates. */
async function certify(dir: string, plan: CertificatePlan): Promise<void> {
  const { names, name, issuer, section, key } = plan;
  const openssl = opensslIn(dir);
  await openssl('genpkey', ...OPENSSL_KEYS[key], '-out', `${name}.key`);
  const subject = ['-subj', subjectOf(names, `${name} 时间戳`), '-utf8'];
  await openssl('req', '-config', 'openssl.cnf', '-new', '-key', `${name}.key`, ...subject, '-out', `${name}.csr`);
  const stamp = (at: Date): string => `${at.toISOString().replace(/[-:T]|\.\d+/g, '')}`;
  await openssl(
    ...['ca', '-batch', '-notext', '-config', 'openssl.cnf', '-extensions', section],
    ...['-cert', `${issuer}.pem`, '-keyfile', `${issuer}.key`, '-in', `${name}.csr`, '-out', `${name}.pem`],
    ...['-startdate', stamp(plan.notBefore), '-enddate', stamp(plan.notAfter)],
  );
}

function subjectOf({ organisation, prefix }: AuthorityOptions['names'], name: string): string {
  return `/C=CN/O=${organisation}/CN=${prefix} ${name}`;
}

async function reply(dir: string, query: Uint8Array): Promise<Uint8Array> {
  const [queryFile, replyFile] = ['query.tsq', 'reply.tsr'];
  await writeFile(join(dir, queryFile), query);
  await opensslIn(dir)('ts', '-reply', '-config', 'openssl.cnf', '-queryfile', queryFile, '-out', replyFile);
  const answer = await readFile(join(dir, replyFile));
  await Promise.all([queryFile, replyFile].map((name) => rm(join(dir, name))));
  return answer;
}

export function opensslIn(dir: string): (...args: readonly string[]) => Promise<string> {
  return async (...args) => (await run('openssl', [...args], { cwd: dir, encoding: 'utf8' })).stdout;
}

function configOf(options: AuthorityOptions, sections: Readonly<Record<string, readonly string[]>>): string {
  return [
    ...['[req]', 'distinguished_name = names', 'string_mask = utf8only', '[names]'],
    ...[
      '[ca]',
      'default_ca = any',
      '[any]',
      'database = index.txt',
      'new_certs_dir = .',
      'default_md = sha256',
      'serial = ca-serial',
    ],
    ...['policy = any_name', 'unique_subject = no', 'string_mask = utf8only', '[any_name]'],
    ...['countryName = optional', 'organizationName = optional', 'commonName = supplied'],
    ...[
      '[tsa]',
      'default_tsa = main',
      '[main]',
      'serial = tsa-serial',
      'signer_cert = tsa.pem',
      'signer_key = tsa.key',
    ],
    ...['certs = chain.pem', `signer_digest = ${options.signerDigest ?? 'sha256'}`],
    ...['default_policy = 1.3.6.1.4.1.32473.1', 'digests = sha1, sha256, sha384, sha512, sm3'],
    ...['accuracy = secs:1, millisecs:500', 'clock_precision_digits = 3', 'tsa_name = yes', 'ess_cert_id_chain = no'],
    `ess_cert_id_alg = ${options.essDigest ?? 'sha256'}`,
    ...Object.entries(sections).flatMap(([name, lines]) => [`[${name}]`, ...lines]),
    '',
  ].join('\n');
}
