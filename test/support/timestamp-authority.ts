// A time-stamp authority (RFC 3161) of one's own: root, certificate and answers by `openssl`, served over HTTP. For
// tests and the demo; nothing it stamps is worth anything, since its keys lie beside it.
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const OPENSSL_KEYS = {
  p256: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  p384: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  rsa: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  'rsa-1024': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
  ed25519: ['-algorithm', 'ED25519'],
} as const;

export interface AuthorityOptions {
  /** Empty or new; everything is made in it. */
  readonly dir: string;
  readonly key?: keyof typeof OPENSSL_KEYS;
  readonly rootKey?: keyof typeof OPENSSL_KEYS;
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

/** Makes a root, and a certificate for time-stamps under it. */
export async function makeAuthority(options: AuthorityOptions): Promise<Authority> {
  const { dir, key = 'p256', rootKey = 'p256', extensions = TSA_EXTENSIONS, hasIntermediate = false } = options;
  const { notBefore = new Date(Date.now() - 86_400_000), notAfter = new Date(Date.now() + 3_650 * 86_400_000) } =
    options;
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'index.txt'), '');
  await writeFile(join(dir, 'ca-serial'), '1000\n');
  await writeFile(join(dir, 'tsa-serial'), '01\n');
  const sections = { tsa_ext: extensions, ca_ext: CA_EXTENSIONS };
  await writeFile(join(dir, 'openssl.cnf'), configOf(options, sections));
  const openssl = opensslIn(dir);
  await openssl('genpkey', ...OPENSSL_KEYS[rootKey], '-out', 'root.key');
  const subject = ['-subj', '/C=CN/O=Liuhen test/CN=Test root'];
  const rootArgs = ['-x509', '-new', '-key', 'root.key', '-days', '7300', '-extensions', 'ca_ext'];
  await openssl('req', '-config', 'openssl.cnf', ...rootArgs, ...subject, '-out', 'root.pem');
  const days = { notBefore, notAfter };
  const all = { notBefore: new Date('2000-01-01T00:00:00Z'), notAfter: new Date('2049-01-01T00:00:00Z') };
  if (hasIntermediate) await certify(dir, { name: 'middle', issuer: 'root', section: 'ca_ext', key: 'p256', ...all });
  const issuer = hasIntermediate ? 'middle' : 'root';
  await certify(dir, { name: 'tsa', issuer, section: 'tsa_ext', key, ...days });
  const chain = hasIntermediate ? await readFile(join(dir, 'middle.pem'), 'utf8') : '';
  const rootPem = await readFile(join(dir, 'root.pem'), 'utf8');
  await writeFile(join(dir, 'chain.pem'), `${chain}${rootPem}`);
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
  readonly name: string;
  readonly issuer: string;
  readonly section: string;
  readonly key: keyof typeof OPENSSL_KEYS;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Makes `<name>.key` and `<name>.pem`. `openssl ca` alone, of OpenSSL 3.0, takes the dates. */
async function certify(dir: string, plan: CertificatePlan): Promise<void> {
  const { name, issuer, section, key } = plan;
  const openssl = opensslIn(dir);
  await openssl('genpkey', ...OPENSSL_KEYS[key], '-out', `${name}.key`);
  const subject = ['-subj', `/C=CN/O=Liuhen test/CN=Test ${name} 时间戳`, '-utf8'];
  await openssl('req', '-config', 'openssl.cnf', '-new', '-key', `${name}.key`, ...subject, '-out', `${name}.csr`);
  const stamp = (at: Date): string => `${at.toISOString().replace(/[-:T]|\.\d+/g, '')}`;
  await openssl(
    ...['ca', '-batch', '-notext', '-config', 'openssl.cnf', '-extensions', section],
    ...['-cert', `${issuer}.pem`, '-keyfile', `${issuer}.key`, '-in', `${name}.csr`, '-out', `${name}.pem`],
    ...['-startdate', stamp(plan.notBefore), '-enddate', stamp(plan.notAfter)],
  );
}

let replies = 0;

async function reply(dir: string, query: Uint8Array): Promise<Uint8Array> {
  replies += 1;
  const [queryFile, replyFile] = [`query-${replies}.tsq`, `reply-${replies}.tsr`];
  await writeFile(join(dir, queryFile), query);
  await opensslIn(dir)('ts', '-reply', '-config', 'openssl.cnf', '-queryfile', queryFile, '-out', replyFile);
  return await readFile(join(dir, replyFile));
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

export type Misbehaviour =
  | 'none'
  | 'wrong-imprint'
  | 'wrong-nonce'
  /** Signs with a certificate that ended long ago. */
  | 'expired'
  /** Signs under a root that is not the one it tells of. */
  | 'untrusted'
  /** Ends the connection without an answer. */
  | 'down'
  | 'slow';

export interface RunningAuthority {
  readonly url: string;
  readonly rootPem: string;
  /** From now on. */
  behave(how: Misbehaviour): void;
  stop(): Promise<void>;
}

export interface RunningAuthorityOptions {
  readonly dir: string;
  readonly behave?: Misbehaviour;
  /** How long `slow` takes. */
  readonly slowMs?: number;
}

const QUERY_TYPE = 'application/timestamp-query';
const MAX_QUERY_BYTES = 65_536;

/** Serves answers on loopback as RFC 3161 §3.4 says: POST of a query, back a reply. */
export async function startTimestampAuthority(options: RunningAuthorityOptions): Promise<RunningAuthority> {
  const { dir, slowMs = 30_000 } = options;
  let how = options.behave ?? 'none';
  const good = await makeAuthority({ dir: join(dir, 'good') });
  const ended = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2020-02-01T00:00:00Z') };
  // Made when they are first needed: each costs several starts of openssl.
  const others = new Map<Misbehaviour, Promise<Authority>>();
  const other = (name: 'expired' | 'untrusted'): Promise<Authority> => {
    const known = others.get(name) ?? makeAuthority({ dir: join(dir, name), ...(name === 'expired' ? ended : {}) });
    others.set(name, known);
    return known;
  };
  const answer = async (query: Buffer): Promise<Uint8Array> => {
    if (how === 'slow') await pause(slowMs, null, { ref: false });
    if (how === 'wrong-imprint' || how === 'wrong-nonce') return await good.answer(bent(query, how));
    if (how === 'expired' || how === 'untrusted') return await (await other(how)).answer(query);
    return await good.answer(query);
  };
  const server = createServer((request, response) => {
    void (async () => {
      if (how === 'down') return request.socket.destroy();
      if (request.method !== 'POST' || request.headers['content-type'] !== QUERY_TYPE)
        return response.writeHead(415).end();
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of request) {
        chunks.push(chunk as Buffer);
        length += (chunk as Buffer).length;
        if (length > MAX_QUERY_BYTES) return response.writeHead(413).end();
      }
      const reply = await answer(Buffer.concat(chunks));
      return response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(reply);
    })().catch((error: unknown) => response.headersSent || response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const roots = how === 'expired' ? (await other('expired')).rootPem : '';
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    rootPem: `${good.rootPem}${roots}`,
    behave: (next) => {
      how = next;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

/** The query for something else: one bit of the digest, or of the nonce behind it, is another. */
function bent(query: Buffer, how: 'wrong-imprint' | 'wrong-nonce'): Buffer {
  const digestAt = query.indexOf(Buffer.from([0x04, 0x20])) + 2;
  const nonceLength = query[digestAt + 33] ?? 0;
  const at = how === 'wrong-imprint' ? digestAt : digestAt + 33 + nonceLength;
  const other = Buffer.from(query);
  other.writeUInt8(other.readUInt8(at) ^ 1, at);
  return other;
}
