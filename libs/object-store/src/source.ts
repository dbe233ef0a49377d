import type { Readable } from 'node:stream';

/**
 * What is to be stored, as chunks. Call it before anything is awaited: a stream may break while a folder is made or
 * an upload is begun, and an error that nobody listens for ends the process. The first read then throws it.
 */
export function chunksOf(source: Readable | Buffer): AsyncIterable<Buffer> | Iterable<Buffer> {
  if (Buffer.isBuffer(source)) return [source];
  source.on('error', () => undefined);
  return source;
}
