import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Ceph, startCeph } from '../../test/support/ceph.js';
import { type ArchiveUnderTest, startArchive } from '../archive-under-test.js';
import { byTurns, compare, type Figures, megabytesPerSecond, secondsOf } from '../figure.js';
import { makeFile } from '../files.js';
import { run } from '../process.js';
import { sendFile } from '../tus-sender.js';

/** The archive over Ceph RGW, and the environment `aws` needs for the same server. */
export async function startS3Archive(dir: string): Promise<{ ceph: Ceph; archive: ArchiveUnderTest }> {
  const ceph = await startCeph(join(dir, 'ceph'));
  try {
    const bucket = `bench-${randomBytes(4).toString('hex')}`;
    const archive = await startArchive(join(dir, 'archive'), {
      LIUHEN_STORE: 's3',
      LIUHEN_S3_ENDPOINT: ceph.endpoint,
      LIUHEN_S3_ACCESS_KEY: ceph.accessKey,
      LIUHEN_S3_SECRET_KEY: ceph.secretKey,
      LIUHEN_S3_BUCKET_VAULT: `${bucket}-vault`,
      LIUHEN_S3_BUCKET_STAGING: `${bucket}-staging`,
      LIUHEN_S3_BUCKET_MEDIA: `${bucket}-media`,
    });
    return { ceph, archive };
  } catch (error) {
    await ceph.stop();
    throw error;
  }
}

/** Through the API into S3, hashed on the way, against the usual client sending straight to S3. */
export const s3: Figures = {
  name: 's3',
  about: '1 GiB through the API to S3 (Ceph RGW)',
  async run(bench) {
    const { ceph, archive } = await startS3Archive(bench.dir);
    try {
      const officer = await archive.person('s3-officer', 'officer');
      const ours = { url: `${archive.url}/api/v1/uploads`, headers: officer.authorization };
      const aws = await prepareAws(ceph, bench.dir);
      const file = await makeFile(join(bench.dir, 'large.bin'), 1024);
      const rate = async (send: () => Promise<unknown>): Promise<number> =>
        megabytesPerSecond(file.sizeBytes, await secondsOf(send));
      const runs = await byTurns(bench, {
        ours: () => rate(() => sendFile(ours, { ...file, name: '执法记录仪.bin' })),
        aws: () => rate(() => aws('s3', 'cp', '--only-show-errors', file.path, 's3://bench-aws/large.bin')),
      });
      return [
        compare(
          'upload 1 GiB through the API to S3, hashed',
          'MB/s',
          { ours: runs.ours, rival: runs.aws },
          {
            rivalName: 'aws s3 cp, 16 MiB parts, 4 at a time',
            reach: { atLeast: 1 },
          },
        ),
      ];
    } finally {
      await archive.stop();
      await ceph.stop();
    }
  },
};

async function prepareAws(ceph: Ceph, dir: string): Promise<(...args: readonly string[]) => Promise<unknown>> {
  const env = {
    // Debian's, where another one stands before it.
    PATH: `/usr/bin:${process.env.PATH ?? ''}`,
    HOME: dir,
    AWS_ACCESS_KEY_ID: ceph.accessKey,
    AWS_SECRET_ACCESS_KEY: ceph.secretKey,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const aws = (...args: readonly string[]) => run('aws', ['--endpoint-url', ceph.endpoint, ...args], { env });
  for (const [name, value] of Object.entries({
    multipart_threshold: '16MB',
    multipart_chunksize: '16MB',
    max_concurrent_requests: '4',
    addressing_style: 'path',
  })) {
    await run('aws', ['configure', 'set', `default.s3.${name}`, value], { env });
  }
  await aws('s3', 'mb', 's3://bench-aws');
  return aws;
}
