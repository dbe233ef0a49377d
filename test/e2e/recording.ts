import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { footage } from '../support/footage.js';

/**
 * A recording that plays for eight seconds and is as large as one of minutes: behind the film stands a `free` box
 * (ISO/IEC 14496-12, 8.1.2) of noise, which players pass over.
 */
export async function writeLargeRecording(path: string, freeBytes: number): Promise<void> {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(freeBytes + header.length, 0);
  header.write('free', 4, 'latin1');
  await writeFile(path, Buffer.concat([await readFile(await footage('h264.mp4')), header, randomBytes(freeBytes)]));
}
