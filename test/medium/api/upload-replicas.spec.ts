import { createHash, randomBytes } from 'node:crypto';
import { type ApiClient, type RunningApi, runApi } from '../../support/running-api.js';
import { freshS3Config, type SharedS3, sharedS3 } from '../../support/s3-server.js';
import { type AnotherServer, serve } from './another-server.js';
import { idOf, json, TusClient } from './wire.js';

const MEBIBYTE = 1_048_576;

/** Two API servers, with nothing in common but the database and the S3 store. */
describe('uploads over two replicas on S3', () => {
  let s3: SharedS3;
  let api: RunningApi;
  let other: AnotherServer;
  let officer: ApiClient;
  let here: TusClient;
  let there: TusClient;

  beforeAll(async () => {
    s3 = await sharedS3();
    api = await runApi({ store: () => ({ kind: 's3', ...freshS3Config(s3) }) });
    other = await serve((await api.another()).archive);
    officer = await api.signIn(['officer']);
    here = new TusClient(officer);
    there = new TusClient({ url: other.url, authorization: officer.authorization });
  });
  afterAll(async () => {
    expect((await api.archive.system.check.run()).findings).toEqual([]);
    await other.stop();
    await api.stop();
    await s3.release();
  });

  const hex = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  const expectSealed = async (path: string, bytes: Buffer): Promise<void> => {
    expect(await api.archive.work.seal.run(idOf(path))).toBe('sealed');
    const asset = await officer.send<{ lockMode: string; digests: { sha256: string } }>('GET', `/assets/${idOf(path)}`);
    expect([asset.lockMode, asset.digests.sha256]).toEqual(['COMPLIANCE', `sha256:${hex(bytes)}`]);
  };
  const hangingPatch = async (client: TusClient, path: string, offset: number) => {
    const patch = client.openPatch(path, offset, { Expect: '100-continue', 'Transfer-Encoding': 'chunked' });
    await patch.continued();
    return patch;
  };
  const staged = async (): Promise<number> => {
    let count = 0;
    for await (const _ of api.parts.store.list('staging', '')) count += 1;
    return count;
  };

  it('the bytes beyond the last part survive too: each request to the other server', async () => {
    const bytes = randomBytes(19 * MEBIBYTE + 4_321);
    const path = await here.begin(bytes.length);
    let offset = 0;
    let turn = 0;
    for (const length of [1, MEBIBYTE, 700_001, 8 * MEBIBYTE, 5, bytes.length]) {
      const client = turn++ % 2 === 0 ? there : here;
      const answer = await client.patch(path, offset, bytes.subarray(offset, offset + length));
      offset = Math.min(bytes.length, offset + length);
      expect([answer.status, answer.headers['upload-offset']]).toEqual([204, String(offset)]);
      expect(await (turn % 2 === 0 ? there : here).offset(path)).toBe(offset);
    }
    await expectSealed(path, bytes);
    expect(await staged()).toBe(0);
  });

  it('a connection dropped here is resumed there', async () => {
    const bytes = randomBytes(21 * MEBIBYTE + 9);
    const path = await here.begin(bytes.length);
    const patch = here.openPatch(path, 0, { 'Content-Length': String(bytes.length) });
    await patch.send(bytes.subarray(0, 12 * MEBIBYTE));
    patch.drop();
    const seen = await here.offset(path);
    expect(seen).toBeGreaterThan(0);
    expect(await there.offset(path)).toBe(seen);
    expect((await there.patch(path, seen, bytes.subarray(seen))).status).toBe(204);
    await expectSealed(path, bytes);
  });

  it('a late writer here is fenced off by the one that took over there: none of its bytes count', async () => {
    const bytes = randomBytes(18 * MEBIBYTE);
    const path = await here.begin(bytes.length);
    // It has read, but nothing of it is stored yet: for the other server the upload is at 0.
    const late = await hangingPatch(here, path, 0);
    await late.send(randomBytes(MEBIBYTE));
    expect((await there.patch(path, 0, bytes.subarray(0, 9 * MEBIBYTE + 1))).status).toBe(204);
    // Now the late one sends other bytes for the same parts.
    await late.send(randomBytes(8 * MEBIBYTE)).catch(() => undefined);
    const answer = await late.end(randomBytes(2 * MEBIBYTE)).catch(() => null);
    expect([409, null]).toContain(answer?.status ?? null);
    if (answer) expect(json(answer)).toMatchObject({ code: 'upload-taken-over' });
    const offset = await there.offset(path);
    const next = await there.patch(path, offset, bytes.subarray(offset));
    if (next.status !== 204) {
      // The store held one of the late writer's parts: the server goes back to before it rather than take it.
      expect([next.status, json(next).code]).toEqual([409, 'upload-offset-mismatch']);
      const back = await there.offset(path);
      expect((await there.patch(path, back, bytes.subarray(back))).status).toBe(204);
    }
    await expectSealed(path, bytes);
  });

  it('a writer that comes back after the other has finished is told, and changes nothing', async () => {
    const bytes = randomBytes(9 * MEBIBYTE);
    const path = await here.begin(bytes.length);
    const late = await hangingPatch(here, path, 0);
    await late.send(randomBytes(MEBIBYTE));
    expect((await there.patch(path, 0, bytes)).status).toBe(204);
    const answer = await late.end(randomBytes(8 * MEBIBYTE));
    expect([answer.status, json(answer).code]).toEqual([409, 'upload-taken-over']);
    await expectSealed(path, bytes);
  });

  it('a writer whose upload was dropped there is told', async () => {
    const path = await here.begin(9 * MEBIBYTE);
    const late = await hangingPatch(here, path, 0);
    await late.send(randomBytes(MEBIBYTE));
    expect((await there.terminate(path)).status).toBe(204);
    const answer = await late.end(randomBytes(8 * MEBIBYTE));
    expect([409, 410]).toContain(answer.status);
    expect((await here.head(path)).status).toBe(410);
    expect(await staged()).toBe(0);
  });

  it('two at once, one on each, with different content: at most one wins, and its content is what is kept', async () => {
    for (const size of [300_000, 17 * MEBIBYTE]) {
      const path = await here.begin(size);
      const contents = [randomBytes(size), randomBytes(size)];
      const ends = await Promise.allSettled(
        [here, there].map((client, n) => client.patch(path, 0, contents[n] ?? Buffer.alloc(0))),
      );
      const statuses = ends.map((end) => (end.status === 'fulfilled' ? end.value.status : 'cut'));
      expect(statuses.filter((status) => status === 204).length).toBeLessThanOrEqual(1);
      for (const status of statuses) expect([204, 'cut', 403, 409]).toContain(status);
      const winner = contents[statuses.indexOf(204)];
      if (winner) await expectSealed(path, winner);
      // Each may have been late for the other; then nothing is received, and the upload can be taken back.
      else expect((await here.terminate(path)).status).toBe(204);
    }
  });

  it('a wrong checksum counts nothing on any of them', async () => {
    const bytes = randomBytes(10 * MEBIBYTE);
    const path = await here.begin(bytes.length);
    await here.patch(path, 0, bytes.subarray(0, 500));
    const sum = createHash('sha1').update(bytes).digest('base64');
    const wrong = await here.patch(path, 500, bytes.subarray(500), { 'Upload-Checksum': `sha1 ${sum}` });
    expect(wrong.status).toBe(460);
    expect(await there.offset(path)).toBe(500);
    const right = bytes.subarray(500);
    const answer = await there.patch(path, 500, right, {
      'Upload-Checksum': `sha1 ${createHash('sha1').update(right).digest('base64')}`,
    });
    expect(answer.status).toBe(204);
    await expectSealed(path, bytes);
  });
});
