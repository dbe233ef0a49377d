import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Upload, type UploadOptions } from 'tus-js-client';
import { type ApiClient, type RunningApi, runApi } from '../../support/running-api.js';
import { breakOnce, idOf, TusClient } from './wire.js';

const MEBIBYTE = 1_048_576;

/** Clients that others wrote, against the real server. */
describe('uploads by clients of others', () => {
  let api: RunningApi;
  let officer: ApiClient;
  let tus: TusClient;

  beforeAll(async () => {
    api = await runApi();
    officer = await api.signIn(['officer']);
    tus = new TusClient(officer);
  });
  afterAll(async () => {
    expect((await api.archive.system.check.run()).findings).toEqual([]);
    await api.stop();
  });

  const hex = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  const expectSealed = async (url: string, bytes: Buffer): Promise<void> => {
    expect(await api.archive.work.seal.run(idOf(url))).toBe('sealed');
    const asset = await officer.send<{ digests: { sha256: string } }>('GET', `/assets/${idOf(url)}`);
    expect(asset.digests.sha256).toBe(`sha256:${hex(bytes)}`);
  };

  describe('tus-js-client', () => {
    /** Runs an upload to its end; tells its address and what it was answered. */
    const upload = (
      source: Buffer | NodeJS.ReadableStream,
      options: UploadOptions,
    ): Promise<{ url: string; answers: string[] }> =>
      new Promise((resolve, reject) => {
        const answers: string[] = [];
        const running = new Upload(source as Buffer, {
          headers: officer.authorization,
          retryDelays: [0, 50, 200],
          onAfterResponse: (request, response) => void answers.push(`${request.getMethod()} ${response.getStatus()}`),
          onError: reject,
          onSuccess: () => resolve({ url: running.url ?? '', answers }),
          ...options,
        });
        running.start();
      });

    it('sends a file with its name, its digest and the step it is for', async () => {
      const opened = await officer.send<{ id: string; occurrences: { id: string }[] }>('POST', '/cases', {
        procedureId: 'administrative-penalty-ordinary',
        number: '测罚字〔2026〕7号',
        title: '某店案',
      });
      const bytes = randomBytes(3 * MEBIBYTE);
      const metadata = {
        filename: '执法 记录,"一".mp4',
        sha256: hex(bytes),
        caseId: opened.id,
        occurrenceId: opened.occurrences[0]?.id ?? '',
      };
      const { url } = await upload(bytes, { endpoint: `${api.url}/api/v1/uploads`, metadata });
      await expectSealed(url, bytes);
      const asset = await officer.send('GET', `/assets/${idOf(url)}`);
      expect(asset).toMatchObject({
        fileName: metadata.filename,
        link: { caseId: opened.id, occurrenceId: metadata.occurrenceId },
      });
    });

    it('goes on after the connection breaks, from what was stored', async () => {
      const bytes = randomBytes(24 * MEBIBYTE);
      const broken = await breakOnce(api.url, 15 * MEBIBYTE);
      const { url, answers } = await upload(bytes, { endpoint: `${broken.url}/api/v1/uploads` });
      await broken.stop();
      expect(answers).toEqual(['POST 201', 'HEAD 200', 'PATCH 204']);
      await expectSealed(url, bytes);
    });

    it('goes on in another run of the program, with the address alone', async () => {
      const bytes = randomBytes(9 * MEBIBYTE);
      const path = await tus.begin(bytes.length);
      await tus.patch(path, 0, bytes.subarray(0, 4 * MEBIBYTE + 321));
      const { url, answers } = await upload(bytes, { uploadUrl: `${api.url}${path}` });
      expect(answers).toEqual(['HEAD 200', 'PATCH 204']);
      await expectSealed(url, bytes);
    });

    it.each([
      ['in chunks', { chunkSize: 700_001 }],
      ['with data at creation', { uploadDataDuringCreation: true }],
      ['with data at creation, in chunks', { uploadDataDuringCreation: true, chunkSize: 1_000_003 }],
      ['by POST alone (overridePatchMethod)', { overridePatchMethod: true, chunkSize: MEBIBYTE }],
    ])('%s', async (_, options) => {
      const bytes = randomBytes(2 * MEBIBYTE + 12_345);
      const { url } = await upload(bytes, { endpoint: `${api.url}/api/v1/uploads`, ...options });
      await expectSealed(url, bytes);
    });

    it('a stream whose length nobody knows before its end', async () => {
      const bytes = randomBytes(2 * MEBIBYTE + 1);
      const source = new PassThrough();
      source.end(bytes);
      const { url } = await upload(source, {
        endpoint: `${api.url}/api/v1/uploads`,
        uploadLengthDeferred: true,
        chunkSize: 600_000,
      });
      await expectSealed(url, bytes);
    });

    it('takes an upload back', async () => {
      const { url } = await new Promise<Upload>((resolve, reject) => {
        const running = new Upload(randomBytes(2 * MEBIBYTE), {
          endpoint: `${api.url}/api/v1/uploads`,
          headers: officer.authorization,
          chunkSize: 500_000,
          onError: reject,
          onChunkComplete: () => running.abort(true).then(() => resolve(running), reject),
        });
        running.start();
      });
      expect((await tus.head(new URL(url ?? '').pathname)).status).toBe(410);
      expect((await officer.send<{ items: unknown[] }>('GET', '/uploads')).items).toEqual([]);
    });
  });

  describe('curl', () => {
    const curl = (...args: string[]): Promise<{ code: number | null; out: string }> =>
      new Promise((resolve, reject) => {
        const auth = `Authorization: ${officer.authorization.Authorization}`;
        const child = spawn('curl', ['-sS', '-i', '-H', auth, '-H', 'Tus-Resumable: 1.0.0', ...args], {
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        let out = '';
        child.stdout.on('data', (chunk: Buffer) => {
          out += chunk.toString('latin1');
        });
        child.once('error', reject);
        child.once('close', (code) => resolve({ code, out }));
      });
    const header = (out: string, name: string): string => new RegExp(`^${name}: (.*)\\r$`, 'im').exec(out)?.[1] ?? '';
    const statuses = (out: string): number[] =>
      [...out.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
    const PIECE = ['-H', 'Content-Type: application/offset+octet-stream'];

    const begin = async (bytes: Buffer): Promise<{ file: string; url: string }> => {
      const file = join(api.dir, `${hex(bytes).slice(0, 12)}.bin`);
      await writeFile(file, bytes);
      const metadata = `filename ${Buffer.from('curl.bin').toString('base64')},sha256 ${Buffer.from(hex(bytes)).toString('base64')}`;
      const made = await curl(
        '-X',
        'POST',
        '-H',
        `Upload-Length: ${bytes.length}`,
        '-H',
        `Upload-Metadata: ${metadata}`,
        `${api.url}/api/v1/uploads`,
      );
      expect(statuses(made.out)).toEqual([201]);
      return { file, url: `${api.url}${header(made.out, 'Location')}` };
    };
    const offsetOf = async (url: string): Promise<number> =>
      Number(header((await curl('-I', url)).out, 'Upload-Offset'));

    it('creates, sends with Expect: 100-continue, and is asked to go on', async () => {
      const bytes = randomBytes(5 * MEBIBYTE);
      const { file, url } = await begin(bytes);
      const sent = await curl(
        '-X',
        'PATCH',
        ...PIECE,
        '-H',
        'Upload-Offset: 0',
        '-H',
        'Expect: 100-continue',
        '--expect100-timeout',
        '30',
        '--data-binary',
        `@${file}`,
        url,
      );
      expect(statuses(sent.out)).toEqual([100, 204]);
      expect(header(sent.out, 'Upload-Offset')).toBe(String(bytes.length));
      await expectSealed(url, bytes);
    });

    it('sends in chunks, without a Content-Length', async () => {
      const bytes = randomBytes(3 * MEBIBYTE + 1);
      const { file, url } = await begin(bytes);
      const sent = await curl(
        '-X',
        'PATCH',
        ...PIECE,
        '-H',
        'Upload-Offset: 0',
        '-H',
        'Transfer-Encoding: chunked',
        '-H',
        'Expect:',
        '-T',
        file,
        url,
      );
      expect(statuses(sent.out)).toEqual([204]);
      await expectSealed(url, bytes);
    });

    it('is stopped on the way, asks how far it came, and sends the rest', async () => {
      const bytes = randomBytes(12 * MEBIBYTE);
      const { file, url } = await begin(bytes);
      const cut = await curl(
        '--limit-rate',
        '4M',
        '--max-time',
        '1',
        '-X',
        'PATCH',
        ...PIECE,
        '-H',
        'Upload-Offset: 0',
        '--data-binary',
        `@${file}`,
        url,
      );
      expect(cut.code).toBe(28);
      const offset = await offsetOf(url);
      expect(offset).toBeLessThan(bytes.length);
      const rest = join(api.dir, 'rest.bin');
      await writeFile(rest, bytes.subarray(offset));
      const sent = await curl(
        '-X',
        'PATCH',
        ...PIECE,
        '-H',
        `Upload-Offset: ${offset}`,
        '--data-binary',
        `@${rest}`,
        url,
      );
      expect(statuses(sent.out).at(-1)).toBe(204);
      await expectSealed(url, bytes);
    });

    it('is told before it sends a byte when the offset is wrong', async () => {
      const bytes = randomBytes(5 * MEBIBYTE);
      const { file, url } = await begin(bytes);
      const sent = await curl(
        '-X',
        'PATCH',
        ...PIECE,
        '-H',
        'Upload-Offset: 7',
        '-H',
        'Expect: 100-continue',
        '--expect100-timeout',
        '30',
        '-w',
        '%{size_upload}',
        '--data-binary',
        `@${file}`,
        url,
      );
      expect(statuses(sent.out)).toEqual([409]);
      expect(sent.out.endsWith('0')).toBe(true);
      expect(sent.out).toContain('"offsetBytes":0');
    });
  });
});
