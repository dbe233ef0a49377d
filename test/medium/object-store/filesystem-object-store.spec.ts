import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FilesystemObjectStore } from '#object-store';
import { describeObjectStore } from '../../contracts/object-store.contract.js';

describeObjectStore('filesystem', async () => {
  const root = await mkdtemp(join(tmpdir(), 'store-'));
  const store = new FilesystemObjectStore({ root });
  await store.prepare();
  return {
    store,
    another: () => new FilesystemObjectStore({ root }),
    close: () => rm(root, { recursive: true, force: true }),
  };
});
