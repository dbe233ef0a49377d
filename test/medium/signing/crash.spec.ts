import { join } from 'node:path';
import { jest } from '@jest/globals';
import { formatCheckpointRequest, isSigningError, SignerClient, sha256, WitnessClient } from '#signing';
import { formatNote, formatVerifierKey, parseVerifierKey, SIGNATURE_TYPE, signText } from '#tlog';
import { Signer } from '../../../apps/signer/src/signer.js';
import { knownLogs } from '../../../apps/witness/src/known-logs.js';
import { Witness } from '../../../apps/witness/src/witness.js';
import { startChild, type TestChild } from '../../support/child-process.js';
import { testKey } from '../../support/log-crypto.js';
import { Folders } from '../../support/signing-processes.js';
import type { CrashOrder } from './crash-child.js';
import { GrowingLog } from './growing-log.js';

// A process of its own is started for every point.
jest.setTimeout(600_000);

const ORIGIN = 'log.example/test';
const SIZES = [3, 9];
const honest = new GrowingLog(ORIGIN);
/** Rewritten from the start: no size of it is one of the honest log. */
const forked = new GrowingLog(ORIGIN, 0);
const key = testKey(ORIGIN, SIGNATURE_TYPE.ed25519, 7);
const logs = [formatVerifierKey(key.key)];
const folders = new Folders();

afterAll(() => folders.remove());

/** What came out before the end: sizes for which somebody holds a signature. */
interface Ordeal {
  readonly signedSizes: number[];
  readonly point: string | null;
  readonly vkey: string | null;
}

async function note(log: GrowingLog, size: number): Promise<string> {
  return formatNote({ text: log.text(size), signatures: [await signText(key.key, key.sign, log.text(size))] });
}

/** Runs until the child is killed at its point, or all was signed. */
async function run(
  order: CrashOrder,
  ask: (said: string, onSigned: (size: number) => void) => Promise<string>,
): Promise<Ordeal> {
  const child = await startChild(new URL('./crash-child.ts', import.meta.url), [JSON.stringify(order)]);
  const signedSizes: number[] = [];
  const first = await child.nextLine();
  if (first.startsWith('killed')) return await ended(child, { signedSizes, point: first, vkey: null });
  const vkey = await ask(first, (size) => signedSizes.push(size)).catch((error: unknown) => {
    if (isSigningError(error, 'unreachable')) return null;
    throw error;
  });
  // All signed and still there: the point lies beyond the last step.
  if (signedSizes.length === SIZES.length) return await ended(child, { signedSizes, point: null, vkey });
  return await ended(child, { signedSizes, point: await child.nextLine(), vkey });
}

async function ended(child: TestChild, ordeal: Ordeal): Promise<Ordeal> {
  await child.kill();
  return ordeal;
}

async function points(survive: (fatal: number) => Promise<string | null>): Promise<string[]> {
  const found: string[] = [];
  let next = 1;
  let isThrough = false;
  const strand = async (): Promise<void> => {
    while (!isThrough) {
      const point = await survive(next++);
      if (point === null) isThrough = true;
      else found.push(point);
    }
  };
  await Promise.all([strand(), strand()]);
  return found;
}

describe('a death at any step', () => {
  it('of the signer forgets no signature and allows no fork', async () => {
    const found = await points(async (fatal) => {
      const dir = await folders.make();
      const client = new SignerClient({ socketPath: join(dir, 'signer.sock') });
      const ordeal = await run({ role: 'signer', dir, fatal, logs }, async (_, onSigned) => {
        const { vkey } = await client.state();
        for (const [i, size] of SIZES.entries()) {
          expect(await client.signCheckpoint(await honest.request(SIZES[i - 1] ?? 0, size))).toHaveProperty('line');
          onSigned(size);
        }
        return vkey;
      });
      const signer = await Signer.open({ dir, origin: ORIGIN });
      const { size, vkey } = signer.state();
      expect(size).toBeGreaterThanOrEqual(ordeal.signedSizes.at(-1) ?? 0);
      if (ordeal.vkey !== null) expect(vkey).toBe(ordeal.vkey);
      const ask = async (log: GrowingLog, to: number) =>
        await signer.signCheckpoint(formatCheckpointRequest(await log.request(size, to)));
      if (size > 0) {
        expect(await ask(forked, size)).toMatchObject({ refused: 422 });
        expect(await ask(forked, 12)).toMatchObject({ refused: 422 });
      }
      expect(await ask(honest, 12)).toHaveProperty('line');
      await signer.close();
      return ordeal.point;
    });
    expect(found.map((point) => point.replace(/^killed at /, ''))).toEqual(
      expect.arrayContaining([
        'make identity.new, done',
        'write identity.new/heads, done',
        'rename to identity, under way',
        'sync folder, done',
        'write identity/heads.new, under way',
        'sync identity/heads.new, done',
        'rename to identity/heads, under way',
        'rename to identity/heads, done',
        'sync identity, done',
        'append journal.txt, done',
        'sign, under way',
        'sign, done',
      ]),
    );
  });

  it('of the witness forgets no cosignature and allows no fork, also while it keeps evidence', async () => {
    const found = await points(async (fatal) => {
      const dir = await folders.make();
      const ordeal = await run({ role: 'witness', dir, fatal, logs }, async (said, onSigned) => {
        const [, url = '', vkey = ''] = said.split(' ');
        const client = new WitnessClient({ url, key: parseVerifierKey(sha256, vkey) });
        for (const [i, size] of SIZES.entries()) {
          const from = SIZES[i - 1] ?? 0;
          const proof = await honest.proof(from, size);
          expect(await client.addCheckpoint({ oldSize: from, proof, note: await note(honest, size) })).toHaveProperty(
            'line',
          );
          if (i === 0) {
            const fork = { oldSize: size, proof: [], note: await note(forked, size) };
            expect(await client.addCheckpoint(fork)).toMatchObject({ refused: 422 });
          }
          onSigned(size);
        }
        return vkey;
      });
      const witness = await Witness.open({ dir, name: null, logs: knownLogs(logs, null) });
      const size = witness.status().logs[0]?.last?.size ?? 0;
      expect(size).toBeGreaterThanOrEqual(ordeal.signedSizes.at(-1) ?? 0);
      if (ordeal.vkey !== null) expect(witness.vkey).toBe(ordeal.vkey);
      const ask = async (log: GrowingLog, to: number) => {
        const proof = (await log.proof(size, to)).map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('');
        return await witness.addCheckpoint(`old ${size}\n${proof}\n${await note(log, to)}`);
      };
      if (size > 0) {
        expect(await ask(forked, 12)).toMatchObject({ status: 422 });
        expect(witness.status().refused.map((kept) => kept.size)).toContain(12);
      }
      expect(await ask(honest, 12)).toMatchObject({ status: 200 });
      await witness.close();
      return ordeal.point;
    });
    expect(found.filter((point) => point.includes('refused/')).length).toBeGreaterThanOrEqual(12);
    expect(found).toEqual(
      expect.arrayContaining([
        'killed at rename to identity/heads, done',
        'killed at sign, under way',
        'killed at sign, done',
      ]),
    );
  });
});
