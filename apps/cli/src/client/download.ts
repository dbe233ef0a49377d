import { open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isArchiveError } from '#domain';
import { EXIT } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import type { ApiClient } from './api-client.js';

/** Tries without a single new byte before it is given up. */
const MAX_IDLE_TRIES = 5;
const PAUSE_MS = 1_000;
const IDLE_MS = 120_000;

/**
 * Fetches bytes into a file and goes on where it is: after a cut, and when run again. The archive never changes what has
 * this address, and says so by its ETag.
 * @throws CommandFailure, ArchiveError
 */
export async function download(
  client: ApiClient,
  from: { readonly path: string; readonly sizeBytes: number },
  to: { readonly file: string; readonly onProgress: (bytes: number) => void },
): Promise<void> {
  let done = await sizeOf(to.file);
  let tries = 0;
  while (done < from.sizeBytes) {
    const before = done;
    const failure = await fetchFrom(client, from.path, done, to).catch((error: unknown) => error);
    if (failure !== undefined && !isPassing(failure)) throw failure;
    done = await sizeOf(to.file);
    tries = done > before ? 0 : tries + 1;
    if (tries >= MAX_IDLE_TRIES) throw failure ?? tooShort(done, from.sizeBytes);
    if (done < from.sizeBytes) await sleep(PAUSE_MS);
  }
  if (done > from.sizeBytes) throw tooShort(done, from.sizeBytes);
}

async function fetchFrom(
  client: ApiClient,
  path: string,
  offset: number,
  { file, onProgress }: { readonly file: string; readonly onProgress: (bytes: number) => void },
): Promise<undefined> {
  const stopping = new AbortController();
  const response = await client.open(path, offset > 0 ? { Range: `bytes=${offset}-` } : {}, stopping.signal);
  if (response.status !== (offset > 0 ? 206 : 200) || response.body === null) {
    stopping.abort();
    throw new CommandFailure(EXIT.internal, { zh: '服务未按所求给出内容', en: 'The archive gave another part' });
  }
  const handle = await open(file, 'a');
  let idle = setTimeout(() => stopping.abort(), IDLE_MS);
  try {
    let done = offset;
    for await (const chunk of response.body) {
      clearTimeout(idle);
      idle = setTimeout(() => stopping.abort(), IDLE_MS);
      await handle.writeFile(chunk);
      done += chunk.length;
      onProgress(done);
    }
    return undefined;
  } finally {
    clearTimeout(idle);
    await handle.close();
  }
}

/** A line that was cut, or an archive that is being started again. */
function isPassing(error: unknown): boolean {
  if (error instanceof CommandFailure) return error.exitCode === EXIT.tryLater;
  if (isArchiveError(error)) return error.code === 'storage-unavailable' || error.code === 'database-unavailable';
  const { code, name } = error as NodeJS.ErrnoException;
  // What the disk says is no affair of the line; `fetch` throws TypeError when it is cut.
  return name === 'TypeError' || name === 'AbortError' || (code ?? '').startsWith('UND_ERR');
}

async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

function tooShort(done: number, sizeBytes: number): CommandFailure {
  return new CommandFailure(EXIT.tryLater, {
    zh: `只取到 ${done} / ${sizeBytes} 字节，请再次运行以续传`,
    en: `${done} of ${sizeBytes} bytes came; run it again to go on`,
  });
}
