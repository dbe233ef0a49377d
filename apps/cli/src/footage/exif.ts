/** A little-endian TIFF structure in an APP1 segment: just the tags a service camera writes (CIPA DC-008, EXIF 2.32). */
export interface PhotoTags {
  readonly make: string;
  readonly model: string;
  /** As EXIF writes it: `2025:10:16 09:33:05`, by the camera's own clock. */
  readonly takenAt: string;
  /** Its distance from UTC: `+08:00`. */
  readonly zone: string;
  /** 1–8; 6 means "turn clockwise by 90° to look at it". */
  readonly orientation: number;
  readonly latitude: number;
  readonly longitude: number;
}

/** The JPEG with these tags put in front of whatever it has. */
export function withExif(jpeg: Buffer, tags: PhotoTags): Buffer {
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiffOf(tags)]);
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 4);
  return Buffer.concat([head, body, jpeg.subarray(2)]);
}

interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: Buffer;
}

function tiffOf(tags: PhotoTags): Buffer {
  const exif = [
    ascii(0x9003, tags.takenAt),
    ascii(0x9004, tags.takenAt),
    ascii(0x9010, tags.zone),
    ascii(0x9011, tags.zone),
  ];
  const gps = [
    ascii(1, tags.latitude < 0 ? 'S' : 'N'),
    angle(2, Math.abs(tags.latitude)),
    ascii(3, tags.longitude < 0 ? 'W' : 'E'),
    angle(4, Math.abs(tags.longitude)),
  ];
  const main = (exifAt: number, gpsAt: number): Entry[] => [
    ascii(0x010f, tags.make),
    ascii(0x0110, tags.model),
    { tag: 0x0112, type: 3, count: 1, value: u16(tags.orientation) },
    ascii(0x0132, tags.takenAt),
    { tag: 0x8769, type: 4, count: 1, value: u32(exifAt) },
    { tag: 0x8825, type: 4, count: 1, value: u32(gpsAt) },
  ];
  // A directory's length does not depend on what its pointers say, so they can be worked out first.
  const exifAt = 8 + directory(main(0, 0), 8).length;
  const gpsAt = exifAt + directory(exif, exifAt).length;
  return Buffer.concat([
    Buffer.from('II*\0\x08\0\0\0', 'latin1'),
    directory(main(exifAt, gpsAt), 8),
    directory(exif, exifAt),
    directory(gps, gpsAt),
  ]);
}

/** Entries of twelve bytes, then the values that do not pad into four. */
function directory(entries: readonly Entry[], at: number): Buffer {
  let valueAt = at + 2 + entries.length * 12 + 4;
  const values: Buffer[] = [];
  const slots = entries.map(({ tag, type, count, value }) => {
    if (value.length <= 4)
      return Buffer.concat([u16(tag), u16(type), u32(count), value, Buffer.alloc(4 - value.length)]);
    const padded = Buffer.concat([value, Buffer.alloc(value.length % 2)]);
    const slot = Buffer.concat([u16(tag), u16(type), u32(count), u32(valueAt)]);
    values.push(padded);
    valueAt += padded.length;
    return slot;
  });
  return Buffer.concat([u16(entries.length), ...slots, u32(0), ...values]);
}

function ascii(tag: number, text: string): Entry {
  return { tag, type: 2, count: text.length + 1, value: Buffer.from(`${text}\0`, 'latin1') };
}

/** Degrees, minutes and hundredths of seconds as three fractions. */
function angle(tag: number, degrees: number): Entry {
  const hundredths = Math.round(degrees * 360_000);
  const parts = [Math.floor(hundredths / 360_000), 1, Math.floor(hundredths / 6_000) % 60, 1, hundredths % 6_000, 100];
  return { tag, type: 5, count: 3, value: Buffer.concat(parts.map(u32)) };
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
