import { ArchiveError } from '#domain';
import type { StoredObject } from '#object-store';
import type { AssetRecord } from '#persistence';

/** The original as the store knows it: key, version, size. */
export function storedOriginal(asset: AssetRecord): StoredObject {
  if (asset.objectKey === null || asset.sizeBytes === null)
    throw new ArchiveError('not-found', `asset ${asset.id} has no original`);
  return { area: 'vault', key: asset.objectKey, versionId: asset.objectVersion, sizeBytes: asset.sizeBytes };
}
