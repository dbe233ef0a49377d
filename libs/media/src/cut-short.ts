import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Demuxer } from './file-type.js';

const MAX_BOXES = 20_000;

/**
 * Whether a container claims more bytes than the file has: the recorder lost power, or the copy was broken off.
 * Players show what there is and say nothing, so this is looked for.
 */
export async function isCutShort(path: string, demuxer: Demuxer): Promise<boolean> {
  if (demuxer !== 'mov' && demuxer !== 'avi' && demuxer !== 'wav') return false;
  const { size } = await stat(path);
  const file = await open(path, 'r');
  try {
    return demuxer === 'mov' ? await endsInsideBox(file, size) : await endsInsideRiff(file, size);
  } finally {
    await file.close();
  }
}

/** Walks the outermost boxes (ISO/IEC 14496-12, 4.2): size, type, and a 64-bit size when the first is 1. */
async function endsInsideBox(file: FileHandle, sizeBytes: number): Promise<boolean> {
  const head = Buffer.alloc(16);
  let at = 0;
  for (let i = 0; i < MAX_BOXES && at + 8 <= sizeBytes; i++) {
    await file.read(head, 0, 16, at);
    const short = head.readUInt32BE(0);
    if (short === 0) return false; // to the end of the file
    const boxBytes = short === 1 ? Number(head.readBigUInt64BE(8)) : short;
    if (boxBytes < 8 || !/^[\x20-\x7e\xa9]{4}$/.test(head.toString('latin1', 4, 8))) return true;
    at += boxBytes;
  }
  return at > sizeBytes;
}

async function endsInsideRiff(file: FileHandle, sizeBytes: number): Promise<boolean> {
  const head = Buffer.alloc(8);
  await file.read(head, 0, 8, 0);
  const claimed = head.readUInt32LE(4);
  // Recorders write 0 or all ones while recording; then the file says nothing about its length.
  return claimed !== 0 && claimed !== 0xffffffff && claimed + 8 > sizeBytes + 1;
}
