import fc from 'fast-check';
import { sha256, testKey, verifyEd25519 } from '../../../test/support/log-crypto.js';
import {
  cosignText,
  formatCheckpoint,
  formatLogProof,
  formatNote,
  formatVerifierKey,
  isTlogError,
  leafHash,
  makeInclusionProof,
  parseLogProof,
  parsePolicy,
  SIGNATURE_TYPE,
  signText,
  TlogError,
  treeRoot,
  verifyLogProof,
} from './index.js';

const log = testKey('log.example/archive', SIGNATURE_TYPE.ed25519, 1);
const witness = testKey('witness.example', SIGNATURE_TYPE.cosignature, 2);
const policy = parsePolicy(
  sha256,
  `log ${formatVerifierKey(log.key)}\nwitness w ${formatVerifierKey(witness.key)}\nquorum w\n`,
);
const algorithms = { hash: sha256, verify: verifyEd25519 };
const leaves = Array.from({ length: 11 }, (_, i) => leafHash(sha256, Buffer.from(`event ${i}`)));

async function proofOf(index: number, extra: Uint8Array | null = null): Promise<string> {
  const root = treeRoot(sha256, leaves);
  const text = formatCheckpoint({ origin: log.key.name, size: leaves.length, root, extensions: [] });
  const own = await signText(log.key, log.sign, text);
  const other = await cosignText(witness.key, witness.sign, { text, timeS: 1_700_000_000 });
  const proof = await makeInclusionProof(sha256, { index, size: leaves.length }, (level, at) =>
    treeRoot(sha256, leaves.slice(at * 2 ** level, (at + 1) * 2 ** level)),
  );
  return formatLogProof({ index, proof, extra, checkpoint: formatNote({ text, signatures: [own, other] }) });
}

// The example of C2SP tlog-proof. Its signatures are shortened there, and its extra data is no base64: others stand
// for them.
const EXAMPLE = `c2sp.org/tlog-proof@v1
extra ZXh0cmEgaW5mb3JtYXRpb24=
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

example.com/fancylog
109482
sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;

describe('log proofs', () => {
  it('read and write the example of C2SP tlog-proof', () => {
    const proof = parseLogProof(EXAMPLE);
    expect(proof).toMatchObject({ index: 73_894, proof: { length: 5 }, extra: { length: 17 } });
    expect(formatLogProof(proof)).toBe(EXAMPLE);
    const without = EXAMPLE.replace(/extra.*\n/, '');
    expect(parseLogProof(without).extra).toBeNull();
    expect(formatLogProof(parseLogProof(without))).toBe(without);
  });

  it('verify for each entry, and for no other', async () => {
    for (const [i, leaf] of leaves.entries()) {
      const proof = await proofOf(i, i % 2 === 0 ? null : Buffer.from('more'));
      const verified = await verifyLogProof(algorithms, policy, { leafHash: leaf, proof });
      expect(verified).toMatchObject({ index: i, cosignatures: [{ witness: 'w', timeS: 1_700_000_000 }] });
      const other = leaves[(i + 1) % leaves.length] as Uint8Array;
      await expect(verifyLogProof(algorithms, policy, { leafHash: other, proof })).rejects.toMatchObject({
        code: 'root-mismatch',
      });
    }
  });

  it('may have no hashes, as in a tree of one entry', () => {
    const text = EXAMPLE.replace(/^[\w+/]{43}=\n/gm, '');
    expect(() => parseLogProof(text)).not.toThrow();
    expect(parseLogProof(text).proof).toEqual([]);
  });

  it.each([
    ['another first line', EXAMPLE.replace('@v1', '@v2')],
    ['no first line', EXAMPLE.slice(EXAMPLE.indexOf('\n') + 1)],
    ['no index', EXAMPLE.replace('index 73894\n', '')],
    ['nothing but the first line', `c2sp.org/tlog-proof@v1\n\n${EXAMPLE.slice(EXAMPLE.indexOf('example.com/fancy'))}`],
    ['an index with a leading zero', EXAMPLE.replace('index 7', 'index 07')],
    ['a negative index', EXAMPLE.replace('index 7', 'index -7')],
    ['an index above 2^53', EXAMPLE.replace('73894', '9007199254740992')],
    ['extra data that is not base64', EXAMPLE.replace('extra Z', 'extra !')],
    ['extra data after the index', EXAMPLE.replace(/(extra.*\n)(index.*\n)/, '$2$1')],
    ['a hash that is not base64', EXAMPLE.replace('gSKy', '!!!!')],
    ['half a hash', EXAMPLE.replace('UgZ6jduWYrkDOARi', '')],
    ['64 hashes', EXAMPLE.replace(/^B95l.*\n/m, (line) => line.repeat(60))],
    ['no checkpoint', EXAMPLE.slice(0, EXAMPLE.indexOf('\n\n'))],
  ])('are refused with %s', (_, text) => {
    expect(() => parseLogProof(text)).toThrow(expect.objectContaining({ code: 'malformed-proof' }));
  });

  it('are refused when the checkpoint is no note', () => {
    expect(() => parseLogProof(EXAMPLE.replace('— ', '- '))).toThrow(
      expect.objectContaining({ code: 'malformed-note' }),
    );
  });

  it('are not written when they could not be read', () => {
    const proof = parseLogProof(EXAMPLE);
    expect(() => formatLogProof({ ...proof, index: -1 })).toThrow(TlogError);
    expect(() => formatLogProof({ ...proof, proof: [new Uint8Array(3)] })).toThrow(TlogError);
    expect(() => formatLogProof({ ...proof, checkpoint: 'nothing\n' })).toThrow(TlogError);
  });

  it('are refused after any change of a byte that is signed or proved', async () => {
    const proof = Buffer.from(await proofOf(5));
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: proof.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
        const changed = Buffer.from(proof);
        changed[at] = (changed[at] as number) ^ bits;
        const claim = { leafHash: leaves[5] as Uint8Array, proof: changed };
        await expect(verifyLogProof(algorithms, policy, claim)).rejects.toBeInstanceOf(TlogError);
      }),
    );
  });

  it('end in a TlogError or are read back the same, whatever the bytes', () => {
    const lines = EXAMPLE.split('\n');
    const likely = fc
      .array(fc.constantFrom(...lines, 'index 0', 'extra '))
      .map((all) => Buffer.from([lines[0], ...all, '', ...lines.slice(-6)].join('\n')));
    fc.assert(
      fc.property(fc.oneof(likely, fc.uint8Array()), (bytes) => {
        try {
          expect(Buffer.from(formatLogProof(parseLogProof(bytes)))).toEqual(Buffer.from(bytes));
        } catch (error) {
          if (!isTlogError(error)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
