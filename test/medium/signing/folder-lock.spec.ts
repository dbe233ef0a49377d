import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FolderLock } from '#signing';
import { Folders } from '../../support/signing-processes.js';

const folders = new Folders();

afterAll(() => folders.remove());

describe('the lock of a folder', () => {
  it('has one holder, and is free when that one lets go', async () => {
    const dir = await folders.make();
    const lock = await FolderLock.take(dir);
    await expect(FolderLock.take(dir)).rejects.toMatchObject({ code: 'folder-in-use' });
    await lock.assertHeld();
    await lock.release();
    await (await FolderLock.take(dir)).release();
  });

  it('is held by one alone of many that find a dead one at the same moment', async () => {
    for (let round = 0; round < 20; round += 1) {
      const dir = await folders.make();
      // Nobody listens on a plain file either: to knock on it is to be refused.
      await writeFile(join(dir, 'lock'), '');
      const takes = await Promise.allSettled(Array.from({ length: 8 }, () => FolderLock.take(dir)));
      const locks = takes.flatMap((take) => (take.status === 'fulfilled' ? [take.value] : []));
      const held = await Promise.allSettled(locks.map((lock) => lock.assertHeld()));
      expect(held.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const lock of locks) await lock.release();
    }
  });
});
