import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { type BagFiles, bagInside, type DossierErrorCode, isDossierError, openZip, type RandomAccess } from '#dossier';
import { readable } from './check-outcome.js';
import { FolderFiles } from './folder-files.js';

/** A zip file that is not to be read. */
export interface Refused {
  readonly code: DossierErrorCode;
  readonly message: string;
  /** It may hold something good; we do not read it (compressed, too large). */
  readonly isUnknown: boolean;
}

/**
 * Runs a check over the files of a bag: a folder, or a zip file with a bag in its one top folder.
 * @throws CommandFailure when the disk does not give it
 */
export async function withPackage<T>(path: string, use: (files: BagFiles) => Promise<T>): Promise<T | Refused> {
  const found = await readable(path, () => stat(path));
  if (found.isDirectory()) return await use(new FolderFiles(await realpath(path)));
  const file = await readable(path, () => open(path));
  try {
    const zip = await openZip(accessTo(file, found.size), crc32);
    return await use(await bagInside(zip));
  } catch (error) {
    if (!isDossierError(error)) throw error;
    const { code, message } = error;
    return { code, message, isUnknown: code === 'zip-unsupported' || code === 'zip-limit' };
  } finally {
    await file.close();
  }
}

function accessTo(file: FileHandle, sizeBytes: number): RandomAccess {
  return {
    sizeBytes,
    read: async (offset, length) => {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    },
  };
}
