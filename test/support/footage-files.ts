/** Files made byte by byte, where no tool is needed or none is at hand. */

/** The JPEG with EXIF put in front: turned (orientation 6), a time with its zone, a place, a maker. */
export function withExif(jpeg: Buffer): Buffer {
  const tiff = tiffDirectories();
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 4);
  return Buffer.concat([head, body, jpeg.subarray(2)]);
}

type Entry = readonly [tag: number, type: number, count: number, value: Buffer];

const ascii = (tag: number, text: string): Entry => [tag, 2, text.length + 1, Buffer.from(`${text}\0`, 'latin1')];
const short = (tag: number, value: number): Entry => [tag, 3, 1, u16(value)];
const long = (tag: number, value: number): Entry => [tag, 4, 1, u32(value)];

/** Degrees, minutes and seconds as three rationals. */
function angle(tag: number, degrees: number, minutes: number, hundredths: number): Entry {
  return [tag, 5, 3, Buffer.concat([degrees, 1, minutes, 1, hundredths, 100].map(u32))];
}

function tiffDirectories(): Buffer {
  const exif = [ascii(0x9003, '2026:01:01 16:00:00'), ascii(0x9011, '+08:00')];
  const gps = [ascii(1, 'N'), angle(2, 39, 54, 1500), ascii(3, 'E'), angle(4, 116, 24, 2700)];
  const main = (exifAt: number, gpsAt: number) => [
    ascii(0x010f, 'Liuhen'),
    ascii(0x0110, 'DSJ-A7'),
    short(0x0112, 6),
    long(0x8769, exifAt),
    long(0x8825, gpsAt),
  ];
  const exifAt = 8 + directory(main(0, 0), 8).length;
  const gpsAt = exifAt + directory(exif, exifAt).length;
  return Buffer.concat([
    Buffer.from('II*\0\x08\0\0\0', 'latin1'),
    directory(main(exifAt, gpsAt), 8),
    directory(exif, exifAt),
    directory(gps, gpsAt),
  ]);
}

/** A little-endian directory at `at`, its longer values right behind it. */
function directory(entries: readonly Entry[], at: number, next = 0): Buffer {
  const valuesAt = at + 2 + entries.length * 12 + 4;
  const values: Buffer[] = [];
  let valueAt = valuesAt;
  const slots = entries.map(([tag, type, count, value]) => {
    const fits = value.length <= 4;
    const field = fits ? Buffer.concat([value, Buffer.alloc(4 - value.length)]) : u32(valueAt);
    if (!fits) {
      const padded = Buffer.concat([value, Buffer.alloc(value.length % 2)]);
      values.push(padded);
      valueAt += padded.length;
    }
    return Buffer.concat([u16(tag), u16(type), u32(count), field]);
  });
  return Buffer.concat([u16(entries.length), ...slots, u32(next), ...values]);
}

/** An uncompressed grey TIFF of several pages; page n is a ramp with n black bars. */
export function tiffOfPages(pages: number, width: number, height: number): Buffer {
  const parts: Buffer[] = [];
  const pageBytes = width * height;
  const entriesOf = (stripAt: number) => [
    ...[long(256, width), long(257, height), short(258, 8), short(259, 1), short(262, 1), long(273, stripAt)],
    ...[short(277, 1), long(278, height), long(279, pageBytes)],
  ];
  const directoryBytes = directory(entriesOf(0), 0).length;
  let at = 8;
  for (let page = 1; page <= pages; page++) {
    const stripAt = at + directoryBytes;
    const next = page < pages ? stripAt + pageBytes : 0;
    parts.push(directory(entriesOf(stripAt), at, next), greyPage(page, width, height));
    at = stripAt + pageBytes;
  }
  return Buffer.concat([Buffer.from('II*\0\x08\0\0\0', 'latin1'), ...parts]);
}

function greyPage(bars: number, width: number, height: number): Buffer {
  const pixels = Buffer.alloc(width * height);
  for (let y = 0; y < height; y++) {
    const isBar = Math.floor(y / 20) % 2 === 0 && Math.floor(y / 40) < bars;
    for (let x = 0; x < width; x++) pixels[y * width + x] = isBar ? 0 : 128 + Math.floor((x * 127) / width);
  }
  return pixels;
}

/**
 * A PDF of one JPEG a page with a line of text on each. Encrypted: declared so with keys that fit no password, which
 * is what a reader without the password sees.
 */
export function pdfOfJpegs(
  jpegs: readonly Buffer[],
  width: number,
  height: number,
  { isEncrypted = false } = {},
): Buffer {
  const objects: Buffer[] = [];
  const kids = jpegs.map((_, i) => `${4 + i * 3} 0 R`).join(' ');
  objects.push(Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'));
  objects.push(Buffer.from(`<< /Type /Pages /Kids [${kids}] /Count ${jpegs.length} >>`));
  objects.push(Buffer.from('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'));
  jpegs.forEach((jpeg, i) => {
    const first = 4 + i * 3;
    const resources = `<< /XObject << /P ${first + 2} 0 R >> /Font << /F 3 0 R >> >>`;
    objects.push(
      Buffer.from(
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${first + 1} 0 R /Resources ${resources} >>`,
      ),
    );
    objects.push(
      stream('', Buffer.from(`q 500 0 0 375 47 420 cm /P Do Q BT /F 24 Tf 60 300 Td (Record page ${i + 1}) Tj ET`)),
    );
    objects.push(
      stream(
        `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter /DCTDecode`,
        jpeg,
      ),
    );
  });
  const key = '<0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20>';
  const encrypt = `/Encrypt << /Filter /Standard /V 1 /R 2 /O ${key} /U ${key} /P -4 >> /ID [<0123456789abcdef0123456789abcdef> <0123456789abcdef0123456789abcdef>]`;
  return pdfFile(objects, isEncrypted ? encrypt : '');
}

function stream(dictionary: string, bytes: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`<< ${dictionary} /Length ${bytes.length} >>\nstream\n`),
    bytes,
    Buffer.from('\nendstream'),
  ]);
}

function pdfFile(objects: readonly Buffer[], trailer: string): Buffer {
  const parts = [Buffer.from('%PDF-1.4\n')];
  const offsets: number[] = [];
  let at = 9;
  objects.forEach((object, i) => {
    const whole = Buffer.concat([Buffer.from(`${i + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
    offsets.push(at);
    at += whole.length;
    parts.push(whole);
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(Buffer.from(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`));
  parts.push(
    Buffer.from(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${at}\n%%EOF\n`),
  );
  return Buffer.concat(parts);
}

/** A PNG whose header claims a size its few bytes could never hold. */
export function pngHeader(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', Buffer.from([0x78, 0x9c, 3, 0, 0, 0, 0, 1])),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length, 0);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body), 0);
  return Buffer.concat([size, body, check]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
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
