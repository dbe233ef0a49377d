import { randomBytes } from 'node:crypto';
import {
  type Actor,
  ArchiveError,
  areWholeRoles,
  type Id,
  isArchiveError,
  isStation,
  may,
  newId,
  type Role,
} from '#domain';
import {
  type AccountRecord,
  accountRepository,
  sessionRepository,
  type Tx,
  type UnitRecord,
  unitRepository,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, by, bySystem, type EventSource } from '../ledger/append-events.js';
import { hashPassword, oneTimePassword } from './password.js';
import { giveStationToken, type StationToken } from './sessions.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock' | 'settings'>;

export interface AccountWithUnit extends AccountRecord {
  readonly unitName: string;
}

/** An account, and what its owner signs in with, which is shown once and kept nowhere. */
export interface AccountWithSecret {
  readonly account: AccountWithUnit;
  /** Of a person; null when he has a password already. */
  readonly oneTimePassword: string | null;
  /** Of a station; null when it has one already. */
  readonly stationToken: StationToken | null;
}

export interface AccountPlan {
  readonly login: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly unitId: Id;
  /** A one-time password is made when absent. */
  readonly password: string | null;
}

export class CreateAccount {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `forbidden`, `login-taken`, `not-found` (unit), `invalid-input` (a station with another role) */
  async run(actor: Actor, plan: AccountPlan): Promise<AccountWithSecret> {
    requireManager(actor);
    requireWholeRoles(plan.roles);
    const station = isStation(plan.roles);
    const made = plan.password === null && !station ? oneTimePassword() : null;
    const passwordHash = await hashPassword(station ? nobodysPassword() : (plan.password ?? made ?? ''));
    const source = by(actor, this.#parts.clock.now());
    const adding = this.#parts.database.transaction(async (tx) => {
      const unit = await requireUnit(tx, plan.unitId);
      const account = await addAccount(tx, source, { ...plan, unit, passwordHash, mustChangePassword: !station });
      const stationToken = station ? await giveStationToken(this.#parts, tx, { account, source }) : null;
      return { account, oneTimePassword: made, stationToken };
    });
    return await adding.catch((error: unknown) => {
      throw isArchiveError(error, 'conflict') ? new ArchiveError('login-taken', 'login taken') : error;
    });
  }
}

export interface AccountChange {
  readonly name?: string | undefined;
  readonly roles?: readonly Role[] | undefined;
  readonly unitId?: Id | undefined;
  readonly disabled?: boolean | undefined;
  /** A new one-time password, or a new token for a station; what was open before is ended. */
  readonly resetPassword?: boolean | undefined;
}

/** Changes an account; a change of rights, or disabling it, counts from the next request on. */
export class ChangeAccount {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /**
   * @throws ArchiveError `forbidden`, `not-found`, `precondition-failed` (an administrator cannot shut himself out; a person
   *   does not become a station, nor a station a person), `invalid-input` (a station with another role)
   */
  async run(actor: Actor, id: Id, change: AccountChange): Promise<AccountWithSecret> {
    requireManager(actor);
    const { resetPassword, roles, name, unitId, disabled } = change;
    if (roles !== undefined) requireWholeRoles(roles);
    if (id === actor.accountId && (disabled || (roles && !roles.includes('administrator')))) {
      throw new ArchiveError('precondition-failed', 'an administrator cannot shut himself out');
    }
    const made = resetPassword ? oneTimePassword() : null;
    const hashed = made === null ? undefined : await hashPassword(made);
    const at = this.#parts.clock.now();
    return await this.#parts.database.transaction(async (tx) => {
      const before = await accountRepository.find(tx, id);
      if (!before) throw new ArchiveError('not-found', `no account ${id}`);
      const station = isStation(before.roles);
      if (roles !== undefined && isStation(roles) !== station)
        throw new ArchiveError('precondition-failed', 'a person is no station');
      const passwordHash = station ? undefined : hashed;
      const unit = await requireUnit(tx, unitId ?? before.unitId);
      await accountRepository.change(tx, id, {
        ...(name === undefined ? {} : { name }),
        ...(roles === undefined ? {} : { roles }),
        ...(unitId === undefined ? {} : { unitId }),
        ...(disabled === undefined ? {} : { disabled }),
        ...(passwordHash === undefined ? {} : { passwordHash, mustChangePassword: true }),
      });
      if (disabled || resetPassword) await sessionRepository.endAll(tx, id, at);
      await appendEvents(tx, by(actor, at), [
        {
          type: 'account.changed',
          chain: `account:${id}`,
          public: {
            roles: [...(roles ?? before.roles)],
            unit: unit.id,
            disabled: disabled ?? before.disabled,
            password_reset: resetPassword === true,
          },
          personal: name === undefined ? {} : { name },
        },
      ]);
      const after = await accountRepository.find(tx, id);
      if (!after) throw new ArchiveError('internal', 'account vanished');
      const account = { ...after, unitName: unit.name };
      const isToRenew = station && resetPassword === true && !after.disabled;
      const stationToken = isToRenew
        ? await giveStationToken(this.#parts, tx, { account, source: by(actor, at) })
        : null;
      return { account, oneTimePassword: station ? null : made, stationToken };
    });
  }
}

/** All accounts for the administrator; for others the officers a case can be given to, and no more. */
export class ListAccounts {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  async run(actor: Actor): Promise<AccountWithUnit[]> {
    if (!may(actor, 'accounts.list')) throw new ArchiveError('forbidden', 'may not list accounts');
    const { reader } = this.#parts.database;
    const units = new Map((await unitRepository.list(reader)).map((unit) => [unit.id, unit]));
    const isManager = may(actor, 'accounts.manage');
    const accounts = (await accountRepository.list(reader)).filter(
      ({ disabled, roles }) => isManager || (!disabled && roles.includes('officer')),
    );
    return accounts.map((account) => ({ ...account, unitName: units.get(account.unitId)?.name ?? '' }));
  }
}

export class CreateUnit {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  async run(actor: Actor, plan: { readonly name: string; readonly parentId: Id }): Promise<UnitRecord> {
    requireManager(actor);
    const at = this.#parts.clock.now();
    return await this.#parts.database.transaction(async (tx) => {
      const parent = await requireUnit(tx, plan.parentId);
      return await addUnit(tx, by(actor, at), { name: plan.name, parent });
    });
  }
}

export class ListUnits {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  async run(): Promise<UnitRecord[]> {
    return await unitRepository.list(this.#parts.database.reader);
  }
}

/**
 * Gives an empty archive its first unit and its first administrator, whose one-time password is returned this once;
 * null when there are accounts already.
 */
export class MakeFirstAdministrator {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  async run(agencyName: string): Promise<{ readonly login: string; readonly oneTimePassword: string } | null> {
    const { database, clock } = this.#parts;
    if ((await accountRepository.count(database.reader)) > 0) return null;
    const made = oneTimePassword();
    const passwordHash = await hashPassword(made);
    const source = bySystem(clock.now());
    return await database.transaction(async (tx) => {
      // Two processes starting at once: the second waits here, and finds an account.
      await tx.query('SELECT pg_advisory_xact_lock(7214303)');
      if ((await accountRepository.count(tx)) > 0) return null;
      const unit = await addUnit(tx, source, { name: agencyName, parent: null });
      const plan = { login: 'admin', name: '系统管理员', roles: ['administrator'] as const, password: null };
      await addAccount(tx, source, { ...plan, unit, passwordHash, mustChangePassword: true });
      return { login: 'admin', oneTimePassword: made };
    });
  }
}

async function addUnit(
  tx: Tx,
  source: EventSource,
  plan: { name: string; parent: UnitRecord | null },
): Promise<UnitRecord> {
  const id = newId(source.at.getTime());
  const path = `${plan.parent?.path ?? '/'}${id}/`;
  const unit: UnitRecord = {
    id,
    name: plan.name,
    parentId: plan.parent?.id ?? null,
    path,
    validFrom: source.at,
    validUntil: null,
  };
  await unitRepository.add(tx, unit);
  await appendEvents(tx, source, [
    { type: 'unit.created', chain: 'system', public: { unit: id, path, name: plan.name } },
  ]);
  return unit;
}

async function addAccount(
  tx: Tx,
  source: EventSource,
  plan: {
    login: string;
    name: string;
    roles: readonly Role[];
    unit: UnitRecord;
    passwordHash: string;
    mustChangePassword: boolean;
  },
): Promise<AccountWithUnit> {
  const { login, name, roles, unit, passwordHash, mustChangePassword } = plan;
  const id = newId(source.at.getTime());
  const account: AccountRecord = {
    id,
    login,
    name,
    roles,
    unitId: unit.id,
    passwordHash,
    mustChangePassword,
    disabled: false,
    createdAt: source.at,
  };
  await accountRepository.add(tx, account);
  await appendEvents(tx, source, [
    {
      type: 'account.created',
      chain: `account:${id}`,
      public: { roles: [...roles], unit: unit.id },
      personal: { login, name },
    },
  ]);
  return { ...account, unitName: unit.name };
}

/** @throws ArchiveError `invalid-input` */
function requireWholeRoles(roles: readonly Role[]): void {
  if (!areWholeRoles(roles)) throw new ArchiveError('invalid-input', 'roles', { details: { problems: ['roles'] } });
}

/** Of an account without one: told to nobody, kept nowhere. */
function nobodysPassword(): string {
  return randomBytes(32).toString('base64url');
}

async function requireUnit(tx: Tx, id: Id): Promise<UnitRecord> {
  const unit = await unitRepository.find(tx, id);
  if (!unit) throw new ArchiveError('not-found', `no unit ${id}`);
  return unit;
}

function requireManager(actor: Actor): void {
  if (!may(actor, 'accounts.manage')) throw new ArchiveError('forbidden', 'not an administrator');
}
