import { rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { SigningError } from './signing-error.js';
import { connectTo, listenOn } from './socket-paths.js';
import { hasCode } from './system-errors.js';

const NAME = 'lock';

/**
 * Held by the one process that may use a folder of keys. It is a Unix socket in that folder on which the holder
 * listens: the kernel ends the listening with the process, however that ends, so what a dead one left is told from a
 * living one by knocking; and it is seen by every process that sees the folder, in other containers too.
 *
 * Two that find the same dead lock at the same moment may both take it away, and one then takes the other's. So the
 * holder looks before every change whether the socket is still its own: at most one goes on.
 */
export class FolderLock {
  readonly #server: Server;
  readonly #path: string;
  readonly #inode: number;

  private constructor(server: Server, path: string, inode: number) {
    this.#server = server;
    this.#path = path;
    this.#inode = inode;
  }

  /** @throws SigningError `folder-in-use` */
  static async take(dir: string): Promise<FolderLock> {
    const path = join(dir, NAME);
    for (;;) {
      const server = createServer((socket) => socket.destroy());
      try {
        await listenOn(server, path);
        server.unref();
        return new FolderLock(server, path, (await stat(path)).ino);
      } catch (error) {
        if (!hasCode(error, 'EADDRINUSE')) throw error;
      }
      if (await isListenedOn(path)) throw inUse(dir);
      await rm(path, { force: true });
    }
  }

  /** @throws SigningError `lock-lost` */
  async assertHeld(): Promise<void> {
    const found = await stat(this.#path).catch(() => null);
    if (found?.ino === this.#inode) return;
    throw new SigningError('lock-lost', {
      zh: `密钥目录已不由本进程独占：${this.#path}；为防止两处签名，已停止`,
      en: `This process no longer has the folder of keys to itself: ${this.#path}; it stops, so that there are not two that sign`,
    });
  }

  async release(): Promise<void> {
    await new Promise<void>((done) => this.#server.close(() => done()));
  }
}

/** Only a refusal or nothing there means that nobody listens; a full queue, for one, means that somebody does. */
export async function isListenedOn(path: string): Promise<boolean> {
  try {
    (await connectTo(path)).destroy();
    return true;
  } catch (error) {
    return !hasCode(error, 'ECONNREFUSED', 'ENOENT');
  }
}

function inUse(dir: string): SigningError {
  return new SigningError('folder-in-use', {
    zh: `密钥目录正由另一个进程使用：${dir}；同一目录只许一个进程`,
    en: `The folder of keys is in use by another process: ${dir}; a folder is for one process alone`,
  });
}
