import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Id, newId } from '#domain';
import { assetRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import type { BeginUpload, MadeOriginal, Sender } from './begin-upload.js';
import type { FindUploadStatus } from './upload-status.js';
import type { WriteUpload } from './write-upload.js';

export interface MadePaper extends MadeOriginal {
  readonly fileName: string;
  /** The same bytes each time: a crash in between goes on with them. */
  readonly bytes: Buffer;
  readonly target: { readonly caseId: Id; readonly occurrenceId: Id; readonly paperId: string };
}

/**
 * Takes in what the archive itself has made as an original like any other: received, linked to its step, sealed and looked
 * at. Whoever asks keeps the asset's id in the transaction that begins it (`also`), so that asking again goes on.
 */
export class ReceiveMade {
  readonly #parts: Pick<ArchiveParts, 'database'>;
  readonly #uploads: { readonly begin: BeginUpload; readonly write: WriteUpload; readonly status: FindUploadStatus };

  constructor(
    parts: Pick<ArchiveParts, 'database'>,
    uploads: { readonly begin: BeginUpload; readonly write: WriteUpload; readonly status: FindUploadStatus },
  ) {
    this.#parts = parts;
    this.#uploads = uploads;
  }

  /** @param begun the asset, where it was begun before */
  async run(from: Sender, paper: MadePaper, begun: Id | null): Promise<void> {
    const known = begun === null ? null : await assetRepository.find(this.#parts.database.reader, begun);
    if (known !== null && known.custody !== 'receiving') return;
    const assetId = known?.id ?? (await this.#begin(from, paper));
    // No session of his own: nobody signs in to do this.
    const actor = { ...from, sessionId: newId(), roles: [] };
    const { offsetBytes } = await this.#uploads.status.run(actor, assetId);
    const rest = paper.bytes.subarray(offsetBytes);
    await this.#uploads.write.run(actor, assetId, {
      ...{ offsetBytes, body: Readable.from([rest]), pieceBytes: rest.length, lengthBytes: null, checksum: null },
    });
  }

  async #begin(from: Sender, { fileName, bytes, target, said, also }: MadePaper): Promise<Id> {
    const declaredSha256 = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    const plan = { fileName, lengthBytes: bytes.length, metadata: '', declaredSha256, recordedAt: null, target };
    return (await this.#uploads.begin.runMade(from, plan, { said, also })).assetId;
  }
}
