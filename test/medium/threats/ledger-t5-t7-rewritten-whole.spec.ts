import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkpointRepository, logRepository } from '#persistence';
import { openCheckpoint, type Policy, parsePolicy } from '#tlog';
import { checkForFork } from '../../../apps/cli/src/commands/check/forks.js';
import { ReadLog } from '../../../libs/archive/src/ledger/log/read-log.js';
import { forged, recomputeAll } from '../../support/attacks/rewrite-events.js';
import { forgetSigned } from '../../support/attacks/steal-key.js';
import { wipePublishedLog } from '../../support/attacks/wipe-vault.js';
import { sha256, verifyEd25519 } from '../../support/log-crypto.js';
import { type LoggedArchive, runLoggedArchive } from '../../support/logged-archive.js';
import { checkFindings, settleAll, watchFindings, write } from './ledger-work.js';

/** An archive of which somebody keeps a cosigned checkpoint. */
async function runWithWitnessed(): Promise<{ running: LoggedArchive; size: number; kept: string }> {
  const running = await runLoggedArchive();
  await write(running, 30);
  const size = await settleAll(running);
  return { running, size, kept: await new ReadLog(running.parts).checkpoint() };
}

/** Everything but the key: events, chains, entries, tiles, the ledger's row, the checkpoints. */
async function rewrite(running: LoggedArchive): Promise<void> {
  await recomputeAll(running.ownerUrl, { index: 12, change: forged });
  await running.sequencer.stop();
}

describe('T5: a database rewritten whole, every hash anew', () => {
  let running: LoggedArchive;
  let size: number;

  beforeAll(async () => {
    ({ running, size } = await runWithWitnessed());
    await rewrite(running);
  });
  afterAll(() => running.stop());

  it('agrees with itself, and not with what was published: the first other entry is named', async () => {
    expect(await checkFindings(running)).toEqual([
      `the first ${size} entries are not those published in the vault; the first that differs is entry 12`,
    ]);
  });

  it('is not what the watch remembers', async () => {
    expect((await watchFindings(running)).map(({ what }) => what)).toContain(
      `the first ${size} entries are not those verified before`,
    );
  });

  it('is not signed: recording stops, with the reason', async () => {
    expect(await running.publish.run()).toBeNull();
    const { frozenReason } = await logRepository.state(running.logDatabase.reader);
    expect(frozenReason).toBe('signer-refuses');
    await expect(write(running)).rejects.toMatchObject({ code: 'ledger-frozen' });
  });

  it('is not begun again with either, not even thawed by a superuser', async () => {
    await running.parts.database.reader.query('SELECT 1');
    expect(await running.compare.run()).toBe('contradicts-signer');
  });
});

describe('T5: rewritten whole, while nothing new is signed', () => {
  it('is found as soon as the next event comes', async () => {
    const { running } = await runWithWitnessed();
    try {
      // The newest checkpoint is kept, as if it were of this tree: nothing asks the signer yet.
      await recomputeAll(running.ownerUrl, { index: 12, change: forged, dropsCheckpoints: false });
      await running.sequencer.stop();
      await write(running);
      while ((await running.sequencer.step()) !== 0);
      expect(await running.publish.run()).toBeNull();
      const { frozenReason } = await logRepository.state(running.logDatabase.reader);
      expect(frozenReason).toBe('signer-refuses');
    } finally {
      await running.stop();
    }
  });
});

describe('T6: rewritten whole, and the log key stolen: the fork is signed', () => {
  let running: LoggedArchive;
  let size: number;
  let kept: string;
  let forkedNote: string;
  const algorithms = { hash: sha256, verify: verifyEd25519 };

  beforeAll(async () => {
    ({ running, size, kept } = await runWithWitnessed());
    await rewrite(running);
    await forgetSigned(running.signerDir);
    await running.restartSigner();
    const forked = await running.publish.run();
    expect(forked?.size).toBe(size);
    forkedNote = forked?.note ?? '';
  });
  afterAll(() => running.stop());

  const policy = async (quorum: 'w1' | 'none'): Promise<Policy> => {
    const { vkey } = await running.signer.client.state();
    return parsePolicy(sha256, `log ${vkey}\nwitness w1 ${running.witness.vkey}\nquorum ${quorum}\n`);
  };

  it('the witness refuses, at once, and says so', async () => {
    expect(await running.witnesses.run()).toEqual(['w1']);
    const [witness] = await checkpointRepository.witnesses(running.logDatabase.reader);
    expect(witness?.refusal).toMatch(/^422/);
  });

  it('the witness keeps both notes: proof for everybody', async () => {
    const [folder = ''] = await readdir(join(running.witnessDir, 'refused'));
    const read = (name: string) => readFile(join(running.witnessDir, 'refused', folder, name), 'utf8');
    const { vkey } = await running.signer.client.state();
    const verdict = await checkForFork([await read('refused.note'), await read('remembered.note')], vkey, null);
    expect(verdict).toMatchObject({ kind: 'fork', size });
  });

  it('verification that asks for a witness fails; one that asks for none does not: that is what witnesses are for', async () => {
    const note = await new ReadLog(running.parts).checkpoint();
    await expect(openCheckpoint(algorithms, await policy('w1'), note)).rejects.toThrow();
    expect((await openCheckpoint(algorithms, await policy('none'), note)).checkpoint.size).toBe(size);
    expect((await openCheckpoint(algorithms, await policy('w1'), kept)).checkpoint.size).toBe(size);
  });

  it('T7: with vault, staging and the memory of the watch wiped too, those outside still know', async () => {
    await wipePublishedLog(running.dir);
    await rm(running.watchMemoryPath);
    // Nothing inside is left that could tell.
    expect(await watchFindings(running)).toEqual([]);
    expect(await checkFindings(running)).toEqual([]);
    // The witness goes on refusing whatever grows from the fork.
    await write(running, 3);
    await running.settle();
    expect(await running.witnesses.run()).toEqual(['w1']);
    // And whoever kept an old checkpoint proves the fork with two small files.
    const { vkey } = await running.signer.client.state();
    expect(await checkForFork([kept, forkedNote], vkey, null)).toMatchObject({ kind: 'fork', size });
  });

  it('T7: a vault wiped alone is noticed by the check', async () => {
    await running.vault.run();
    expect(await checkFindings(running)).toEqual([]);
    await wipePublishedLog(running.dir);
    expect(await checkFindings(running)).toEqual([
      expect.stringMatching(/^the vault should hold a checkpoint of \d+ entries; its newest is of 0$/),
    ]);
  });
});
