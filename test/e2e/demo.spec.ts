import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '#persistence';

const MAIN = resolve('dist/apps/cli/src/main.js');
const FILES = 5;

/** What `npm run demo -- --exit` comes to once all is installed and built. */
describe('the demonstration', () => {
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liuhen-demo-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  async function demo(): Promise<{ readonly code: number | null; readonly output: string }> {
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      LIUHEN_DATA: dir,
      LIUHEN_PORT: String(await freePort()),
    };
    const child = spawn(process.execPath, [MAIN, 'demo', '--exit'], { env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }

  it('takes a sample case through the main job and ends well', async () => {
    const { code, output } = await demo();
    if (code !== 0) throw new Error(output);
    expect(output).toMatch(new RegExp(`originals ${FILES}\\b`));
    expect(output).toContain('一致');
  });

  it('sends nothing twice when it is run again', async () => {
    const { code, output } = await demo();
    if (code !== 0) throw new Error(output);
    expect(output).toMatch(new RegExp(`originals ${FILES}\\b`));
  });
});
