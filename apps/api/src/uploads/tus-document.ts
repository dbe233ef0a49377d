/** The upload endpoints in OpenAPI: served over the raw request, so they are written down here beside it. */
const TUS = { name: 'Tus-Resumable', in: 'header', required: true, schema: { type: 'string', const: '1.0.0' } };
const OFFSET = { name: 'Upload-Offset', in: 'header', required: true, schema: { type: 'integer' } };
const CHECKSUM = {
  name: 'Upload-Checksum',
  in: 'header',
  description: '`sha1` or `sha256`, a space, base64; pieces up to 64 MiB',
  schema: { type: 'string' },
};
const ID = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
const PIECE = { content: { 'application/offset+octet-stream': { schema: { type: 'string', format: 'binary' } } } };
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});
const plain = (description: string) => ({ description });

export const UPLOAD_PATHS: Record<string, Record<string, unknown>> = {
  '/api/v1/uploads': {
    options: {
      summary: 'tus 1.0: versions, extensions, limits',
      tags: ['uploads'],
      security: [],
      responses: { 204: plain('capabilities in headers') },
    },
    post: {
      summary: 'tus 1.0 creation (also with upload, also with deferred length)',
      tags: ['uploads'],
      parameters: [
        TUS,
        { name: 'Upload-Length', in: 'header', schema: { type: 'integer' } },
        { name: 'Upload-Defer-Length', in: 'header', schema: { type: 'integer', const: 1 } },
        {
          name: 'Upload-Metadata',
          in: 'header',
          description:
            'keys filename, filetype, sha256 (hex, whole file), caseId, occurrenceId, paperId, recordedAt; values base64',
          schema: { type: 'string' },
        },
      ],
      requestBody: PIECE,
      responses: {
        201: plain('Location names the upload; its last part is the asset id'),
        default: problem('refused'),
      },
    },
  },
  '/api/v1/uploads/{id}': {
    head: {
      summary: 'tus 1.0: how much is stored',
      tags: ['uploads'],
      parameters: [ID, TUS],
      responses: { 200: plain('Upload-Offset'), 404: plain('none such'), 410: plain('dropped') },
    },
    patch: {
      summary: 'tus 1.0: the next bytes',
      tags: ['uploads'],
      parameters: [ID, TUS, OFFSET, CHECKSUM],
      requestBody: PIECE,
      responses: {
        204: plain('stored durably; Upload-Offset'),
        409: problem('offset differs; ask with HEAD'),
        413: problem('more than announced or allowed'),
        460: problem('checksum differs; nothing of the piece was taken'),
        507: problem('no space; what arrived is kept'),
        default: problem('refused'),
      },
    },
    delete: {
      summary: 'tus 1.0 termination of an unfinished upload',
      tags: ['uploads'],
      parameters: [ID, TUS],
      responses: { 204: plain('dropped'), 403: problem('finished: evidence stays') },
    },
  },
};
