import { IsNull } from 'typeorm';
import type { ClockMeasurement, Id } from '#domain';
import type { Tx } from '../database.js';
import { readRows } from '../read-rows.js';
import { RecorderCheckRow, RecorderClockRow, RecorderIssueRow, RecorderRow } from './recorder.row.js';

export interface RecorderRecord {
  readonly id: Id;
  readonly unitId: Id;
  readonly unitPath: string;
  readonly kind: 'recorder' | 'dock';
  readonly serial: string;
  readonly maker: string;
  readonly model: string;
  readonly state: 'in-use' | 'faulty' | 'retired';
  readonly addedAt: Date;
}

/** Who carried it from when until when. */
export interface IssueRecord {
  readonly id: Id;
  readonly recorderId: Id;
  readonly accountId: Id;
  /** What the recorder writes for him, as it was set when it was handed out. */
  readonly officerNumber: string | null;
  readonly issuedAt: Date;
  readonly issuedBy: Id;
  readonly returnedAt: Date | null;
  readonly returnedBy: Id | null;
  readonly note: string | null;
}

export interface RecorderCheckRecord {
  readonly id: Id;
  readonly recorderId: Id;
  readonly kind: 'check' | 'fault' | 'repair';
  readonly passed: boolean;
  readonly findings: string | null;
  readonly at: Date;
  readonly checkedBy: Id;
}

export interface ClockRecord extends ClockMeasurement {
  readonly recorderId: Id;
  /** The recording of a reference clock, and where in it the clock was read. */
  readonly assetId: Id | null;
  readonly positionMs: number | null;
  readonly measuredBy: Id;
  readonly recordedAt: Date;
}

/** Numbers are the same however they are written. */
export function numberKey(number: string): string {
  return number.normalize('NFKC').toUpperCase();
}

export const recorderRepository = {
  async add(tx: Tx, recorder: RecorderRecord): Promise<void> {
    await tx.insert(RecorderRow, { ...recorder, serialKey: numberKey(recorder.serial) });
  },

  async find(tx: Tx, id: Id): Promise<RecorderRecord | null> {
    return await tx.findOneBy(RecorderRow, { id });
  },

  /** Holds it until the transaction ends: it is issued and returned one at a time. */
  async lock(tx: Tx, id: Id): Promise<RecorderRecord | null> {
    return await tx
      .createQueryBuilder(RecorderRow, 'r')
      .where('r.id = :id', { id })
      .setLock('pessimistic_write')
      .getOne();
  },

  async change(tx: Tx, id: Id, change: Partial<Pick<RecorderRecord, 'maker' | 'model' | 'state'>>): Promise<void> {
    await tx.update(RecorderRow, { id }, change);
  },

  async findMany(tx: Tx, ids: readonly Id[]): Promise<RecorderRecord[]> {
    return await readRows(tx, RecorderRow, 'r.id = ANY($1::uuid[])', [ids]);
  },

  /** Of these numbers those that are in the register. */
  async bySerials(tx: Tx, serials: readonly string[]): Promise<RecorderRecord[]> {
    return await readRows(tx, RecorderRow, 'r.serial_key = ANY($1::text[])', [serials.map(numberKey)]);
  },

  /** Of the unit and those below it, or of all, by number. */
  async list(tx: Tx, unitPath: string | null, limit: number): Promise<RecorderRecord[]> {
    return await readRows(
      tx,
      RecorderRow,
      '($1::text IS NULL OR starts_with(r.unit_path, $1)) ORDER BY r.kind DESC, r.serial_key LIMIT $2',
      [unitPath, limit],
    );
  },

  /** How many officers a unit has, and how many recorders in use. */
  async countsByUnit(
    tx: Tx,
    unitPath: string | null,
  ): Promise<{ unitId: Id; unitName: string; officers: number; recorders: number }[]> {
    const rows: { id: Id; name: string; officers: string; recorders: string }[] = await tx.query(
      `SELECT u.id, u.name,
         (SELECT count(*) FROM accounts a WHERE a.unit_id = u.id AND NOT a.disabled AND 'officer' = ANY(a.roles)) AS officers,
         (SELECT count(*) FROM recorders r WHERE r.unit_id = u.id AND r.kind = 'recorder' AND r.state = 'in-use') AS recorders
       FROM units u WHERE ($1::text IS NULL OR starts_with(u.path, $1)) ORDER BY u.path`,
      [unitPath],
    );
    return rows.map((row) => ({
      ...{ unitId: row.id, unitName: row.name },
      ...{ officers: Number(row.officers), recorders: Number(row.recorders) },
    }));
  },
};

export const issueRepository = {
  async add(tx: Tx, issue: IssueRecord): Promise<void> {
    const officerNumberKey = issue.officerNumber === null ? null : numberKey(issue.officerNumber);
    await tx.insert(RecorderIssueRow, { ...issue, officerNumberKey });
  },

  async end(tx: Tx, id: Id, ended: { at: Date; by: Id; note: string | null }): Promise<void> {
    await tx.update(RecorderIssueRow, { id }, { returnedAt: ended.at, returnedBy: ended.by, note: ended.note });
  },

  /** Newest first. */
  async ofRecorder(tx: Tx, recorderId: Id): Promise<IssueRecord[]> {
    return await tx.find(RecorderIssueRow, { where: { recorderId }, order: { issuedAt: 'DESC' } });
  },

  async openOf(tx: Tx, recorderIds: readonly Id[]): Promise<IssueRecord[]> {
    return await readRows(tx, RecorderIssueRow, 'r.recorder_id = ANY($1::uuid[]) AND r.returned_at IS NULL', [
      recorderIds,
    ]);
  },

  async findOpen(tx: Tx, recorderId: Id): Promise<IssueRecord | null> {
    return await tx.findOneBy(RecorderIssueRow, { recorderId, returnedAt: IsNull() });
  },

  /** Accounts a recorder was ever set to this number for; more than one say nothing. */
  async holdersOfNumber(tx: Tx, officerNumber: string): Promise<Id[]> {
    const rows: { account_id: Id }[] = await tx.query(
      'SELECT DISTINCT account_id FROM recorder_issues WHERE officer_number_key = $1',
      [numberKey(officerNumber)],
    );
    return rows.map((row) => row.account_id);
  },
};

export const recorderCheckRepository = {
  async add(tx: Tx, check: RecorderCheckRecord): Promise<void> {
    await tx.insert(RecorderCheckRow, { ...check });
  },

  async ofRecorder(tx: Tx, recorderId: Id): Promise<RecorderCheckRecord[]> {
    return await tx.find(RecorderCheckRow, { where: { recorderId }, order: { at: 'DESC' } });
  },
};

export const clockRepository = {
  async add(tx: Tx, clock: ClockRecord): Promise<void> {
    await tx.insert(RecorderClockRow, { ...clock });
  },

  /** Newest first. */
  async ofRecorders(tx: Tx, recorderIds: readonly Id[]): Promise<ClockRecord[]> {
    return await readRows(tx, RecorderClockRow, 'r.recorder_id = ANY($1::uuid[]) ORDER BY r.at DESC', [recorderIds]);
  },
};
