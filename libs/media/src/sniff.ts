import { open } from 'node:fs/promises';
import type { Sniff } from './file-type.js';
import { sniffContainer } from './sniff-containers.js';
import { looksLikeText, sniffText } from './sniff-text.js';

/** Enough for the second frame after a usual ID3 tag and for five transport packets. */
const HEAD_BYTES = 64 * 1024;

/** Reads the head of the file and names its type. */
export async function sniff(path: string): Promise<Sniff> {
  return sniffBytes(await readHead(path, HEAD_BYTES));
}

/** The first bytes of a file, fewer when it is shorter. */
export async function readHead(path: string, sizeBytes: number = HEAD_BYTES): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(sizeBytes);
    const { bytesRead } = await file.read(head, 0, sizeBytes, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** @param head the first bytes of the file, all of them when it is short */
export function sniffBytes(head: Buffer): Sniff {
  if (head.length === 0) return { ...OTHER, reason: 'empty' };
  const known = sniffImage(head) ?? sniffDocument(head) ?? sniffContainer(head);
  if (known !== null) return known;
  if (looksLikeText(head)) return sniffText(head);
  // Recorders that lose power leave whole files of zeros: space was set aside and never written.
  if (head.every((byte) => byte === 0)) return { ...OTHER, reason: 'corrupt' };
  return { ...OTHER, reason: 'unknown-format' };
}

const OTHER = { mime: 'application/octet-stream', family: 'other', demuxer: null } as const;

function sniffImage(head: Buffer): Sniff | null {
  const text = head.toString('latin1', 0, 16);
  if (text.startsWith('\xff\xd8\xff')) return { mime: 'image/jpeg', family: 'image', demuxer: 'jpeg_pipe' };
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return { mime: 'image/png', family: 'image', demuxer: 'png_pipe' };
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a'))
    return { mime: 'image/gif', family: 'image', demuxer: 'gif' };
  if (/^(II[*+]\0|MM\0[*+])/.test(text)) return { mime: 'image/tiff', family: 'image', demuxer: 'tiff_pipe' };
  if (/^RIFF[\s\S]{4}WEBP/.test(text)) return { mime: 'image/webp', family: 'image', demuxer: 'webp_pipe' };
  const bmpHeader = head.length >= 18 ? head.readUInt32LE(14) : 0;
  if (text.startsWith('BM') && [12, 40, 52, 56, 64, 108, 124].includes(bmpHeader)) {
    return { mime: 'image/bmp', family: 'image', demuxer: 'bmp_pipe' };
  }
  return null;
}

function sniffDocument(head: Buffer): Sniff | null {
  // The header may stand anywhere in the first 1024 bytes (ISO 32000-1, annex H.3.4.1).
  if (head.subarray(0, 1024).includes('%PDF-')) return { mime: 'application/pdf', family: 'paper', demuxer: null };
  const text = head.toString('latin1', 0, 8);
  if (text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06')) {
    const isOffice = head.includes('[Content_Types].xml');
    const mime = isOffice ? 'application/vnd.openxmlformats-officedocument' : 'application/zip';
    return { mime, family: 'other', demuxer: null, reason: 'unknown-format' };
  }
  if (text.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) {
    return { mime: 'application/x-ole-storage', family: 'other', demuxer: null, reason: 'unknown-format' };
  }
  return null;
}
