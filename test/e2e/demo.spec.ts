import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { freePort } from '#persistence';
import { unpackDossier } from '../support/sample-dossier.js';

const MAIN = resolve('dist/apps/cli/src/main.js');
const FILES = 5;

// Under a minute by itself; the machine may be busy with other tests, and nothing is judged by its time.
jest.setTimeout(900_000);

/** What `npm run demo -- --exit` comes to once all is installed and built. */
describe('the demonstration', () => {
  let dir: string;
  let vkey = '';

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liuhen-demo-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  async function liuhen(
    ...args: readonly string[]
  ): Promise<{ readonly code: number | null; readonly output: string }> {
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      LIUHEN_DATA: dir,
      LIUHEN_PORT: String(await freePort()),
    };
    const child = spawn(process.execPath, [MAIN, ...args], { env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }

  it('takes a sample case through the main job and ends well', async () => {
    const { code, output } = await liuhen('demo', '--exit');
    if (code !== 0) throw new Error(output);
    expect(output).toMatch(new RegExp(`originals ${FILES}\\b`));
    expect(output).toContain('一致');
    vkey = /公钥 key（[^）]*）: (\S+)/.exec(output)?.[1] ?? '';
    expect(output).toContain('核验 checked: 通过 PASS');
    expect(output).toContain(`--tsa-ca '${roots()}'`);
    expect(output).toMatch(/time-stamp: \S+Z .*Liuhen demo: proves nothing/);
    expect(output).toContain('it proves no time at all');
  });

  const dossier = (): string => join(dir, 'demo-dossier.zip');
  const roots = (): string => join(dir, 'demo-authority', 'root.pem');

  it('leaves a dossier that verifies fully with the key and the root from outside, and not without', async () => {
    const { code, output } = await liuhen('verify', dossier(), '--log', vkey, '--tsa-ca', roots());
    expect([code, output]).toEqual([0, expect.stringMatching(/^PASS +时间戳 Time-stamp +proofs\/timestamps\/1\.tsr/m)]);
    expect((await liuhen('verify', dossier(), '--log', vkey)).code).toBe(2);
    expect((await liuhen('verify', dossier(), '--tsa-ca', roots())).code).toBe(2);
  });

  it('has a time-stamp that stock openssl accepts, over the export itself', async () => {
    const folder = join(dir, 'unpacked');
    await unpackDossier(dossier(), folder);
    const tokens = (await readdir(join(folder, 'proofs/timestamps'))).filter((name) => name.endsWith('.tsr')).sort();
    // The last is over the packing, and so over all that is in it.
    const token = join(folder, 'proofs/timestamps', tokens.at(-1) ?? '');
    const note = token.replace(/tsr$/, 'note');
    const args = ['ts', '-verify', '-token_in', '-data', note, '-in', token, '-CAfile', roots()];
    expect((await promisify(execFile)('openssl', args)).stdout).toMatch(/Verification: OK/);
    const index = JSON.parse(await readFile(join(folder, 'dossier.json'), 'utf8'));
    const events = (await readFile(join(folder, 'proofs/events.jsonl'), 'utf8')).trim().split('\n');
    const last = events.map((line) => JSON.parse(line).index as number).at(-1) ?? Number.POSITIVE_INFINITY;
    const stamped = Number((await readFile(note, 'utf8')).split('\n')[1]);
    expect(stamped).toBeGreaterThan(last);
    expect(stamped).toBeLessThanOrEqual(index.as_of.size);
  });

  it('ends quietly when nobody reads what it says', async () => {
    const child = spawn(process.execPath, [MAIN, 'verify', dossier()], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let complaints = '';
    child.stderr.on('data', (chunk: Buffer) => (complaints += chunk));
    const [code] = await once(child, 'close');
    expect([code, complaints]).toEqual([141, '']);
  });

  it('sends nothing twice when it is run again', async () => {
    const { code, output } = await liuhen('demo', '--exit');
    if (code !== 0) throw new Error(output);
    expect(output).toMatch(new RegExp(`originals ${FILES}\\b`));
  });
});
