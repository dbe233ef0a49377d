import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { formatReceipt, newId, type ReceiptText } from '#domain';
import {
  type Algorithms,
  formatCheckpoint,
  formatLogProof,
  formatNote,
  type Hash,
  leafHash,
  makeVerifierKey,
  nodeHash,
  SIGNATURE_TYPE,
  type SignEd25519,
  signText,
  type VerifierKey,
} from '#tlog';
import {
  type AskLog,
  checkReceiptSignature,
  differencesFrom,
  findInLog,
  readReceipt,
  type SignatureStanding,
  verdictOn,
} from './check-receipt.js';

const sha256: Hash = (...chunks) => createHash('sha256').update(Buffer.concat(chunks)).digest();
const algorithms: Algorithms = {
  hash: sha256,
  verify: (publicKey, message, signature) => {
    const x = Buffer.from(publicKey).toString('base64url');
    return verify(null, message, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), signature);
  },
};

function makeKey(name: string, seed: number): { key: VerifierKey; sign: SignEd25519 } {
  const head = Buffer.from('302e020100300506032b657004220420', 'hex');
  const secret = createPrivateKey({ key: Buffer.concat([head, Buffer.alloc(32, seed)]), format: 'der', type: 'pkcs8' });
  const publicKey = Buffer.from(createPublicKey(secret).export({ format: 'jwk' }).x as string, 'base64url');
  const key = makeVerifierKey(sha256, { name, type: SIGNATURE_TYPE.ed25519, publicKey });
  return { key, sign: (message) => sign(null, message, secret) };
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const ORIGIN = 'log.example/test';
const receipts = makeKey(`${ORIGIN}/receipts`, 1);
const log = makeKey(ORIGIN, 2);
const received = leafHash(sha256, Buffer.from('received'));
const sealed = leafHash(sha256, Buffer.from('sealed'));
const FILE = { sizeBytes: 5, blockRoot: `sha256:${'ab'.repeat(32)}`, sha256: `sha256:${'cd'.repeat(32)}` };
const SEALED: ReceiptText = {
  origin: ORIGIN,
  assetId: newId(),
  sizeBytes: FILE.sizeBytes,
  blockRoot: FILE.blockRoot,
  receivedAt: '2026-11-21T08:00:00.000Z',
  received: { id: newId(), chainSeq: 2, leaf: `sha256:${hex(received)}` },
  promisedS: 60,
  sealed: {
    at: '2026-11-21T08:00:10.000Z',
    sha256: FILE.sha256,
    sm3: `sm3:${'ef'.repeat(32)}`,
    event: { id: newId(), chainSeq: 3, leaf: `sha256:${hex(sealed)}` },
  },
};
const LATER = new Date('2026-11-21T08:02:00.000Z');
const AT_ONCE = new Date('2026-11-21T08:00:30.000Z');

async function issue(receipt: ReceiptText, { key, sign } = receipts): Promise<string> {
  const text = formatReceipt(receipt);
  return formatNote({ text, signatures: [await signText(key, sign, text)] });
}

/** A log of two entries. */
async function proofOf(leaf: Uint8Array, { key, sign } = log): Promise<string> {
  const index = Buffer.from(leaf).equals(received) ? 0 : 1;
  const root = nodeHash(sha256, received, sealed);
  const text = formatCheckpoint({ origin: key.name, size: 2, root, extensions: [] });
  const checkpoint = formatNote({ text, signatures: [await signText(key, sign, text)] });
  return formatLogProof({ index, proof: [index === 0 ? sealed : received], extra: null, checkpoint });
}

const proves: AskLog = async (leaf) => ({ kind: 'proof', text: await proofOf(Buffer.from(leaf, 'hex')) });

describe('a receipt that is read', () => {
  it('is the same after a clipboard or a Windows editor had it', async () => {
    const text = await issue(SEALED);
    const held = readReceipt(text);
    expect(held.receipt).toEqual(SEALED);
    for (const worn of [`\ufeff${text}`, text.replaceAll('\n', '\r\n'), `\n  ${text.trimEnd()}`]) {
      expect(readReceipt(worn)).toEqual(held);
    }
  });

  it.each([
    ['nothing', ''],
    ['another text', 'hello\n'],
    ['a note that is no receipt', 'log.example\n1\nAAAA\n\n— log.example AAAAAAAA\n'],
  ])('is refused when it is %s', (_, text) => {
    expect(() => readReceipt(text)).toThrow(expect.objectContaining({ code: 'receipt-malformed' }));
  });
});

describe('the signature of a receipt', () => {
  const standing = async (text: string, key: VerifierKey | null): Promise<SignatureStanding> =>
    await checkReceiptSignature(algorithms.verify, readReceipt(text), key);

  it('is good, wrong, of another key, or not checked', async () => {
    const text = await issue(SEALED);
    expect(await standing(text, receipts.key)).toBe('good');
    expect(await standing(text.replace('size 5', 'size 6'), receipts.key)).toBe('wrong');
    expect(await standing(text, makeKey(`${ORIGIN}/receipts`, 3).key)).toBe('other-key');
    expect(await standing(text, log.key)).toBe('other-key');
    expect(await standing(text, null)).toBe('not-checked');
  });

  it('is not checked where the platform has no Ed25519', async () => {
    const cannot = () => Promise.reject(new Error('NotSupportedError'));
    expect(await checkReceiptSignature(cannot, readReceipt(await issue(SEALED)), receipts.key)).toBe('not-checked');
  });
});

describe('the file of a receipt', () => {
  it('differs in what differs', async () => {
    const held = readReceipt(await issue(SEALED));
    const other = `sha256:${'00'.repeat(32)}`;
    expect(differencesFrom(held, FILE)).toEqual([]);
    expect(differencesFrom(held, { sizeBytes: 6, blockRoot: other, sha256: other })).toEqual([
      'size',
      'block-root',
      'sha256',
    ]);
    const unsealed = readReceipt(await issue({ ...SEALED, sealed: null }));
    expect(differencesFrom(unsealed, { ...FILE, sha256: other })).toEqual([]);
  });
});

describe('the log asked for the events of a receipt', () => {
  const find = async (ask: AskLog, now = LATER, logKey = log.key) =>
    await findInLog(algorithms, readReceipt(await issue(SEALED)), { logKey, ask, now });

  it('proves both', async () => {
    expect(await find(proves)).toEqual([
      { event: 'received', standing: { kind: 'in-log', index: 0, size: 2 } },
      { event: 'sealed', standing: { kind: 'in-log', index: 1, size: 2 } },
    ]);
    const unsealed = readReceipt(await issue({ ...SEALED, sealed: null }));
    expect(await findInLog(algorithms, unsealed, { logKey: log.key, ask: proves, now: LATER })).toHaveLength(1);
  });

  it('has promised and does not have it, once the time has passed', async () => {
    const missing: AskLog = () => Promise.resolve({ kind: 'missing' });
    const dueAt = new Date('2026-11-21T08:01:00.000Z');
    expect((await find(missing))[0]?.standing).toEqual({ kind: 'missing', dueAt });
    expect((await find(missing, AT_ONCE))[0]?.standing).toEqual({ kind: 'pending', dueAt, isLate: false });
    const pending: AskLog = () => Promise.resolve({ kind: 'pending' });
    expect((await find(pending))[0]?.standing).toEqual({ kind: 'pending', dueAt, isLate: true });
  });

  it('proves nothing by the proof of another leaf, under another key, or by other words', async () => {
    const swapped: AskLog = async () => ({ kind: 'proof', text: await proofOf(sealed) });
    expect((await find(swapped))[0]?.standing).toEqual({ kind: 'unproved', code: 'root-mismatch' });
    const forked: AskLog = async () => ({ kind: 'proof', text: await proofOf(received, makeKey(ORIGIN, 9)) });
    expect((await find(forked))[0]?.standing).toEqual({ kind: 'unproved', code: 'no-known-signature' });
    expect((await find(proves, LATER, receipts.key))[0]?.standing).toMatchObject({ kind: 'unproved' });
    const page: AskLog = () => Promise.resolve({ kind: 'proof', text: '<html>' });
    expect((await find(page))[0]?.standing).toEqual({ kind: 'unproved', code: 'malformed-proof' });
  });

  it('that cannot be reached is not a finding', async () => {
    await expect(find(() => Promise.reject(new Error('network')))).rejects.toThrow('network');
  });
});

describe('the verdict', () => {
  const inLog = [{ event: 'received', standing: { kind: 'in-log', index: 0, size: 1 } }] as const;
  const whole = { differences: [], signature: 'good', places: inLog } as const;
  const dueAt = LATER;

  it('is good only when all was checked', () => {
    expect(verdictOn(whole)).toBe('good');
    expect(verdictOn({ ...whole, differences: null })).toBe('not-checked');
    expect(verdictOn({ ...whole, places: [] })).toBe('not-checked');
    expect(verdictOn({ ...whole, signature: 'not-checked' })).toBe('not-checked');
    const pending = { kind: 'pending', dueAt, isLate: true } as const;
    expect(verdictOn({ ...whole, places: [...inLog, { event: 'sealed', standing: pending }] })).toBe('not-checked');
  });

  it('is bad when anything is', () => {
    expect(verdictOn({ ...whole, differences: ['sha256'] })).toBe('bad');
    expect(verdictOn({ ...whole, signature: 'wrong' })).toBe('bad');
    expect(verdictOn({ ...whole, signature: 'other-key', places: [] })).toBe('bad');
    expect(verdictOn({ ...whole, places: [{ event: 'sealed', standing: { kind: 'missing', dueAt } }] })).toBe('bad');
  });
});
