import { createPrivateKey, sign } from 'node:crypto';
import type { Hash } from '#tlog';
import { nodeAlgorithms, sha256, sm3 } from './algorithms.js';
import { SigningError } from './signing-error.js';

/** Known answers, from the publications that define the algorithms. */
export interface KnownAnswers {
  readonly hashes: readonly {
    readonly name: string;
    readonly hash: Hash;
    readonly input: string;
    readonly hex: string;
  }[];
  readonly ed25519: {
    readonly seed: string;
    readonly publicKey: string;
    readonly message: string;
    readonly signature: string;
  };
}

export const KNOWN_ANSWERS: KnownAnswers = {
  hashes: [
    {
      // FIPS 180-4, example B.1.
      ...{ name: 'SHA-256', hash: sha256, input: 'abc' },
      hex: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    },
    {
      // GB/T 32905-2016, example A.1.
      ...{ name: 'SM3', hash: sm3, input: 'abc' },
      hex: '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
    },
  ],
  // RFC 8032 §7.1, test 3.
  ed25519: {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
};

const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * That the platform computes what the standards say, and that a changed message does not verify. Run at start: a
 * signature made by a broken library cannot be taken back.
 * @throws SigningError `self-test-failed`
 */
export async function runSelfTests({ hashes, ed25519 }: KnownAnswers = KNOWN_ANSWERS): Promise<void> {
  for (const { name, hash, input, hex } of hashes) {
    if (Buffer.from(hash(Buffer.from(input))).toString('hex') !== hex) throw failed(name);
  }
  const [seed, publicKey, message, signature] = [
    ed25519.seed,
    ed25519.publicKey,
    ed25519.message,
    ed25519.signature,
  ].map((hex) => Buffer.from(hex, 'hex')) as [Buffer, Buffer, Buffer, Buffer];
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
  if (!sign(null, message, key).equals(signature)) throw failed('Ed25519');
  if (!(await nodeAlgorithms.verify(publicKey, message, signature))) throw failed('Ed25519');
  if (await nodeAlgorithms.verify(publicKey, Buffer.concat([message, message]), signature)) throw failed('Ed25519');
}

function failed(name: string): SigningError {
  return new SigningError('self-test-failed', {
    zh: `${name} 自检未通过：本机的密码库不可用，未启动`,
    en: `The self-test of ${name} failed: the cryptography of this machine is not to be used; not started`,
  });
}
