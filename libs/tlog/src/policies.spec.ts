import fc from 'fast-check';
import { sha256, testKey, verifyEd25519 } from '../../../test/support/log-crypto.js';
import {
  cosignText,
  emptyRoot,
  formatCheckpoint,
  formatNote,
  formatPolicy,
  formatVerifierKey,
  isQuorum,
  isTlogError,
  openCheckpoint,
  type Policy,
  parsePolicy,
  quorumSize,
  SIGNATURE_TYPE,
  signText,
  TlogError,
} from './index.js';

const log = testKey('log.example/archive', SIGNATURE_TYPE.ed25519, 1);
const otherLog = testKey('other.example/archive', SIGNATURE_TYPE.ed25519, 2);
const witnesses = Array.from({ length: 6 }, (_, i) => testKey(`w${i}.example`, SIGNATURE_TYPE.cosignature, 10 + i));
const LOG = `log ${formatVerifierKey(log.key)} https://log.example/archive`;
const W = witnesses.map(({ key }, i) => `witness w${i} ${formatVerifierKey(key)}`);
const witnessedBy = (policy: Policy, ...names: string[]) => isQuorum(policy, new Set(names));

// The example of C2SP tlog-policy, with keys.
const EXAMPLE = `
# two organisations
${LOG}

${W[0]}
  ${W[1]}\thttps://w1.example/
${W[2]}
group X-witnesses 2 w0 w1 w2

${W[3]}
${W[4]}
${W[5]}
group Y-witnesses any w3 w4 w5

\t# both
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

describe('policies', () => {
  it('read the example of C2SP tlog-policy', () => {
    const policy = parsePolicy(sha256, EXAMPLE);
    expect(policy.logs).toEqual([{ key: log.key, url: 'https://log.example/archive' }]);
    expect(policy.witnesses.map(({ name, url }) => [name, url])).toEqual([
      ...[
        ['w0', null],
        ['w1', 'https://w1.example/'],
        ['w2', null],
      ],
      ...[
        ['w3', null],
        ['w4', null],
        ['w5', null],
      ],
    ]);
    expect(policy.groups.map(({ threshold }) => threshold)).toEqual([2, 1, 2]);
    expect(policy.quorum).toBe('X-and-Y');
    expect(witnessedBy(policy, 'w0', 'w2', 'w5')).toBe(true);
    expect(witnessedBy(policy, 'w0', 'w1', 'w2')).toBe(false);
    expect(witnessedBy(policy, 'w0', 'w3', 'w4', 'w5')).toBe(false);
  });

  it('read keys that others published', () => {
    const policy = parsePolicy(
      sha256,
      `witness w1 remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2 https://example.com/remora
witness w2 witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv
group g1 all w1 w2
quorum g1`,
    );
    expect(policy.witnesses.map(({ key }) => key.name)).toEqual(['remora.n621.de', 'witness.stagemole.eu']);
  });

  it('need no cosignature by `quorum none`, one witness by its name', () => {
    const none = parsePolicy(sha256, `${LOG}\nquorum none\n`);
    expect(none.quorum).toBeNull();
    expect(witnessedBy(none)).toBe(true);
    const one = parsePolicy(sha256, `${W[0]}\n${W[1]}\nquorum w1\n`);
    expect([witnessedBy(one, 'w0'), witnessedBy(one, 'w1')]).toEqual([false, true]);
  });

  it('take octets above 0x7f as they are, in UTF-8 or not', () => {
    const utf8 = parsePolicy(
      sha256,
      Buffer.from(`witness 见证方 ${W[0]?.slice('witness w0 '.length)}\nquorum 见证方\n`),
    );
    expect(utf8.quorum).toBe('见证方');
    const octets = Buffer.from(`witness \u00ff ${W[0]?.slice('witness w0 '.length)}\nquorum \u00ff\n`, 'latin1');
    expect(parsePolicy(sha256, octets).quorum).toBe('\u00ff');
  });

  it('hold groups in groups, however deep', () => {
    const nested = Array.from({ length: 5000 }, (_, i) => `group g${i} all ${i === 0 ? 'w0' : `g${i - 1}`}`);
    const policy = parsePolicy(sha256, [W[0], ...nested, 'quorum g4999'].join('\n'));
    expect([witnessedBy(policy, 'w0'), witnessedBy(policy)]).toEqual([true, false]);
  });

  it('are written as they are read', () => {
    const policy = parsePolicy(sha256, EXAMPLE);
    const text = formatPolicy(policy);
    expect(parsePolicy(sha256, text)).toEqual(policy);
    expect(text.split('\n').slice(-5)).toEqual([
      'group X-witnesses 2 w0 w1 w2',
      'group Y-witnesses 1 w3 w4 w5',
      'group X-and-Y 2 X-witnesses Y-witnesses',
      'quorum X-and-Y',
      '',
    ]);
    expect(formatPolicy(parsePolicy(sha256, 'quorum none'))).toBe('quorum none\n');
  });

  it.each([
    [EXAMPLE, { needed: 3, of: 6 }],
    ['quorum none', { needed: 0, of: 0 }],
    [`${W[0]}\n${W[1]}\nquorum w1`, { needed: 1, of: 1 }],
    [`${W.join('\n')}\ngroup a 2 w0 w1\ngroup b 1 a w2\nquorum b`, { needed: 1, of: 3 }],
  ])('tell how many witnesses they take (%#)', (text, size) => {
    expect(quorumSize(parsePolicy(sha256, text))).toEqual(size);
  });

  it.each([
    ['no quorum', [LOG]],
    ['two quorums', ['quorum none', 'quorum none']],
    ['a quorum that is not defined', ['quorum w0']],
    ['a quorum defined further down', ['quorum w0', W[0]]],
    ['a quorum without a name', ['quorum']],
    ['too much after the quorum', [W[0], 'quorum w0 # really']],
    ['an unknown line', ['monitor x', 'quorum none']],
    ['a log without a key', ['log', 'quorum none']],
    ['too much after a log', [`${LOG} more`, 'quorum none']],
    ['the same log again', [LOG, LOG, 'quorum none']],
    ['a witness without a key', ['witness w0', 'quorum none']],
    ['too much after a witness', [`${W[0]} url more`, 'quorum none']],
    ['the same name again', [W[0], W[1]?.replace('w1 ', 'w0 '), 'quorum none']],
    ['the same key under another name', [W[0], W[0]?.replace('w0 ', 'w9 '), 'quorum none']],
    ['a witness called none', [W[0]?.replace('w0 ', 'none '), 'quorum none']],
    ['a witness with the key of a log', [LOG.replace('log ', 'witness w0 ').replace(/ https.*/, ''), 'quorum none']],
    ['a group without members', ['group g any', 'quorum none']],
    ['a group without anything', ['group', 'quorum none']],
    ['a group of an unknown member', ['group g any w0', 'quorum none']],
    ['a group of itself', ['group g any g', 'quorum none']],
    ['a group of none', ['group g any none', 'quorum none']],
    ['a member twice', [W[0], 'group g any w0 w0', 'quorum none']],
    ['a member of two groups', [W[0], 'group g any w0', 'group h any w0', 'quorum none']],
    ['a group that needs nobody', [W[0], 'group g 0 w0', 'quorum none']],
    ['a group that needs more than there are', [W[0], 'group g 2 w0', 'quorum none']],
    ['a negative threshold', [W[0], 'group g -1 w0', 'quorum none']],
    ['a threshold that is a word', [W[0], 'group g constructor w0', 'quorum none']],
    ['a carriage return', [W[0], 'quorum w0\r']],
    ['a delete character', [W[0], '# \u007f', 'quorum w0']],
  ])('are refused with %s', (_, lines) => {
    expect(() => parsePolicy(sha256, lines.join('\n'))).toThrow(expect.objectContaining({ code: 'malformed-policy' }));
  });

  it('are refused above 1 MiB', () => {
    expect(() => parsePolicy(sha256, ' '.repeat(1_048_577))).toThrow(expect.objectContaining({ code: 'too-large' }));
  });

  it('end in a TlogError or are read, whatever the text', () => {
    const words = fc.constantFrom(
      'log',
      'witness',
      'group',
      'quorum',
      'none',
      'any',
      '2',
      'w0',
      'g',
      '\n',
      '#',
      ' ',
      ...W,
    );
    const likely = fc.array(words).map((all) => all.join(' '));
    fc.assert(
      fc.property(fc.oneof(likely, fc.uint8Array()), (input) => {
        try {
          parsePolicy(sha256, input);
        } catch (error) {
          if (!isTlogError(error)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('checkpoints under a policy', () => {
  const algorithms = { hash: sha256, verify: verifyEd25519 };
  const policy = parsePolicy(sha256, `${LOG}\n${W.slice(0, 3).join('\n')}\ngroup g 2 w0 w1 w2\nquorum g\n`);
  const head = { origin: log.key.name, size: 5, root: Buffer.alloc(32, 9), extensions: [] };

  async function noteOf(
    { signer = log, cosigners = [0, 1] }: { signer?: typeof log | null; cosigners?: number[] },
    checkpoint = head,
  ): Promise<string> {
    const text = formatCheckpoint(checkpoint);
    const own = signer === null ? [] : [await signText(signer.key, signer.sign, text)];
    const others = cosigners.map(async (i, nth) => {
      const { key, sign } = witnesses[i] as typeof log;
      return await cosignText(key, sign, { text, timeS: 1_700_000_000 + nth });
    });
    return formatNote({ text, signatures: [...own, ...(await Promise.all(others))] });
  }

  it('are trusted when the log and enough witnesses have signed', async () => {
    const trusted = await openCheckpoint(algorithms, policy, await noteOf({ cosigners: [0, 5, 2, 0] }));
    expect(trusted.checkpoint).toMatchObject({ origin: 'log.example/archive', size: 5 });
    expect(trusted.log).toEqual(log.key);
    expect(trusted.cosignatures).toEqual([
      { witness: 'w0', timeS: 1_700_000_003 },
      { witness: 'w2', timeS: 1_700_000_002 },
    ]);
  });

  it.each([
    ['one witness twice', { cosigners: [0, 0] }, head, 'quorum-not-met'],
    ['a witness nobody knows', { cosigners: [0, 5] }, head, 'quorum-not-met'],
    ['witnesses only', { signer: null }, head, 'no-known-signature'],
    ['an origin that is not in the policy', {}, { ...head, origin: 'b.example' }, 'wrong-origin'],
    ['the key of another log', { signer: otherLog }, head, 'no-known-signature'],
    ['size 0 and another root', {}, { ...head, size: 0 }, 'root-mismatch'],
  ])('are refused with %s', async (_, signers, checkpoint, code) => {
    await expect(openCheckpoint(algorithms, policy, await noteOf(signers, checkpoint))).rejects.toMatchObject({ code });
  });

  it('count no signature without a time as a cosignature', async () => {
    const made: Policy = { ...policy, witnesses: [{ name: 'w0', ...policy.logs[0] } as Policy['witnesses'][0]] };
    const quorum = { ...made, groups: [], quorum: 'w0' };
    await expect(openCheckpoint(algorithms, quorum, await noteOf({}))).rejects.toMatchObject({
      code: 'quorum-not-met',
    });
  });

  it('may be of the empty tree', async () => {
    const note = await noteOf({}, { ...head, size: 0, root: emptyRoot(sha256) as Buffer<ArrayBuffer> });
    expect((await openCheckpoint(algorithms, policy, note)).checkpoint.size).toBe(0);
  });

  it('are refused after any change of a byte', async () => {
    const note = Buffer.from(await noteOf({}));
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: note.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
        const changed = Buffer.from(note);
        changed[at] = (changed[at] as number) ^ bits;
        await expect(openCheckpoint(algorithms, policy, changed)).rejects.toBeInstanceOf(TlogError);
      }),
    );
  });
});
