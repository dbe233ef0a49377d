import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import type { Archive } from '#archive';
import type { Role } from '#domain';
import { freePort } from '#persistence';
import { makeServer } from '../../../apps/api/src/server.js';
import { type LoggedArchive, runLoggedArchive } from '../../support/logged-archive.js';
import { freshS3Config, type SharedS3, sharedS3 } from '../../support/s3-server.js';
import { makeSecrets, type Secrets } from './compose-file.js';
import { type NameServer, startNameServer } from './name-server.js';
import { type RunningProxy, startProxy } from './running-proxy.js';

const MEBIBYTE = 1_048_576;
const REPLICAS = ['127.0.0.2', '127.0.0.3'] as const;

/** Two APIs on two addresses over one database and one S3 store, behind the proxy of docker/nginx.conf. */
describe('the proxy in front of two APIs', () => {
  let s3: SharedS3;
  let running: LoggedArchive;
  let secrets: Secrets;
  let names: NameServer;
  let proxy: RunningProxy;
  let token: string;
  const replicas: Replica[] = [];

  beforeAll(async () => {
    s3 = await sharedS3();
    running = await runLoggedArchive({ store: () => ({ kind: 's3', ...freshS3Config(s3) }) });
    const apiPort = await freePort();
    const archives = [running.archive, (await running.another()).archive];
    for (const [i, archive] of archives.entries()) {
      replicas.push(await Replica.start(archive, REPLICAS[i] ?? '', apiPort));
    }
    secrets = await makeSecrets();
    names = await startNameServer(REPLICAS);
    proxy = await startProxy({ apiPort, nameServerPort: names.port, secretsDir: secrets.dir });
    token = await signIn('officer');
  });
  afterAll(async () => {
    expect((await running.archive.system.check.run()).findings).toEqual([]);
    await proxy.stop();
    await names.close();
    await secrets.remove();
    for (const replica of replicas) await replica.stop();
    await running.stop();
    await s3.release();
  });

  const send = (method: string, path: string, headers: Record<string, string | number> = {}): ClientRequest =>
    httpsRequest({
      ...{ host: '127.0.0.1', port: proxy.httpsPort, rejectUnauthorized: false, agent: false, method, path },
      headers: { 'Tus-Resumable': '1.0.0', ...(token ? { Authorization: `Bearer ${token}` } : {}), ...headers },
    });

  async function signIn(role: Role): Promise<string> {
    const actor = await running.person([role]);
    const accounts = await running.archive.people.listAccounts.run({ ...actor, roles: ['administrator'] });
    const login = accounts.find((account) => account.id === actor.accountId)?.login ?? '';
    const first = 'correct horse battery';
    const session = async (password: string): Promise<string> => {
      const body = JSON.stringify({ login, password });
      const answer = await answerOf(send('POST', '/api/v1/sessions', { 'Content-Type': 'application/json' }), body);
      return (JSON.parse(answer.body) as { token: string }).token;
    };
    const oneTime = await session(first);
    const change = JSON.stringify({ current: first, next: `${first}!` });
    const path = '/api/v1/session/password';
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${oneTime}` };
    const changed = await answerOf(send('POST', path, headers), change);
    expect(changed.status).toBe(204);
    return await session(`${first}!`);
  }

  it('hands bytes on as they come, and an upload cut on one replica goes on at the other', async () => {
    const bytes = randomBytes(24 * MEBIBYTE);
    const created = await answerOf(send('POST', '/api/v1/uploads', { 'Upload-Length': bytes.length }));
    expect(created.status).toBe(201);
    const location = created.headers.location ?? '';

    const before = replicas.map(({ bytesRead }) => bytesRead);
    const cut = patch(location, 0, bytes.length);
    cut.on('error', () => undefined);
    cut.write(bytes.subarray(0, 20 * MEBIBYTE));
    // The request is far from its end, and yet nearly all of what was sent has to reach one of the two.
    const gained = (i: number): number => (replicas[i]?.bytesRead ?? 0) - (before[i] ?? 0);
    await until(() => Math.max(gained(0), gained(1)) > 18 * MEBIBYTE);
    const [taker, other] = gained(0) > gained(1) ? [replicas[0], replicas[1]] : [replicas[1], replicas[0]];
    cut.destroy();
    // What reached it before the cut is stored, and then it goes away for good.
    while ((await offsetOf(location)) < 18 * MEBIBYTE) await sleep(100);
    await taker?.stop();

    const served = other?.requests ?? 0;
    const stood = await offsetOf(location);
    expect(stood).toBeLessThanOrEqual(20 * MEBIBYTE);
    const rest = patch(location, stood, bytes.length - stood);
    const done = await answerOf(rest, bytes.subarray(stood));
    expect([done.status, done.headers['upload-offset']]).toEqual([204, String(bytes.length)]);
    expect((other?.requests ?? 0) - served).toBeGreaterThanOrEqual(2);

    const assetId = location.split('/').at(-1) ?? '';
    expect(await running.archive.work.seal.run(assetId)).toBe('sealed');
    const original = await answerOf(send('GET', `/api/v1/assets/${assetId}/original`));
    expect(original.raw.equals(bytes)).toBe(true);
  });

  it('keeps the metrics inside, and sends plain HTTP to HTTPS', async () => {
    expect((await answerOf(send('GET', '/metrics'))).status).toBe(404);
    expect((await answerOf(send('GET', '/healthz'))).status).toBe(200);
    const plain = httpRequest({ host: '127.0.0.1', port: proxy.httpPort, path: '/cases', agent: false });
    const answer = await answerOf(plain);
    expect([answer.status, answer.headers.location]).toEqual([301, 'https://127.0.0.1/cases']);
  });

  it('tells the API who really asks, whatever the client claims', async () => {
    const claimed = send('GET', '/healthz', { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'http' });
    expect((await answerOf(claimed)).status).toBe(200);
    const seen = replicas.flatMap(({ lastHeaders }) => lastHeaders).at(-1);
    expect(seen).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https' });
  });

  describe('hands out the public log', () => {
    let tile: string;
    let entries: string;
    const anyone = { Authorization: '' };
    const served = (): number => replicas.reduce((sum, { requests }) => sum + requests, 0);

    beforeAll(async () => {
      await running.settle();
      const { status, headers, body } = await answerOf(send('GET', '/log/checkpoint', anyone));
      expect([status, headers['cache-control']]).toEqual([200, 'no-cache']);
      const size = Number(body.split('\n')[1]);
      expect(size).toBeGreaterThan(0);
      const place = size < 256 ? `000.p/${size}` : '000';
      [tile, entries] = [`/log/tile/0/${place}`, `/log/tile/entries/${place}`];
    });

    it('tiles are asked for once, and kept for as long as they are true', async () => {
      const before = served();
      const [first, second] = [await answerOf(send('GET', tile, anyone)), await answerOf(send('GET', tile, anyone))];
      expect(served() - before).toBe(1);
      expect([first.status, first.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
      expect([second.status, second.headers['cache-control']]).toEqual([200, first.headers['cache-control']]);
      expect(second.raw.equals(first.raw)).toBe(true);
      const missing = '/log/tile/0/999';
      for (const times of [1, 2]) {
        expect([times, (await answerOf(send('GET', missing, anyone))).status]).toEqual([times, 404]);
        expect(served() - before).toBe(1 + times);
      }
    });

    it('entries reach auditors only, however often auditors asked before', async () => {
      const auditor = { Authorization: `Bearer ${await signIn('supervisor')}` };
      const before = served();
      expect((await answerOf(send('GET', entries, auditor))).headers['cache-control']).toMatch(/^private/);
      expect((await answerOf(send('GET', entries, auditor))).status).toBe(200);
      expect((await answerOf(send('GET', entries, anyone))).status).toBeGreaterThanOrEqual(400);
      expect((await answerOf(send('GET', entries))).status).toBeGreaterThanOrEqual(400);
      expect(served() - before).toBe(4);
    });

    it('who asks without end is slowed down, and the rest of the archive is not', async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 16 });
      const status = async (path: string): Promise<number> => {
        const options = { host: '127.0.0.1', port: proxy.httpsPort, rejectUnauthorized: false, agent, path };
        return (await answerOf(httpsRequest(options))).status;
      };
      const answers = await Promise.all(Array.from({ length: 1_000 }, () => status(tile)));
      const count = (wanted: number): number => answers.filter((answer) => answer === wanted).length;
      expect(count(200)).toBeGreaterThanOrEqual(200);
      expect(count(429)).toBeGreaterThan(0);
      expect(count(200) + count(429)).toBe(1_000);
      expect(await status('/healthz')).toBe(200);
      agent.destroy();
    });
  });

  function patch(location: string, offset: number, length: number): ClientRequest {
    return send('PATCH', location, {
      'Upload-Offset': offset,
      'Content-Type': 'application/offset+octet-stream',
      'Content-Length': length,
    });
  }

  async function offsetOf(location: string): Promise<number> {
    const answer = await answerOf(send('HEAD', location));
    expect(answer.status).toBe(200);
    return Number(answer.headers['upload-offset']);
  }
});

class Replica {
  readonly lastHeaders: IncomingMessage['headers'][] = [];
  readonly #server: Server;
  readonly #close: () => Promise<void>;
  readonly #sockets: Socket[] = [];
  #requests = 0;

  private constructor(server: Server, close: () => Promise<void>) {
    this.#server = server;
    this.#close = close;
    server.on('connection', (socket: Socket) => this.#sockets.push(socket));
    server.on('request', ({ headers }: IncomingMessage) => {
      this.#requests += 1;
      this.lastHeaders.push(headers);
    });
  }

  static async start(archive: Archive, host: string, port: number): Promise<Replica> {
    const { server, app } = await makeServer({
      archive,
      http: {
        isSecure: true,
        trustedProxies: ['127.0.0.1'],
        maxUploadBytes: 64 * MEBIBYTE,
        metricsToken: null,
        version: 'test',
        webDir: 'none',
      },
      tls: null,
      log: pino({ level: 'silent' }),
    });
    server.listen(port, host);
    await once(server, 'listening');
    return new Replica(server, () => app.close());
  }

  get bytesRead(): number {
    return this.#sockets.reduce((sum, socket) => sum + socket.bytesRead, 0);
  }

  get requests(): number {
    return this.#requests;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
    await this.#close();
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly raw: Buffer;
  readonly body: string;
}

async function answerOf(request: ClientRequest, body?: Buffer | string): Promise<Answer> {
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  return { status: response.statusCode ?? 0, headers: response.headers, raw, body: raw.toString('utf8') };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(20);
}
