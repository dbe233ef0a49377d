import { type Backup, takeBackup } from '../../support/attacks/restore-backup.js';
import {
  deleteEvent,
  editColumns,
  editEvent,
  editTile,
  forged,
  insertEvent,
  swapEvents,
} from '../../support/attacks/rewrite-events.js';
import { type LoggedArchive, runLoggedArchive } from '../../support/logged-archive.js';
import { checkFindings, settleAll, watchFindings, write } from './ledger-work.js';

describe('T3, T4: a superuser changes rows of the ledger; check and watch name the entry', () => {
  let running: LoggedArchive;
  let backup: Backup;
  let size: number;
  let url: string;
  const at = 7;

  beforeAll(async () => {
    running = await runLoggedArchive();
    url = running.ownerUrl;
    await write(running, 280);
    size = await settleAll(running);
    expect(await checkFindings(running)).toEqual([]);
    backup = await takeBackup(url);
  });
  afterEach(() => backup.restore());
  afterAll(async () => {
    await backup.drop();
    await running.stop();
  });

  /** Both name the entry, and so would a reader of the tiles. */
  const expectNamed = async (index: number): Promise<void> => {
    const named = new RegExp(`\\bentry ${index}\\b`);
    expect((await checkFindings(running)).filter((what) => named.test(what))).not.toEqual([]);
    expect((await watchFindings(running)).filter((finding) => finding.index === index)).not.toEqual([]);
  };

  it('T3: an event edited, its digest with it', async () => {
    await editEvent(url, at, forged);
    await expectNamed(at);
  });

  it('T3: an event edited beyond the first tile', async () => {
    await editEvent(url, size - 2, forged);
    await expectNamed(size - 2);
  });

  it('T3: only the columns beside the leaf edited', async () => {
    await editColumns(url, at);
    expect(await checkFindings(running)).toEqual([expect.stringContaining('column at differs from the leaf')]);
    expect(await watchFindings(running)).toEqual([expect.objectContaining({ index: at })]);
  });

  it('T4: an event deleted, those after it moved up', async () => {
    await deleteEvent(url, at);
    await expectNamed(at);
  });

  it('T4: the last event deleted', async () => {
    await deleteEvent(url, size - 1);
    const found = await watchFindings(running);
    expect(found.map(({ what }) => what)).toContain(`the log has ${size - 1} entries, ${size} were verified before`);
    expect(await checkFindings(running)).toContain(
      `the vault holds a checkpoint of ${size} entries, the log has ${size - 1}`,
    );
    expect(await running.compare.run()).toBe('behind-signer');
  });

  it('T4: an event of his own put between two', async () => {
    await insertEvent(url, at);
    await expectNamed(at);
    expect(await running.compare.run()).toBe('contradicts-itself');
  });

  it('T4: two events change places', async () => {
    await swapEvents(url, at, at + 3);
    await expectNamed(at);
    // The watch has told already, of both; the check tells again.
    expect(await checkFindings(running)).toContain(`entry ${at + 3} is not the one the tile says`);
  });

  it('T4: a tile edited', async () => {
    await editTile(url, at);
    await expectNamed(at);
  });

  it('T4: a tile at the right edge edited: nothing more is appended either', async () => {
    await editTile(url, size - 1);
    await expectNamed(size - 1);
    await write(running, 1);
    await running.sequencer.stop();
    await expect(running.sequencer.step()).rejects.toThrow(/do not give its root/);
    expect(await running.compare.run()).toBe('contradicts-signer');
    await expect(write(running)).rejects.toMatchObject({ code: 'ledger-frozen' });
  });
});
