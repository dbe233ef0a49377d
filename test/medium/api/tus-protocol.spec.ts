import { createHash, randomBytes } from 'node:crypto';
import { type RunningApi, runApi } from '../../support/running-api.js';
import { type Answer, ask, Exchange, json, metadataHeader, TusClient } from './wire.js';

/** tus resumable upload protocol 1.0.0, sentence by sentence; each test is named by what the protocol says. */
const MEBIBYTE = 1_048_576;
const UPLOADS = '/api/v1/uploads';
const PIECE = { 'Content-Type': 'application/offset+octet-stream' };

describe('tus 1.0.0', () => {
  let api: RunningApi;
  let tus: TusClient;

  beforeAll(async () => {
    api = await runApi({ settings: { uploadExpiresMs: 3 * 86_400_000 } });
    tus = new TusClient(await api.signIn(['officer']));
  });
  afterAll(async () => {
    expect((await api.archive.system.check.run()).findings).toEqual([]);
    await api.stop();
  });

  const sum = (algorithm: string, bytes: Buffer): string => createHash(algorithm).update(bytes).digest('base64');
  const checksum = (algorithm: string, bytes: Buffer) => ({
    'Upload-Checksum': `${algorithm} ${sum(algorithm, bytes)}`,
  });
  /** Seals the upload and gives the digest of what the archive holds. */
  const sealed = async (path: string): Promise<{ custody: string; sha256: string | null }> => {
    const id = path.split('/').at(-1) ?? '';
    await api.archive.work.seal.run(id);
    const asset = json(await ask(api.url, { method: 'GET', path: `/api/v1/assets/${id}`, headers: tus.headers() })) as {
      custody: string;
      digests: { sha256: string };
    };
    return { custody: asset.custody, sha256: asset.digests.sha256 };
  };
  const sealedAs = (bytes: Buffer) => ({
    custody: 'sealed',
    sha256: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
  });

  describe('core: Upload-Offset, Upload-Length', () => {
    it.each(['-1', '1.5', '', 'abc', '0x10', '99999999999999999999'])(
      '"The value MUST be a non-negative integer": Upload-Offset %j is refused',
      async (offset) => {
        const path = await tus.begin(10);
        const answer = await tus.patch(path, 0, Buffer.from('x'), { 'Upload-Offset': offset });
        expect(answer.status).toBe(400);
        expect(await tus.offset(path)).toBe(0);
      },
    );

    it.each(['-1', '1.5', '', 'abc', '99999999999999999999'])(
      '"The value MUST be a non-negative integer": Upload-Length %j is refused',
      async (length) => {
        const answer = await tus.create({ 'Upload-Length': length });
        expect(answer.status).toBe(400);
        expect(answer.headers.location).toBeUndefined();
      },
    );

    it('a PATCH without Upload-Offset is refused', async () => {
      const path = await tus.begin(10);
      const answer = await ask(api.url, { method: 'PATCH', path, headers: tus.headers(PIECE) }, Buffer.from('x'));
      expect(answer.status).toBe(400);
    });
  });

  describe('core: Tus-Version, Tus-Resumable', () => {
    const everyKind = async (path: string): Promise<Answer[]> => [
      await tus.create({ 'Upload-Length': '1' }),
      await tus.head(path),
      await tus.patch(path, 0, Buffer.from('ab')),
      await tus.patch(path, 0, Buffer.from('ab')),
      await tus.terminate(path),
      await tus.head(path),
    ];

    it('"The Tus-Resumable header MUST be included in every request and response except for OPTIONS requests": successes and refusals', async () => {
      const answers = await everyKind(await tus.begin(10));
      expect(answers.map((answer) => answer.status)).toEqual([201, 200, 204, 409, 204, 410]);
      expect(answers.map((answer) => answer.headers['tus-resumable'])).toEqual(answers.map(() => '1.0.0'));
    });

    it.each([
      ['another version', '0.2.2'],
      ['none', undefined],
    ])(
      '"If the version specified by the Client is not supported by the Server, it MUST respond with the 412 Precondition Failed status and MUST include the Tus-Version header … the Server MUST NOT process the request": %s',
      async (_, version) => {
        const path = await tus.begin(2);
        const { 'Tus-Resumable': __, ...bare } = tus.pieceHeaders(0);
        const headers = { ...bare, ...(version === undefined ? {} : { 'Tus-Resumable': version }) };
        const answers = [
          await ask(api.url, { method: 'PATCH', path, headers }, Buffer.from('ab')),
          await ask(api.url, { method: 'HEAD', path, headers }),
          await ask(api.url, { method: 'DELETE', path, headers }),
          await ask(api.url, { method: 'POST', path: UPLOADS, headers: { ...headers, 'Upload-Length': '1' } }),
        ];
        for (const answer of answers) {
          expect(answer.status).toBe(412);
          expect(answer.headers['tus-version']).toBe('1.0.0');
          expect(answer.headers.location).toBeUndefined();
        }
        expect(await tus.offset(path)).toBe(0);
      },
    );
  });

  describe('core: X-HTTP-Method-Override', () => {
    const overridden = (method: string, path: string, headers: Record<string, string>, body?: Buffer) =>
      ask(api.url, { method: 'POST', path, headers: { ...headers, 'X-HTTP-Method-Override': method } }, body);

    it('"MUST be interpreted as the request\'s method by the Server … The actual method of the request MUST be ignored"', async () => {
      const path = await tus.begin(4);
      const patched = await overridden('PATCH', path, tus.pieceHeaders(0), Buffer.from('ab'));
      expect([patched.status, patched.headers['upload-offset']]).toEqual([204, '2']);
      const looked = await overridden('HEAD', path, tus.headers());
      expect([looked.status, looked.headers['upload-offset']]).toEqual([200, '2']);
      expect((await overridden('DELETE', path, tus.headers())).status).toBe(204);
      expect((await tus.head(path)).status).toBe(410);
    });

    it('a POST to an upload without the header is none of ours and creates nothing', async () => {
      const path = await tus.begin(4);
      const answer = await ask(api.url, { method: 'POST', path, headers: tus.headers({ 'Upload-Length': '1' }) });
      expect([answer.status, answer.headers.location]).toEqual([404, undefined]);
    });
  });

  describe('core: HEAD', () => {
    it('"The Server MUST always include the Upload-Offset header in the response for a HEAD request, even if the offset is 0, or the upload is already considered completed"', async () => {
      const path = await tus.begin(3);
      const fresh = await tus.head(path);
      await tus.patch(path, 0, Buffer.from('abc'));
      const done = await tus.head(path);
      expect([fresh.status, fresh.headers['upload-offset']]).toEqual([200, '0']);
      expect([done.status, done.headers['upload-offset']]).toEqual([200, '3']);
    });

    it('"If the size of the upload is known, the Server MUST include the Upload-Length header in the response"', async () => {
      const path = await tus.begin(3);
      expect((await tus.head(path)).headers['upload-length']).toBe('3');
      await tus.patch(path, 0, Buffer.from('abc'));
      expect((await tus.head(path)).headers['upload-length']).toBe('3');
    });

    it.each(['01890a5d-ac96-774b-bcce-b302099a8057', 'no-id', '..%2f..%2fetc%2fpasswd', ''])(
      '"If the resource is not found, the Server SHOULD return either the 404, 410 or 403 status without the Upload-Offset header": %j',
      async (name) => {
        const answer = await tus.head(`${UPLOADS}/${name}`);
        expect([answer.status, answer.headers['upload-offset']]).toEqual([404, undefined]);
      },
    );

    it('"The Server MUST prevent the client and/or proxies from caching the response by adding the Cache-Control: no-store header"', async () => {
      const path = await tus.begin(1);
      expect((await tus.head(path)).headers['cache-control']).toBe('no-store');
      expect((await tus.head(`${UPLOADS}/none`)).headers['cache-control']).toBe('no-store');
    });
  });

  describe('core: PATCH', () => {
    it.each([undefined, 'application/octet-stream', 'text/plain', 'application/x-www-form-urlencoded'])(
      '"All PATCH requests MUST use Content-Type: application/offset+octet-stream, otherwise the server SHOULD return a 415": %s',
      async (type) => {
        const path = await tus.begin(3);
        const headers = tus.headers({ 'Upload-Offset': '0', ...(type === undefined ? {} : { 'Content-Type': type }) });
        const answer = await ask(api.url, { method: 'PATCH', path, headers }, Buffer.from('abc'));
        expect([answer.status, answer.headers['content-type']]).toEqual([
          415,
          'application/problem+json; charset=utf-8',
        ]);
        expect(await tus.offset(path)).toBe(0);
      },
    );

    it('"If the offsets do not match, the Server MUST respond with the 409 Conflict status without modifying the upload resource", and says where to go on', async () => {
      const path = await tus.begin(10);
      await tus.patch(path, 0, Buffer.from('abc'));
      for (const offset of [0, 2, 4, 10, 11]) {
        const answer = await tus.patch(path, offset, Buffer.from('x'));
        expect(answer.status).toBe(409);
        expect(json(answer)).toMatchObject({ code: 'upload-offset-mismatch', details: { offsetBytes: 3 } });
      }
      expect(await tus.offset(path)).toBe(3);
    });

    it('"The Server MUST acknowledge successful PATCH requests with the 204 No Content status. It MUST include the Upload-Offset header containing the new offset … the sum of the offset before the PATCH request and the number of bytes received"', async () => {
      const bytes = randomBytes(2 * MEBIBYTE + 5);
      const path = await tus.begin(bytes.length);
      for (const [from, to] of [
        [0, 1],
        [1, MEBIBYTE],
        [MEBIBYTE, MEBIBYTE],
        [MEBIBYTE, MEBIBYTE + 1],
        [MEBIBYTE + 1, bytes.length],
      ] as const) {
        const answer = await tus.patch(path, from, bytes.subarray(from, to));
        expect([answer.status, answer.headers['upload-offset']]).toEqual([204, String(to)]);
        expect(answer.bytes).toHaveLength(0);
      }
      expect(await sealed(path)).toEqual(sealedAs(bytes));
    });

    it('"If the server receives a PATCH request against a non-existent resource it SHOULD return a 404"', async () => {
      const answer = await tus.patch(`${UPLOADS}/01890a5d-ac96-774b-bcce-b302099a8057`, 0, Buffer.from('x'));
      expect(answer.status).toBe(404);
    });

    it('a body without Content-Length is taken in chunks', async () => {
      const bytes = randomBytes(MEBIBYTE + 9);
      const path = await tus.begin(bytes.length);
      const patch = tus.openPatch(path, 0);
      await patch.send(bytes.subarray(0, 100));
      await patch.send(bytes.subarray(100, MEBIBYTE));
      const answer = await patch.end(bytes.subarray(MEBIBYTE));
      expect([answer.status, answer.headers['upload-offset']]).toEqual([204, String(bytes.length)]);
      expect(await sealed(path)).toEqual(sealedAs(bytes));
    });

    it('Expect: 100-continue: the body is asked for when it is wanted, and refused before it is sent', async () => {
      const path = await tus.begin(3);
      const expecting = { Expect: '100-continue', 'Content-Length': '3' };
      const wanted = tus.openPatch(path, 0, expecting);
      await wanted.continued();
      expect(await wanted.end(Buffer.from('abc'))).toMatchObject({ status: 204, wasContinued: true });
      const unwanted = tus.openPatch(path, 0, expecting);
      expect(await unwanted.answer()).toMatchObject({ status: 403, wasContinued: false });
      unwanted.drop();
    });
  });

  describe('core: OPTIONS', () => {
    it('"A successful response indicated by the 204 No Content or 200 OK status MUST contain the Tus-Version header", without signing in', async () => {
      for (const path of [UPLOADS, `${UPLOADS}/01890a5d-ac96-774b-bcce-b302099a8057`]) {
        const answer = await ask(api.url, { method: 'OPTIONS', path });
        expect([answer.status, answer.headers['tus-version']]).toEqual([204, '1.0.0']);
      }
    });

    it('"the Server MUST ignore the [Tus-Resumable] header"', async () => {
      const answer = await ask(api.url, { method: 'OPTIONS', path: UPLOADS, headers: { 'Tus-Resumable': '0.0.1' } });
      expect(answer.status).toBe(204);
    });

    it('"Tus-Extension … MUST be a comma-separated list of the extensions supported"; "Tus-Max-Size … MUST be a non-negative integer"; "The Tus-Checksum-Algorithm header MUST be included"', async () => {
      const { headers } = await ask(api.url, { method: 'OPTIONS', path: UPLOADS });
      expect(String(headers['tus-extension']).split(',').sort()).toEqual([
        'checksum',
        'creation',
        'creation-defer-length',
        'creation-with-upload',
        'expiration',
        'termination',
      ]);
      expect(headers['tus-max-size']).toBe(String(api.parts.settings.maxUploadBytes));
      expect(String(headers['tus-checksum-algorithm']).split(',')).toEqual(['sha1', 'sha256']);
    });
  });

  describe('creation', () => {
    it('"The Server MUST acknowledge a successful upload creation with the 201 Created status. The Server MUST set the Location header"', async () => {
      const answer = await tus.create({ 'Upload-Length': '5' });
      expect(answer.status).toBe(201);
      expect(answer.headers.location).toMatch(/^\/api\/v1\/uploads\/[0-9a-f-]{36}$/);
      expect((await tus.head(answer.headers.location ?? '')).headers['upload-offset']).toBe('0');
    });

    it('an empty body that comes in chunks is an empty body', async () => {
      const headers = tus.headers({ 'Upload-Length': '5' });
      const answer = await new Exchange(api.url, { method: 'POST', path: UPLOADS, headers }).end();
      expect([answer.status, answer.headers['upload-offset']]).toEqual([201, undefined]);
      const withBytes = await new Exchange(api.url, { method: 'POST', path: UPLOADS, headers }).end(Buffer.from('ab'));
      expect([withBytes.status, withBytes.headers.location]).toEqual([415, undefined]);
    });

    it.each([
      ['neither', {}],
      ['both', { 'Upload-Length': '5', 'Upload-Defer-Length': '1' }],
    ])(
      '"The request MUST include one of the following headers: Upload-Length, Upload-Defer-Length": %s is refused',
      async (_, headers: Record<string, string>) => {
        expect((await tus.create(headers)).status).toBe(400);
      },
    );

    it('"The Upload-Length header MAY be set to 0 … Such an upload is immediately complete after its creation"', async () => {
      const path = await tus.begin(0);
      expect((await tus.head(path)).headers).toMatchObject({ 'upload-offset': '0', 'upload-length': '0' });
      expect(await sealed(path)).toEqual(sealedAs(Buffer.alloc(0)));
      expect((await tus.patch(path, 0, Buffer.alloc(0))).status).toBe(403);
    });

    it('"If the length of the upload exceeds the maximum … the Server MUST respond with the 413"', async () => {
      const answer = await tus.create({ 'Upload-Length': String(api.parts.settings.maxUploadBytes + 1) });
      expect(answer.status).toBe(413);
      expect(json(answer)).toMatchObject({ details: { maxBytes: api.parts.settings.maxUploadBytes } });
    });

    it('"If an upload contains additional metadata, responses to HEAD requests MUST include the Upload-Metadata header and its value as specified by the Client during the creation"', async () => {
      const sent = `filename ${Buffer.from('现场.mp4').toString('base64')},is_confidential, empty ,other eA==`;
      const created = await tus.create({ 'Upload-Length': '1', 'Upload-Metadata': sent });
      expect(created.status).toBe(201);
      expect((await tus.head(created.headers.location ?? '')).headers['upload-metadata']).toBe(sent);
    });

    it.each([
      ['"All keys MUST be unique"', 'filename YQ==,filename Yg=='],
      ['"The value MUST be Base64 encoded"', 'filename not_base64!'],
      ['"The key and value MUST be separated by a space"', 'filename YQ== YQ=='],
      ['"The key SHOULD be ASCII encoded"', 'n\xe4me YQ=='],
      ['a digest that is none', metadataHeader({ sha256: 'abc' })['Upload-Metadata'] ?? ''],
      [
        'a case without a step',
        metadataHeader({ caseId: '01890a5d-ac96-774b-bcce-b302099a8057' })['Upload-Metadata'] ?? '',
      ],
    ])('metadata that breaks its rules is refused: %s', async (_, metadata) => {
      const answer = await tus.create({ 'Upload-Length': '1', 'Upload-Metadata': metadata });
      expect([answer.status, answer.headers.location]).toEqual([400, undefined]);
    });

    it('concatenation, which is not offered, is refused and not taken for something else', async () => {
      expect((await tus.create({ 'Upload-Length': '5', 'Upload-Concat': 'partial' })).status).toBe(400);
    });
  });

  describe('creation-with-upload', () => {
    it('"MUST include the Upload-Offset header in the response and MUST set its value to the offset of the upload after applying the accepted bytes": a part, then the rest', async () => {
      const bytes = randomBytes(500_000);
      const answer = await tus.create({ 'Upload-Length': '500000', ...PIECE }, bytes.subarray(0, 200_000));
      expect([answer.status, answer.headers['upload-offset']]).toEqual([201, '200000']);
      const path = answer.headers.location ?? '';
      expect((await tus.patch(path, 200_000, bytes.subarray(200_000))).status).toBe(204);
      expect(await sealed(path)).toEqual(sealedAs(bytes));
    });

    it('the entirety, with its checksum', async () => {
      const bytes = randomBytes(70_000);
      const answer = await tus.create({ 'Upload-Length': '70000', ...PIECE, ...checksum('sha1', bytes) }, bytes);
      expect([answer.status, answer.headers['upload-offset']]).toEqual([201, '70000']);
      expect(await sealed(answer.headers.location ?? '')).toEqual(sealedAs(bytes));
    });

    it.each([undefined, 'text/plain'])(
      '"The Client MUST include the Content-Type: application/offset+octet-stream header": %s is refused, nothing is created',
      async (type) => {
        const answer = await tus.create(
          { 'Upload-Length': '3', ...(type === undefined ? {} : { 'Content-Type': type }) },
          Buffer.from('abc'),
        );
        expect([answer.status, answer.headers.location]).toEqual([415, undefined]);
      },
    );

    it('a first piece longer than the whole creates nothing', async () => {
      for (const length of ['0', '2']) {
        const answer = await tus.create({ 'Upload-Length': length, ...PIECE }, Buffer.from('abc'));
        expect([answer.status, answer.headers.location]).toEqual([413, undefined]);
      }
    });

    it('"the Client SHOULD include the Expect: 100-continue header in the request to receive early feedback"', async () => {
      const headers = { 'Upload-Length': '3', ...PIECE, Expect: '100-continue' };
      expect(await tus.create(headers, Buffer.from('abc'))).toMatchObject({ status: 201, wasContinued: true });
      expect(await tus.create({ ...headers, 'Upload-Length': '2' }, Buffer.from('abc'))).toMatchObject({
        status: 413,
        wasContinued: false,
      });
    });
  });

  describe('creation-defer-length', () => {
    it.each(['0', '2', 'true', ''])(
      '"If the Upload-Defer-Length header contains any other value than 1 the server should return a 400": %j',
      async (value) => {
        expect((await tus.create({ 'Upload-Defer-Length': value })).status).toBe(400);
      },
    );

    it('"As long as the length of the upload is not known, the Server MUST set Upload-Defer-Length: 1 in all responses to HEAD requests"; "If the length of an upload is not deferred, this header MUST be omitted"', async () => {
      const path = await tus.begin(null);
      await tus.patch(path, 0, Buffer.from('ab'));
      const unknown = await tus.head(path);
      expect(unknown.headers).toMatchObject({ 'upload-defer-length': '1', 'upload-offset': '2' });
      expect(unknown.headers['upload-length']).toBeUndefined();
      await tus.patch(path, 2, Buffer.from('c'), { 'Upload-Length': '5' });
      const known = await tus.head(path);
      expect(known.headers).toMatchObject({ 'upload-length': '5', 'upload-offset': '3' });
      expect(known.headers['upload-defer-length']).toBeUndefined();
    });

    it('"Once set the length MUST NOT be changed"', async () => {
      const path = await tus.begin(null);
      await tus.patch(path, 0, Buffer.from('ab'), { 'Upload-Length': '5' });
      const answer = await tus.patch(path, 2, Buffer.from('c'), { 'Upload-Length': '6' });
      expect([answer.status, json(answer).code]).toEqual([400, 'upload-length-conflict']);
      expect((await tus.head(path)).headers).toMatchObject({ 'upload-length': '5', 'upload-offset': '2' });
    });

    it.each([3, MEBIBYTE, MEBIBYTE + 3])(
      'the length may come with an empty PATCH after all %i bytes, and ends the upload',
      async (size) => {
        const bytes = randomBytes(size);
        const path = await tus.begin(null);
        await tus.patch(path, 0, bytes);
        const tooShort = await tus.patch(path, size, Buffer.alloc(0), { 'Upload-Length': String(size - 1) });
        expect(tooShort.status).toBe(400);
        const answer = await tus.patch(path, size, Buffer.alloc(0), { 'Upload-Length': String(size) });
        expect([answer.status, answer.headers['upload-offset']]).toEqual([204, String(size)]);
        expect(await sealed(path)).toEqual(sealedAs(bytes));
      },
    );
  });

  describe('expiration', () => {
    const IMF_FIXDATE =
      /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

    it('"This header MUST be included in every PATCH response if the upload is going to expire … MUST be included in the response to the initial POST request … MUST be in RFC 9110 datetime format"', async () => {
      const created = await tus.create({ 'Upload-Length': '5' });
      const path = created.headers.location ?? '';
      const answers = [
        created,
        await tus.head(path),
        await tus.patch(path, 0, Buffer.from('ab')),
        await tus.patch(path, 0, Buffer.from('ab')),
        await tus.patch(path, 2, Buffer.from('cdef')),
        await tus.patch(path, 2, Buffer.from('c'), { 'Upload-Checksum': `sha1 ${sum('sha1', Buffer.from('x'))}` }),
        await tus.patch(path, 2, Buffer.from('c'), { 'Content-Type': 'text/plain' }),
      ];
      expect(answers.map((answer) => answer.status)).toEqual([201, 200, 204, 409, 413, 460, 415]);
      for (const { headers } of answers) {
        expect(headers['upload-expires']).toMatch(IMF_FIXDATE);
        expect(Date.parse(String(headers['upload-expires']))).toBeGreaterThan(Date.now() + 2 * 86_400_000);
      }
    });

    it('an upload that is finished does not expire', async () => {
      const path = await tus.begin(1);
      expect((await tus.patch(path, 0, Buffer.from('a'))).headers['upload-expires']).toBeUndefined();
      expect((await tus.head(path)).headers['upload-expires']).toBeUndefined();
    });
  });

  describe('checksum', () => {
    it.each(['sha1', 'sha256'])(
      '"the Server MUST verify the uploaded chunk against the provided checksum": %s',
      async (algorithm) => {
        const bytes = randomBytes(2 * MEBIBYTE + 77);
        const path = await tus.begin(bytes.length);
        for (const [from, to] of [
          [0, MEBIBYTE + 5],
          [MEBIBYTE + 5, bytes.length],
        ] as const) {
          const piece = bytes.subarray(from, to);
          expect((await tus.patch(path, from, piece, checksum(algorithm, piece))).status).toBe(204);
        }
        expect(await sealed(path)).toEqual(sealedAs(bytes));
      },
    );

    it('"400 Bad Request if the checksum algorithm is not supported … the uploaded chunk MUST be discarded, and the upload and its offset MUST NOT be updated"', async () => {
      const path = await tus.begin(3);
      for (const algorithm of ['md5', 'crc32', 'sha512', '']) {
        const answer = await tus.patch(path, 0, Buffer.from('abc'), { 'Upload-Checksum': `${algorithm} AAAA` });
        expect([answer.status, json(answer).code]).toEqual([400, 'upload-checksum-unsupported']);
      }
      expect(await tus.offset(path)).toBe(0);
    });

    it.each(['sha1', 'sha1 AAAA', 'sha256 not/base64/of/a/digest'])(
      'a checksum that is none is refused: %j',
      async (header) => {
        const path = await tus.begin(3);
        expect((await tus.patch(path, 0, Buffer.from('abc'), { 'Upload-Checksum': header })).status).toBe(400);
        expect(await tus.offset(path)).toBe(0);
      },
    );

    it('"460 Checksum Mismatch … the uploaded chunk MUST be discarded, and the upload and its offset MUST NOT be updated": in the midst, over several blocks', async () => {
      const bytes = randomBytes(5 * MEBIBYTE);
      const path = await tus.begin(bytes.length);
      await tus.patch(path, 0, bytes.subarray(0, 100_001));
      const wrong = randomBytes(3 * MEBIBYTE);
      const answer = await tus.patch(path, 100_001, wrong, checksum('sha256', bytes));
      expect([answer.status, json(answer).code]).toEqual([460, 'upload-checksum-mismatch']);
      expect(await tus.offset(path)).toBe(100_001);
      const right = bytes.subarray(100_001);
      expect((await tus.patch(path, 100_001, right, checksum('sha256', right))).status).toBe(204);
      expect(await sealed(path)).toEqual(sealedAs(bytes));
    });

    it('460: the same when the piece would have completed the file, and when it would have said the length', async () => {
      const bytes = randomBytes(40_000);
      const path = await tus.begin(null);
      const answer = await tus.patch(path, 0, randomBytes(40_000), {
        'Upload-Length': '40000',
        ...checksum('sha1', bytes),
      });
      expect(answer.status).toBe(460);
      expect((await tus.head(path)).headers).toMatchObject({ 'upload-offset': '0', 'upload-defer-length': '1' });
      const right = await tus.patch(path, 0, bytes, { 'Upload-Length': '40000', ...checksum('sha1', bytes) });
      expect([right.status, right.headers['upload-offset']]).toEqual([204, '40000']);
      expect(await sealed(path)).toEqual(sealedAs(bytes));
    });

    it('460 at creation: the upload is there, empty', async () => {
      const answer = await tus.create(
        { 'Upload-Length': '3', ...PIECE, ...checksum('sha1', Buffer.from('xyz')) },
        Buffer.from('abc'),
      );
      expect(answer.status).toBe(460);
      expect(await tus.offset(answer.headers.location ?? '')).toBe(0);
    });

    it('pieces with a checksum are at most 64 MiB: announced or not, more is 413 and counts nothing', async () => {
      const size = 64 * MEBIBYTE + 1;
      const path = await tus.begin(2 * size);
      const announced = tus.openPatch(path, 0, {
        'Content-Length': String(size),
        ...checksum('sha1', Buffer.alloc(0)),
      });
      expect((await announced.answer()).status).toBe(413);
      announced.drop();
      const unannounced = tus.openPatch(path, 0, checksum('sha1', Buffer.alloc(0)));
      const block = Buffer.alloc(4 * MEBIBYTE, 7);
      for (let sent = 0; sent < size; sent += block.length) await unannounced.send(block);
      expect(json(await unannounced.answer())).toMatchObject({ status: 413, details: { maxBytes: 64 * MEBIBYTE } });
      unannounced.drop();
      expect(await tus.offset(path)).toBe(0);
    });

    it('a piece with a checksum that is cut off counts nothing', async () => {
      const bytes = randomBytes(4 * MEBIBYTE);
      const path = await tus.begin(bytes.length);
      const patch = tus.openPatch(path, 0, { 'Content-Length': String(bytes.length), ...checksum('sha256', bytes) });
      await patch.send(bytes.subarray(0, 3 * MEBIBYTE));
      patch.drop();
      expect(await tus.offset(path)).toBe(0);
      const again = () => tus.patch(path, 0, bytes, checksum('sha256', bytes));
      // What was cut off may be heard of after what comes next, and takes its place for a moment: clients ask again.
      let answer = await again();
      for (let n = 0; answer.status === 409 && n < 5; n++) answer = await again();
      expect(answer.status).toBe(204);
      expect(await sealed(path)).toEqual(sealedAs(bytes));
    });
  });

  describe('termination', () => {
    it('"MUST respond with the 204 No Content status … For all future requests to this URL, the Server SHOULD respond with the 404 Not Found or 410 Gone status"', async () => {
      const path = await tus.begin(10);
      await tus.patch(path, 0, Buffer.from('abc'));
      expect((await tus.terminate(path)).status).toBe(204);
      const after = [await tus.head(path), await tus.patch(path, 3, Buffer.from('d')), await tus.terminate(path)];
      expect(after.map((answer) => answer.status)).toEqual([410, 410, 410]);
      expect(after.map((answer) => answer.headers['upload-offset'])).toEqual([undefined, undefined, undefined]);
    });

    it('a finished upload is evidence: DELETE and PATCH are 403, and it stays', async () => {
      const bytes = randomBytes(9_000);
      const path = await tus.begin(bytes.length);
      await tus.patch(path, 0, bytes);
      for (const answer of [
        await tus.terminate(path),
        await tus.patch(path, bytes.length, Buffer.alloc(0)),
        await tus.patch(path, 0, bytes),
      ]) {
        expect([answer.status, json(answer).code]).toEqual([403, 'upload-finished']);
      }
      expect(await sealed(path)).toEqual(sealedAs(bytes));
    });
  });
});
