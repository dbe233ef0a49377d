import { ArchiveError } from '#domain';
import { keys } from './keys.js';
import type { Area } from './object-store.js';
import type { S3Connection } from './s3-connection.js';
import { fromS3, hasS3Code } from './s3-errors.js';

/**
 * Creates what is missing and refuses buckets that would not keep the store's promises: a vault without versions and
 * Object Lock, a default lock anywhere (it would also lock what is given up or wrong).
 * @throws ArchiveError `lock-not-held`, `storage-unavailable`
 */
export async function prepareBuckets(
  s3: S3Connection,
  { region, allowUnlocked }: { readonly region: string; readonly allowUnlocked: boolean },
): Promise<void> {
  for (const area of s3.areas) await ensureBucket(s3, area, region);
  const versioning = await s3.call('read versioning', () => s3.client.getBucketVersioning(s3.bucket('vault')));
  if (versioningStatus(versioning) !== 'Enabled') throw unfit(s3, 'vault', 'has no versioning');
  for (const area of s3.areas) {
    const lock = await lockConfiguration(s3, area);
    if (area === 'vault' && !lock.enabled && !allowUnlocked) throw unfit(s3, area, 'was made without Object Lock');
    if (lock.hasDefault) throw unfit(s3, area, 'has a default retention; locks are set on sealed originals only');
  }
  if (s3.areas.includes('staging')) await proveWritable(s3);
}

async function ensureBucket(s3: S3Connection, area: Area, region: string): Promise<void> {
  const bucket = s3.bucket(area);
  if (await s3.call(`look for bucket ${bucket}`, () => s3.client.bucketExists(bucket))) return;
  try {
    await s3.attempt(() => s3.client.makeBucket(bucket, region, { ObjectLocking: area === 'vault' }));
  } catch (error) {
    // Another process of ours was faster.
    if (!hasS3Code(error, 'BucketAlreadyOwnedByYou', 'BucketAlreadyExists'))
      throw fromS3(error, `create bucket ${bucket}`);
  }
}

function versioningStatus(answer: unknown): unknown {
  return typeof answer === 'object' && answer !== null && 'Status' in answer ? answer.Status : undefined;
}

async function lockConfiguration(s3: S3Connection, area: Area): Promise<{ enabled: boolean; hasDefault: boolean }> {
  try {
    // The types of `minio` promise nothing for this call.
    const found: unknown = await s3.attempt(async () => s3.client.getObjectLockConfig(s3.bucket(area)));
    const { objectLockEnabled, mode } = (found ?? {}) as { objectLockEnabled?: string; mode?: string };
    return { enabled: objectLockEnabled === 'Enabled', hasDefault: mode !== undefined };
  } catch (error) {
    const none = [
      'ObjectLockConfigurationNotFoundError',
      'NoSuchObjectLockConfiguration',
      'NotFound',
      'NotImplemented',
    ];
    if (hasS3Code(error, ...none)) return { enabled: false, hasDefault: false };
    throw fromS3(error, 'read lock configuration');
  }
}

async function proveWritable(s3: S3Connection): Promise<void> {
  const key = keys.tail('probe', 0);
  await s3.call('write to staging', async () => {
    await s3.putBytes({ area: 'staging', key }, [Buffer.from('probe')]);
    await s3.client.removeObject(s3.bucket('staging'), key);
  });
}

function unfit(s3: S3Connection, area: Area, reason: string): ArchiveError {
  return new ArchiveError('lock-not-held', `bucket ${s3.bucket(area)} (${area}) ${reason}`);
}
