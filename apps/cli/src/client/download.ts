import { setTimeout as sleep } from 'node:timers/promises';
import { isArchiveError } from '#domain';
import { EXIT } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import type { ApiClient } from './api-client.js';

/** Tries without a single new byte before it is given up. */
const MAX_IDLE_TRIES = 5;
const PAUSE_MS = 1_000;
const IDLE_MS = 120_000;

/** Where bytes go that come in order. */
export interface Receiver {
  /** Offset of the byte that is wanted next; may jump ahead over what is there already. */
  readonly at: number;
  /** Takes bytes from `at` on; what it jumps over is left out of them. They are the caller's again when it resolves. */
  take(bytes: Uint8Array): Promise<void>;
}

/**
 * Fetches bytes and goes on where the receiver is: after a cut, and when run again. The archive never changes what has
 * this address, and says so by its ETag.
 * @throws CommandFailure, ArchiveError; what the receiver throws
 */
export async function download(
  client: ApiClient,
  from: { readonly path: string; readonly sizeBytes: number },
  to: { readonly receiver: Receiver; readonly onProgress: (bytes: number) => void },
): Promise<void> {
  const { receiver } = to;
  let tries = 0;
  while (receiver.at < from.sizeBytes) {
    const before = receiver.at;
    const failure = await fetchOn(client, from.path, to).catch((error: unknown) => error);
    if (failure !== undefined && !isPassing(failure)) throw failure;
    tries = receiver.at > before ? 0 : tries + 1;
    if (tries >= MAX_IDLE_TRIES) throw failure ?? tooShort(receiver.at, from.sizeBytes);
    if (failure !== undefined) await sleep(PAUSE_MS);
  }
  if (receiver.at > from.sizeBytes) throw tooShort(receiver.at, from.sizeBytes);
}

/** One request: to its end, or to where the receiver jumps. */
async function fetchOn(
  client: ApiClient,
  path: string,
  { receiver, onProgress }: { readonly receiver: Receiver; readonly onProgress: (bytes: number) => void },
): Promise<undefined> {
  const stopping = new AbortController();
  let offset = receiver.at;
  const response = await client.open(path, offset > 0 ? { Range: `bytes=${offset}-` } : {}, stopping.signal);
  const idle = setTimeout(() => stopping.abort(), IDLE_MS);
  try {
    if (response.statusCode !== (offset > 0 ? 206 : 200))
      throw new CommandFailure(EXIT.internal, { zh: '服务未按所求给出内容', en: 'The archive gave another part' });
    for await (const chunk of response as AsyncIterable<Buffer>) {
      idle.refresh();
      await receiver.take(chunk);
      offset += chunk.length;
      onProgress(receiver.at);
      if (receiver.at !== offset) return undefined;
    }
    return undefined;
  } finally {
    clearTimeout(idle);
    response.destroy();
  }
}

/** A line that was cut, or an archive that is being started again. */
function isPassing(error: unknown): boolean {
  if (error instanceof CommandFailure) return error.exitCode === EXIT.tryLater;
  if (isArchiveError(error)) return error.code === 'storage-unavailable' || error.code === 'database-unavailable';
  // What the disk says is no affair of the line.
  const { code = '' } = error as NodeJS.ErrnoException;
  return code === 'ABORT_ERR' || LINE_ERRORS.has(code);
}

const LINE_ERRORS: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED', 'ENETDOWN']);

function tooShort(done: number, sizeBytes: number): CommandFailure {
  return new CommandFailure(EXIT.tryLater, {
    zh: `只取到 ${done} / ${sizeBytes} 字节，请再次运行以续传`,
    en: `${done} of ${sizeBytes} bytes came; run it again to go on`,
  });
}
