import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '#persistence';
import { type Running, start, untilAnswers } from '../process.js';

const SERVER = fileURLToPath(new URL('./tus-on-express.mjs', import.meta.url));

export async function startTus(dir: string): Promise<Running & { readonly url: string; readonly files: string }> {
  const files = join(dir, 'files');
  await mkdir(files, { recursive: true });
  const port = await freePort();
  const tus = start(process.execPath, [SERVER, files, String(port)], {
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production' },
  });
  await untilAnswers(`http://127.0.0.1:${port}/health`);
  return { ...tus, url: `http://127.0.0.1:${port}/uploads`, files };
}
