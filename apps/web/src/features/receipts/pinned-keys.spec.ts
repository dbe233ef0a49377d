import { sha256 } from '#dossier';
import { formatVerifierKey, makeVerifierKey, SIGNATURE_TYPE } from '#tlog';
import { pinText, readPinnedKeys } from './pinned-keys.js';

const vkeyOf = (name: string, type: 0x01 | 0x04 = SIGNATURE_TYPE.ed25519) =>
  formatVerifierKey(makeVerifierKey(sha256, { name, type, publicKey: new Uint8Array(32).fill(7) }));
const vkey = vkeyOf('log.example/test');
const receiptVkey = vkeyOf('log.example/test/receipts');

describe('keys somebody kept', () => {
  it('are read in any order, with anything white between', () => {
    for (const text of [pinText({ vkey, receiptVkey }), `  ${receiptVkey}\r\n\t${vkey}`]) {
      const keys = readPinnedKeys(text);
      expect([keys?.log?.name, keys?.receipts?.name]).toEqual(['log.example/test', 'log.example/test/receipts']);
    }
  });

  it('may be one, or none', () => {
    expect(readPinnedKeys(receiptVkey)).toMatchObject({ log: null, receipts: { name: 'log.example/test/receipts' } });
    expect(readPinnedKeys(' ')).toEqual({ log: null, receipts: null });
  });

  it.each([
    ['other words', `${vkey} and`],
    ['a key with a letter changed', vkey.replace('Bw', 'Cw')],
    ['two of a kind', `${vkey} ${vkeyOf('log.example/other')}`],
    ['the key of a witness', vkeyOf('witness.example', SIGNATURE_TYPE.cosignature)],
  ])('are refused with %s', (_, text) => {
    expect(readPinnedKeys(text)).toBeNull();
  });
});
