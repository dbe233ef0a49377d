import { readSheet as readXlsxSheet } from 'read-excel-file/node';
import { ArchiveError } from '#domain';

const MAX_ROWS = 5_000;
const MAX_COLUMNS = 200;
/** What a sheet of that many rows comes to, unpacked. */
const MAX_UNPACKED_BYTES = 64 * 1_048_576;
const DIRECTORY_ENTRY = Buffer.from([0x50, 0x4b, 0x01, 0x02]);
const UNPACKED_AT = 24;

/**
 * The first sheet of an XLSX file as text, row by row, empty rows included. Numbers and days come as people write them.
 * @throws ArchiveError `invalid-input` when it is no such file, or too large
 */
export async function readSheet(bytes: Buffer): Promise<string[][]> {
  if (unpackedBytes(bytes) > MAX_UNPACKED_BYTES) throw unreadable('unpacks to more than 64 MiB');
  const rows = await readXlsxSheet(bytes, { trim: false }).catch((cause: unknown) => {
    throw unreadable('is no XLSX workbook', cause);
  });
  if (rows.length > MAX_ROWS || rows.some((row) => row.length > MAX_COLUMNS)) throw unreadable('has too many cells');
  return rows.map((row) => row.map(textOf));
}

/** As its directory of files says: enough to refuse what says that it is a bomb. */
function unpackedBytes(bytes: Buffer): number {
  let sum = 0;
  for (let at = bytes.indexOf(DIRECTORY_ENTRY); at >= 0; at = bytes.indexOf(DIRECTORY_ENTRY, at + 4))
    if (at + UNPACKED_AT + 4 <= bytes.length) sum += bytes.readUInt32LE(at + UNPACKED_AT);
  return sum;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  // Without a zone: what the sheet shows.
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  return String(value);
}

function unreadable(why: string, cause?: unknown): ArchiveError {
  const problems = [{ place: '', zh: '不是可读的 XLSX 工作簿，或过大', en: `the file ${why}` }];
  return new ArchiveError('invalid-input', `the sheet ${why}`, { cause, details: { problems } });
}
