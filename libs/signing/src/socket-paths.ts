import { closeSync, openSync } from 'node:fs';
import { connect, type Server, type Socket } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { SigningError } from './signing-error.js';

/** `sun_path` of unix(7) without its final zero byte; 103 on macOS and the BSDs. */
const MAX_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

/**
 * Listens on a Unix socket, however long the path of its folder is.
 * @throws SigningError `socket-path-too-long`; what `listen` throws goes through (EADDRINUSE among it)
 */
export async function listenOn(server: Server, path: string): Promise<void> {
  // The folder stays open: closing the server takes the socket's file away by the same short path.
  const short = shorten(path);
  server.once('close', short.release);
  try {
    await new Promise<void>((done, fail) => {
      server.once('error', fail);
      server.listen(short.path, () => {
        server.off('error', fail);
        done();
      });
    });
  } catch (error) {
    server.off('close', short.release);
    short.release();
    throw error;
  }
}

/**
 * Connects to a Unix socket, however long the path of its folder is.
 * @throws SigningError `socket-path-too-long`; what `connect` throws goes through (ENOENT, ECONNREFUSED, EACCES)
 */
export async function connectTo(path: string): Promise<Socket> {
  const short = shorten(path);
  const socket = connect(short.path);
  try {
    await new Promise<void>((done, fail) => {
      socket.once('error', fail);
      socket.once('connect', () => {
        socket.off('error', fail);
        done();
      });
    });
    return socket;
  } finally {
    short.release();
  }
}

interface ShortPath {
  readonly path: string;
  readonly release: () => void;
}

/** On Linux an open folder can be named by its descriptor, so that only the file's own name counts. */
function shorten(path: string): ShortPath {
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return { path, release: () => undefined };
  const name = basename(path);
  if (process.platform !== 'linux' || Buffer.byteLength(name) > MAX_PATH_BYTES / 2) throw tooLong(path);
  const folder = openSync(dirname(path), 'r');
  let isOpen = true;
  const release = (): void => {
    if (isOpen) closeSync(folder);
    isOpen = false;
  };
  return { path: join(`/proc/self/fd/${folder}`, name), release };
}

function tooLong(path: string): SigningError {
  return new SigningError('socket-path-too-long', {
    zh: `套接字路径超过 ${MAX_PATH_BYTES} 字节，系统不允许；请把 LIUHEN_SIGNER_SOCKET 设为较短的路径：${path}`,
    en: `The path of the socket has more than ${MAX_PATH_BYTES} bytes, which the system does not take; set LIUHEN_SIGNER_SOCKET to a shorter one: ${path}`,
  });
}
