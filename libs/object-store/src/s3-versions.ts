import type { Area, ObjectVersion, StoredObject } from './object-store.js';
import type { S3Connection } from './s3-connection.js';

/** What the `minio` client gives for a version; its types know only some of it. */
interface ListedVersion {
  readonly name?: string;
  readonly versionId?: string;
  readonly isLatest?: boolean | string;
  readonly isDeleteMarker?: boolean;
  readonly lastModified?: Date;
  readonly size?: number;
}

/** All versions and delete markers at exactly this key, newest first. */
export async function listS3Versions(s3: S3Connection, area: Area, key: string): Promise<ObjectVersion[]> {
  // The listing is by prefix: longer keys come too.
  return (await listAllS3Versions(s3, area, key)).filter((version) => version.key === key);
}

/** All versions and delete markers of all keys that begin so; those of one key newest first. */
export function listAllS3Versions(s3: S3Connection, area: Area, prefix: string): Promise<ObjectVersion[]> {
  return s3.call('list versions', async () => {
    const found: ListedVersion[] = [];
    const listing = s3.client.listObjects(s3.bucket(area), prefix, true, { IncludeVersion: true });
    for await (const version of listing as AsyncIterable<ListedVersion>) found.push(version);
    return found.sort(newestFirst).map((version) => ({
      key: version.name ?? '',
      versionId: namedVersion(version.versionId),
      isLatest: isLatest(version),
      isDeleteMarker: version.isDeleteMarker === true,
      sizeBytes: version.size ?? 0,
    }));
  });
}

/** HEAD of the named version. */
export async function statS3(s3: S3Connection, object: StoredObject): Promise<{ readonly sizeBytes: number }> {
  const { area, key, versionId } = object;
  const options = versionId === null ? {} : { versionId };
  const { size } = await s3.call('look at object', () => s3.client.statObject(s3.bucket(area), key, options));
  return { sizeBytes: size };
}

/** `minio` lists versions and delete markers apart, and times are to the millisecond at best: "latest" decides first. */
function newestFirst(a: ListedVersion, b: ListedVersion): number {
  if (isLatest(a) !== isLatest(b)) return isLatest(a) ? -1 : 1;
  return (b.lastModified?.getTime() ?? 0) - (a.lastModified?.getTime() ?? 0);
}

function isLatest(version: ListedVersion): boolean {
  return version.isLatest === true || version.isLatest === 'true';
}

/** An object stored before versioning, or in a bucket without it, has the version "null". */
function namedVersion(versionId: string | undefined): string | null {
  return versionId === undefined || versionId === '' || versionId === 'null' ? null : versionId;
}
