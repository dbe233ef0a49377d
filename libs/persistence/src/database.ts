import 'reflect-metadata';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import { ArchiveError } from '#domain';
import {
  AssetLinkRow,
  AssetRow,
  CachedSegmentRow,
  RenditionRow,
  UploadPartRow,
  UploadRow,
  ViewingRow,
} from './assets/asset.row.js';
import { CaseRow, OccurrenceRow, ProcedureRow } from './cases/case.row.js';
import { EventRow } from './ledger/event.row.js';
import { Foundation1760000000001 } from './migrations/0001-foundation.js';
import { AccountRow, SessionRow, UnitRow } from './people/people.row.js';

/** One transaction. Handed by the use case to every repository call that belongs together. */
export type Tx = EntityManager;

const ROWS = [
  UnitRow,
  AccountRow,
  SessionRow,
  ProcedureRow,
  CaseRow,
  OccurrenceRow,
  AssetRow,
  UploadRow,
  UploadPartRow,
  AssetLinkRow,
  RenditionRow,
  CachedSegmentRow,
  ViewingRow,
  EventRow,
];
export const MIGRATIONS = [Foundation1760000000001];

const MAX_TRIES = 5;
/** serialization_failure, deadlock_detected: nothing was written, the same work may be tried again. */
const RETRYABLE = new Set(['40001', '40P01']);
const UNIQUE_VIOLATION = '23505';

export interface DatabaseOptions {
  readonly url: string;
  /** Connections kept at most. */
  readonly poolSize?: number;
  readonly applicationName?: string;
}

export class Database {
  readonly #source: DataSource;

  private constructor(source: DataSource) {
    this.#source = source;
  }

  /** @throws ArchiveError `database-unavailable` */
  static async connect(options: DatabaseOptions): Promise<Database> {
    const source = new DataSource({
      type: 'postgres',
      url: options.url,
      entities: ROWS,
      migrations: MIGRATIONS,
      migrationsTransactionMode: 'each',
      synchronize: false,
      logging: false,
      poolSize: options.poolSize ?? 10,
      applicationName: options.applicationName ?? 'liuhen',
      connectTimeoutMS: 10_000,
      extra: { statement_timeout: 60_000, idle_in_transaction_session_timeout: 60_000 },
    });
    try {
      await source.initialize();
    } catch (error) {
      throw new ArchiveError('database-unavailable', 'cannot connect to the database', { cause: error });
    }
    return new Database(source);
  }

  /** For reads that need no transaction of their own. */
  get reader(): Tx {
    return this.#source.manager;
  }

  /**
   * Runs `work` in one transaction; it may run again when PostgreSQL asks for it, so it must do nothing that a
   * roll-back does not undo.
   * @throws ArchiveError `conflict` when a row exists already, `database-unavailable`
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#source.transaction(work);
      } catch (error) {
        const state = sqlState(error);
        if (state !== null && RETRYABLE.has(state) && attempt < MAX_TRIES) continue;
        if (state === UNIQUE_VIOLATION)
          throw new ArchiveError('conflict', 'a row with this key exists', { cause: error });
        throw translate(error, state);
      }
    }
  }

  /** Brings the schema up to date; needs a connection of the owner. */
  async migrate(): Promise<void> {
    // Two starting at once: the second waits here and finds nothing left to do.
    const lock = this.#source.createQueryRunner();
    try {
      await lock.query('SELECT pg_advisory_lock(7214302)');
      await this.#source.runMigrations();
    } finally {
      await lock.query('SELECT pg_advisory_unlock(7214302)').catch(() => undefined);
      await lock.release();
    }
  }

  /** @throws ArchiveError `database-unavailable` */
  async check(): Promise<void> {
    try {
      await this.#source.query('SELECT 1');
    } catch (error) {
      throw new ArchiveError('database-unavailable', 'the database does not answer', { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.#source.destroy();
  }

  /** For schema tests only: what a generated migration would still change. */
  async drift(): Promise<string[]> {
    const sql = await this.#source.driver.createSchemaBuilder().log();
    return sql.upQueries.map((query) => query.query);
  }
}

function sqlState(error: unknown): string | null {
  if (!(error instanceof QueryFailedError)) return null;
  const code = (error.driverError as { code?: unknown }).code;
  return typeof code === 'string' ? code : null;
}

function translate(error: unknown, state: string | null): unknown {
  if (state === '53100') return new ArchiveError('storage-full', 'the database has no disk space', { cause: error });
  if (state?.startsWith('08') || state?.startsWith('57P')) {
    return new ArchiveError('database-unavailable', 'the database went away', { cause: error });
  }
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') {
    return new ArchiveError('database-unavailable', 'the database went away', { cause: error });
  }
  return error;
}
