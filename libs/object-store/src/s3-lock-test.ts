import { buffer } from 'node:stream/consumers';
import { RETENTION_MODES } from 'minio';
import { ArchiveError, isArchiveError } from '#domain';
import { keys } from './keys.js';
import { runLockTest, type Scratch, type ScratchVault } from './lock-test.js';
import type { LockTest } from './object-store.js';
import type { S3Connection } from './s3-connection.js';
import { fromS3, isTransient, toFailure } from './s3-errors.js';
import { lockVersion, retentionOf } from './s3-lock.js';
import { listAllS3Versions } from './s3-versions.js';

/** The content names itself: whoever finds one need not wonder. */
const CONTENT = Buffer.from('Liuhen lock self-test; may be removed once its lock has ended.\n');
const FORGERY = Buffer.from('written over by the lock self-test\n');
const SHORTER_MS = 2 * 60_000;

/** Attacks a locked scratch object in the vault with the archive's own key. */
export function testS3Lock(s3: S3Connection): Promise<LockTest> {
  return runLockTest(scratchVault(s3), new Date());
}

function scratchVault(s3: S3Connection): ScratchVault {
  const bucket = s3.bucket('vault');
  const { client } = s3;
  return {
    make: (until) => makeScratch(s3, until),
    // A server may refuse the bypass header for want of a right and yet give in to the plain request: both are tried.
    attacks: {
      'delete-version': async ({ key, versionId }) => {
        await answered(s3, () => client.removeObject(bucket, key, { versionId }));
        await answered(s3, () => client.removeObject(bucket, key, { versionId, governanceBypass: true }));
      },
      'delete-batch': async ({ key, versionId }) => {
        await answered(s3, () => client.removeObjects(bucket, [{ name: key, versionId }]));
      },
      shorten: async (scratch) => {
        const sooner = new Date(Date.now() + SHORTER_MS);
        await answered(s3, () => retain(s3, scratch, { mode: RETENTION_MODES.COMPLIANCE, until: sooner }));
      },
      downgrade: async (scratch) => {
        const weaker = { mode: RETENTION_MODES.GOVERNANCE, until: scratch.until };
        await answered(s3, () => retain(s3, scratch, weaker));
        await answered(s3, () => retain(s3, scratch, { ...weaker, governanceBypass: true }));
      },
      overwrite: async ({ key }) => {
        await answered(s3, () => s3.putBytes({ area: 'vault', key }, [FORGERY]));
        await answered(s3, () => client.removeObject(bucket, key));
      },
    },
    stands: (scratch) => stands(s3, scratch),
    clear: (now) => clearScratches(s3, now),
  };
}

async function makeScratch(s3: S3Connection, until: Date): Promise<Scratch | null> {
  const key = keys.selfTest(until);
  const { versionId } = await s3.putBytes({ area: 'vault', key }, [CONTENT]).catch((error: unknown) => {
    throw fromS3(error, 'store scratch object');
  });
  if (versionId === null) return null;
  try {
    const held = await lockVersion(s3, { key, versionId }, until);
    return held.until === null ? null : { key, versionId, until: held.until };
  } catch (error) {
    if (isArchiveError(error, 'lock-not-held')) return null;
    throw error;
  }
}

async function stands(s3: S3Connection, { key, versionId, until }: Scratch): Promise<boolean> {
  try {
    const body = await s3.get({ area: 'vault', key, query: { versionId } }, {}).then(buffer, (error: unknown) => {
      throw fromS3(error, 'read scratch object');
    });
    const held = await retentionOf(s3, { key, versionId });
    const isLocked = held.mode === 'COMPLIANCE' && held.until !== null && held.until >= until;
    return body.equals(CONTENT) && isLocked;
  } catch (error) {
    if (isArchiveError(error, 'object-missing')) return false;
    throw error;
  }
}

/** Refused or obeyed, the server has answered. Silence, and an answer that means "later", are neither. */
async function answered(s3: S3Connection, attack: () => Promise<unknown>): Promise<void> {
  try {
    await s3.attempt(attack);
  } catch (error) {
    const failure = toFailure(error);
    if (failure instanceof ArchiveError) throw failure;
    if (failure.s3Code === '' || isTransient(failure)) throw fromS3(failure, 'attack scratch object');
  }
}

function retain(
  s3: S3Connection,
  { key, versionId }: Scratch,
  { until, ...rest }: { mode: RETENTION_MODES; until: Date; governanceBypass?: boolean },
): Promise<void> {
  const retainUntilDate = until.toISOString();
  return s3.client.putObjectRetention(s3.bucket('vault'), key, { versionId, retainUntilDate, ...rest });
}

/** What is not over may be the scratch of another process, which starts at the same moment and is about to lock it. */
async function clearScratches(s3: S3Connection, now: Date): Promise<void> {
  const bucket = s3.bucket('vault');
  for (const { key, versionId } of await listAllS3Versions(s3, 'vault', keys.selfTests())) {
    if (keys.endOfSelfTest(key) > now) continue;
    await answered(s3, () => s3.client.removeObject(bucket, key, { versionId: versionId ?? 'null' }));
  }
}
