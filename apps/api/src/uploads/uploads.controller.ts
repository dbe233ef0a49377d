import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import type { Archive } from '#archive';
import { unfinishedUploadListSchema } from '#contract';
import type { Actor } from '#domain';
import { By, Endpoint } from '../http/endpoint.js';
import { ARCHIVE } from '../http/http-config.js';
import { UPLOADS_PATH } from './tus-handler.js';

@Controller()
export class UploadsController {
  constructor(@Inject(ARCHIVE) private readonly archive: Archive) {}

  @Endpoint({
    method: 'GET',
    path: 'uploads',
    summary: '我的未完成上传 Unfinished uploads of mine',
    response: unfinishedUploadListSchema,
  })
  async list(@By() actor: Actor): Promise<z.infer<typeof unfinishedUploadListSchema>> {
    const uploads = await this.archive.uploads.listUnfinished.run(actor);
    return {
      items: uploads.map((upload) => ({
        assetId: upload.assetId,
        uploadUrl: `${UPLOADS_PATH}/${upload.assetId}`,
        fileName: upload.fileName,
        sizeBytes: upload.lengthBytes,
        receivedBytes: upload.offsetBytes,
        caseId: upload.caseId,
        occurrenceId: upload.occurrenceId,
        expiresAt: upload.expiresAt.toISOString(),
      })),
    };
  }
}
