import { ArchiveError, isArchiveError } from '#domain';
import type { Intake, ObjectStore, StoredObject, StoredPart } from '#object-store';
import { BLOCK_BYTES } from '#tlog';

/**
 * A small object in the vault, written once: what is there already must be the same.
 * @throws ArchiveError `object-altered` when the key holds other bytes, or more than one version
 */
export async function writeOnce(store: ObjectStore, key: string, bytes: Buffer): Promise<StoredObject> {
  const [there, ...others] = await store.listVersions('vault', key);
  if (others.length > 0 || there?.isDeleteMarker === true)
    throw new ArchiveError('object-altered', `${key} has more than one version in the vault`);
  if (there === undefined) return await write(store, key, bytes);
  const object = { area: 'vault' as const, key, versionId: there.versionId, sizeBytes: there.sizeBytes };
  if (there.sizeBytes !== bytes.length || !(await readAll(store, object)).equals(bytes))
    throw new ArchiveError('object-altered', `${key} holds other bytes in the vault`);
  return object;
}

async function write(store: ObjectStore, key: string, bytes: Buffer): Promise<StoredObject> {
  const intake = await begin(store, key, bytes.length);
  const parts: StoredPart[] = [];
  const options = { onPart: (part: StoredPart) => parts.push(part), onReleased: () => undefined };
  const writer = await store.resumeIntake(intake, [], options);
  try {
    for (let at = 0; at < bytes.length; at += BLOCK_BYTES) await writer.write(bytes.subarray(at, at + BLOCK_BYTES));
    const tail = await writer.flush({ last: true });
    return await store.finishIntake(intake, { parts, tail });
  } catch (error) {
    await writer.abandon();
    await store.abortIntake(intake, null).catch(() => undefined);
    throw error;
  }
}

/** These keys are used again: what a crash has left under one would be in the way for ever. */
async function begin(store: ObjectStore, key: string, sizeBytes: number): Promise<Intake> {
  try {
    return await store.beginIntake(key, sizeBytes);
  } catch (error) {
    if (!isArchiveError(error, 'object-exists')) throw error;
    await store.abortIntake({ key, handle: '', partBlocks: 1 }, null);
    return await store.beginIntake(key, sizeBytes);
  }
}

/** All of a small object. */
export async function readAll(store: ObjectStore, object: StoredObject): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await store.read(object)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
