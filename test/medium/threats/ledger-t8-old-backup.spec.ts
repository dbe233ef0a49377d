import { cp, readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chain } from '#domain';
import { Database, ledgerRepository, logRepository } from '#persistence';
import { RecoverLedger } from '../../../libs/archive/src/ledger/log/recover-ledger.js';
import { type Backup, takeBackup } from '../../support/attacks/restore-backup.js';
import { startChild, type TestChild } from '../../support/child-process.js';
import { type LoggedArchive, runLoggedArchive } from '../../support/logged-archive.js';
import { SILENT } from '../../support/running-archive.js';
import { checkFindings, settleAll, watchFindings, write } from './ledger-work.js';

describe('T8: an old backup of the database is put back', () => {
  let running: LoggedArchive;
  let backup: Backup;
  let owner: Database;
  let before: number;
  let signed: number;

  let goesOn: Chain;

  const staging = () => join(running.dir, 'objects', 'staging', 'ledger', 'entries');

  beforeAll(async () => {
    running = await runLoggedArchive();
    goesOn = await write(running, 30);
    before = await settleAll(running);
    backup = await takeBackup(running.ownerUrl);
    // Of what comes after it a part is in the vault, a part only in staging; more than one batch of it.
    await write(running, 1_100);
    await running.settle();
    await running.vault.run();
    await write(running, 20, goesOn);
    await running.settle();
    await running.newWatch().run();
    signed = (await logRepository.state(running.logDatabase.reader)).size;
    await cp(staging(), join(running.dir, 'staged'), { recursive: true });
  });
  beforeEach(async () => {
    await running.sequencer.stop();
    await backup.restore();
    owner = await Database.connect({ url: running.ownerUrl, poolSize: 2 });
  });
  afterEach(() => owner.close());
  afterAll(async () => {
    await backup.drop();
    await running.stop();
  });
  const putStagingBack = async (): Promise<void> =>
    await cp(join(running.dir, 'staged'), staging(), { recursive: true, force: true });

  const recovery = (database = owner) =>
    new RecoverLedger({
      ...{ owner: database, store: running.parts.store, signer: running.signer.client },
      ...{ clock: running.clock, log: SILENT },
    });
  const rows = async () => await owner.reader.query('SELECT id, leaf FROM events ORDER BY id');
  const frozenReason = async () => (await logRepository.state(owner.reader)).frozenReason;

  it('freezes before anything is appended; the watch tells too', async () => {
    expect(await running.compare.run()).toBe('behind-signer');
    await expect(write(running)).rejects.toMatchObject({ code: 'ledger-frozen' });
    expect(await running.publish.run()).toBeNull();
    expect((await watchFindings(running)).map(({ what }) => what)).toContain(
      `the log has ${before} entries, ${signed} were verified before`,
    );
  });

  it('is refused with entries missing, and says which would be lost', async () => {
    await running.compare.run();
    const folder = staging();
    for (const name of await readdir(folder)) await unlink(join(folder, name));
    expect((await recovery().run()).obstacles).toEqual([{ kind: 'entries-missing', from: signed - 20, to: signed }]);
    expect(await frozenReason()).toBe('behind-signer');
    await putStagingBack();
  });

  it('is refused with entries that lead elsewhere', async () => {
    await running.compare.run();
    const folder = staging();
    for (const name of await readdir(folder)) {
      const bytes = await readFile(join(folder, name));
      bytes[bytes.length - 5] = (bytes.at(-5) ?? 0) ^ 1;
      await writeFile(join(folder, name), bytes);
    }
    expect((await recovery().run()).obstacles).toEqual([{ kind: 'other-root', size: signed }]);
    expect(await frozenReason()).toBe('behind-signer');
    await putStagingBack();
  });

  it('is refused while events stand in the way that were recorded since, and names them', async () => {
    // Nobody compared: the signer could not be asked from there.
    await write(running, 2, goesOn);
    await running.compare.run();
    const { obstacles } = await recovery().run();
    expect(obstacles).toEqual([
      {
        kind: 'events-in-the-way',
        events: [expect.objectContaining({ chain: goesOn, chainSeq: 31 }), expect.objectContaining({ chainSeq: 32 })],
      },
    ]);
    expect(await frozenReason()).toBe('behind-signer');
  });

  it('has no way out when it has grown otherwise beyond what was signed', async () => {
    await write(running, signed - before + 1);
    while ((await running.sequencer.step()) !== 0);
    expect(await running.compare.run()).toBe('contradicts-signer');
    expect((await recovery().run()).obstacles).toEqual([{ kind: 'contradiction', size: signed }]);
    expect(await frozenReason()).toBe('contradicts-signer');
  });

  it('is shown on the command line: what is wrong, and what would be done', async () => {
    await running.compare.run();
    const said = await liuhen('ledger', 'state');
    expect(said).toMatch(/已冻结 FROZEN .*behind-signer/);
    expect(said).toContain(`database: ${before}，`);
    expect(said).toContain(`signer: ${signed} `);
    const rehearsed = await liuhen('ledger', 'recover', '--dry-run');
    expect(rehearsed).toContain(`entries to put back: ${before} – ${signed - 1}`);
    expect(rehearsed).toContain(goesOn.slice('case:'.length));
    expect(rehearsed).toContain('Nothing was changed');
    expect(await frozenReason()).toBe('behind-signer');
    expect(await liuhen('ledger', 'recover')).toContain('Done, the log goes on');
    expect(await liuhen('ledger', 'state')).toContain('The log is not frozen');
  });

  /** All it says. */
  const liuhen = async (...words: string[]): Promise<string> => {
    const child = await startChild(new URL('../../../apps/cli/src/main.ts', import.meta.url), words, {
      LIUHEN_DATA: running.dir,
      LIUHEN_DATABASE_URL: running.appUrl,
      LIUHEN_DATABASE_OWNER_URL: running.ownerUrl,
      LIUHEN_SIGNER_DIR: running.signerDir,
    });
    const lines: string[] = [];
    for await (const line of linesOf(child)) lines.push(line);
    return lines.join('\n');
  };

  it('stays frozen after a crash between two batches, and is gone on with', async () => {
    await running.compare.run();
    let transactions = 0;
    const dying = new Proxy(owner, {
      get: (target, name) => {
        if (name === 'transaction' && ++transactions > 1) throw new Error('the power went');
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    await expect(recovery(dying).run()).rejects.toThrow('the power went');
    expect(await logRepository.state(owner.reader)).toMatchObject({
      size: before + 1_024,
      frozenReason: 'behind-signer',
    });
    await expect(write(running)).rejects.toMatchObject({ code: 'ledger-frozen' });
    expect(await recovery().run()).toMatchObject({ from: before + 1_024, to: signed, obstacles: [] });
    expect(await checkFindings(running)).toEqual([]);
  });

  it('is recovered whole: first shown, then done', async () => {
    await running.compare.run();
    const untouched = await rows();
    const plan = await recovery().plan();
    expect(plan).toMatchObject({ from: before, to: signed, lostEvents: signed - before, unsigned: 0, obstacles: [] });
    expect(plan.cases).toHaveLength(2);
    expect(await rows()).toEqual(untouched);
    expect(await frozenReason()).toBe('behind-signer');

    expect((await recovery().run()).obstacles).toEqual([]);
    expect(await logRepository.state(owner.reader)).toMatchObject({ size: signed, frozenReason: null });
    expect(await running.compare.run()).toBeNull();
    await write(running, 2, goesOn);
    await settleAll(running);
    expect(await checkFindings(running)).toEqual([]);
    expect(await running.witnesses.run()).toEqual([]);
    const told = await ledgerRepository.last(owner.reader, 'system', 'ledger.recovered');
    expect(JSON.parse(told?.leaf.toString('utf8') ?? '{}').public).toEqual({ from: before, to: signed });
    // Where nothing is left to do nothing is done.
    expect(await recovery().run()).toMatchObject({ lostEvents: 0, obstacles: [] });
  });

  it('freezes too when it is put back under a keeper that runs', async () => {
    await recovery().run();
    const keeper = running.keep({ idleMs: 20, standbyMs: 50, signMs: 50 });
    while (!running.sequencer.holdsLease) await sleep(20);
    await backup.restore();
    while ((await frozenReason().catch(() => null)) === null) await sleep(50);
    expect(await frozenReason()).toBe('behind-signer');
    await keeper.stop();
    expect((await logRepository.state(owner.reader)).size).toBe(before);
  });
});

async function* linesOf(child: TestChild): AsyncGenerator<string> {
  for (;;) {
    const line = await child.nextLine().catch(() => null);
    if (line === null) return;
    yield line;
  }
}
