import fc from 'fast-check';
import { sha256, testKey, verifyEd25519 } from '../../../test/support/log-crypto.js';
import {
  cosignatureMessage,
  cosignText,
  formatCheckpoint,
  formatNote,
  formatSignatureLine,
  formatVerifierKey,
  isTlogError,
  makeVerifierKey,
  parseCheckpoint,
  parseNote,
  parseSignatureLines,
  parseVerifierKey,
  SIGNATURE_TYPE,
  signText,
  TlogError,
  verifyNote,
} from './index.js';

// The example of C2SP signed-note.
const FOO = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const FOO_NOTE = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;

// golang.org/x/mod/sumdb/note, note_test.go.
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const ENOCH = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
const TEXT = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.
`;
const PETER_LINE =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const ENOCH_LINE =
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';

// The checksum database of Go, as the tests of FiloSottile/torchwood keep it.
const SUMDB = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';
const SUMDB_NOTE = `go.sum database tree
35225469
vt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=

— sum.golang.org Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=
`;

// A checkpoint of a Certificate Transparency log, cosigned by a public witness. The log's own line is of type 0x05.
const NAVIGLI = 'witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G';
const COSIGNED = `coachandhorses2026h1.staging.certificate.transparency.goog
185550722
YXAM0VmnrfvLaBCOOYSJhCaE5F10oGBOo+hkbDa1kng=

— coachandhorses2026h1.staging.certificate.transparency.goog MpXgsHy8ZwxXnO+WjtVrPxAzL49Rs1gWTkNVNeEa//5peAzaocRCB3qt3EaibjzY5GILLtGgBP7dBhgcSHy+JQh0OAc=
— witness.navigli.sunlight.geomys.org o+AP4gAAAABqb7DzNrGFRJnQ9vrJ8xpnwZytnr/ZYczDIsvwvouiSjwOjn7a72ccxBk+lKnZ7dKqkYKER1s/KxLTaVwQD7lJZTC/CQ==
`;

const keys = (...texts: string[]) => texts.map((text) => parseVerifierKey(sha256, text));
const verify = async (note: string, ...known: string[]) =>
  await verifyNote(verifyEd25519, parseNote(note), keys(...known));

describe('verifier keys', () => {
  it.each([[FOO], [PETER], [ENOCH], [SUMDB], [NAVIGLI]])('reads and writes %s', (vkey) => {
    expect(formatVerifierKey(parseVerifierKey(sha256, vkey))).toBe(vkey);
  });

  it('refuses every piece of a key but the whole, and every change of a character', () => {
    for (let from = 0; from <= PETER.length; from++) {
      for (let to = from; to <= PETER.length; to++) {
        if (from === 0 && to === PETER.length) continue;
        expect(() => parseVerifierKey(sha256, PETER.slice(from, to))).toThrow(TlogError);
      }
    }
    for (let i = 0; i < PETER.length; i++) {
      const changed = PETER.slice(0, i) + String.fromCharCode(PETER.charCodeAt(i) + 1) + PETER.slice(i + 1);
      expect(() => parseVerifierKey(sha256, changed)).toThrow(TlogError);
    }
  });

  it.each([
    ['a key that is too long', 'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=='],
    ['an unknown type', 'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'],
    ['an id in capitals', PETER.replace('c74f20a3', 'C74F20A3')],
    ['nothing after the id', 'PeterNeumann+c74f20a3+===='],
    ['a name with a space', PETER.replace('PeterNeumann', 'Peter Neumann')],
  ])('refuses %s', (_, vkey) => expect(() => parseVerifierKey(sha256, vkey)).toThrow(TlogError));

  it('ends in a TlogError for any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => expect(() => keys(text)).toThrow(TlogError)));
    fc.assert(fc.property(fc.base64String(), (text) => expect(() => keys(`name+c74f20a3+${text}`)).toThrow(TlogError)));
  });

  it('makes keys only with names that a note can hold', () => {
    const { publicKey } = parseVerifierKey(sha256, FOO);
    for (const name of ['', 'a b', 'a+b', 'a\u00a0b', 'a\u3000b', 'a\nb', 'a\u0001b', '\ud800']) {
      expect(() => makeVerifierKey(sha256, { name, type: 1, publicKey })).toThrow(TlogError);
    }
    expect(makeVerifierKey(sha256, { name: '留痕.example/存证', type: 1, publicKey }).name).toBe('留痕.example/存证');
  });
});

describe('signed notes', () => {
  it('verify by the published examples', async () => {
    expect(await verify(FOO_NOTE, FOO)).toMatchObject([{ key: { name: 'example.com/foo' }, timeS: null }]);
    expect(await verify(SUMDB_NOTE, SUMDB)).toHaveLength(1);
    expect(parseNote(FOO_NOTE).text).toBe('This is an example message.\n');
    expect(formatNote(parseNote(FOO_NOTE))).toBe(FOO_NOTE);
    expect(parseNote(Buffer.from(FOO_NOTE))).toEqual(parseNote(FOO_NOTE));
  });

  it('verify by the keys that are known; others are passed over', async () => {
    const note = `${TEXT}\n${PETER_LINE}${ENOCH_LINE}`;
    const names = async (...known: string[]) => (await verify(note, ...known)).map(({ key }) => key.name);
    expect(await names(PETER)).toEqual(['PeterNeumann']);
    expect(await names(ENOCH, PETER)).toEqual(['PeterNeumann', 'EnochRoot']);
    expect(await names(PETER, PETER)).toEqual(['PeterNeumann']);
    await expect(names()).rejects.toMatchObject({ code: 'no-known-signature' });
    await expect(names(FOO)).rejects.toMatchObject({ code: 'no-known-signature' });
    const sameNameOtherId = `${TEXT}\n${PETER_LINE.replace('x08g', 'xxxx')}`;
    await expect(verify(sameNameOtherId, PETER)).rejects.toMatchObject({ code: 'no-known-signature' });
    const otherNameSameId = `${TEXT}\n${PETER_LINE.replace('PeterNeumann', 'CarmenSandiego')}`;
    await expect(verify(otherNameSameId, PETER)).rejects.toMatchObject({ code: 'no-known-signature' });
  });

  it('are condemned by one bad signature of a known key, whatever else is good', async () => {
    const bad = ENOCH_LINE.replace('HOm', 'HOn').replace('5n2t', '5n3t');
    const note = `${TEXT}\n${PETER_LINE}${bad}`;
    await expect(verify(note, PETER, ENOCH)).rejects.toMatchObject({
      code: 'bad-signature',
      details: { key: 'EnochRoot+af0cfe78' },
    });
    expect(await verify(note, PETER)).toHaveLength(1);
    const long = `${TEXT}\n${PETER_LINE.slice(0, 60)}ABCD${PETER_LINE.slice(60)}`;
    await expect(verify(long, PETER)).rejects.toMatchObject({ code: 'bad-signature' });
    await expect(verify(`${TEXT.toUpperCase()}\n${PETER_LINE}`, PETER)).rejects.toMatchObject({
      code: 'bad-signature',
    });
  });

  it('do not choose between two keys of one name and id', async () => {
    const [peter] = keys(PETER);
    const twin = { ...peter, publicKey: new Uint8Array(32) } as typeof peter & object;
    const note = parseNote(`${TEXT}\n${PETER_LINE}`);
    await expect(verifyNote(verifyEd25519, note, [peter as typeof twin, twin])).rejects.toMatchObject({
      code: 'ambiguous-key',
    });
  });

  it('say when the signature function itself failed', async () => {
    const failing = async () => await Promise.reject(new Error('no such algorithm'));
    await expect(verifyNote(failing, parseNote(FOO_NOTE), keys(FOO))).rejects.toMatchObject({
      code: 'verifier-failed',
      cause: { message: 'no such algorithm' },
    });
  });

  it.each([
    ['no signatures', TEXT],
    ['no signatures after the empty line', `${TEXT}\n`],
    ['no last newline', `${TEXT}\n${PETER_LINE.trimEnd()}`],
    ['a control character', `\u0001${TEXT}\n${PETER_LINE}`],
    ['a carriage return', `${TEXT}\r\n\n${PETER_LINE}`],
    ['a tab', `\t${TEXT}\n${PETER_LINE}`],
    ['a name with a space', `${TEXT}\n${PETER_LINE.replace('PeterNeumann', 'Bad Name')}`],
    ['a name with a plus', `${TEXT}\n${PETER_LINE.replace('PeterNeumann', 'Bad+Name')}`],
    ['a name with a wide space', `${TEXT}\n${PETER_LINE.replace('PeterNeumann', 'Bad\u3000Name')}`],
    ['no name', `${TEXT}\n${PETER_LINE.replace('PeterNeumann', '')}`],
    ['a hyphen for the dash', `${TEXT}\n${PETER_LINE.replace('—', '-')}`],
    ['a line after the signatures', `${TEXT}\n${PETER_LINE}Unexpected line.\n`],
    ['base64 that is not canonical', `${TEXT}\n${PETER_LINE.replace('nAM=', 'nAN=')}`],
    ['base64 without padding', `${TEXT}\n${PETER_LINE.replace('nAM=', 'nAM')}`],
    ['base64 of URLs', `${TEXT}\n${PETER_LINE.replace('/', '_')}`],
    ['a signature of nothing but a key id', `${TEXT}\n— PeterNeumann x08gow==\n`],
    ['a lone surrogate', `\ud800${TEXT}\n${PETER_LINE}`],
  ])('are refused with %s', (_, note) => {
    expect(() => parseNote(note)).toThrow(expect.objectContaining({ code: 'malformed-note' }));
  });

  it('are refused when they are not UTF-8', () => {
    const note = Buffer.concat([Buffer.of(0xff), Buffer.from(`${TEXT}\n${PETER_LINE}`)]);
    expect(() => parseNote(note)).toThrow(expect.objectContaining({ code: 'malformed-note' }));
  });

  it('have their limits: 1 MiB, 100 signatures', async () => {
    expect(parseNote(`${TEXT}\n${PETER_LINE.repeat(100)}`).signatures).toHaveLength(100);
    expect(() => parseNote(`${TEXT}\n${PETER_LINE.repeat(101)}`)).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    );
    const rest = `\n\n${PETER_LINE}`;
    const room = 1_048_576 - Buffer.byteLength(rest);
    expect(parseNote('x'.repeat(room) + rest).signatures).toHaveLength(1);
    expect(() => parseNote(`x${'x'.repeat(room)}${rest}`)).toThrow(expect.objectContaining({ code: 'too-large' }));
  });

  it('may have empty lines in the text', async () => {
    const { key, sign } = testKey('a.example', SIGNATURE_TYPE.ed25519, 1);
    const text = 'one\n\n\ntwo\n\n— a.example not a signature\n';
    const note = formatNote({ text, signatures: [await signText(key, sign, text)] });
    expect(parseNote(note).text).toBe(text);
    expect(await verifyNote(verifyEd25519, parseNote(note), [key])).toHaveLength(1);
  });

  it('are not written when they could not be read', () => {
    const { signatures } = parseNote(FOO_NOTE);
    for (const text of ['no newline', 'a\rb\n', '\ud800\n', '']) {
      expect(() => formatNote({ text, signatures })).toThrow(TlogError);
    }
    expect(() => formatNote({ text: 'a\n', signatures: [] })).toThrow(TlogError);
    const [one] = signatures;
    const forged = { name: 'x AAAAAAA=\n\n— y', keyId: 1, signature: Uint8Array.of(1) };
    expect(() => formatNote({ text: 'a\n', signatures: [one as typeof forged, forged] })).toThrow(
      'the note would be read as another',
    );
  });

  it('end in a TlogError or are read back the same, whatever the bytes', () => {
    const pieces = fc.constantFrom(
      '\n',
      '\n\n',
      '— ',
      'a',
      ' ',
      '+',
      'AAAAAAA=',
      'x08gox==',
      '\u00a0',
      '留',
      PETER_LINE,
    );
    const likely = fc.array(pieces, { maxLength: 12 }).map((parts) => Buffer.from(parts.join('')));
    fc.assert(
      fc.property(fc.oneof(likely, fc.uint8Array()), (bytes) => {
        try {
          expect(Buffer.from(formatNote(parseNote(bytes)))).toEqual(Buffer.from(bytes));
        } catch (error) {
          if (!isTlogError(error)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('checkpoints', () => {
  const root = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';

  it('reads and writes the example of C2SP tlog-checkpoint', () => {
    const text = `example.com/behind-the-sofa\n20852163\n${root}\n`;
    const checkpoint = parseCheckpoint(text);
    expect(checkpoint).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163, extensions: [] });
    expect(formatCheckpoint(checkpoint)).toBe(text);
    const extended = `${text}one\nanother\n`;
    expect(parseCheckpoint(extended).extensions).toEqual(['one', 'another']);
    expect(formatCheckpoint(parseCheckpoint(extended))).toBe(extended);
  });

  it.each([
    ['nothing', ''],
    ['two lines', `a\n${root}\n`],
    ['no last newline', `a\n1\n${root}`],
    ['no origin', `\n1\n${root}\n`],
    ['a leading zero', `a\n01\n${root}\n`],
    ['a sign', `a\n+1\n${root}\n`],
    ['a negative size', `a\n-1\n${root}\n`],
    ['a size of 2^53', `a\n9007199254740992\n${root}\n`],
    ['a size of 20 digits', `a\n18446744073709551615\n${root}\n`],
    ['no size', `a\n\n${root}\n`],
    ['a space after the size', `a\n1 \n${root}\n`],
    ['a short root', 'a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jx\n'],
    ['a root that is not canonical', `a\n1\n${root.replace('2I=', '2J=')}\n`],
    ['an empty extension line', `a\n1\n${root}\n\nb\n`],
    ['a control in the origin', `a\u0000\n1\n${root}\n`],
  ])('refuses %s', (_, text) => {
    expect(() => parseCheckpoint(text)).toThrow(expect.objectContaining({ code: 'malformed-checkpoint' }));
  });

  it('writes none that could not be read', () => {
    const good = parseCheckpoint(`a\n1\n${root}\n`);
    const bad = [{ size: -1 }, { size: 0.5 }, { origin: '' }, { origin: 'a\nb' }, { root: new Uint8Array(31) }];
    for (const changes of [...bad, { extensions: [''] }, { origin: '\ud800' }]) {
      expect(() => formatCheckpoint({ ...good, ...changes })).toThrow(TlogError);
    }
  });

  it('end in a TlogError or are read back the same, whatever the text', () => {
    const lines = fc.constantFrom('a', '', '0', '1', '01', root, `${root}=`, '\u0001', '9007199254740993');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(lines).map((all) => all.join('\n')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          try {
            expect(formatCheckpoint(parseCheckpoint(text))).toBe(text);
          } catch (error) {
            if (!isTlogError(error)) throw error;
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('cosignatures', () => {
  const text = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
  const witness = testKey('witness.example.com/w1', SIGNATURE_TYPE.cosignature, 7);

  it('sign the message of C2SP tlog-cosignature', () => {
    expect(Buffer.from(cosignatureMessage(text, 1_679_315_147)).toString()).toBe(
      `cosignature/v1\ntime 1679315147\n${text}`,
    );
  });

  it('of a public witness on a real checkpoint verifies', async () => {
    expect(await verify(COSIGNED, NAVIGLI)).toMatchObject([{ key: { type: 4 }, timeS: 0x6a6fb0f3 }]);
    await expect(verify(COSIGNED.replace('185550722', '185550723'), NAVIGLI)).rejects.toMatchObject({
      code: 'bad-signature',
    });
  });

  it('are made and verified with their time', async () => {
    const line = await cosignText(witness.key, witness.sign, { text, timeS: 1_679_315_147 });
    const note = parseNote(formatNote({ text, signatures: [line] }));
    expect(await verifyNote(verifyEd25519, note, [witness.key])).toEqual([{ key: witness.key, timeS: 1_679_315_147 }]);
    expect(parseSignatureLines(formatSignatureLine(line))).toEqual(note.signatures);
  });

  it('bind the time', async () => {
    const line = await cosignText(witness.key, witness.sign, { text, timeS: 1_679_315_147 });
    const signature = Uint8Array.from(line.signature);
    signature[7] = 0;
    const check = async (changed: Uint8Array) =>
      await verifyNote(verifyEd25519, { text, signatures: [{ ...line, signature: changed }] }, [witness.key]);
    await expect(check(signature)).rejects.toMatchObject({ code: 'bad-signature' });
    await expect(check(signature.subarray(8))).rejects.toMatchObject({ code: 'bad-signature' });
    signature[0] = 0x7f;
    await expect(check(signature)).rejects.toMatchObject({ code: 'bad-signature' });
  });

  it('are for checkpoints only, and say a time', async () => {
    const cosign = async (other: string, timeS: number) =>
      await cosignText(witness.key, witness.sign, { text: other, timeS });
    await expect(cosign('hello\n', 1)).rejects.toMatchObject({ code: 'malformed-checkpoint' });
    await expect(cosign(text, 0)).rejects.toMatchObject({ code: 'out-of-range' });
    await expect(cosign(text, -1)).rejects.toMatchObject({ code: 'out-of-range' });
    await expect(cosign(text, 1.5)).rejects.toMatchObject({ code: 'out-of-range' });
    const line = await cosign(text, 1);
    await expect(
      verifyNote(verifyEd25519, { text: 'hello\n', signatures: [line] }, [witness.key]),
    ).rejects.toMatchObject({ code: 'malformed-checkpoint' });
  });
});
