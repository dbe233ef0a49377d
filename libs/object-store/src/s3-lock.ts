import { RETENTION_MODES } from 'minio';
import { ArchiveError } from '#domain';
import type { Retention } from './object-store.js';
import type { S3Connection } from './s3-connection.js';
import { fromS3, hasS3Code } from './s3-errors.js';

const UNLOCKED: Retention = { mode: 'none', until: null };

/** A version in the vault, named. */
export interface NamedVersion {
  readonly key: string;
  readonly versionId: string;
}

/**
 * COMPLIANCE until at least `until`, set on the version and then read back: what the server says afterwards is what
 * counts, not that it accepted the request.
 * @throws ArchiveError `lock-not-held`
 */
export async function lockVersion(s3: S3Connection, version: NamedVersion, until: Date): Promise<Retention> {
  if (!(until.getTime() > Date.now())) throw new ArchiveError('invalid-input', 'a lock must end in the future');
  const before = await retentionOf(s3, version);
  if (holds(before, until)) return before;
  // Servers keep seconds; a GOVERNANCE lock that ends later is not shortened on its way to COMPLIANCE.
  const end = new Date(Math.ceil(Math.max(until.getTime(), before.until?.getTime() ?? 0) / 1000) * 1000);
  const refusal = await setRetention(s3, version, end).then(
    () => null,
    (error: unknown) => fromS3(error, 'set lock'),
  );
  if (refusal !== null && refusal.details.s3Code === undefined) throw refusal;
  // Even when refused: another process may have set a longer lock meanwhile, and shortening it is what was refused.
  const after = await retentionOf(s3, version);
  if (holds(after, until)) return after;
  const held = `${after.mode} until ${after.until?.toISOString() ?? 'never'}`;
  const reason = `asked for COMPLIANCE until ${end.toISOString()}, the server holds ${held}`;
  throw new ArchiveError('lock-not-held', reason, { cause: refusal });
}

export async function retentionOf(s3: S3Connection, { key, versionId }: NamedVersion): Promise<Retention> {
  try {
    const found = await s3.attempt(() => s3.client.getObjectRetention(s3.bucket('vault'), key, { versionId }));
    const mode = found?.mode;
    const until = new Date(found?.retainUntilDate ?? Number.NaN);
    if ((mode !== 'COMPLIANCE' && mode !== 'GOVERNANCE') || Number.isNaN(until.getTime())) return UNLOCKED;
    return { mode, until };
  } catch (error) {
    // InvalidRequest: the answer of a bucket that was made without Object Lock.
    const none = ['NoSuchObjectLockConfiguration', 'ObjectLockConfigurationNotFoundError', 'InvalidRequest'];
    if (hasS3Code(error, ...none)) return UNLOCKED;
    throw fromS3(error, 'read lock');
  }
}

function holds({ mode, until }: Retention, asked: Date): boolean {
  return mode === 'COMPLIANCE' && until !== null && until.getTime() >= asked.getTime();
}

function setRetention(s3: S3Connection, { key, versionId }: NamedVersion, until: Date): Promise<void> {
  const retainUntilDate = until.toISOString();
  return s3.attempt(() =>
    s3.client.putObjectRetention(s3.bucket('vault'), key, {
      versionId,
      mode: RETENTION_MODES.COMPLIANCE,
      retainUntilDate,
    }),
  );
}
