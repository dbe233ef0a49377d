import { type Actor, type Drift, driftsOf, errorOf, type Id, may } from '#domain';
import {
  accountRepository,
  type ClockRecord,
  clockRepository,
  type IssueRecord,
  issueRepository,
  type RecorderCheckRecord,
  type RecorderListRecord,
  type RecorderRecord,
  recorderCheckRepository,
  recorderListRepository,
  recorderRepository,
  type Tx,
  unitRepository,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { grouped } from './grouped.js';
import { requireRecorder, unitsSeen } from './recorder-access.js';

type Needs = Pick<ArchiveParts, 'database'>;

/** A bureau has some hundreds. */
const MOST = 2_000;

export interface RecorderLine {
  readonly recorder: RecorderRecord;
  readonly unitName: string;
  /** Who has it. */
  readonly holder: { readonly id: Id; readonly name: string; readonly since: Date } | null;
  /** As last measured. */
  readonly clock: { readonly errorMs: number; readonly at: Date; readonly wasSet: boolean } | null;
  /** Between the last two measurements that tell. */
  readonly drift: Drift | null;
}

export interface RecorderDetail extends RecorderLine {
  readonly issues: readonly (IssueRecord & { readonly name: string })[];
  readonly checks: readonly (RecorderCheckRecord & { readonly name: string })[];
  readonly clocks: readonly (ClockRecord & { readonly name: string })[];
  readonly lists: readonly (RecorderListRecord & { readonly name: string })[];
  readonly mayKeep: boolean;
}

export interface UnitRatio {
  readonly unitId: Id;
  readonly unitName: string;
  readonly officers: number;
  readonly recorders: number;
}

/** The register, of the actor's unit and those below it, with how many recorders there are for how many officers. */
export class ListRecorders {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `forbidden` */
  async run(actor: Actor): Promise<{ items: RecorderLine[]; ratios: UnitRatio[]; mayKeep: boolean }> {
    const { reader } = this.#parts.database;
    const unitPath = unitsSeen(actor, 'recorders.read');
    const items = await describe(reader, await recorderRepository.list(reader, unitPath, MOST));
    const counts = await recorderRepository.countsByUnit(reader, unitPath);
    return {
      items,
      ratios: counts.filter(({ officers, recorders }) => officers + recorders > 0),
      mayKeep: may(actor, 'recorders.keep', { unitPath: actor.unitPath }),
    };
  }
}

/** One recorder with its history: who carried it when, checks, clock, lists. */
export class ViewRecorder {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found` */
  async run(actor: Actor, id: Id): Promise<RecorderDetail> {
    const { reader } = this.#parts.database;
    const recorder = await requireRecorder(reader, actor, id, 'recorders.read');
    const [line] = await describe(reader, [recorder]);
    if (!line) throw new Error('unreachable: one recorder gives one line');
    const issues = await issueRepository.ofRecorder(reader, id);
    const checks = await recorderCheckRepository.ofRecorder(reader, id);
    const clocks = await clockRepository.ofRecorders(reader, [id]);
    // What a list is called says what was filmed.
    const lists = may(actor, 'recorders.list', { unitPath: recorder.unitPath })
      ? await recorderListRepository.ofRecorder(reader, id)
      : [];
    const people = [
      ...issues.map(({ accountId }) => accountId),
      ...checks.map(({ checkedBy }) => checkedBy),
      ...clocks.map(({ measuredBy }) => measuredBy),
      ...lists.map(({ importedBy }) => importedBy),
    ];
    const names = await accountRepository.namesOf(reader, [...new Set(people)]);
    const named = <T>(row: T, who: Id): T & { name: string } => ({ ...row, name: names.get(who) ?? '' });
    return {
      ...line,
      issues: issues.map((row) => named(row, row.accountId)),
      checks: checks.map((row) => named(row, row.checkedBy)),
      clocks: clocks.map((row) => named(row, row.measuredBy)),
      lists: lists.map((row) => named(row, row.importedBy)),
      mayKeep: may(actor, 'recorders.keep', { unitPath: recorder.unitPath }),
    };
  }
}

async function describe(tx: Tx, recorders: readonly RecorderRecord[]): Promise<RecorderLine[]> {
  const ids = recorders.map(({ id }) => id);
  const open = new Map((await issueRepository.openOf(tx, ids)).map((issue) => [issue.recorderId, issue]));
  const clocks = grouped(await clockRepository.ofRecorders(tx, ids), ({ recorderId }) => recorderId);
  const units = await unitRepository.namesOf(tx, [...new Set(recorders.map(({ unitId }) => unitId))]);
  const names = await accountRepository.namesOf(tx, [...new Set([...open.values()].map(({ accountId }) => accountId))]);
  return recorders.map((recorder) => {
    const issue = open.get(recorder.id);
    const measured = clocks.get(recorder.id) ?? [];
    const [last] = measured;
    return {
      recorder,
      unitName: units.get(recorder.unitId) ?? '',
      holder: issue ? { id: issue.accountId, name: names.get(issue.accountId) ?? '', since: issue.issuedAt } : null,
      clock: last ? { errorMs: errorOf(last), at: last.at, wasSet: last.wasSet } : null,
      drift: driftsOf(measured).at(-1) ?? null,
    };
  });
}
