import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DossierError,
  imprintOf,
  makeTimestampRequest,
  type TimestampCheck,
  tokenOf,
  type VerifiedTimestamp,
  verifyTimestamp,
} from '#dossier';
import {
  type Authority,
  type AuthorityOptions,
  makeAuthority,
  opensslIn,
  type RunningAuthority,
  startTimestampAuthority,
} from '../../support/timestamp-authority.js';

const DATA = 'the note of a checkpoint\n';
const sha256 = new Uint8Array(createHash('sha256').update(DATA).digest());
/** Object identifiers as they are encoded: where the signed attributes begin and end. */
const CONTENT_TYPE = Buffer.from('06092a864886f70d010903', 'hex');
const ECDSA = Buffer.from('06082a8648ce3d040302', 'hex');
const imprint = { algorithm: 'sha256', digest: sha256 } as const;

let dir: string;
let made = 0;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liuhen-tsa-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const authority = (options: Omit<AuthorityOptions, 'dir'> = {}): Promise<Authority> => {
  made += 1;
  return makeAuthority({ dir: join(dir, `authority-${made}`), ...options });
};

function newNonce(): bigint {
  return BigInt(`0x${randomBytes(8).toString('hex')}`) + 1n;
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----.*-----|\s/g, ''), 'base64');
}

async function codeOf(verified: Promise<VerifiedTimestamp>): Promise<string> {
  try {
    await verified;
    return 'verified';
  } catch (error) {
    if (error instanceof DossierError) return error.code;
    throw error;
  }
}

async function stampedBy(by: Authority): Promise<Omit<TimestampCheck, 'token'> & { token: Uint8Array }> {
  const nonce = newNonce();
  const token = new Uint8Array(await by.answer(makeTimestampRequest({ sha256, nonce })));
  return { token, imprint, nonce, trustedRoots: [by.rootPem] };
}

describe('requests', () => {
  it('are what OpenSSL reads', async () => {
    const file = join(dir, 'request.tsq');
    await writeFile(file, makeTimestampRequest({ sha256, nonce: 0xfedcba9876543210n }));
    const text = await opensslIn(dir)('ts', '-query', '-in', file, '-text');
    expect(text).toContain('Hash Algorithm: sha256');
    expect(text).toContain('Nonce: 0xFEDCBA9876543210');
    expect(text).toContain('Certificate required: yes');
    expect(text.replace(/[^0-9a-f]/g, '')).toContain(Buffer.from(sha256).toString('hex').slice(0, 16));
  });
});

describe('good time-stamps', () => {
  it.each<Omit<AuthorityOptions, 'dir'>>([
    { key: 'p256' },
    { key: 'p384', signerDigest: 'sha384' },
    { key: 'rsa', signerDigest: 'sha512', rootKey: 'rsa' },
    { rootKey: 'ed25519' },
    { rootKey: 'p384', hasIntermediate: true },
    { essDigest: 'sha1' },
    { essDigest: 'sha512' },
  ])('verify: %j', async (options) => {
    const by = await authority(options);
    const check = await stampedBy(by);
    const before = Date.now();
    const verified = await verifyTimestamp(check);
    expect(Math.abs(verified.at.getTime() - before)).toBeLessThan(60_000);
    expect(verified).toMatchObject({
      accuracyMs: 1_500,
      policy: '1.3.6.1.4.1.32473.1',
      tsaName: 'C=CN, O=Liuhen test, CN=Test tsa 时间戳',
      expiredNow: false,
      serial: '2',
    });
    expect(verified.notAfter.getTime()).toBeGreaterThan(Date.now());
    // A Buffer is what Node reads files into, and shares memory where an array would copy.
    const bare = Buffer.from(tokenOf(Buffer.from(check.token)));
    expect(bare.length).toBeLessThan(check.token.length);
    for (const _ of [1, 2]) expect(await verifyTimestamp({ ...check, token: bare })).toEqual(verified);
    expect(imprintOf(bare)).toEqual(imprint);
  });

  it('agree with what OpenSSL says of them', async () => {
    const by = await authority({ hasIntermediate: true });
    const { token } = await stampedBy(by);
    await writeFile(join(by.dir, 'note'), DATA);
    await writeFile(join(by.dir, 'token'), tokenOf(token));
    const args = ['-data', 'note', '-in', 'token', '-token_in', '-CAfile', 'root.pem'];
    expect(await opensslIn(by.dir)('ts', '-verify', ...args)).toContain('Verification: OK');
  });

  it('stay good after the certificate has ended, and say so', async () => {
    const check = await stampedBy(await authority({ notAfter: new Date(Date.now() + 60_000) }));
    const later = await verifyTimestamp({ ...check, atTime: new Date(Date.now() + 3_600_000) });
    expect(later.expiredNow).toBe(true);
  });

  it('may have an SM3 imprint', async () => {
    const by = await authority();
    const digest = createHash('sm3').update(DATA).digest();
    await writeFile(join(by.dir, 'note'), DATA);
    await opensslIn(by.dir)('ts', '-query', '-data', 'note', '-sm3', '-cert', '-out', 'sm3.tsq');
    const token = await by.answer(await readFile(join(by.dir, 'sm3.tsq')));
    expect(imprintOf(token).algorithm).toBe('sm3');
    const check = { token, imprint: { algorithm: 'sm3', digest }, trustedRoots: [by.rootPem] } as const;
    expect(await codeOf(verifyTimestamp(check))).toBe('verified');
  });

  it('may be under a pinned certificate', async () => {
    const by = await authority();
    const pinned = await readFile(join(by.dir, 'tsa.pem'), 'utf8');
    expect(await codeOf(verifyTimestamp({ ...(await stampedBy(by)), trustedRoots: [pinned] }))).toBe('verified');
  });
});

describe('bad time-stamps', () => {
  it.each<[string, string, Omit<AuthorityOptions, 'dir'>]>([
    [
      'a certificate for anything',
      'timestamp-certificate-unfit',
      {
        extensions: [
          'keyUsage = digitalSignature',
          'extendedKeyUsage = critical, timeStamping',
          '1.2.3.4 = critical, ASN1:NULL',
        ],
      },
    ],
    ['SHA-1', 'timestamp-weak-digest', { signerDigest: 'sha1', key: 'rsa' }],
    ['a short key', 'timestamp-algorithm-unsupported', { key: 'rsa-1024' }],
    [
      'a certificate that had ended',
      'timestamp-certificate-out-of-date',
      { notBefore: new Date('2020-01-01'), notAfter: new Date('2020-02-01') },
    ],
    [
      'a certificate that had not begun',
      'timestamp-certificate-out-of-date',
      { notBefore: new Date('2045-01-01'), notAfter: new Date('2046-01-01') },
    ],
  ])('are refused: %s', async (_, code, options) => {
    expect(await codeOf(verifyTimestamp(await stampedBy(await authority(options))))).toBe(code);
  });

  it('are refused: everything that does not belong to them', async () => {
    const by = await authority();
    const check = await stampedBy(by);
    const other = new Uint8Array(32);
    const stranger = await authority();
    const cases: [Partial<TimestampCheck>, string][] = [
      [{ imprint: { algorithm: 'sha256', digest: other } }, 'timestamp-wrong-imprint'],
      [{ imprint: { algorithm: 'sm3', digest: sha256 } }, 'timestamp-wrong-imprint'],
      [{ nonce: 1n }, 'timestamp-wrong-nonce'],
      [{ trustedRoots: [stranger.rootPem] }, 'timestamp-chain-untrusted'],
      [{ trustedRoots: [] }, 'root-malformed'],
      [{ trustedRoots: ['nothing'] }, 'root-malformed'],
      [{ atTime: new Date(Date.now() - 3_600_000) }, 'timestamp-time-implausible'],
      [{ token: new Uint8Array(0) }, 'timestamp-malformed'],
      [{ token: Buffer.concat([check.token, Buffer.of(0)]) }, 'timestamp-malformed'],
      [{ token: check.token.subarray(0, -1) }, 'timestamp-malformed'],
    ];
    for (const [change, code] of cases) expect(await codeOf(verifyTimestamp({ ...check, ...change }))).toBe(code);
  });

  it('are refused: a request that was', async () => {
    const by = await authority();
    const request = Buffer.from(makeTimestampRequest({ sha256, nonce: newNonce() }));
    // SHA-256 becomes an algorithm that does not exist.
    request.writeUInt8(0x7f, request.indexOf(Buffer.from('608648016503040201', 'hex')) + 8);
    const token = await by.answer(request);
    expect(await codeOf(verifyTimestamp({ token, imprint, trustedRoots: [by.rootPem] }))).toBe('timestamp-not-granted');
  });

  // `openssl ts` refuses to make these; `openssl cms` signs whatever it is given.
  it.each<[string, string, { key?: AuthorityOptions['key']; extensions?: string[]; args?: string[] }]>([
    ['RSA-PSS', 'verified', { key: 'rsa', args: ['-keyopt', 'rsa_padding_mode:pss'] }],
    [
      'RSA-PSS with a salt of 20',
      'verified',
      { key: 'rsa', args: ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_pss_saltlen:20'] },
    ],
    [
      'a key identifier',
      'verified',
      { extensions: ['extendedKeyUsage = critical, timeStamping', 'subjectKeyIdentifier = hash'], args: ['-keyid'] },
    ],
    ['content of another type', 'timestamp-malformed', { args: ['-econtent_type', '1.2.840.113549.1.7.1'] }],
    [
      'two purposes',
      'timestamp-certificate-unfit',
      { extensions: ['extendedKeyUsage = critical, timeStamping, codeSigning'] },
    ],
    [
      'a purpose that is not critical',
      'timestamp-certificate-unfit',
      { extensions: ['extendedKeyUsage = timeStamping'] },
    ],
    ['another purpose', 'timestamp-certificate-unfit', { extensions: ['extendedKeyUsage = critical, codeSigning'] }],
    ['no purpose', 'timestamp-certificate-unfit', { extensions: ['keyUsage = digitalSignature'] }],
    [
      'a key for other things',
      'timestamp-certificate-unfit',
      { extensions: ['extendedKeyUsage = critical, timeStamping', 'keyUsage = keyAgreement'] },
    ],
    ['nothing that binds the certificate', 'timestamp-signer-unbound', { args: ['unbound'] }],
  ])('made by cms: %s → %s', async (_, code, { key = 'p256', extensions, args = [] }) => {
    // First: what it is made to say must lie within its certificate's time.
    const by = await authority({ key, ...(extensions === undefined ? {} : { extensions }) });
    const good = await authority();
    const { token } = await stampedBy(good);
    const openssl = opensslIn(by.dir);
    await writeFile(join(by.dir, 'token'), tokenOf(token));
    await openssl(
      'cms',
      '-verify',
      '-noverify',
      '-nosigs',
      '-inform',
      'DER',
      '-in',
      'token',
      '-binary',
      '-out',
      'info',
    );
    // Without the name of the other authority, which this certificate does not have.
    const isBound = !args.includes('unbound');
    const type = args.includes('-econtent_type') ? [] : ['-econtent_type', '1.2.840.113549.1.9.16.1.4'];
    await openssl(
      ...['cms', '-sign', '-nodetach', '-binary', '-in', 'info', '-signer', 'tsa.pem', '-inkey', 'tsa.key'],
      ...(isBound ? ['-cades'] : []),
      ...[...type, ...args.filter((arg) => arg !== 'unbound'), '-outform', 'DER', '-out', 'forged'],
    );
    const forged = await readFile(join(by.dir, 'forged'));
    expect(await codeOf(verifyTimestamp({ token: forged, imprint, trustedRoots: [by.rootPem] }))).toBe(code);
  });
});

describe('a certificate put in place of the signer', () => {
  it('is not taken, though it has the same key and name', async () => {
    const by = await authority();
    const { token, ...check } = await stampedBy(by);
    const bare = Buffer.from(tokenOf(token));
    const signer = derOf(await readFile(join(by.dir, 'tsa.pem'), 'utf8'));
    // The last byte of its signature: another certificate by its digest, the same by everything else.
    const at = bare.indexOf(signer) + signer.length - 1;
    bare.writeUInt8(bare.readUInt8(at) ^ 1, at);
    expect(await codeOf(verifyTimestamp({ ...check, token: bare }))).toBe('timestamp-signer-unbound');
  });
});

describe('any byte changed', () => {
  it('never verifies as something else, nor throws anything else', async () => {
    const by = await authority();
    const check = await stampedBy(by);
    const good = await verifyTimestamp(check);
    const neutral: number[] = [];
    for (let at = 0; at < check.token.length; at += 1) {
      const token = Uint8Array.from(check.token);
      token[at] = (token[at] ?? 0) ^ ([0x01, 0x20, 0x80][at % 3] ?? 1);
      const outcome = await verifyTimestamp({ ...check, token }).catch((error: unknown) => error);
      if (outcome instanceof DossierError) continue;
      expect(outcome).toEqual(good);
      neutral.push(at);
    }
    // Nothing signs, and nothing is taken from: status text, versions, the list of digests, parameters that are NULL,
    // and the root that came along, since roots are trusted from outside only. All that is signed is not among them.
    const all = Buffer.from(check.token);
    const signer = derOf(await readFile(join(by.dir, 'tsa.pem'), 'utf8'));
    const kept: [number, number][] = [
      [all.indexOf(sha256) - 30, all.indexOf(signer) - 8],
      [all.indexOf(signer), all.indexOf(signer) + signer.length],
      [all.lastIndexOf(CONTENT_TYPE) - 2, all.lastIndexOf(ECDSA) - 2],
      [all.lastIndexOf(ECDSA) + ECDSA.length, all.length],
    ];
    for (const [from, to] of kept) expect(neutral.filter((at) => at >= from && at < to)).toEqual([]);
  });

  it('cut and spliced at chance never throws anything else', async () => {
    const check = await stampedBy(await authority());
    for (let i = 0; i < 500; i += 1) {
      const [from = 0, to = 0, length = 0] = randomBytes(3).map((byte) => byte);
      const cut = Math.floor((from / 256) * check.token.length);
      const on = Math.floor((to / 256) * check.token.length);
      const token = Buffer.concat([check.token.subarray(0, cut), randomBytes(length >> 4), check.token.subarray(on)]);
      await codeOf(verifyTimestamp({ ...check, token }));
    }
  });
});

describe('an authority over HTTP', () => {
  let running: RunningAuthority | undefined;
  beforeAll(async () => {
    running = await startTimestampAuthority({ dir: join(dir, 'running'), slowMs: 60_000 });
  });
  afterAll(() => running?.stop());

  async function outcome(how: Parameters<RunningAuthority['behave']>[0]): Promise<string> {
    if (running === undefined) throw new Error('no authority');
    running.behave(how);
    const nonce = newNonce();
    const headers = { 'content-type': 'application/timestamp-query' };
    const body = makeTimestampRequest({ sha256, nonce });
    const response = await fetch(running.url, { method: 'POST', headers, body, signal: AbortSignal.timeout(3_000) });
    expect(response.headers.get('content-type')).toBe('application/timestamp-reply');
    const token = new Uint8Array(await response.arrayBuffer());
    return await codeOf(verifyTimestamp({ token, imprint, nonce, trustedRoots: [running.rootPem] }));
  }

  it('answers, or misbehaves as it is told', async () => {
    expect(await outcome('none')).toBe('verified');
    expect(await outcome('wrong-imprint')).toBe('timestamp-wrong-imprint');
    expect(await outcome('wrong-nonce')).toBe('timestamp-wrong-nonce');
    expect(await outcome('untrusted')).toBe('timestamp-chain-untrusted');
    await expect(outcome('down')).rejects.toThrow();
    await expect(outcome('slow')).rejects.toThrow(/time/i);
  });
});
