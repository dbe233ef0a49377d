import { execFile } from 'node:child_process';
import { chmod, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SharedS3 } from './s3-server.js';

/** What whoever owns the disks can do, past every right and every lock. */

const run = promisify(execFile);
const DATA_POOL = 'default.rgw.buckets.data';
const LIST_BYTES = 64 * 2 ** 20;

/** One bit of one byte of a file is another. */
export async function flipByteOnDisk(path: string, at: number): Promise<void> {
  await chmod(path, 0o600);
  const file = await open(path, 'r+');
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
    await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at);
  } finally {
    await file.close();
  }
  await chmod(path, 0o444);
}

/**
 * The same in Ceph, below its S3 gateway, where neither version nor Object Lock is known.
 * @param name part of the object's key
 * @param at below 4 MiB: the first piece of the object's first part
 */
export async function flipByteInCeph(server: SharedS3, name: string, at: number): Promise<void> {
  if (server.confFile === null) throw new Error('whose disks these are is not known: LIUHEN_TEST_CEPH_CONF');
  const rados = (...args: string[]) =>
    run('rados', ['--no-mon-config', '-c', server.confFile ?? '', '-p', DATA_POOL, ...args], { maxBuffer: LIST_BYTES });
  const { stdout } = await rados('ls');
  const pieces = stdout.split('\n').filter((piece) => piece.includes(name) && /__multipart_.*\.1$/.test(piece));
  const [piece] = pieces;
  if (piece === undefined || pieces.length > 1) throw new Error(`${pieces.length} first pieces of ${name} in Ceph`);
  const dir = await mkdtemp(join(tmpdir(), 'rados-'));
  try {
    const path = join(dir, 'piece');
    await rados('get', piece, path);
    await flipByteOnDisk(path, at);
    await rados('put', piece, path);
  } finally {
    await rm(dir, { recursive: true });
  }
}
