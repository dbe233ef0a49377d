import { mkdir, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Held by the one process that may work in a folder. */
export interface FolderClaim {
  release(): Promise<void>;
}

/**
 * Makes the folder if need be and claims it. The claim is a socket in Linux's abstract namespace, named by the folder's
 * inode: the kernel gives it to one process only and takes it back when that ends, however it ends; a moved folder keeps
 * its name, and nothing stale is ever left lying about.
 * @param what the folder is claimed for; claims for different things do not meet
 * @returns null when another process holds it
 */
export async function claimFolder(dir: string, what: 'data' | 'ingest'): Promise<FolderClaim | null> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { dev, ino } = await stat(dir);
  const name = `liuhen-${what}-${dev}-${ino}`;
  const server = createServer((socket) => socket.destroy());
  const isOurs = await listens(server, process.platform === 'linux' ? `\0${name}` : join(tmpdir(), name));
  if (!isOurs) return null;
  server.unref();
  return { release: () => new Promise((done) => server.close(() => done())) };
}

function listens(server: Server, path: string): Promise<boolean> {
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? done(false) : fail(error)));
    server.listen(path, () => done(true));
  });
}
