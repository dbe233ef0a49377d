import { type Actor, ArchiveError, type Id, isArchiveError, may, newId, utc } from '#domain';
import {
  accountRepository,
  issueRepository,
  type RecorderRecord,
  recorderCheckRepository,
  recorderRepository,
  unitRepository,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { appendEvents, by } from '../ledger/append-events.js';
import { lockRecorder } from './recorder-access.js';
import { resettleMaterialOf } from './settle-sources.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock' | 'settings'>;

export interface RecorderPlan {
  readonly kind: RecorderRecord['kind'];
  readonly unitId: Id;
  readonly serial: string;
  readonly maker: string;
  readonly model: string;
}

/** Enters a recorder or dock. Material that came before and names its number becomes its material. */
export class AddRecorder {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @throws ArchiveError `forbidden`, `not-found` (unit), `recorder-known` */
  async run(actor: Actor, plan: RecorderPlan): Promise<Id> {
    const { database, clock, settings } = this.#parts;
    const at = clock.now();
    const id = newId(at.getTime());
    const adding = database.transaction(async (tx) => {
      const unit = await unitRepository.find(tx, plan.unitId);
      if (!unit) throw new ArchiveError('not-found', `no unit ${plan.unitId}`);
      if (!may(actor, 'recorders.keep', { unitPath: unit.path }))
        throw new ArchiveError('forbidden', 'may not keep the register of this unit');
      const recorder = { ...plan, id, unitPath: unit.path, state: 'in-use' as const, addedAt: at };
      await recorderRepository.add(tx, recorder);
      const { kind, serial, maker, model } = plan;
      await appendEvents(tx, by(actor, at), [
        {
          type: 'recorder.added',
          chain: `recorder:${id}`,
          public: { kind, unit: unit.id },
          personal: { serial, maker, model },
        },
      ]);
      if (kind === 'recorder')
        await resettleMaterialOf(tx, by(actor, at), recorder, {
          rules: this.#rules,
          zoneMinutes: settings.deviceZoneMinutes,
        });
    });
    await adding.catch((error: unknown) => {
      // Of all it writes only the number is not new.
      throw isArchiveError(error, 'conflict') ? new ArchiveError('recorder-known', 'number in the register') : error;
    });
    return id;
  }
}

export interface RecorderChange {
  readonly maker?: string | undefined;
  readonly model?: string | undefined;
  readonly state?: RecorderRecord['state'] | undefined;
  readonly reason: string;
}

export class ChangeRecorder {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found`, `recorder-issued` (retired while somebody has it) */
  async run(actor: Actor, id: Id, { reason, ...wish }: RecorderChange): Promise<void> {
    const at = this.#parts.clock.now();
    await this.#parts.database.transaction(async (tx) => {
      const before = await lockRecorder(tx, actor, id, 'recorders.keep');
      if (wish.state === 'retired' && (await issueRepository.findOpen(tx, id)))
        throw new ArchiveError('recorder-issued', 'somebody has it');
      const { maker = before.maker, model = before.model, state = before.state } = wish;
      await recorderRepository.change(tx, id, { maker, model, state });
      await appendEvents(tx, by(actor, at), [
        {
          type: 'recorder.changed',
          chain: `recorder:${id}`,
          public: { from_state: before.state, state },
          personal: { maker, model, reason },
        },
      ]);
    });
  }
}

export interface IssueWish {
  readonly accountId: Id;
  readonly officerNumber: string | null;
  /** Null: now. Earlier when it is written down later. */
  readonly at: Date | null;
}

/** Hands a recorder to an officer: what it records from then on is his. */
export class IssueRecorder {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /**
   * @throws ArchiveError `not-found` (recorder, officer), `recorder-issued` (also when somebody had it at that time),
   *   `recorder-unusable`, `invalid-input` (in the future)
   */
  async run(actor: Actor, id: Id, wish: IssueWish): Promise<void> {
    const { database, clock, settings } = this.#parts;
    const now = clock.now();
    const issuedAt = requirePast(wish.at, now);
    await database.transaction(async (tx) => {
      const recorder = await lockRecorder(tx, actor, id, 'recorders.keep');
      if (recorder.kind !== 'recorder' || recorder.state !== 'in-use')
        throw new ArchiveError('recorder-unusable', `${recorder.kind} ${recorder.state}`);
      const officer = await accountRepository.find(tx, wish.accountId);
      if (!officer?.roles.includes('officer') || officer.disabled)
        throw new ArchiveError('not-found', `no officer ${wish.accountId}`);
      const [last] = await issueRepository.ofRecorder(tx, id);
      if (last && (last.returnedAt === null || last.returnedAt > issuedAt))
        throw new ArchiveError('recorder-issued', 'somebody had it then');
      const { accountId, officerNumber } = wish;
      const issueId = newId(now.getTime());
      await issueRepository.add(tx, {
        ...{ id: issueId, recorderId: id, accountId, officerNumber, issuedAt, issuedBy: actor.accountId },
        ...{ returnedAt: null, returnedBy: null, note: null },
      });
      await appendEvents(tx, by(actor, now), [
        {
          type: 'recorder.issued',
          chain: `recorder:${id}`,
          on: [`account:${accountId}`],
          public: { issue: issueId, account: accountId, issued_at: utc(issuedAt) },
          personal: officerNumber === null ? {} : { officer_number: officerNumber },
        },
      ]);
      await resettleMaterialOf(tx, by(actor, now), recorder, {
        rules: this.#rules,
        zoneMinutes: settings.deviceZoneMinutes,
      });
    });
  }
}

export class ReturnRecorder {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /** @throws ArchiveError `not-found`, `precondition-failed` (nobody has it), `invalid-input` (before it was handed out, or in the future) */
  async run(actor: Actor, id: Id, wish: { readonly at: Date | null; readonly note: string | null }): Promise<void> {
    const { database, clock, settings } = this.#parts;
    const now = clock.now();
    const at = requirePast(wish.at, now);
    await database.transaction(async (tx) => {
      const recorder = await lockRecorder(tx, actor, id, 'recorders.keep');
      const open = await issueRepository.findOpen(tx, id);
      if (!open) throw new ArchiveError('precondition-failed', 'nobody has it');
      if (at <= open.issuedAt)
        throw new ArchiveError('invalid-input', 'before it was handed out', { details: { problems: ['at'] } });
      await issueRepository.end(tx, open.id, { at, by: actor.accountId, note: wish.note });
      await appendEvents(tx, by(actor, now), [
        {
          type: 'recorder.returned',
          chain: `recorder:${id}`,
          on: [`account:${open.accountId}`],
          public: { issue: open.id, account: open.accountId, returned_at: utc(at) },
          personal: wish.note === null ? {} : { note: wish.note },
        },
      ]);
      await resettleMaterialOf(tx, by(actor, now), recorder, {
        rules: this.#rules,
        zoneMinutes: settings.deviceZoneMinutes,
      });
    });
  }
}

export interface CheckWish {
  readonly kind: 'check' | 'fault' | 'repair';
  readonly passed: boolean;
  readonly findings: string | null;
}

/** A check, a fault or a repair. A fault takes it out of use, a repair that passed brings it back. */
export class RecordRecorderCheck {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found`, `recorder-unusable` (retired), `invalid-input` (a fault without words) */
  async run(actor: Actor, id: Id, { kind, passed, findings }: CheckWish): Promise<void> {
    const at = this.#parts.clock.now();
    if (kind === 'fault' && findings === null)
      throw new ArchiveError('invalid-input', 'a fault is described', { details: { problems: ['findings'] } });
    await this.#parts.database.transaction(async (tx) => {
      const recorder = await lockRecorder(tx, actor, id, 'recorders.keep');
      if (recorder.state === 'retired') throw new ArchiveError('recorder-unusable', 'retired');
      const isPassed = kind !== 'fault' && passed;
      const state = stateAfter(recorder.state, kind, isPassed);
      const checkId = newId(at.getTime());
      await recorderCheckRepository.add(tx, {
        ...{ id: checkId, recorderId: id, kind, passed: isPassed, findings, at },
        checkedBy: actor.accountId,
      });
      if (state !== recorder.state) await recorderRepository.change(tx, id, { state });
      await appendEvents(tx, by(actor, at), [
        {
          type: 'recorder.checked',
          chain: `recorder:${id}`,
          public: { check: checkId, kind, passed: isPassed, state },
          personal: findings === null ? {} : { findings },
        },
      ]);
    });
  }
}

function stateAfter(state: RecorderRecord['state'], kind: CheckWish['kind'], passed: boolean): RecorderRecord['state'] {
  if (kind === 'fault' || !passed) return 'faulty';
  return kind === 'repair' ? 'in-use' : state;
}

function requirePast(at: Date | null, now: Date): Date {
  if (at !== null && at > now)
    throw new ArchiveError('invalid-input', 'in the future', { details: { problems: ['at'] } });
  return at ?? now;
}
