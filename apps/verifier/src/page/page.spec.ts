import { fingerprintOf, sha256 } from '#dossier';
import { formatVerifierKey, makeVerifierKey } from '#tlog';
import { readPins, trustOf } from './pins.js';
import { bytesText, printable } from './printable.js';
import { WORDS } from './words.js';

const vkeyOf = (name: string, type: 1 | 4, fill: number): string =>
  formatVerifierKey(makeVerifierKey(sha256, { name, type, publicKey: new Uint8Array(32).fill(fill) }));
const LOG = vkeyOf('log.example/a', 1, 1);
const WITNESSES = [vkeyOf('w1.example', 4, 2), vkeyOf('w2.example', 4, 3)];

describe('pinned keys', () => {
  it('are none when nothing is typed', () => {
    expect(readPins(sha256, ' \n\t')).toEqual({ kind: 'none' });
  });

  it('may be typed one by one: every witness must have cosigned', () => {
    const pins = readPins(sha256, `${LOG}\r\n  ${WITNESSES.join('\n')}\n`);
    expect(pins).toMatchObject({ kind: 'policy', policy: { logs: [{ key: { name: 'log.example/a' } }] } });
    if (pins.kind !== 'policy') throw new Error('no policy');
    const [group] = pins.policy.groups;
    expect(group).toMatchObject({ threshold: 2, name: pins.policy.quorum });
  });

  it('may be the log alone', () => {
    expect(readPins(sha256, LOG)).toMatchObject({ kind: 'policy', policy: { quorum: null } });
  });

  it('may be their fingerprints, as they are read off paper', () => {
    const hex = fingerprintOf(sha256, LOG);
    const read = readPins(
      sha256,
      `${hex.toUpperCase().match(/.{4}/g)?.join(' ')}\n${fingerprintOf(sha256, WITNESSES[0] ?? '')}`,
    );
    expect(read).toEqual({
      kind: 'fingerprints',
      named: { fingerprints: [hex, fingerprintOf(sha256, WITNESSES[0] ?? '')] },
    });
    expect(trustOf(read)).toEqual({ fingerprints: expect.arrayContaining([hex]) });
    expect(readPins(sha256, hex.slice(1))).toMatchObject({ kind: 'problem' });
  });

  it('are ready to be used when they are whole, or none are given', () => {
    expect(trustOf(readPins(sha256, ''))).toBeNull();
    expect(trustOf(readPins(sha256, LOG))).toMatchObject({ quorum: null });
    expect(trustOf(readPins(sha256, 'nonsense'))).toBeUndefined();
    expect(trustOf(readPins(sha256, WITNESSES.join('\n')))).toBeUndefined();
  });

  it('may be a policy, with comments', () => {
    const text = `# from the court\nlog ${LOG}\nwitness w ${WITNESSES[0]}\nquorum w`;
    expect(readPins(sha256, text)).toMatchObject({ kind: 'policy', policy: { quorum: 'w' } });
  });

  it('are refused, with the reason, when they are malformed or lack the log', () => {
    expect(readPins(sha256, WITNESSES.join('\n'))).toEqual({ kind: 'no-log' });
    expect(readPins(sha256, 'nonsense')).toMatchObject({ kind: 'problem' });
    expect(readPins(sha256, `log ${LOG}\n`)).toMatchObject({ kind: 'problem' });
    expect(readPins(sha256, LOG.replace('a+', 'b+'))).toMatchObject({ kind: 'problem' });
  });
});

it('shows what cannot be seen in text of strangers', () => {
  expect(printable('a\u202egpj\u0000\n\u200b现场')).toBe('a\\u{202e}gpj\\u{0}\\u{a}\\u{200b}现场');
  expect(printable('<b>&amp;')).toBe('<b>&amp;');
  expect(printable('\ud800')).toBe('\ufffd');
});

it('writes sizes for people', () => {
  expect([0, 1_023, 1_024, 1_536, 20 * 2 ** 30, 2 ** 50].map(bytesText)).toEqual([
    ...['0 B', '1023 B', '1.0 KiB', '1.5 KiB', '20.0 GiB', '1024 TiB'],
  ]);
});

it('has every word in both languages', () => {
  for (const { zh, en } of Object.values(WORDS)) {
    expect(zh).not.toBe('');
    expect(en).not.toBe('');
  }
});
