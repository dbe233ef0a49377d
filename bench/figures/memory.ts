import { join } from 'node:path';
import type { ApiClient } from '../api-client.js';
import { type ArchiveUnderTest, startArchive } from '../archive-under-test.js';
import { type Bench, type FigureResult, type Figures, median } from '../figure.js';
import { makeFile } from '../files.js';
import { peakMiB, resetPeak, residentMiB } from '../process.js';
import { sendFile } from '../tus-sender.js';
import { startS3Archive } from './s3.js';

const AT_ONCE = 16;
const SMALL_MIB = 64;
const LARGE_MIB = 256;

/** Resident memory of the API while 16 uploads run, above what it is after start: for files of two sizes. */
export const memory: Figures = {
  name: 'memory',
  about: 'memory of the API while 16 uploads run, both stores',
  async run(bench) {
    const onDisk = await startArchive(join(bench.dir, 'filesystem'));
    const first = await measure(bench, onDisk, { store: 'filesystem', atMost: 150 }).finally(() => onDisk.stop());
    const { ceph, archive } = await startS3Archive(join(bench.dir, 's3'));
    try {
      return [...first, ...(await measure(bench, archive, { store: 'S3', atMost: 400 }))];
    } finally {
      await archive.stop();
      await ceph.stop();
    }
  },
};

async function measure(
  bench: Bench,
  archive: ArchiveUnderTest,
  { store, atMost }: { store: string; atMost: number },
): Promise<FigureResult[]> {
  const officer = await archive.person('memory-officer', 'officer');
  const small: number[] = [];
  const large: number[] = [];
  for (let round = 1; round <= Math.min(3, bench.rounds); round++) {
    small.push(await growth(bench, archive, officer, SMALL_MIB));
    large.push(await growth(bench, archive, officer, LARGE_MIB));
    bench.say(`${store} ${round}: ${small.at(-1)?.toFixed(0)} MiB, ${large.at(-1)?.toFixed(0)} MiB with larger files`);
  }
  const line = (sizeMiB: number, values: readonly number[]): FigureResult => ({
    figure: `API memory above start, ${AT_ONCE} uploads of ${sizeMiB} MiB, ${store}`,
    unit: 'MiB',
    ours: median(values),
    rival: null,
    rivalName: null,
    reach: { atMost },
    runs: { ours: values, rival: [] },
  });
  return [
    line(SMALL_MIB, small),
    line(LARGE_MIB, large),
    {
      figure: `API memory, files ${LARGE_MIB / SMALL_MIB} times as large, ${store}`,
      unit: 'MiB',
      ours: median(large),
      rival: median(small),
      rivalName: 'the smaller files',
      reach: { atMost: 1.15 },
      runs: { ours: large, rival: small },
    },
  ];
}

/** In a fresh process each time: memory once taken is not given back. */
async function growth(bench: Bench, archive: ArchiveUnderTest, officer: ApiClient, sizeMiB: number): Promise<number> {
  await archive.restartApi();
  await officer.send('GET', '/session');
  const pid = archive.apiPid();
  const before = await residentMiB(pid);
  await resetPeak(pid);
  const file = await makeFile(join(bench.dir, `${sizeMiB}.bin`), sizeMiB);
  const target = { url: `${archive.url}/api/v1/uploads`, headers: officer.authorization };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => sendFile(target, { ...file, name: `${n}.bin` })));
  return (await peakMiB(pid)) - before;
}
