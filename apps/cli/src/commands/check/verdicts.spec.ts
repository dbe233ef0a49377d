import { readFileSync } from 'node:fs';
import { linesOf, wholeOf } from './input.js';
import { Bad, canonicalJson, checkConsistency, checkInclusion, checkNote, readKey, rootOfLines } from './verdicts.js';

const line = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const verdict = (check: () => void): string => {
  try {
    check();
    return 'ok';
  } catch (error) {
    if (error instanceof Bad) return `bad: ${error.message}`;
    throw error;
  }
};

async function* chunks(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

interface Vector {
  readonly name: string;
  readonly wantErr: boolean;
  readonly [field: string]: unknown;
}

function vectors(kind: string): Vector[] {
  const file = new URL(`../../../../../libs/tlog/vectors/${kind}.jsonl`, import.meta.url);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((text) => JSON.parse(text) as Vector);
}

describe('proofs in JSON lines', () => {
  it.each(vectors('inclusion'))('inclusion $name', ({ leafIdx, treeSize, wantErr, ...rest }) => {
    const said = verdict(() => checkInclusion(line({ ...rest, index: leafIdx, size: treeSize })));
    expect(said !== 'ok').toBe(wantErr);
  });

  it.each(vectors('consistency'))('consistency $name', (claim) => {
    expect(verdict(() => checkConsistency(line(claim))) !== 'ok').toBe(claim.wantErr);
  });

  const good = { size1: 1, size2: 1, root1: 'AAAA', root2: 'AAAA', proof: [] };
  it.each([
    ['no JSON', '{', 'bad: JSON: not a string'],
    ['an empty line', '', 'bad: JSON: not a value'],
    ['a list', '[]', 'bad: not a JSON object'],
    ['null', 'null', 'bad: not a JSON object'],
    ['a number', '1', 'bad: not a JSON object'],
    ['a key twice', '{"size1":1,"size1":1}', 'bad: JSON: the key "size1" comes twice'],
    ['a size that is text', { ...good, size1: '1' }, 'bad: size1 is not a number'],
    ['no root', { ...good, root1: undefined }, 'bad: root1 is not text'],
    ['a root that is not base64', { ...good, root2: 'AAA' }, 'bad: root2 is not base64'],
    ['a proof that is text', { ...good, proof: '' }, 'bad: proof is not a list'],
    ['a proof of numbers', { ...good, proof: [1] }, 'bad: proof[0] is not text'],
  ])('are bad with %s', (_, claim, said) => {
    expect(verdict(() => checkConsistency(line(claim)))).toBe(said);
  });
});

describe('the root of leaves in hex', () => {
  it.each([
    ['nothing', [], 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['one empty leaf', ['\n'], '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [
      'the reference tree',
      ['\n00\n10\n20', '21\r\n3031'],
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    ],
  ])('%s', async (_, texts, root) => {
    expect(await rootOfLines(linesOf(chunks(...texts)))).toBe(root);
  });

  it('is not had when a line is no hex', async () => {
    for (const bad of ['0', 'zz', '00 ', '0x00']) {
      await expect(rootOfLines(linesOf(chunks(`00\n${bad}\n`)))).rejects.toThrow(new Bad('line 2 is not hex'));
    }
  });

  it('ends when the input cannot be read', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('00\n');
      throw new Error('EIO');
    }
    await expect(rootOfLines(linesOf(broken()))).rejects.toMatchObject({ exitCode: 2 });
    await expect(wholeOf(broken())).rejects.toMatchObject({ exitCode: 2 });
  });
});

describe('notes', () => {
  const key = readKey('sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8');
  const note = `go.sum database tree
35225469
vt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=

— sum.golang.org Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=
`;

  it('say what checkpoint they are', async () => {
    expect(await checkNote(Buffer.from(note), key)).toEqual([
      'origin go.sum database tree',
      'size 35225469',
      'root vt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=',
    ]);
  });

  it('say the time of a cosignature', async () => {
    const witness = 'witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G';
    const cosigned = `coachandhorses2026h1.staging.certificate.transparency.goog
185550722
YXAM0VmnrfvLaBCOOYSJhCaE5F10oGBOo+hkbDa1kng=

— witness.navigli.sunlight.geomys.org o+AP4gAAAABqb7DzNrGFRJnQ9vrJ8xpnwZytnr/ZYczDIsvwvouiSjwOjn7a72ccxBk+lKnZ7dKqkYKER1s/KxLTaVwQD7lJZTC/CQ==
`;
    expect((await checkNote(Buffer.from(cosigned), readKey(witness))).at(-1)).toBe('time 1785704691');
  });

  it('need not be checkpoints', async () => {
    const foo = readKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
    const text = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;
    expect(await checkNote(Buffer.from(text), foo)).toEqual([]);
  });

  it('are bad when they were changed, signed by others, or are none', async () => {
    await expect(checkNote(Buffer.from(note.replace('35225469', '35225470')), key)).rejects.toBeInstanceOf(Bad);
    await expect(checkNote(Buffer.from(note.replace('— sum', '— mus')), key)).rejects.toBeInstanceOf(Bad);
    await expect(checkNote(Buffer.from('nothing'), key)).rejects.toBeInstanceOf(Bad);
  });
});

describe('canonical JSON', () => {
  // RFC 8785 §3.2.2 to §3.2.4, and numbers of its appendix B.
  it('is as the examples of RFC 8785', () => {
    const example = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    expect(canonicalJson(Buffer.from(example))).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
    const keys = String.raw`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`;
    expect(Object.values(JSON.parse(canonicalJson(Buffer.from(keys))) as object).sort()).toHaveLength(7);
    expect([...canonicalJson(Buffer.from(keys)).matchAll(/:"(\w+)/g)].map(([, word]) => word)).toEqual([
      'Carriage',
      'One',
      'Control',
      'Latin',
      'Euro',
      'Emoji',
      'Hebrew',
    ]);
    expect(canonicalJson(Buffer.from('[-0, 5e-324, 1.7976931348623157e308, 9007199254740992, 1e21]'))).toBe(
      '[0,5e-324,1.7976931348623157e+308,9007199254740992,1e+21]',
    );
    expect(canonicalJson(Buffer.from('{"__proto__":1,"a":{"toJSON":2}}'))).toBe('{"__proto__":1,"a":{"toJSON":2}}');
    expect(canonicalJson(Buffer.from(' "a" '))).toBe('"a"');
  });

  it.each([
    ['no JSON', '{'],
    ['a key twice', '{"a":1,"a":1}'],
    ['a lone surrogate', '"\\ud800"'],
    ['a number beyond doubles', '1e400'],
  ])('is not had from %s', (_, json) => expect(verdict(() => canonicalJson(Buffer.from(json)))).toMatch(/^bad: JSON/));

  it('is not had from what is not UTF-8', () => {
    expect(verdict(() => canonicalJson(Buffer.of(0x22, 0xff, 0x22)))).toBe('bad: JSON is not UTF-8');
  });
});
