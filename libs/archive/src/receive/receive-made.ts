import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Id, isArchiveError, newId } from '#domain';
import { assetRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import type { BeginUpload, MadeOriginal, Sender } from './begin-upload.js';
import type { DropUpload } from './drop-upload.js';
import type { WriteUpload } from './write-upload.js';

export interface MadePaper extends MadeOriginal {
  readonly fileName: string;
  readonly draw: () => Promise<Uint8Array>;
  readonly target: { readonly caseId: Id; readonly occurrenceId: Id; readonly paperId: string };
}

interface Uploads {
  readonly begin: BeginUpload;
  readonly write: WriteUpload;
  readonly drop: DropUpload;
}

/**
 * Takes in what the archive itself has made, in somebody's name, as an original like any other: received, linked to its
 * step, sealed and looked at. Whoever asks keeps the asset's id in the transaction that begins it (`also`): a crash leaves
 * an upload that is dropped or found whole, never a second paper.
 */
export class ReceiveMade {
  readonly #parts: Pick<ArchiveParts, 'database'>;
  readonly #uploads: Uploads;

  constructor(parts: Pick<ArchiveParts, 'database'>, uploads: Uploads) {
    this.#parts = parts;
    this.#uploads = uploads;
  }

  /**
   * @param begun the asset, where it was begun before
   * @returns the asset, received
   * @throws ArchiveError `case-closed`, and what `draw` throws
   */
  async run(from: Sender, paper: MadePaper, begun: Id | null): Promise<Id> {
    // No session of his own: nobody signs in to do this.
    const actor = { ...from, sessionId: newId(), roles: [] };
    const before = begun === null ? null : await assetRepository.find(this.#parts.database.reader, begun);
    if (before !== null && before.custody !== 'receiving') return before.id;
    // Begun anew, since what was drawn by another version need not have the same bytes.
    if (before !== null && !(await this.#isDropped(actor, before.id))) return before.id;
    const { fileName, target, said, also } = paper;
    const bytes = Buffer.from(await paper.draw());
    const declaredSha256 = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    const plan = { fileName, lengthBytes: bytes.length, metadata: '', declaredSha256, recordedAt: null, target };
    const { assetId } = await this.#uploads.begin.runMade(from, plan, { said, also });
    await this.#uploads.write.run(actor, assetId, {
      ...{ offsetBytes: 0, body: Readable.from([bytes]), pieceBytes: bytes.length, lengthBytes: null, checksum: null },
    });
    return assetId;
  }

  /** @returns false when all its bytes had come and only its end was cut off: it is finished by now */
  async #isDropped(actor: Parameters<DropUpload['run']>[0], assetId: Id): Promise<boolean> {
    try {
      await this.#uploads.drop.run(actor, assetId);
    } catch (error) {
      if (isArchiveError(error, 'upload-finished')) return false;
      if (!isArchiveError(error, 'upload-expired')) throw error;
    }
    return true;
  }
}
