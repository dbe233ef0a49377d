import type { FileHandle } from 'node:fs/promises';
import { link, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ArchiveError } from '#domain';
import { errnoOf, removeFile, sizeOnDisk, syncFolder } from './disk.js';
import { finishedSize } from './intake-shape.js';
import type { IntakeProgress } from './object-store.js';

interface IntakePaths {
  readonly incoming: string;
  readonly vault: string;
}

/**
 * Cuts the upload file to its recorded size, makes it durable and read-only, and gives it its name in the vault.
 *
 * link(2) refuses a name that is taken, which rename(2) does not. What a crash leaves, and the next call makes of it:
 * before the link, an upload file to start again with; after it, one file with two names, of which one is dropped;
 * after that, the finished object alone.
 * @returns its size
 * @throws ArchiveError `object-missing`, `object-exists`, `conflict` with `firstBadPart`
 */
export async function finishFileIntake(paths: IntakePaths, progress: IntakeProgress): Promise<number> {
  const sizeBytes = finishedSize(progress);
  const file = await openUpload(paths.incoming);
  if (file === null) return alreadyFinished(paths.vault, sizeBytes);
  try {
    if (!(await isSameFile(file, paths.vault))) {
      await settle(file, sizeBytes, progress);
      await nameIt(file, paths);
    }
  } finally {
    await file.close();
  }
  await syncFolder(dirname(paths.vault));
  // Not synced: should a crash bring this name back, it is the second name of a finished object.
  await removeFile(paths.incoming);
  return sizeBytes;
}

/** Opened for reading: an earlier try may have made it read-only already. */
async function openUpload(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    if (errnoOf(error) !== 'EACCES') throw error;
    return open(path, 'r');
  }
}

async function alreadyFinished(vault: string, sizeBytes: number): Promise<number> {
  const found = await sizeOnDisk(vault);
  if (found === null) throw new ArchiveError('object-missing', 'neither the upload nor the finished object is there');
  if (found === sizeBytes) return sizeBytes;
  throw new ArchiveError('conflict', `the finished object has ${found} bytes, ${sizeBytes} were recorded`);
}

async function isSameFile(file: FileHandle, vault: string): Promise<boolean> {
  const here = await file.stat();
  const there = await stat(vault).catch(() => null);
  return there !== null && there.ino === here.ino && there.dev === here.dev;
}

async function settle(file: FileHandle, sizeBytes: number, { parts }: IntakeProgress): Promise<void> {
  const { size } = await file.stat();
  if (size < sizeBytes) {
    const bad = parts.find((part) => part.offsetBytes + part.sizeBytes > size);
    const details = { firstBadPart: bad?.number ?? parts.length + 1 };
    throw new ArchiveError('conflict', `the upload file holds ${size} of ${sizeBytes} bytes`, { details });
  }
  if (size > sizeBytes) await file.truncate(sizeBytes);
  await file.chmod(0o444);
  await file.sync();
}

async function nameIt(file: FileHandle, { incoming, vault }: IntakePaths): Promise<void> {
  try {
    await link(incoming, vault);
  } catch (error) {
    // Another process finished the same upload between our look and our link.
    if (await isSameFile(file, vault)) return;
    if (errnoOf(error) !== 'EEXIST') throw error;
    throw new ArchiveError('object-exists', 'another object already has this key');
  }
}
