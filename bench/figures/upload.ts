import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startArchive } from '../archive-under-test.js';
import { type Bench, byTurns, compare, type Figures, megabytesPerSecond, secondsOf } from '../figure.js';
import { makeFile } from '../files.js';
import { run, syncDisk } from '../process.js';
import { startNginx } from '../rivals/nginx-webdav.js';
import { startTus } from '../rivals/tus.js';
import { sendFile, type TusTarget } from '../tus-sender.js';

const SENDER = fileURLToPath(new URL('../small-files-sender.mjs', import.meta.url));

/** Receiving on the filesystem store. Ours hashes every block and answers when all is durable; a rival is synced after. */
export const upload: Figures = {
  name: 'upload',
  about: '1 GiB in one PATCH; 200 files of 5 MiB; filesystem store',
  async run(bench) {
    const servers = await startServers(bench);
    try {
      return [...(await oneLargeFile(bench, servers)), await manySmallFiles(bench, servers)];
    } finally {
      await servers.stop();
    }
  },
};

interface Servers {
  readonly ours: TusTarget;
  readonly tus: TusTarget;
  readonly nginxUrl: string;
  /** Throws away what was uploaded, so that every turn meets the same disk. */
  clean(): Promise<void>;
  sync(): Promise<void>;
  stop(): Promise<void>;
}

async function startServers(bench: Bench): Promise<Servers> {
  const archive = await startArchive(join(bench.dir, 'archive'));
  const officer = await archive.person('upload-officer', 'officer');
  const tus = await startTus(join(bench.dir, 'tus'));
  const nginx = await startNginx(join(bench.dir, 'nginx'));
  const kept = [join(bench.dir, 'archive/objects/vault'), tus.files, nginx.files];
  return {
    ours: { url: `${archive.url}/api/v1/uploads`, headers: officer.authorization },
    tus: { url: tus.url, headers: {} },
    nginxUrl: nginx.url,
    clean: async () => {
      for (const folder of kept) await dropFiles(folder);
      await syncDisk(bench.dir);
    },
    sync: () => syncDisk(bench.dir),
    stop: async () => {
      await Promise.all([nginx.stop(), tus.stop(), archive.stop()]);
    },
  };
}

async function oneLargeFile(bench: Bench, servers: Servers) {
  const file = await makeFile(join(bench.dir, 'large.bin'), 1024);
  const rate = async (send: () => Promise<unknown>): Promise<number> => {
    await servers.clean();
    return megabytesPerSecond(file.sizeBytes, await secondsOf(send));
  };
  const runs = await byTurns(bench, {
    ours: () => rate(() => sendFile(servers.ours, { ...file, name: '执法记录仪.bin' })),
    tus: () =>
      rate(async () => {
        await sendFile(servers.tus, { ...file, name: '执法记录仪.bin' });
        await servers.sync();
      }),
    nginx: () =>
      rate(async () => {
        await run('curl', ['-sS', '-f', '-H', 'Expect:', '-T', file.path, `${servers.nginxUrl}/large.bin`]);
        await servers.sync();
      }),
  });
  const figure = 'upload 1 GiB, hashed and durable, filesystem';
  return [
    compare(
      figure,
      'MB/s',
      { ours: runs.ours, rival: runs.tus },
      {
        rivalName: '@tus/server + file store on Express, sync -f',
        reach: { atLeast: 1.5 },
      },
    ),
    compare(
      figure,
      'MB/s',
      { ours: runs.ours, rival: runs.nginx },
      {
        rivalName: 'nginx WebDAV PUT, sync -f',
        reach: { atLeast: 0.6 },
      },
    ),
  ];
}

async function manySmallFiles(bench: Bench, servers: Servers) {
  const file = await makeFile(join(bench.dir, 'small.bin'), 5);
  const count = 200;
  const rate = async (target: TusTarget, isSynced: boolean): Promise<number> => {
    await servers.clean();
    const args = [SENDER, target.url, file.path, String(count), '4', JSON.stringify(target.headers)];
    const { stdout } = await run(process.execPath, args);
    const syncing = isSynced ? await secondsOf(() => servers.sync()) : 0;
    return megabytesPerSecond(count * file.sizeBytes, Number(stdout.trim()) + syncing);
  };
  const runs = await byTurns(bench, {
    ours: () => rate(servers.ours, false),
    tus: () => rate(servers.tus, true),
  });
  return compare(
    '200 files of 5 MiB, 4 at a time',
    'MB/s',
    { ours: runs.ours, rival: runs.tus },
    {
      rivalName: '@tus/server + file store on Express, sync -f',
      reach: { atLeast: 1.5 },
    },
  );
}

/** Removes the files below a folder and leaves the folders, which the servers know. Hidden ones are the store's own. */
async function dropFiles(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    await (entry.isDirectory() ? dropFiles(path) : rm(path));
  }
}
