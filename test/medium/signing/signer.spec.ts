import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Disk,
  disk,
  formatCheckpointRequest,
  nodeAlgorithms,
  openKeyFolder,
  RECEIPT_MAGIC,
  type SignerClient,
  type SigningKey,
  sha256,
} from '#signing';
import { openCheckpoint, parseNote, parsePolicy, parseVerifierKey, verifyNote } from '#tlog';
import { Signer } from '../../../apps/signer/src/signer.js';
import { endOf, Folders, startSigner } from '../../support/signing-processes.js';
import { GrowingLog } from './growing-log.js';

const ORIGIN = 'log.example/test';
const log = new GrowingLog(ORIGIN);
const folders = new Folders();

afterAll(() => folders.remove());

async function signed(client: SignerClient, oldSize: number, size: number): Promise<string> {
  const answer = await client.signCheckpoint(await log.request(oldSize, size));
  if (!('line' in answer)) throw new Error(JSON.stringify(answer));
  return `${log.text(size)}\n${answer.line}`;
}

async function verified(client: SignerClient, note: string): Promise<number> {
  const { vkey } = await client.state();
  const policy = parsePolicy(sha256, `log ${vkey}\nquorum none\n`);
  return (await openCheckpoint(nodeAlgorithms, policy, note)).checkpoint.size;
}

describe('the signer, as a process', () => {
  let dir: string;
  let running: Awaited<ReturnType<typeof startSigner>>;

  beforeEach(async () => {
    dir = await folders.make();
    running = await startSigner(dir);
  });
  afterEach(() => running.child.kill());

  it('begins at size 0, signs what extends its last head, and remembers it through a kill', async () => {
    const { client } = running;
    const before = await client.state();
    expect(before).toMatchObject({ origin: ORIGIN, size: 0, signedAt: null });
    expect(await verified(client, await signed(client, 0, 5))).toBe(5);
    const note = await signed(client, 5, 12);
    await running.child.kill();
    running = await startSigner(dir);
    const after = await running.client.state();
    expect(after).toMatchObject({ vkey: before.vkey, receiptVkey: before.receiptVkey, size: 12 });
    expect(Buffer.from(after.root)).toEqual(Buffer.from(log.root(12)));
    // Asked again, by whatever old size, the head has the one signature it always had.
    expect(await signed(running.client, 12, 12)).toBe(note);
    expect(await signed(running.client, 5, 12)).toBe(note);
    const journal = await readFile(join(dir, 'journal.txt'), 'utf8');
    expect(journal).toMatch(/started log.example\/test\S+ size 0 .*\n.*signed size 5 .*\n.*signed size 12 /);
  });

  it('refuses a fork, a rollback, another log, a wrong proof (T5, T8): there is no word that makes it sign', async () => {
    const { client } = running;
    await signed(client, 0, 10);
    const forked = new GrowingLog(ORIGIN, 7);
    expect(await client.signCheckpoint(await forked.request(10, 20))).toEqual({
      refused: 422,
      reason: 'not-consistent',
    });
    expect(await client.signCheckpoint(await forked.request(10, 10))).toEqual({
      refused: 422,
      reason: 'not-consistent',
    });
    expect(await client.signCheckpoint(await forked.request(0, 10))).toEqual({ conflict: 10 });
    expect(await client.signCheckpoint(await log.request(4, 8))).toEqual({ conflict: 10 });
    const backwards = { oldSize: 10, proof: [], text: log.text(8) };
    expect(await client.signCheckpoint(backwards)).toEqual({ refused: 400, reason: 'old-size-above-size' });
    const other = new GrowingLog('log.example/other');
    expect(await client.signCheckpoint(await other.request(0, 3))).toEqual({ refused: 404, reason: 'unknown-origin' });
    const extended = { ...(await log.request(10, 11)), text: `${log.text(11)}extension\n` };
    expect(await client.signCheckpoint(extended)).toMatchObject({ refused: 400 });
    expect((await client.state()).size).toBe(10);
  });

  it('signs receipts with another key, and nothing that is not a receipt of this log', async () => {
    const { client } = running;
    const { vkey, receiptVkey } = await client.state();
    const text = `${RECEIPT_MAGIC}\n${ORIGIN}\nasset 1\n`;
    const note = parseNote(`${text}\n${await client.signReceipt(text)}`);
    const [found] = await verifyNote(nodeAlgorithms.verify, note, [parseVerifierKey(sha256, receiptVkey)]);
    expect(found?.key.name).toBe(`${ORIGIN}/receipts`);
    const asLog = verifyNote(nodeAlgorithms.verify, note, [parseVerifierKey(sha256, vkey)]);
    await expect(asLog).rejects.toMatchObject({ code: 'no-known-signature' });
    for (const wrong of [
      log.text(3),
      `${RECEIPT_MAGIC}\nlog.example/other\nasset 1\n`,
      `${RECEIPT_MAGIC}\n${ORIGIN}\n`,
      `${text}\u0007\n`,
      `${text}\n`,
      `${text}${'x'.repeat(5_000)}\n`,
    ]) {
      await expect(client.signReceipt(wrong)).rejects.toMatchObject({ code: 'failed-there' });
    }
  });

  it('keeps folder, socket and keys to its own account', async () => {
    const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    expect(await modeOf(dir)).toBe('700');
    expect(await modeOf(join(dir, 'signer.sock'))).toBe('600');
    for (const name of await readdir(join(dir, 'identity'))) {
      expect([name, await modeOf(join(dir, 'identity', name))]).toEqual([name, '600']);
    }
  });

  it('lets no second one use its folder, and takes over from a dead one', async () => {
    await expect(Signer.open({ dir, origin: null })).rejects.toMatchObject({ code: 'folder-in-use' });
    expect(await endOf(() => startSigner(dir, { LIUHEN_SIGNER_SOCKET: `${dir}-2.sock` }))).toMatch(/the child ended/);
    await signed(running.client, 0, 3);
    await running.child.kill();
    running = await startSigner(dir);
    expect((await running.client.state()).size).toBe(3);
  });

  it('stops when another process has taken its lock, or changed its file of heads', async () => {
    await signed(running.client, 0, 3);
    await copyFile(join(dir, 'identity', 'heads'), join(dir, 'old'));
    await signed(running.client, 3, 6);
    await copyFile(join(dir, 'old'), join(dir, 'identity', 'heads'));
    await expect(running.client.signCheckpoint(await log.request(6, 9))).rejects.toMatchObject({
      code: 'failed-there',
    });
    await running.child.kill();
    running = await startSigner(dir);
    // The snapshot put back: it says a size below what was signed, by which the archive knows.
    expect(await running.client.signCheckpoint(await log.request(6, 9))).toEqual({ conflict: 3 });
    await rm(join(dir, 'lock'));
    await expect(running.client.signCheckpoint(await log.request(3, 9))).rejects.toMatchObject({
      code: 'failed-there',
    });
  });

  it('ends cleanly when asked', async () => {
    const gone = new Promise((done) => running.child.process.once('exit', (code) => done(code)));
    running.child.process.kill('SIGTERM');
    expect(await gone).toBe(0);
    expect(await readdir(dir)).toEqual(['identity', 'journal.txt']);
  });

  it('ends when whoever started it is gone', async () => {
    await running.child.kill();
    const loader = new URL('../../support/typescript-loader.js', import.meta.url).href;
    const main = fileURLToPath(new URL('../../../apps/signer/src/main.ts', import.meta.url));
    const env = { ...process.env, NODE_OPTIONS: '', LIUHEN_SIGNER_DIR: dir };
    const args = ['--conditions=source', '--import', loader, main];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    await once(child.stdout ?? child, 'data');
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('serves from a folder too deep for a socket path, and from one that was moved', async () => {
    await signed(running.client, 0, 4);
    const { vkey } = await running.client.state();
    await running.child.kill();
    const deep = join(await folders.make(), 'd'.repeat(90), 'd'.repeat(90));
    await mkdir(join(deep, '..'), { recursive: true });
    await rename(dir, deep);
    running = await startSigner(deep);
    expect(await running.client.state()).toMatchObject({ vkey, size: 4 });
    expect(await verified(running.client, await signed(running.client, 4, 9))).toBe(9);
  });
});

describe('the order of its steps', () => {
  it('is memory first: nothing is signed before the new head is on the disk for good', async () => {
    const dir = await folders.make();
    const steps: string[] = [];
    const watched = new Proxy(disk, {
      get: (real, name: keyof Disk) => async (path: string, other: string) => {
        await real[name](path, other);
        steps.push(`${name} ${path.slice(dir.length)}`);
      },
    });
    const folder = await openKeyFolder({
      ...{ dir, keyNames: ['log', 'receipts'] as const, name: ORIGIN, disk: watched },
      nameWhenNew: () => ORIGIN,
    });
    const sign: SigningKey['sign'] = (message) => {
      steps.push('sign');
      return folder.keys.log.sign(message);
    };
    const signer = new Signer({ ...folder, keys: { ...folder.keys, log: { ...folder.keys.log, sign } } });
    steps.length = 0;
    await signer.signCheckpoint(formatCheckpointRequest(await log.request(0, 3)));
    expect(steps).toEqual([
      'write /identity/heads.new',
      'sync /identity/heads.new',
      'rename /identity/heads.new',
      'sync /identity',
      'append /journal.txt',
      'sign',
    ]);
    await signer.close();
  });

  it('goes on with the old head when the new one cannot be written, and stops when it may have been', async () => {
    const dir = await folders.make();
    let broken: keyof Disk | null = null;
    const faulty = new Proxy(disk, {
      get: (real, name: keyof Disk) => async (path: string, other: string) => {
        if (name === broken) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
        await real[name](path, other);
      },
    });
    const signer = await Signer.open({ dir, origin: ORIGIN, disk: faulty });
    const ask = async (oldSize: number, size: number) =>
      await signer.signCheckpoint(formatCheckpointRequest(await log.request(oldSize, size)));
    broken = 'write';
    await expect(ask(0, 3)).rejects.toMatchObject({ code: 'ENOSPC' });
    broken = null;
    expect(await ask(0, 4)).toHaveProperty('line');
    broken = 'rename';
    await expect(ask(4, 6)).rejects.toMatchObject({ code: 'state-uncertain' });
    broken = null;
    await expect(ask(4, 6)).rejects.toMatchObject({ code: 'state-uncertain' });
    await signer.close();
  });
});

describe('a folder of keys that is not whole', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await folders.make();
    const signer = await Signer.open({ dir, origin: ORIGIN });
    await signer.close();
  });

  const open = () => Signer.open({ dir, origin: null });

  it('is refused without heads, with damaged heads, and never begun from zero', async () => {
    const heads = join(dir, 'identity', 'heads');
    const whole = await readFile(heads);
    for (const [damage, code] of [
      [() => rm(heads), 'state-missing'],
      [() => writeFile(heads, ''), 'state-damaged'],
      [() => writeFile(heads, whole.subarray(0, whole.length - 5)), 'state-damaged'],
      [() => writeFile(heads, whole.toString().replace('log.example/test', 'log.example/tost')), 'state-damaged'],
    ] as const) {
      await damage();
      await expect(open()).rejects.toMatchObject({ code });
    }
    await writeFile(heads, whole);
    await (await open()).close();
  });

  it('is refused with a key that is missing, damaged, or readable by others', async () => {
    const key = join(dir, 'identity', 'log.pem');
    await chmod(key, 0o640);
    await expect(open()).rejects.toMatchObject({ code: 'key-readable-by-others' });
    await chmod(key, 0o600);
    await writeFile(key, 'nonsense');
    await expect(open()).rejects.toMatchObject({ code: 'key-damaged' });
    await rm(key);
    await expect(open()).rejects.toMatchObject({ code: 'key-missing' });
    await rm(join(dir, 'identity'), { recursive: true });
    await expect(open()).rejects.toMatchObject({ code: 'key-missing' });
  });

  it('keeps the name it was given first', async () => {
    await expect(Signer.open({ dir, origin: 'log.example/else' })).rejects.toMatchObject({ code: 'name-differs' });
    await (await Signer.open({ dir, origin: ORIGIN })).close();
  });
});
