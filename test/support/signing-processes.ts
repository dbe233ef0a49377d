import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignerClient } from '#signing';
import { startChild, type TestChild } from './child-process.js';

export interface RunningSigner {
  readonly client: SignerClient;
  readonly child: TestChild;
}

/** The signer as `liuhen up` starts it; resolves when it says it is ready. */
export async function startSigner(
  dir: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningSigner> {
  const child = await startChild(new URL('../../apps/signer/src/main.ts', import.meta.url), [], {
    LIUHEN_SIGNER_DIR: dir,
    LIUHEN_LOG_ORIGIN: 'log.example/test',
    ...settings,
  });
  const socketPath = settings.LIUHEN_SIGNER_SOCKET ?? join(dir, 'signer.sock');
  await lineWith(child, 'signer ready');
  return { child, client: new SignerClient({ socketPath }) };
}

export interface RunningWitness {
  readonly url: string;
  readonly vkey: string;
  readonly child: TestChild;
}

/** The witness as another organisation starts it. */
export async function startWitness(
  dir: string,
  vkeys: readonly string[],
  more: readonly string[] = [],
): Promise<RunningWitness> {
  const logs = vkeys.flatMap((vkey) => ['--log', vkey]);
  const args = ['--dir', dir, '--listen', '127.0.0.1:0', '--name', 'witness.example/w1', ...logs, ...more];
  const child = await startChild(new URL('../../apps/witness/src/main.ts', import.meta.url), args);
  const [url = ''] = /https?:\/\/\S+/.exec(await lineWith(child, 'witness ready')) ?? [];
  const vkey = (await lineWith(child, 'key: ')).split('key: ')[1] ?? '';
  return { url, vkey, child };
}

async function lineWith(child: TestChild, words: string): Promise<string> {
  for (;;) {
    const line = await child.nextLine();
    if (line.includes(words)) return line;
  }
}

/** Its own end, with what it said on both streams; for a start that is refused. */
export async function endOf(start: () => Promise<unknown>): Promise<string> {
  return await start().then(
    () => 'it started',
    (error: unknown) => String(error),
  );
}

export class Folders {
  readonly #made: string[] = [];

  async make(): Promise<string> {
    const dir = await mkdtemp(join(tmpdir(), 'liuhen-signing-'));
    this.#made.push(dir);
    return dir;
  }

  async remove(): Promise<void> {
    for (const dir of this.#made.splice(0)) await rm(dir, { recursive: true, force: true });
  }
}
