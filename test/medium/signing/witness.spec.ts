import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { nodeAlgorithms, sha256, WitnessClient } from '#signing';
import {
  cosignText,
  formatNote,
  formatSignatureLine,
  formatVerifierKey,
  openCheckpoint,
  parsePolicy,
  parseVerifierKey,
  SIGNATURE_TYPE,
  signText,
} from '#tlog';
import { knownLogs } from '../../../apps/witness/src/known-logs.js';
import { Witness, type WitnessStatus } from '../../../apps/witness/src/witness.js';
import { testKey } from '../../support/log-crypto.js';
import { endOf, Folders, type RunningWitness, startWitness } from '../../support/signing-processes.js';
import { GrowingLog } from './growing-log.js';

const ORIGIN = 'log.example/test';
const log = new GrowingLog(ORIGIN);
const key = testKey(ORIGIN, SIGNATURE_TYPE.ed25519, 7);
const LOG_VKEY = formatVerifierKey(key.key);
const folders = new Folders();

afterAll(() => folders.remove());

async function note(of: GrowingLog, size: number, by = key): Promise<string> {
  return formatNote({ text: of.text(size), signatures: [await signText(by.key, by.sign, of.text(size))] });
}

async function request(of: GrowingLog, oldSize: number, size: number) {
  return { oldSize, proof: await of.proof(oldSize, size), note: await note(of, size) };
}

describe('the witness, as a process', () => {
  let dir: string;
  let running: RunningWitness;
  let client: WitnessClient;

  beforeEach(async () => {
    dir = await folders.make();
    await start();
  });
  afterEach(() => running.child.kill());

  async function start(): Promise<void> {
    running = await startWitness(dir, [LOG_VKEY]);
    client = new WitnessClient({ url: running.url, key: parseVerifierKey(sha256, running.vkey) });
  }

  const post = (body: string) => fetch(`${running.url}/add-checkpoint`, { method: 'POST', body });

  it('cosigns what extends its last, so that a quorum of it opens the checkpoint; remembers through a kill', async () => {
    const answer = await client.addCheckpoint(await request(log, 0, 5));
    if (!('line' in answer)) throw new Error(JSON.stringify(answer));
    const policy = parsePolicy(sha256, `log ${LOG_VKEY}\nwitness w1 ${running.vkey}\nquorum w1\n`);
    const opened = await openCheckpoint(nodeAlgorithms, policy, `${await note(log, 5)}${answer.line}`);
    expect(opened.cosignatures).toEqual([{ witness: 'w1', timeS: answer.timeS }]);
    await running.child.kill();
    await start();
    expect(await client.addCheckpoint(await request(log, 0, 8))).toEqual({ conflict: 5 });
    expect(await client.addCheckpoint(await request(log, 5, 8))).toHaveProperty('line');
    const hash = createHash('sha256').update(ORIGIN).digest('hex');
    const served = await (await fetch(`${running.url}/${hash}/checkpoint`)).text();
    expect((await openCheckpoint(nodeAlgorithms, policy, served)).checkpoint.size).toBe(8);
    expect((await fetch(`${running.url}/${'0'.repeat(64)}/checkpoint`)).status).toBe(404);
  });

  it('refuses the rewritten log, with the true key, and keeps both signed notes (T5, T6)', async () => {
    await client.addCheckpoint(await request(log, 0, 10));
    const forked = new GrowingLog(ORIGIN, 4);
    expect(await client.addCheckpoint(await request(forked, 10, 20))).toMatchObject({ refused: 422 });
    const [id = ''] = await readdir(join(dir, 'refused'));
    expect(await readFile(join(dir, 'refused', id, 'refused.note'), 'utf8')).toBe(await note(forked, 20));
    expect(await readFile(join(dir, 'refused', id, 'remembered.note'), 'utf8')).toBe(await note(log, 10));
    expect(JSON.parse(await readFile(join(dir, 'refused', id, 'about.json'), 'utf8'))).toMatchObject({
      origin: ORIGIN,
      size: 20,
      kind: 'not-extended',
    });
    // The honest log goes on.
    expect(await client.addCheckpoint(await request(log, 10, 12))).toHaveProperty('line');
  });

  it('finds the second history of one size whatever old size is named, and shows it to people (T9)', async () => {
    await client.addCheckpoint(await request(log, 0, 10));
    const forked = new GrowingLog(ORIGIN, 9);
    expect(await client.addCheckpoint({ ...(await request(forked, 10, 10)) })).toMatchObject({ refused: 422 });
    const other = new GrowingLog(ORIGIN, 8);
    expect(await client.addCheckpoint(await request(other, 0, 10))).toEqual({ conflict: 10 });
    const status = (await (await fetch(`${running.url}/status`)).json()) as WitnessStatus;
    expect(status.logs).toMatchObject([{ origin: ORIGIN, last: { size: 10 }, refused: 2 }]);
    expect(status.refused.map(({ kind }) => kind)).toEqual(['two-roots', 'two-roots']);
    await running.child.kill();
    await start();
    const page = await (await fetch(running.url)).text();
    expect(page).toContain('日志分叉的证明');
    expect(page).toContain(Buffer.from(forked.root(10)).toString('base64'));
  });

  it('tells a rolled-back log the size it remembers', async () => {
    await client.addCheckpoint(await request(log, 0, 10));
    const asked: number[] = [];
    const answer = await client.cosign({ oldSize: 6, size: 8, note: await note(log, 8) }, async (oldSize) => {
      asked.push(oldSize);
      return await log.proof(oldSize, 8);
    });
    expect([answer, asked]).toEqual([{ conflict: 10 }, [6]]);
  });

  it('answers with the statuses of the specification', async () => {
    const stranger = testKey(ORIGIN, SIGNATURE_TYPE.ed25519, 8);
    const foreign = testKey('log.example/other', SIGNATURE_TYPE.ed25519, 7);
    const tampered = (await note(log, 3)).replace('\n3\n', '\n4\n');
    for (const [status, body] of [
      [400, 'nonsense'],
      [400, `old 03\n\n${await note(log, 3)}`],
      [400, `old 4\n\n${await note(log, 3)}`],
      [403, `old 0\n\n${await note(log, 3, stranger)}`],
      [403, `old 0\n\n${tampered}`],
      [404, `old 0\n\n${await note(new GrowingLog('log.example/other'), 3, foreign)}`],
      [422, `old 0\n${'A'.repeat(43)}=\n\n${await note(log, 3)}`],
      [413, 'x'.repeat(100_000)],
    ] as const) {
      const response = await post(body);
      expect([response.status, body.slice(0, 30)]).toEqual([status, body.slice(0, 30)]);
    }
    await client.addCheckpoint(await request(log, 0, 3));
    const conflict = await post(`old 0\n\n${await note(log, 5)}`);
    expect([conflict.status, conflict.headers.get('content-type'), await conflict.text()]).toEqual([
      ...[409, 'text/x.tlog.size', '3\n'],
    ]);
    expect((await fetch(`${running.url}/add-checkpoint`)).status).toBe(404);
  });

  it('never cosigns two of many checkpoints that come at once', async () => {
    const requests = Array.from({ length: 12 }, (_, i) => new GrowingLog(ORIGIN, i)).map((one) => request(one, 0, 12));
    const answers = await Promise.all(requests.map(async (one) => await client.addCheckpoint(await one)));
    expect(answers.filter((answer) => 'line' in answer)).toHaveLength(1);
    expect(answers.filter((answer) => 'conflict' in answer)).toHaveLength(11);
  });

  it('serves over TLS, to those who trust its certificate', async () => {
    const tlsDir = await folders.make();
    const [certFile, keyFile] = [join(tlsDir, 'cert.pem'), join(tlsDir, 'key.pem')];
    const words = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=witness';
    const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', keyFile, '-out', certFile];
    execFileSync('openssl', [...words.split(' '), ...names], { stdio: 'ignore' });
    await running.child.kill();
    running = await startWitness(dir, [LOG_VKEY], ['--tls-cert', certFile, '--tls-key', keyFile]);
    const [url, witness] = [running.url, parseVerifierKey(sha256, running.vkey)];
    expect(url).toMatch(/^https:/);
    const trusting = new WitnessClient({ url, key: witness, ca: await readFile(certFile, 'utf8') });
    expect(await trusting.addCheckpoint(await request(log, 0, 3))).toHaveProperty('line');
    const strange = new WitnessClient({ url, key: witness });
    await expect(strange.addCheckpoint(await request(log, 3, 4))).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('starts for nobody beyond this machine without TLS, nor without a log, nor twice', async () => {
    expect(await endOf(() => startWitness(dir, [LOG_VKEY]))).toMatch(/the child ended/);
    expect(await endOf(() => startWitness(`${dir}/other`, []))).toMatch(/the child ended/);
  });
});

describe('a witness whose clock went back', () => {
  it('refuses until the clock has passed its last cosignature', async () => {
    let nowMs = Date.UTC(2026, 0, 1);
    const dir = await folders.make();
    const plan = { dir, name: null, logs: knownLogs([], `log ${LOG_VKEY}\n`), nowMs: () => nowMs };
    const witness = await Witness.open(plan);
    expect(await witness.addCheckpoint(`old 0\n\n${await note(log, 3)}`)).toMatchObject({ status: 200 });
    nowMs -= 1_000;
    expect(await witness.addCheckpoint(`old 3\n\n${await note(log, 3)}`)).toMatchObject({ status: 503 });
    nowMs += 1_000;
    expect(await witness.addCheckpoint(`old 3\n\n${await note(log, 3)}`)).toMatchObject({ status: 200 });
    await witness.close();
  });

  it('takes only so many a minute of one log', async () => {
    const nowMs = Date.UTC(2026, 0, 1);
    const plan = { dir: await folders.make(), name: null, logs: knownLogs([LOG_VKEY], null), nowMs: () => nowMs };
    const witness = await Witness.open(plan);
    const body = `old 7\n\n${await note(log, 7)}`;
    const statuses = new Set<number>();
    for (let i = 0; i < 301; i += 1) statuses.add((await witness.addCheckpoint(body)).status);
    expect([...statuses]).toEqual([409, 429]);
    await witness.close();
  });
});

describe('the client of a witness', () => {
  const witnessKey = testKey('witness.example/w1', SIGNATURE_TYPE.cosignature, 9);
  const servers: Server[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function against(onRequest: RequestListener, timeoutMs = 5_000): Promise<WitnessClient> {
    const server = createServer(onRequest);
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return new WitnessClient({ url, key: witnessKey.key, timeoutMs });
  }

  async function line(text: string, by = witnessKey, timeS = 1_800_000_000): Promise<string> {
    return formatSignatureLine(await cosignText(by.key, by.sign, { text, timeS }));
  }

  it('gives only a line of the right key over this very checkpoint', async () => {
    const liar = testKey('witness.example/w1', SIGNATURE_TYPE.cosignature, 10);
    const good = await line(log.text(5));
    const foreign = await line(log.text(5), testKey('witness.example/w2', SIGNATURE_TYPE.cosignature, 11));
    const asked = await request(log, 0, 5);
    const both = await against((_, response) => response.end(`${foreign}${good}`));
    expect(await both.addCheckpoint(asked)).toEqual({ line: good, timeS: 1_800_000_000 });
    for (const [body, code] of [
      [await line(log.text(6)), 'bad-cosignature'],
      [await line(log.text(5), liar), 'bad-cosignature'],
      [foreign, 'bad-cosignature'],
      ['', 'malformed-answer'],
      ['<html>', 'malformed-answer'],
      [good.repeat(1_000), 'malformed-answer'],
    ] as const) {
      const lying = await against((_, response) => response.end(body));
      await expect(lying.addCheckpoint(asked)).rejects.toMatchObject({ code });
    }
  });

  it('does not wait for one that is slow, drips, cuts or is down', async () => {
    const asked = await request(log, 0, 5);
    const silent = await against(() => undefined, 300);
    await expect(silent.addCheckpoint(asked)).rejects.toMatchObject({ code: 'timed-out' });
    const dripping = await against((_, response) => {
      const timer = setInterval(() => response.write('.'), 50);
      response.once('close', () => clearInterval(timer));
    }, 300);
    await expect(dripping.addCheckpoint(asked)).rejects.toMatchObject({ code: 'timed-out' });
    const cutting = await against((_, response) => response.destroy());
    await expect(cutting.addCheckpoint(asked)).rejects.toMatchObject({ code: 'unreachable' });
    const down = new WitnessClient({ url: 'http://127.0.0.1:1', key: witnessKey.key });
    await expect(down.addCheckpoint(asked)).rejects.toMatchObject({ code: 'unreachable' });
    const busy = await against((_, response) => response.writeHead(429).end('later'));
    await expect(busy.addCheckpoint(asked)).rejects.toMatchObject({ code: 'failed-there' });
    const moved = await against((_, response) => response.writeHead(302, { location: '/elsewhere' }).end());
    await expect(moved.addCheckpoint(asked)).rejects.toMatchObject({ code: 'failed-there' });
  });

  it('goes on from the size it is told, but not for ever', async () => {
    const conflicts = ['3\n', '4\n', '5\n', '6\n'];
    const bodies: string[] = [];
    const restless = await against((incoming, response) => {
      incoming.on('data', (chunk) => bodies.push(String(chunk).split('\n')[0] ?? ''));
      incoming.on('end', () => response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end(conflicts.shift()));
    });
    const asked = { oldSize: 0, size: 10, note: await note(log, 10) };
    const answer = await restless.cosign(asked, (oldSize) => log.proof(oldSize, 10));
    expect([answer, bodies]).toEqual([{ conflict: 5 }, ['old 0', 'old 3', 'old 4']]);
    for (const [body, type] of [
      ['3', 'text/x.tlog.size'],
      ['3\n', 'text/plain'],
      ['-1\n', 'text/x.tlog.size'],
      ['99999999999999999\n', 'text/x.tlog.size'],
    ] as const) {
      const lying = await against((_, response) => response.writeHead(409, { 'content-type': type }).end(body));
      await expect(lying.addCheckpoint(await request(log, 0, 5))).rejects.toMatchObject({ code: 'malformed-answer' });
    }
  });
});
