import { IsNull, Not } from 'typeorm';
import type { Id, Role } from '#domain';
import type { Tx } from '../database.js';
import { AccountRow, SessionRow, UnitRow } from './people.row.js';

export interface UnitRecord {
  readonly id: Id;
  readonly name: string;
  readonly parentId: Id | null;
  readonly path: string;
  readonly validFrom: Date;
  readonly validUntil: Date | null;
}

export interface AccountRecord {
  readonly id: Id;
  readonly login: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly roles: readonly Role[];
  readonly unitId: Id;
  readonly disabled: boolean;
  readonly mustChangePassword: boolean;
  readonly createdAt: Date;
}

export interface SessionRecord {
  readonly id: Id;
  readonly tokenHash: Buffer;
  readonly accountId: Id;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
}

export const unitRepository = {
  async add(tx: Tx, unit: UnitRecord): Promise<void> {
    await tx.insert(UnitRow, { ...unit });
  },

  async find(tx: Tx, id: Id): Promise<UnitRecord | null> {
    return await tx.findOneBy(UnitRow, { id });
  },

  async list(tx: Tx): Promise<UnitRecord[]> {
    return await tx.find(UnitRow, { order: { path: 'ASC' } });
  },

  async namesOf(tx: Tx, ids: readonly Id[]): Promise<Map<Id, string>> {
    const rows: { id: Id; name: string }[] = await tx.query('SELECT id, name FROM units WHERE id = ANY($1::uuid[])', [
      ids,
    ]);
    return new Map(rows.map((row) => [row.id, row.name]));
  },

  /** The unit and all below it. */
  async idsUnder(tx: Tx, path: string): Promise<{ readonly ids: Id[]; readonly areAll: boolean }> {
    const rows: { id: Id; all: string }[] = await tx.query(
      'SELECT id, (SELECT count(*) FROM units) AS all FROM units WHERE starts_with(path, $1)',
      [path],
    );
    return { ids: rows.map((row) => row.id), areAll: Number(rows[0]?.all) === rows.length };
  },
};

export const accountRepository = {
  async add(tx: Tx, account: AccountRecord): Promise<void> {
    await tx.insert(AccountRow, { ...account, roles: [...account.roles] });
  },

  async find(tx: Tx, id: Id): Promise<AccountRecord | null> {
    return await tx.findOneBy(AccountRow, { id });
  },

  async findByLogin(tx: Tx, login: string): Promise<AccountRecord | null> {
    return await tx.findOneBy(AccountRow, { login });
  },

  async list(tx: Tx): Promise<AccountRecord[]> {
    return await tx.find(AccountRow, { order: { login: 'ASC' } });
  },

  async namesOf(tx: Tx, ids: readonly Id[]): Promise<Map<Id, string>> {
    const rows: { id: Id; name: string }[] = await tx.query(
      'SELECT id, name FROM accounts WHERE id = ANY($1::uuid[])',
      [ids],
    );
    return new Map(rows.map((row) => [row.id, row.name]));
  },

  async change(
    tx: Tx,
    id: Id,
    change: Partial<
      Pick<AccountRecord, 'name' | 'roles' | 'unitId' | 'disabled' | 'passwordHash' | 'mustChangePassword'>
    >,
  ): Promise<void> {
    const { roles, ...rest } = change;
    const set = { ...rest, ...(roles === undefined ? {} : { roles: [...roles] }) };
    // A new token for a station changes nothing of its account.
    if (Object.keys(set).length > 0) await tx.update(AccountRow, { id }, set);
  },

  async count(tx: Tx): Promise<number> {
    return await tx.count(AccountRow);
  },
};

export interface OpenSession {
  readonly session: SessionRecord;
  readonly account: AccountRecord;
  readonly unit: UnitRecord;
}

interface RawOpenSession {
  readonly session_id: Id;
  readonly signed_in_at: Date;
  readonly last_seen_at: Date;
  readonly expires_at: Date;
  readonly account_id: Id;
  readonly login: string;
  readonly name: string;
  readonly password_hash: string;
  readonly roles: readonly Role[];
  readonly disabled: boolean;
  readonly must_change_password: boolean;
  readonly created_at: Date;
  readonly unit_id: Id;
  readonly unit_name: string;
  readonly parent_id: Id | null;
  readonly path: string;
  readonly valid_from: Date;
  readonly valid_until: Date | null;
}

function toOpenSession(row: RawOpenSession, tokenHash: Buffer): OpenSession {
  return {
    session: {
      ...{ id: row.session_id, tokenHash, accountId: row.account_id, createdAt: row.signed_in_at },
      ...{ lastSeenAt: row.last_seen_at, expiresAt: row.expires_at, endedAt: null },
    },
    account: {
      ...{ id: row.account_id, login: row.login, name: row.name, passwordHash: row.password_hash, roles: row.roles },
      ...{ unitId: row.unit_id, disabled: row.disabled },
      ...{ mustChangePassword: row.must_change_password, createdAt: row.created_at },
    },
    unit: {
      ...{ id: row.unit_id, name: row.unit_name, parentId: row.parent_id, path: row.path },
      ...{ validFrom: row.valid_from, validUntil: row.valid_until },
    },
  };
}

export const sessionRepository = {
  async add(tx: Tx, session: SessionRecord): Promise<void> {
    await tx.insert(SessionRow, { ...session });
  },

  /** With whose it is and his unit: asked at every request, so in one query, and by hand: TypeORM takes longer to build it than PostgreSQL to run it. */
  async findOpen(tx: Tx, tokenHash: Buffer): Promise<OpenSession | null> {
    const rows: RawOpenSession[] = await tx.query(
      `SELECT s.id AS session_id, s.created_at AS signed_in_at, s.last_seen_at, s.expires_at,
         a.id AS account_id, a.login, a.name, a.password_hash, a.roles, a.disabled, a.must_change_password, a.created_at,
         u.id AS unit_id, u.name AS unit_name, u.parent_id, u.path, u.valid_from, u.valid_until
       FROM sessions s JOIN accounts a ON a.id = s.account_id JOIN units u ON u.id = a.unit_id
       WHERE s.token_hash = $1 AND s.ended_at IS NULL`,
      [tokenHash],
    );
    return rows[0] === undefined ? null : toOpenSession(rows[0], tokenHash);
  },

  async touch(tx: Tx, id: Id, at: Date): Promise<void> {
    await tx.update(SessionRow, { id }, { lastSeenAt: at });
  },

  async end(tx: Tx, id: Id, at: Date): Promise<void> {
    await tx.update(SessionRow, { id, endedAt: IsNull() }, { endedAt: at });
  },

  async endAllBut(tx: Tx, accountId: Id, keptId: Id, at: Date): Promise<void> {
    await tx.update(SessionRow, { accountId, id: Not(keptId), endedAt: IsNull() }, { endedAt: at });
  },

  async endAll(tx: Tx, accountId: Id, at: Date): Promise<void> {
    await tx.update(SessionRow, { accountId, endedAt: IsNull() }, { endedAt: at });
  },
};

/** Failed sign-ins by login and by address, so that guessing slows down on every replica. */
export const attemptRepository = {
  async blockedUntil(tx: Tx, keys: readonly string[]): Promise<Date | null> {
    const rows: { until: Date | null }[] = await tx.query(
      'SELECT max(blocked_until) AS until FROM sign_in_attempts WHERE key = ANY($1) AND blocked_until > now()',
      [keys],
    );
    return rows[0]?.until ?? null;
  },

  /** Counts a failure; from `limit` on each one blocks for `pauseMs`. Failures of more than an hour ago are forgotten. */
  async fail(tx: Tx, key: string, limit: number, pauseMs: number): Promise<void> {
    await tx.query(
      `INSERT INTO sign_in_attempts AS a (key, failures, last_at) VALUES ($1, 1, now())
       ON CONFLICT (key) DO UPDATE SET
         failures = CASE WHEN a.last_at < now() - interval '1 hour' THEN 1 ELSE a.failures + 1 END,
         last_at = now(),
         blocked_until = CASE WHEN a.last_at >= now() - interval '1 hour' AND a.failures + 1 >= $2
           THEN now() + make_interval(secs => $3 / 1000.0) END`,
      [key, limit, pauseMs],
    );
  },

  async clear(tx: Tx, key: string): Promise<void> {
    await tx.query('DELETE FROM sign_in_attempts WHERE key = $1', [key]);
  },
};
