import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { sha256, testKey, verifyEd25519 } from '../../../test/support/log-crypto.js';
import {
  decideCosignature,
  formatAddCheckpoint,
  formatCheckpoint,
  formatNote,
  isTlogError,
  leafHash,
  makeConsistencyProof,
  makeVerifierKey,
  openAddCheckpoint,
  parseAddCheckpoint,
  parseCheckpoint,
  parseNote,
  SIGNATURE_TYPE,
  signText,
  TlogError,
  type TreeHead,
  treeRoot,
  type VerifierKey,
  WITNESS_REFUSAL_STATUS,
} from './index.js';

const log = testKey('log.example/archive', SIGNATURE_TYPE.ed25519, 1);
const leaves = Array.from({ length: 20 }, (_, i) => leafHash(sha256, Buffer.from(`event ${i}`)));
const rootOf = (size: number) => treeRoot(sha256, leaves.slice(0, size));
const headOf = (size: number): TreeHead => ({ size, root: rootOf(size) });
const keysOf = (origin: string) => (origin === log.key.name ? [log.key] : []);

async function requestBody(oldSize: number, size: number, root = rootOf(size)): Promise<string> {
  const text = formatCheckpoint({ origin: log.key.name, size, root, extensions: [] });
  const proof = await makeConsistencyProof(sha256, { size1: oldSize, size2: size }, (level, at) =>
    treeRoot(sha256, leaves.slice(at * 2 ** level, (at + 1) * 2 ** level)),
  );
  const signature = await signText(log.key, log.sign, text);
  return formatAddCheckpoint({ oldSize, proof, checkpoint: formatNote({ text, signatures: [signature] }) });
}

/** A whole witness of one log: what it answers by HTTP, and what it remembers then. */
async function answer(remembered: TreeHead | null, body: string, keys: (origin: string) => readonly VerifierKey[]) {
  const request = await openAddCheckpoint(verifyEd25519, body, keys);
  const decision = 'kind' in request ? request : decideCosignature(sha256, remembered, request);
  if (decision.kind === 'accept') return { status: 200, head: decision.head };
  if (decision.kind === 'conflict') return { status: 409, head: remembered };
  return { status: WITNESS_REFUSAL_STATUS[decision.reason], head: remembered };
}

describe('a witness', () => {
  it('answers the requests of the tests of litewitness as they expect', async () => {
    const origin = 'sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562';
    const publicKey = Buffer.from('ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f', 'hex');
    const key = makeVerifierKey(sha256, { name: origin, type: SIGNATURE_TYPE.ed25519, publicKey });
    const lines = readFileSync(new URL('../vectors/witness.jsonl', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n');
    let head: TreeHead | null = null;
    for (const line of lines) {
      const { body, status } = JSON.parse(line) as { body: string; status: number };
      const result = await answer(head, body, (name) => (name === origin ? [key] : []));
      // Their tests are older than the 404 of the specification.
      const isKnown = body.includes(`${origin}\n`);
      expect(result.status).toBe(isKnown ? status : 404);
      head = result.head;
    }
    expect(head).toMatchObject({ size: 5 });
  });

  it('accepts what extends its memory, from any size to any', async () => {
    for (let size = 0; size <= leaves.length; size++) {
      for (let oldSize = 0; oldSize <= size; oldSize++) {
        const body = await requestBody(oldSize, size);
        const first = oldSize === 0 ? null : headOf(oldSize);
        expect(await answer(first, body, keysOf)).toEqual({ status: 200, head: headOf(size) });
        if (oldSize === 0) expect((await answer(headOf(0), body, keysOf)).status).toBe(200);
      }
    }
  });

  it('answers a conflict with what it remembers', async () => {
    const request = await openAddCheckpoint(verifyEd25519, await requestBody(3, 9), keysOf);
    if ('kind' in request) throw new Error(request.reason);
    expect(decideCosignature(sha256, headOf(7), request)).toEqual({ kind: 'conflict', size: 7 });
    expect(decideCosignature(sha256, null, request)).toEqual({ kind: 'conflict', size: 0 });
  });

  it.each([
    ['an old size above the size', headOf(9), { oldSize: 9 }, 'old-size-above-size'],
    ['another root at the same size', headOf(7), { oldSize: 7, root: rootOf(6), proof: [] }, 'not-consistent'],
    ['another history', { size: 3, root: rootOf(4) }, { oldSize: 3 }, 'not-consistent'],
    ['a proof from nothing', null, { oldSize: 0, proof: [rootOf(1)] }, 'not-consistent'],
    ['no proof', headOf(3), { oldSize: 3, proof: [] }, 'not-consistent'],
    ['a wrong root of nothing', null, { oldSize: 0, size: 0, proof: [] }, 'wrong-empty-root'],
  ] as const)('refuses %s', async (_, remembered, changes, reason) => {
    const good = parseAddCheckpoint(await requestBody(3, 7));
    const checkpoint = { ...parseCheckpoint(parseNote(good.checkpoint).text), ...changes };
    const request = { proof: good.proof, ...changes, checkpoint };
    expect(decideCosignature(sha256, remembered, request)).toEqual({ kind: 'reject', reason });
  });

  it('refuses what no log it knows has signed, and what is no request', async () => {
    const body = await requestBody(0, 7);
    const reasonOf = async (changed: string) => await openAddCheckpoint(verifyEd25519, changed, keysOf);
    expect(await reasonOf(body.replace('log.example', 'gol.example'))).toMatchObject({ reason: 'unknown-origin' });
    expect(await reasonOf(body.replace('\n7\n', '\n8\n'))).toMatchObject({ reason: 'not-signed-by-log' });
    expect(await reasonOf(body.replace('— log', '— gol'))).toMatchObject({ reason: 'not-signed-by-log' });
    expect(await reasonOf(body.slice(1))).toMatchObject({ reason: 'malformed-request' });
    expect(await reasonOf(body.replace('\n7\n', '\n7.0\n'))).toMatchObject({ reason: 'malformed-request' });
    const failing = () => Promise.reject(new Error('no such algorithm'));
    await expect(openAddCheckpoint(failing, body, keysOf)).rejects.toMatchObject({ code: 'verifier-failed' });
  });

  it('accepts nothing after a change of a byte', async () => {
    const body = Buffer.from(await requestBody(5, 13));
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: body.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
        const changed = Buffer.from(body);
        changed[at] = (changed[at] as number) ^ bits;
        const request = await openAddCheckpoint(verifyEd25519, changed, keysOf);
        const decision = 'kind' in request ? request : decideCosignature(sha256, headOf(5), request);
        expect(decision.kind).not.toBe('accept');
      }),
    );
  });
});

describe('the body of add-checkpoint', () => {
  // The example of C2SP tlog-witness.
  const EXAMPLE = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
`;

  it('is read and written as in C2SP tlog-witness', () => {
    const request = parseAddCheckpoint(EXAMPLE);
    expect(request).toMatchObject({ oldSize: 20_852_014, proof: { length: 4 } });
    expect(parseNote(request.checkpoint).signatures).toHaveLength(2);
    expect(formatAddCheckpoint(request)).toBe(EXAMPLE);
  });

  it.each([
    ['no old size', EXAMPLE.slice(EXAMPLE.indexOf('\n') + 1)],
    ['a leading zero', EXAMPLE.replace('old 2', 'old 02')],
    ['a sign', EXAMPLE.replace('old 2', 'old +2')],
    ['an old size above 2^53', EXAMPLE.replace('20852014', '9007199254740992')],
    ['64 hashes', EXAMPLE.replace(/^PlRN.*\n/m, (line) => line.repeat(61))],
    ['half a hash', EXAMPLE.replace('pqhGrupue0L7gxbj', '')],
    ['no checkpoint', 'old 0\n'],
  ])('is refused with %s', (_, body) => {
    expect(() => parseAddCheckpoint(body)).toThrow(expect.objectContaining({ code: 'malformed-request' }));
  });

  it('is not written when it could not be read', () => {
    const request = parseAddCheckpoint(EXAMPLE);
    expect(() => formatAddCheckpoint({ ...request, oldSize: -1 })).toThrow(TlogError);
    expect(() => formatAddCheckpoint({ ...request, proof: [new Uint8Array(3)] })).toThrow(TlogError);
    expect(() => formatAddCheckpoint({ ...request, checkpoint: '' })).toThrow(TlogError);
  });

  it('ends in a TlogError or is read back the same, whatever the bytes', () => {
    const lines = EXAMPLE.split('\n');
    const likely = fc
      .array(fc.constantFrom(...lines, 'old 0'))
      .map((all) => Buffer.from(['old 1', ...all, '', ...lines.slice(6)].join('\n')));
    fc.assert(
      fc.property(fc.oneof(likely, fc.uint8Array()), (bytes) => {
        try {
          expect(Buffer.from(formatAddCheckpoint(parseAddCheckpoint(bytes)))).toEqual(Buffer.from(bytes));
        } catch (error) {
          if (!isTlogError(error)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
