import { join } from 'node:path';
import { startArchive } from '../archive-under-test.js';
import { byTurns, compare, type Figures, secondsOf } from '../figure.js';
import { makeFile } from '../files.js';
import { run } from '../process.js';
import { sendFile } from '../tus-sender.js';

/** From the receipt to the seal of 1 GiB in an idle worker, its wait in the queue included. */
export const seal: Figures = {
  name: 'seal',
  about: 'SHA-256, SM3 and blocks of 1 GiB in the worker',
  async run(bench) {
    const archive = await startArchive(join(bench.dir, 'archive'));
    try {
      await archive.startWorker();
      const officer = await archive.person('seal-officer', 'officer');
      const target = { url: `${archive.url}/api/v1/uploads`, headers: officer.authorization };
      const file = await makeFile(join(bench.dir, 'large.bin'), 1024);
      const runs = await byTurns(bench, {
        ours: async () => {
          const url = await sendFile(target, { ...file, name: '执法记录仪.bin' });
          const id = url.split('/').at(-1) ?? '';
          const sealed = await officer.untilAsset(id, (asset) => asset.custody !== 'received');
          if (sealed.custody !== 'sealed') throw new Error(`the asset is ${sealed.custody}`);
          return (Date.parse(sealed.sealedAt ?? '') - Date.parse(sealed.clocks.receivedAt ?? '')) / 1000;
        },
        openssl: () => secondsOf(() => run('openssl', ['dgst', '-sm3', file.path])),
      });
      return [
        compare(
          'seal 1 GiB (SHA-256, SM3, blocks), from receipt',
          's',
          { ours: runs.ours, rival: runs.openssl },
          {
            rivalName: 'openssl dgst -sm3',
            reach: { atMost: 1.2 },
          },
        ),
      ];
    } finally {
      await archive.stop();
    }
  },
};
