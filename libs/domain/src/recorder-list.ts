import { ArchiveError } from './errors.js';
import { baseName } from './recorder-names.js';
import { parseDeviceTime } from './time.js';

/** One file that a recorder or dock says it has, as its list puts it. */
export interface ListedFile {
  /** Without its folders. */
  readonly fileName: string;
  readonly device: string | null;
  readonly officer: string | null;
  /** As listed. */
  readonly recordedRaw: string | null;
  readonly recordedAt: Date | null;
  readonly sizeBytes: number | null;
  readonly isKeyMarked: boolean;
}

/** A day of clips of a full dock stays far below. */
export const MAX_LISTED = 20_000;
/** What is shown of what is wrong; the rest is more of the same. */
const MOST_PROBLEMS = 20;

type Column = 'fileName' | 'device' | 'officer' | 'recordedAt' | 'sizeBytes' | 'isKeyMarked';

/** Names of columns as docks, management platforms and people write them; compared without case, blanks, `_` and `-`. */
const COLUMN_NAMES: Record<Column, readonly string[]> = {
  fileName: [
    '文件名',
    '文件名称',
    '媒体文件名',
    '原文件名',
    'filename',
    'file',
    'name',
    'medianame',
    'path',
    'filepath',
    '文件路径',
  ],
  device: [
    ...['设备编号', '设备序列号', '产品编号', '产品序号', '执法记录仪编号', '执法仪编号', '记录仪编号', '序列号'],
    ...['device', 'deviceid', 'deviceno', 'deviceserial', 'serial', 'serialnumber', 'productid'],
  ],
  officer: [
    ...['警号', '执法证号', '人员编号', '使用人编号', '使用者编号', '执法人员编号'],
    ...['officer', 'officerid', 'officerno', 'userid', 'usercode', 'userno', 'policeno'],
  ],
  recordedAt: [
    ...['录制时间', '拍摄时间', '开始时间', '录制开始时间', '摄录时间', '记录时间'],
    ...['recordtime', 'recordedat', 'starttime', 'begintime', 'time', 'createtime', 'datetime'],
  ],
  sizeBytes: [
    '文件大小',
    '文件大小(字节)',
    '文件大小（字节）',
    '大小',
    '字节数',
    'size',
    'filesize',
    'sizebytes',
    'bytes',
  ],
  isKeyMarked: [
    '重点',
    '重点文件',
    '重要',
    '重要文件',
    '重要标记',
    '标记',
    'imp',
    'cameraimp',
    'important',
    'key',
    'keyfile',
  ],
};
const MARKED = ['1', 'true', 'yes', 'y', '是', '重点', '重要', 'imp'];

/**
 * Reads the rows of a list, whatever its columns are called. Every row must name a file; what a row does not say is null.
 * @param assumedOffsetMinutes minutes east of UTC of times without a zone
 * @throws ArchiveError `invalid-input` with `details.problems`: the row (the first below the heading is 1) and what is
 *   wrong with it, in Chinese and English
 */
export function readListedFiles(
  rows: readonly Readonly<Record<string, unknown>>[],
  assumedOffsetMinutes: number,
): ListedFile[] {
  if (rows.length === 0) refuse(['清单中没有文件 / the list names no file']);
  if (rows.length > MAX_LISTED)
    refuse([`清单超过 ${MAX_LISTED} 行，请分次导入 / more than ${MAX_LISTED} rows: import it in parts`]);
  const problems: string[] = [];
  const files = rows.flatMap((row, i): ListedFile[] => {
    const file = readRow(row, assumedOffsetMinutes);
    if (typeof file !== 'string') return [file];
    problems.push(`第 ${i + 1} 行 / row ${i + 1}：${file}`);
    return [];
  });
  if (problems.length > 0) refuse(problems);
  return files;
}

function refuse(problems: readonly string[]): never {
  throw new ArchiveError('invalid-input', problems.join('; '), {
    details: { problems: problems.slice(0, MOST_PROBLEMS) },
  });
}

/** @returns what is wrong with the row, as text */
function readRow(row: Readonly<Record<string, unknown>>, assumedOffsetMinutes: number): ListedFile | string {
  const cells = new Map(Object.entries(row).map(([name, value]) => [plain(name), textOf(value)]));
  const cell = (column: Column): string | null => {
    for (const name of COLUMN_NAMES[column]) {
      const value = cells.get(plain(name));
      if (value !== undefined && value !== '') return value;
    }
    return null;
  };
  const fileName = baseName(cell('fileName') ?? '');
  if (fileName === '') return '没有文件名一列或其为空 / no file name';
  if (fileName.length > 255) return '文件名过长 / the file name is too long';
  const [size, recordedRaw] = [cell('sizeBytes'), cell('recordedAt')];
  // A size in rounded units ("1.2 MB") tells nothing that could be compared.
  const sizeBytes = size !== null && /^[0-9][0-9,]{0,18}$/.test(size) ? Number(size.replaceAll(',', '')) : null;
  return {
    fileName,
    device: short(cell('device')),
    officer: short(cell('officer')),
    recordedRaw: short(recordedRaw),
    recordedAt: recordedRaw === null ? null : timeOf(recordedRaw, assumedOffsetMinutes),
    sizeBytes: sizeBytes !== null && Number.isSafeInteger(sizeBytes) ? sizeBytes : null,
    isKeyMarked: MARKED.includes((cell('isKeyMarked') ?? '').toLowerCase()),
  };
}

/** As a device writes it, or in one run of digits, or with slashes and single digits as spreadsheets have it. */
function timeOf(raw: string, assumedOffsetMinutes: number): Date | null {
  const run = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(raw);
  const loose = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(raw);
  const parts = run ?? loose;
  const two = (text: string | undefined): string => (text ?? '0').padStart(2, '0');
  const written = parts
    ? `${parts[1]}-${two(parts[2])}-${two(parts[3])} ${two(parts[4])}:${two(parts[5])}:${two(parts[6])}`
    : raw;
  return parseDeviceTime(written, assumedOffsetMinutes)?.at ?? null;
}

function plain(name: string): string {
  return name
    .replace(/^\uFEFF/, '')
    .replace(/[\s_-]/g, '')
    .toLowerCase();
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function short(text: string | null): string | null {
  return text === null ? null : text.slice(0, 100);
}
