import { fromHex, toHex } from '#domain';
import { sha256 } from '#dossier';
import { leafOfBlock, verifyByLibrary, verifyEd25519 } from './browser-checks.js';
import { type HashWorkers } from './hash-workers.js';

const ABC = new TextEncoder().encode('abc');
/** FIPS 180-4, GB/T 32905 example 1, and SHA-256 of a zero byte and `abc`. */
const SHA256_ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const SM3_ABC = '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0';
const LEAF_ABC = '609f6e36d2405585188d5cfd761f407c7cc46a7d3f314c88270469dde315fcd1';

/** RFC 8032 §7.1, test 2. */
const ED25519 = {
  key: fromHex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'),
  good: Uint8Array.of(0x72),
  bad: Uint8Array.of(0x73),
  signature: fromHex(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ),
};

/** The names of what gives a wrong answer here; without known good answers nothing may be called good. */
export async function selfTest(workers: HashWorkers): Promise<string[]> {
  const streamed = async (algorithm: 'sha256' | 'sm3'): Promise<string> => {
    const hasher = workers.stream(algorithm);
    await hasher.update(ABC);
    return await hasher.digestHex();
  };
  const { key, good, bad, signature } = ED25519;
  const answers: [string, boolean][] = [
    ['SHA-256', toHex(sha256(ABC)) === SHA256_ABC],
    ['SHA-256 (thread)', (await streamed('sha256')) === SHA256_ABC],
    ['SM3', (await streamed('sm3')) === SM3_ABC],
    ['SHA-256 (blocks)', toHex(await leafOfBlock(workers)(ABC)) === LEAF_ABC],
    ['Ed25519', (await verifyEd25519(key, good, signature)) && !(await verifyEd25519(key, bad, signature))],
    ['Ed25519 (library)', verifyByLibrary(key, good, signature) && !verifyByLibrary(key, bad, signature)],
  ];
  return answers.filter(([, isRight]) => !isRight).map(([name]) => name);
}
