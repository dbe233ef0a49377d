/** Width and height as the header claims, read before any decoder runs; null when this header is not understood. TIFF keeps it elsewhere. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** @param head the first 64 KiB or more of a PNG, GIF, BMP, WebP or JPEG file */
export function imageSize(head: Buffer, mime: string): ImageSize | null {
  try {
    switch (mime) {
      case 'image/png':
        return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
      case 'image/gif':
        return { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
      case 'image/bmp':
        return { width: Math.abs(head.readInt32LE(18)), height: Math.abs(head.readInt32LE(22)) };
      case 'image/webp':
        return webpSize(head);
      case 'image/jpeg':
        return jpegSize(head);
      default:
        return null;
    }
  } catch {
    return null; // shorter than its own header; the probe will say what is wrong with it
  }
}

function webpSize(head: Buffer): ImageSize | null {
  const chunk = head.toString('latin1', 12, 16);
  if (chunk === 'VP8X') return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
  if (chunk === 'VP8 ') return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
  if (chunk !== 'VP8L') return null;
  const bits = head.readUInt32LE(21);
  return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
}

/** Walks the marker segments to the first start of frame (ITU-T T.81, B.1.1.3). */
function jpegSize(head: Buffer): ImageSize | null {
  let at = 2;
  while (at + 9 < head.length) {
    if (head[at] !== 0xff) return null;
    const marker = head[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { width: head.readUInt16BE(at + 7), height: head.readUInt16BE(at + 5) };
    at += 2 + head.readUInt16BE(at + 2);
  }
  return null;
}
