import { KNOWN_ANSWERS, runSelfTests } from './self-tests.js';

describe('the self-tests', () => {
  it('pass on this platform', async () => {
    await expect(runSelfTests()).resolves.toBeUndefined();
  });

  it('find a hash that is another, and signatures that are not what the standard says', async () => {
    const { hashes, ed25519 } = KNOWN_ANSWERS;
    const swapped = hashes.map((known, i) => ({ ...known, hash: hashes[1 - i]?.hash ?? known.hash }));
    await expect(runSelfTests({ hashes: swapped, ed25519 })).rejects.toMatchObject({ code: 'self-test-failed' });
    for (const wrong of [
      { message: 'af83' },
      { publicKey: ed25519.seed },
      { signature: ed25519.signature.replace('6', '7') },
    ]) {
      const answers = { hashes, ed25519: { ...ed25519, ...wrong } };
      await expect(runSelfTests(answers)).rejects.toMatchObject({ code: 'self-test-failed' });
    }
  });
});
