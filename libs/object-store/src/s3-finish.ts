import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { ArchiveError } from '#domain';
import { finishedSize } from './intake-shape.js';
import type { Intake, IntakeProgress, ObjectVersion, StoredObject, StoredPart, StoredTail } from './object-store.js';
import type { S3Connection } from './s3-connection.js';
import { fromS3, hasS3Code } from './s3-errors.js';
import { exactBody } from './s3-request.js';
import { listS3Versions, statS3 } from './s3-versions.js';

const COMPLETE_ATTEMPTS = 4;
const COMPLETE_PAUSE_MS = 150;

/** What CompleteMultipartUpload is told. */
interface NamedPart {
  readonly number: number;
  readonly sizeBytes: number;
  readonly etag: string;
}

/**
 * Makes the object of the stored parts and the tail.
 *
 * CompleteMultipartUpload is the one request that must not simply be repeated: its answer may be lost after it
 * succeeded, and a second object at the key would be a second original. So after any failure, and whenever the
 * server no longer knows the upload, the versions at the key decide. The key is this upload's alone, so what is there
 * is ours; that its bytes are right is proved at seal.
 * @throws ArchiveError `conflict` with `details.firstBadPart`, `object-missing`, `storage-…`
 */
export async function finishS3Intake(
  s3: S3Connection,
  intake: Intake,
  progress: IntakeProgress,
): Promise<StoredObject> {
  const sizeBytes = finishedSize(progress);
  const uploaded = await uploadedParts(s3, intake);
  if (uploaded === null) return foundFinished(s3, intake.key, sizeBytes);
  const firstBadPart = progress.parts.find((part) => !isStored(part, uploaded))?.number;
  if (firstBadPart !== undefined) throw badPart(firstBadPart);
  const versionId = await make(s3, intake, progress).catch(async (error: unknown) => {
    // Another process may have finished it while we were at it.
    const found = await finishedVersion(s3, intake.key, sizeBytes);
    if (found !== null) return found;
    throw error;
  });
  const object: StoredObject = { area: 'vault', key: intake.key, versionId, sizeBytes };
  const stored = await statS3(s3, object);
  if (stored.sizeBytes === sizeBytes) return object;
  throw new ArchiveError('conflict', `the store made an object of ${stored.sizeBytes} bytes instead of ${sizeBytes}`);
}

/** @returns the version made */
async function make(s3: S3Connection, intake: Intake, progress: IntakeProgress): Promise<string> {
  const sizeBytes = finishedSize(progress);
  if (sizeBytes === 0) return putEmpty(s3, intake);
  return complete(s3, intake, sizeBytes, await withTail(s3, intake, progress));
}

/** Parts the server holds, by number; null when it does not know the upload (any more). */
async function uploadedParts(s3: S3Connection, { key, handle }: Intake): Promise<Map<number, NamedPart> | null> {
  try {
    const parts = await s3.attempt(() => s3.client.partsOf(s3.bucket('vault'), key, handle));
    return new Map(parts.map(({ part, size, etag }) => [part, { number: part, sizeBytes: size, etag }]));
  } catch (error) {
    // Ceph RGW says NoSuchKey.
    if (hasS3Code(error, 'NoSuchUpload', 'NoSuchKey', 'NotFound')) return null;
    throw fromS3(error, 'list parts');
  }
}

function isStored(part: StoredPart, uploaded: ReadonlyMap<number, NamedPart>): boolean {
  const found = uploaded.get(part.number);
  return found !== undefined && found.etag === part.etag && found.sizeBytes === part.sizeBytes;
}

/** The tail becomes the last part. Done again after a crash it replaces itself. */
async function withTail(s3: S3Connection, intake: Intake, { parts, tail }: IntakeProgress): Promise<NamedPart[]> {
  if (tail === null) return [...parts];
  const number = parts.length + 1;
  const bytes = await tailBytes(s3, tail, number);
  const query = { uploadId: intake.handle, partNumber: String(number) };
  const { etag } = await s3.putBytes({ area: 'vault', key: intake.key, query }, [bytes]).catch((error: unknown) => {
    throw fromS3(error, 'store the last part');
  });
  return [...parts, { number, sizeBytes: tail.sizeBytes, etag }];
}

async function tailBytes(s3: S3Connection, tail: StoredTail, number: number): Promise<Buffer> {
  try {
    const response = await s3.get({ area: 'staging', key: tail.key }, {});
    return await buffer(exactBody(response, tail.sizeBytes, { timeoutMs: s3.line.timeoutMs }));
  } catch (error) {
    if (hasS3Code(error, 'NoSuchKey', 'NotFound')) throw badPart(number);
    throw fromS3(error, 'read the tail');
  }
}

async function complete(
  s3: S3Connection,
  intake: Intake,
  sizeBytes: number,
  parts: readonly NamedPart[],
): Promise<string> {
  const etags = parts.map(({ number, etag }) => ({ part: number, etag }));
  for (let attempt = 1; ; attempt++) {
    try {
      const made = await s3.client.completeMultipartUpload(s3.bucket('vault'), intake.key, intake.handle, etags);
      return made.versionId ?? (await versionOf(s3, intake.key, sizeBytes));
    } catch (error) {
      const found = await finishedVersion(s3, intake.key, sizeBytes);
      if (found !== null) return found;
      await refuseBadParts(s3, intake, parts);
      if (attempt === COMPLETE_ATTEMPTS) throw fromS3(error, 'complete upload');
      await sleep(COMPLETE_PAUSE_MS * 2 ** attempt);
    }
  }
}

/** After a failed Complete: is there a reason that trying again cannot mend? */
async function refuseBadParts(s3: S3Connection, intake: Intake, parts: readonly NamedPart[]): Promise<void> {
  const uploaded = await uploadedParts(s3, intake);
  if (uploaded === null) return;
  // Replaced since they were looked at, by another writer of this upload.
  const replaced = parts.find((part) => uploaded.get(part.number)?.etag !== part.etag);
  if (replaced !== undefined) throw badPart(replaced.number);
  // Ceph RGW completes only what names all stored parts, and no request removes one. Happens when a sender that never
  // told the length goes back and ends sooner than it once sent; it must begin anew.
  const surplus = [...uploaded.keys()].filter((number) => number > parts.length).length;
  if (surplus > 0) {
    const details = { surplusParts: surplus };
    throw new ArchiveError('upload-expired', `${surplus} stored parts lie beyond the end of the upload`, { details });
  }
}

/** A multipart upload cannot make an empty object: it is put as a whole, and the upload dropped. */
async function putEmpty(s3: S3Connection, intake: Intake): Promise<string> {
  const found = await finishedVersion(s3, intake.key, 0);
  let versionId = found;
  if (versionId === null) {
    const request = { area: 'vault', key: intake.key } as const;
    const stored = await s3.putBytes(request, []).catch((error: unknown) => {
      throw fromS3(error, 'store empty object');
    });
    versionId = stored.versionId ?? (await versionOf(s3, intake.key, 0));
  }
  await dropUpload(s3, intake);
  return versionId;
}

async function foundFinished(s3: S3Connection, key: string, sizeBytes: number): Promise<StoredObject> {
  const versionId = await finishedVersion(s3, key, sizeBytes);
  if (versionId !== null) return { area: 'vault', key, versionId, sizeBytes };
  throw new ArchiveError('object-missing', 'neither the upload nor the finished object is there');
}

async function versionOf(s3: S3Connection, key: string, sizeBytes: number): Promise<string> {
  const found = await finishedVersion(s3, key, sizeBytes);
  if (found === null) throw new ArchiveError('storage-unavailable', 'the finished object is not listed');
  return found;
}

/** The oldest version at the key: a later one is somebody else's overwriting, never the original. */
async function finishedVersion(s3: S3Connection, key: string, sizeBytes: number): Promise<string | null> {
  const versions = await listS3Versions(s3, 'vault', key);
  const oldest: ObjectVersion | undefined = versions.filter((version) => !version.isDeleteMarker).at(-1);
  if (oldest === undefined) return null;
  if (oldest.versionId !== null && oldest.sizeBytes === sizeBytes) return oldest.versionId;
  throw new ArchiveError('conflict', `the key holds an object of ${oldest.sizeBytes} bytes, not ${sizeBytes}`);
}

/** Drops an upload; one that is gone already, or finished, is fine. */
export async function dropUpload(s3: S3Connection, { key, handle }: Intake): Promise<void> {
  try {
    // `minio` puts this id into the address as it is given.
    await s3.attempt(() => s3.client.abortMultipartUpload(s3.bucket('vault'), key, encodeURIComponent(handle)));
  } catch (error) {
    if (!hasS3Code(error, 'NoSuchUpload', 'NotFound')) throw fromS3(error, 'abort upload');
  }
}

function badPart(firstBadPart: number): ArchiveError {
  const details = { firstBadPart };
  return new ArchiveError('conflict', `the store does not hold part ${firstBadPart} as recorded`, { details });
}
