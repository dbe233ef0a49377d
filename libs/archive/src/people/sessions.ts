import { createHash, randomBytes } from 'node:crypto';
import { type Actor, ArchiveError, type Id, isStation, newId, utc } from '#domain';
import {
  type AccountRecord,
  accountRepository,
  attemptRepository,
  type SessionRecord,
  sessionRepository,
  type Tx,
  type UnitRecord,
  unitRepository,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, bySystem, type EventSource } from '../ledger/append-events.js';
import { hashPassword, isPassword } from './password.js';

export interface SignedIn {
  readonly actor: Actor;
  readonly account: AccountRecord;
  readonly unitName: string;
  readonly expiresAt: Date;
  /** The wall clock of the agency, in minutes east of UTC: what times are shown in. */
  readonly zoneMinutes: number;
}

type Needs = Pick<ArchiveParts, 'database' | 'clock' | 'settings'>;

/** Time a wrong login name takes is that of a wrong password: nobody learns which names exist. */
const NOBODY = hashPassword('no account has this password');
/** A session's last use is written at most this often. */
const TOUCH_MS = 60_000;

/** Signs in with login and password. Failures are counted by login and by address and slow down both. */
export class SignIn {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `wrong-credentials`, `too-many-attempts` with `details.retryAfterSeconds` */
  async run(wish: {
    readonly login: string;
    readonly password: string;
    readonly address: string;
  }): Promise<SignedIn & { readonly token: string }> {
    const { database, clock } = this.#parts;
    const login = wish.login.trim().toLowerCase();
    const keys = [`login:${login}`, `address:${wish.address}`];
    await refuseWhenBlocked(this.#parts, keys);
    const account = await accountRepository.findByLogin(database.reader, login);
    const isRight = await isPassword(account?.passwordHash ?? (await NOBODY), wish.password);
    if (!account || !isRight || account.disabled || isStation(account.roles)) {
      await countFailure(this.#parts, keys, account && { type: 'account.sign_in_failed', account });
      throw new ArchiveError('wrong-credentials', 'sign-in refused');
    }
    const token = newToken();
    const session = await this.#open(account, token, clock.now());
    const unit = await unitRepository.find(database.reader, account.unitId);
    if (!unit) throw new ArchiveError('internal', `account ${account.id} has no unit`);
    return { ...signedIn(this.#parts, { session, account, unit }), token };
  }

  async #open(account: AccountRecord, token: string, at: Date): Promise<SessionRecord> {
    const { database, settings } = this.#parts;
    const session = newSession(account.id, token, { at, lastsMs: settings.sessionMs });
    await database.transaction(async (tx) => {
      await sessionRepository.add(tx, session);
      await attemptRepository.clear(tx, `login:${account.login}`);
      await appendEvents(tx, { actor: account.id, org: account.unitId, at }, [
        { type: 'account.signed_in', chain: `account:${account.id}`, public: { session: session.id } },
      ]);
    });
    return session;
  }
}

/** Who holds this token now. Asked at every request, so that a change of role or an ended session counts at once. */
export class Authenticate {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-signed-in` */
  async run(token: string): Promise<SignedIn> {
    const { database, clock, settings } = this.#parts;
    const now = clock.now();
    const open = await sessionRepository.findOpen(database.reader, tokenHash(token));
    if (open === null) throw new ArchiveError('not-signed-in', 'no open session');
    const { session, account } = open;
    const isIdle = now.getTime() - session.lastSeenAt.getTime() > settings.sessionIdleMs;
    if ((isIdle && !isStation(account.roles)) || session.expiresAt <= now)
      throw new ArchiveError('not-signed-in', 'the session ended');
    if (account.disabled) throw new ArchiveError('not-signed-in', 'account disabled');
    if (now.getTime() - session.lastSeenAt.getTime() > TOUCH_MS)
      await sessionRepository.touch(database.reader, session.id, now);
    return signedIn(this.#parts, open);
  }
}

export class SignOut {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  async run(actor: Actor): Promise<void> {
    const at = this.#parts.clock.now();
    await this.#parts.database.transaction(async (tx) => {
      await sessionRepository.end(tx, actor.sessionId, at);
      await appendEvents(tx, { actor: actor.accountId, org: actor.unitId, at }, [
        { type: 'account.signed_out', chain: `account:${actor.accountId}`, public: { session: actor.sessionId } },
      ]);
    });
  }
}

/** Takes the current password once more, and ends all other sessions of the account. */
export class ChangePassword {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `wrong-credentials`, `too-many-attempts`, `invalid-input` (the same again) */
  async run(actor: Actor, wish: { readonly current: string; readonly next: string }): Promise<void> {
    const { database, clock } = this.#parts;
    // Who finds a screen unlocked may not guess on; nor may he lock the owner out of signing in.
    const key = `password:${actor.accountId}`;
    await refuseWhenBlocked(this.#parts, [key]);
    const account = await accountRepository.find(database.reader, actor.accountId);
    if (!account || !(await isPassword(account.passwordHash, wish.current))) {
      await countFailure(this.#parts, [key], account && { type: 'account.password_refused', account });
      throw new ArchiveError('wrong-credentials', 'current password');
    }
    if (wish.current === wish.next)
      throw new ArchiveError('invalid-input', 'same password', { details: { problems: ['next'] } });
    const passwordHash = await hashPassword(wish.next);
    const at = clock.now();
    await database.transaction(async (tx) => {
      await accountRepository.change(tx, account.id, { passwordHash, mustChangePassword: false });
      await sessionRepository.endAllBut(tx, account.id, actor.sessionId, at);
      await attemptRepository.clear(tx, key);
      await appendEvents(tx, { actor: account.id, org: account.unitId, at }, [
        { type: 'account.password_changed', chain: `account:${account.id}` },
      ]);
    });
  }
}

async function refuseWhenBlocked({ database, clock }: Needs, keys: readonly string[]): Promise<void> {
  const until = await attemptRepository.blockedUntil(database.reader, keys);
  if (until === null) return;
  const retryAfterSeconds = Math.max(1, Math.ceil((until.getTime() - clock.now().getTime()) / 1000));
  throw new ArchiveError('too-many-attempts', 'wrong passwords', { details: { retryAfterSeconds } });
}

interface RefusedPassword {
  readonly type: 'account.sign_in_failed' | 'account.password_refused';
  readonly account: AccountRecord;
}

async function countFailure(parts: Needs, keys: readonly string[], refused: RefusedPassword | null): Promise<void> {
  const { database, clock, settings } = parts;
  await database.transaction(async (tx) => {
    // An address serves many people behind one gateway: it is given ten times the patience.
    for (const key of keys) {
      const limit = key.startsWith('address:') ? settings.loginAttempts * 10 : settings.loginAttempts;
      await attemptRepository.fail(tx, key, limit, settings.loginPauseMs);
    }
    if (refused === null) return;
    const { type, account } = refused;
    await appendEvents(tx, bySystem(clock.now()), [{ type, chain: `account:${account.id}` }]);
  });
}

function signedIn(
  { settings }: Needs,
  {
    session,
    account,
    unit,
  }: { readonly session: SessionRecord; readonly account: AccountRecord; readonly unit: UnitRecord },
): SignedIn {
  const actor: Actor = {
    accountId: account.id,
    sessionId: session.id,
    roles: account.roles,
    unitId: unit.id,
    unitPath: unit.path,
  };
  const { expiresAt } = session;
  return { actor, account, unitName: unit.name, expiresAt, zoneMinutes: settings.deviceZoneMinutes };
}

export interface StationToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/**
 * A session for a machine that nobody signs in: it does not end by being idle, and ends with the account, with the next
 * token, or on its day.
 */
export async function giveStationToken(
  { settings }: Pick<ArchiveParts, 'settings'>,
  tx: Tx,
  { account, source }: { readonly account: Pick<AccountRecord, 'id'>; readonly source: EventSource },
): Promise<StationToken> {
  const token = newToken();
  const session = newSession(account.id, token, { at: source.at, lastsMs: settings.stationTokenMs });
  await sessionRepository.add(tx, session);
  await appendEvents(tx, source, [
    {
      type: 'account.token_given',
      chain: `account:${account.id}`,
      public: { session: session.id, expires_at: utc(session.expiresAt) },
    },
  ]);
  return { token, expiresAt: session.expiresAt };
}

function newSession(
  accountId: Id,
  token: string,
  { at, lastsMs }: { readonly at: Date; readonly lastsMs: number },
): SessionRecord {
  return {
    ...{ id: newId(at.getTime()), tokenHash: tokenHash(token), accountId, createdAt: at, lastSeenAt: at },
    ...{ expiresAt: new Date(at.getTime() + lastsMs), endedAt: null },
  };
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Only the hash of a token is kept: who reads the table cannot sign in with it. */
function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
