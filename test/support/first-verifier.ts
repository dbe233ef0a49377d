// The verifier of libs/dossier over a folder or zip file, as the command line runs it.
import { open, realpath, stat } from 'node:fs/promises';
import { type BagFiles, bagInside, type DossierReport, isDossierError, openZip, verifyDossier } from '#dossier';
import { parsePolicy } from '#tlog';
import { FolderFiles } from '../../apps/cli/src/commands/check/folder-files.js';
import { nodeHasherOf } from '../../apps/cli/src/commands/check/node-hashes.js';
import { sha256, verifyEd25519 } from './log-crypto.js';

export interface Pins {
  readonly policy: string | null;
  readonly roots: readonly string[];
}

/** A zip file that cannot be opened gives the code of the reason. */
export async function firstVerifier(path: string, { policy, roots }: Pins): Promise<DossierReport | string> {
  const trust = policy === null ? null : parsePolicy(sha256, policy);
  const check = { trust, timestampRoots: roots, hashes: { sha256, hasherOf: nodeHasherOf }, verifyEd25519 };
  const { size, isFolder } = await stat(path).then((found) => ({ size: found.size, isFolder: found.isDirectory() }));
  if (isFolder) return await verifyDossier(new FolderFiles(await realpath(path)), check);
  const file = await open(path);
  try {
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    };
    const files: BagFiles = await bagInside(await openZip({ sizeBytes: size, read }));
    return await verifyDossier(files, check);
  } catch (error) {
    if (!isDossierError(error)) throw error;
    return error.code;
  } finally {
    await file.close();
  }
}
