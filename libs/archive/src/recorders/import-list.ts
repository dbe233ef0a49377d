import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import {
  type Actor,
  ArchiveError,
  chooseReading,
  type Id,
  type ListedFile,
  newId,
  parseDeviceTime,
  parseStrictJson,
  readingsOf,
  readListedFiles,
} from '#domain';
import {
  type ArrivalDay,
  type ListEntryRecord,
  numberKey,
  type RecorderListRecord,
  type RecorderRecord,
  recorderListRepository,
  recorderRepository,
  type Tx,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, by } from '../ledger/append-events.js';
import type { NameRuleShelf } from './name-rules.js';
import { lockRecorder, requireRecorder, unitsSeen } from './recorder-access.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock' | 'settings'>;
type Rows = readonly Readonly<Record<string, unknown>>[];

/** A day of a full dock is a tenth of it. */
export const MAX_LIST_BYTES = 640 * 1024;

export interface ListFile {
  readonly fileName: string;
  readonly body: Buffer;
}

/**
 * Takes in what a recorder or dock says it has. Its bytes are kept as they came; what is listed and never comes shows
 * from then on, per recorder and day.
 */
export class ImportList {
  readonly #parts: Needs;
  readonly #rules: NameRuleShelf;

  constructor(parts: Needs, rules: NameRuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /**
   * @throws ArchiveError `not-found`, `list-known`, `invalid-input` with `details.problems`: where the file is no list,
   *   and why
   */
  async run(actor: Actor, recorderId: Id, { fileName, body }: ListFile): Promise<Id> {
    const { database, clock, settings } = this.#parts;
    const at = clock.now();
    if (body.length > MAX_LIST_BYTES)
      throw noList(`文件超过 ${MAX_LIST_BYTES} 字节，请分次导入 / larger than that: import it in parts`);
    const { text, encoding } = decodeText(body);
    const { rows, format } = readRows(text);
    const files = readListedFiles(rows, settings.deviceZoneMinutes);
    const sha256 = `sha256:${createHash('sha256').update(body).digest('hex')}`;
    const id = newId(at.getTime());
    const rules = await this.#rules.all();
    await database.transaction(async (tx) => {
      const recorder = await lockRecorder(tx, actor, recorderId, 'recorders.list');
      if (await recorderListRepository.find(tx, recorderId, sha256))
        throw new ArchiveError('list-known', 'this very list was imported before');
      const known = files.map((file) => withName(file, rules, settings.deviceZoneMinutes));
      const entries = await toEntries(tx, recorder, known, settings.deviceZoneMinutes);
      const list: RecorderListRecord = {
        ...{ id, recorderId, fileName, sha256, encoding, format, entryCount: entries.length },
        ...{ importedBy: actor.accountId, importedAt: at },
      };
      await recorderListRepository.add(tx, list, body, entries);
      await appendEvents(tx, by(actor, at), [
        {
          type: 'recorder.list_imported',
          chain: `recorder:${recorderId}`,
          public: { list: id, digest: sha256, size_bytes: body.length, format, encoding, entries: entries.length },
          personal: { file_name: fileName },
        },
      ]);
    });
    return id;
  }
}

/** UTF-8 where it is; else GB 18030, of which GBK and GB 2312 are parts; UTF-16 by its mark, as spreadsheets save it. */
function decodeText(body: Buffer): { text: string; encoding: string } {
  if (body[0] === 0xff && body[1] === 0xfe)
    return { text: new TextDecoder('utf-16le').decode(body), encoding: 'utf-16le' };
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return { text: new TextDecoder(encoding, { fatal: true }).decode(body), encoding };
    } catch {
      // Not this one.
    }
  }
  throw noList('文件既不是 UTF-8 也不是 GBK 编码的文本 / neither UTF-8 nor GBK text');
}

function readRows(text: string): { rows: Rows; format: 'csv' | 'json' } {
  const begins = text.trimStart()[0];
  if (begins === '{' || begins === '[') return { rows: readJson(text), format: 'json' };
  return { rows: readCsv(text), format: 'csv' };
}

/** A list of objects, or an object that holds one. */
function readJson(text: string): Rows {
  const value = parseJson(text);
  const inside = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.values(value) : [value];
  const [list, ...others] = inside.filter((item) => Array.isArray(item));
  const isList = list !== undefined && others.length === 0;
  if (!isList || !list.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item)))
    throw noList('JSON 中应有一个由对象组成的列表 / the JSON must hold one list of objects');
  return list as Rows;
}

function parseJson(text: string): unknown {
  try {
    return parseStrictJson(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw noList('不是有效的 JSON / not valid JSON', error);
  }
}

function readCsv(text: string): Rows {
  const heading = text.split(/\r?\n/, 1)[0] ?? '';
  const counts = [',', '\t', ';'].map((sign) => ({ sign, n: heading.split(sign).length }));
  const delimiter = counts.reduce((best, one) => (one.n > best.n ? one : best)).sign;
  try {
    return parse(text, {
      bom: true,
      columns: true,
      delimiter,
      skip_empty_lines: true,
      trim: true,
      relax_column_count_less: true,
    });
  } catch (error) {
    const line = (error as { lines?: unknown }).lines;
    const place = typeof line === 'number' ? `第 ${line} 行 / line ${line}：` : '';
    throw noList(`${place}不是有效的 CSV / not valid CSV`, error);
  }
}

function noList(problem: string, cause?: unknown): ArchiveError {
  return new ArchiveError('invalid-input', problem, { cause, details: { problems: [problem] } });
}

/** What the list does not say, the name of the file may. */
function withName(file: ListedFile, rules: Parameters<typeof readingsOf>[0], zoneMinutes: number): ListedFile {
  const result = chooseReading(readingsOf(rules, file.fileName));
  if (result.state !== 'read') return file;
  const { device, officer, time } = result.reading;
  return {
    ...file,
    device: file.device ?? device,
    officer: file.officer ?? officer,
    recordedAt: file.recordedAt ?? (time === null ? null : (parseDeviceTime(time, zoneMinutes)?.at ?? null)),
  };
}

async function toEntries(
  tx: Tx,
  listOf: RecorderRecord,
  files: readonly ListedFile[],
  zoneMinutes: number,
): Promise<ListEntryRecord[]> {
  const devices = [...new Set(files.flatMap(({ device }) => device ?? []))];
  const registered = await recorderRepository.bySerials(tx, devices);
  const bySerial = new Map(registered.map((recorder) => [numberKey(recorder.serial), recorder]));
  const own = listOf.kind === 'recorder' ? listOf : null;
  return files.map(({ recordedRaw: _, officer, ...file }, n) => {
    const recorder = file.device === null ? own : (bySerial.get(numberKey(file.device)) ?? null);
    return {
      ...{ ...file, n, officerNumber: officer },
      ...{ recorderId: recorder?.id ?? null, unitPath: (recorder ?? listOf).unitPath },
      day: file.recordedAt && dayOf(file.recordedAt, zoneMinutes),
    };
  });
}

function dayOf(at: Date, zoneMinutes: number): string {
  return new Date(at.getTime() + zoneMinutes * 60_000).toISOString().slice(0, 10);
}

export interface Arrivals {
  readonly days: readonly (ArrivalDay & { readonly serial: string | null })[];
  readonly notCome: readonly (Awaited<ReturnType<typeof recorderListRepository.notCome>>[number] & {
    readonly serial: string | null;
  })[];
}

/** What was listed and never came, per recorder and day. */
export class ListArrivals {
  readonly #parts: Pick<ArchiveParts, 'database'>;

  constructor(parts: Pick<ArchiveParts, 'database'>) {
    this.#parts = parts;
  }

  /** @param of.since day from which on; all when null @throws ArchiveError `forbidden`, `not-found` */
  async run(actor: Actor, of: { readonly recorderId: Id | null; readonly since: string | null }): Promise<Arrivals> {
    const { reader } = this.#parts.database;
    const unitPath = unitsSeen(actor, 'recorders.list');
    if (of.recorderId !== null) await requireRecorder(reader, actor, of.recorderId, 'recorders.list');
    const [days, notCome] = await Promise.all([
      recorderListRepository.days(reader, { ...of, unitPath }),
      recorderListRepository.notCome(reader, { ...of, unitPath }),
    ]);
    const ids = [...new Set([...days, ...notCome].flatMap(({ recorderId }) => recorderId ?? []))];
    const serials = new Map((await recorderRepository.findMany(reader, ids)).map(({ id, serial }) => [id, serial]));
    const named = <T extends { readonly recorderId: Id | null; readonly device: string | null }>(row: T) => ({
      ...row,
      serial: row.recorderId === null ? row.device : (serials.get(row.recorderId) ?? null),
    });
    return { days: days.map(named), notCome: notCome.map(named) };
  }
}
