import 'reflect-metadata';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import { ArchiveError, type ErrorCode } from '#domain';
import {
  AssetLinkRow,
  AssetRow,
  CachedSegmentRow,
  RenditionRow,
  UploadPartRow,
  UploadRow,
  ViewingRow,
} from './assets/asset.row.js';
import { AssetCheckRow } from './assets/asset-check.row.js';
import { CaseRow, OccurrenceRow, ProcedureRow } from './cases/case.row.js';
import { EventRow } from './ledger/event.row.js';
import { Foundation1760000000001 } from './migrations/0001-foundation.js';
import { Watch1760000000002 } from './migrations/0002-watch.js';
import { Ledger1760000000003 } from './migrations/0003-ledger.js';
import { Exports1760000000004 } from './migrations/0004-exports.js';
import { Replica1760000000005 } from './migrations/0005-replica.js';
import { Law1760000000006 } from './migrations/0006-law.js';
import { Recorders1760000000007 } from './migrations/0007-recorders.js';
import { Review1760000000008 } from './migrations/0008-review.js';
import { Forms1760000000009 } from './migrations/0009-forms.js';
import { AccountRow, SessionRow, UnitRow } from './people/people.row.js';
import {
  AssetSourceRow,
  RecorderCheckRow,
  RecorderClockRow,
  RecorderIssueRow,
  RecorderRow,
} from './recorders/recorder.row.js';

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
  AssetCheckRow,
  UploadRow,
  UploadPartRow,
  AssetLinkRow,
  RenditionRow,
  CachedSegmentRow,
  ViewingRow,
  EventRow,
  RecorderRow,
  RecorderIssueRow,
  RecorderCheckRow,
  RecorderClockRow,
  AssetSourceRow,
];
export const MIGRATIONS = [
  Foundation1760000000001,
  Watch1760000000002,
  Ledger1760000000003,
  Exports1760000000004,
  Replica1760000000005,
  Law1760000000006,
  Recorders1760000000007,
  Review1760000000008,
  Forms1760000000009,
];

/**
 * Compiling a query, or starting workers for it, costs more than any of ours runs. A search may hold a bitmap over a
 * large part of a table; with too little memory for it every row there is cut into grams again.
 */
const SESSION = '-c jit=off -c max_parallel_workers_per_gather=0 -c work_mem=32MB';
const MAX_TRIES = 5;
/** serialization_failure, deadlock_detected: nothing was written, the same work may be tried again. */
const RETRYABLE = new Set(['40001', '40P01']);
const UNIQUE_VIOLATION = '23505';

export interface DatabaseOptions {
  readonly url: string;
  /** Connections kept at most. */
  readonly poolSize?: number;
  readonly applicationName?: string;
  /** A transaction that does nothing for this long is ended by the server, with all it holds. */
  readonly idleTransactionMs?: number;
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
      extra: {
        options: SESSION,
        statement_timeout: 60_000,
        idle_in_transaction_session_timeout: options.idleTransactionMs ?? 60_000,
      },
    });
    try {
      await source.initialize();
    } catch (error) {
      throw new ArchiveError('database-unavailable', 'cannot connect to the database', { cause: error });
    }
    translateErrors(source);
    return new Database(source);
  }

  /** For reads that need no transaction of their own. Throws as `transaction` does. */
  get reader(): Tx {
    return this.#source.manager;
  }

  /**
   * Runs `work` in one transaction; it may run again when PostgreSQL asks for it, so it must do nothing that a
   * roll-back does not undo.
   * @throws ArchiveError `conflict` when a row exists already, `database-unavailable`, `storage-full`, `timeout`,
   *   `invalid-input` for text PostgreSQL cannot hold
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
        throw translate(error);
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

/** Every statement, begin and commit included, leaves through a query runner: there its errors become ours. */
function translateErrors(source: DataSource): void {
  const create = source.createQueryRunner.bind(source);
  source.createQueryRunner = (mode) => {
    const runner = create(mode);
    const query = runner.query.bind(runner);
    runner.query = (async (...given: Parameters<typeof query>) => {
      try {
        return await query(...given);
      } catch (error) {
        throw translate(error);
      }
    }) as typeof runner.query;
    return runner;
  };
}

/** Of statements and of connecting: the server also refuses connections with a state. */
function sqlState(error: unknown): string | null {
  const code = codeOf(error);
  return code !== null && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

function codeOf(error: unknown): string | null {
  const code = (error instanceof QueryFailedError ? error.driverError : error) as { code?: unknown } | null;
  return typeof code?.code === 'string' ? code.code : null;
}

/** Beginning of the SQLSTATE (PostgreSQL, appendix A) → what it means to callers. What is not here is a fault of ours. */
const STATES: readonly (readonly [string, ErrorCode, string])[] = [
  ['08', 'database-unavailable', 'the connection to the database broke'],
  ['28', 'database-unavailable', 'the database does not take the login'],
  ['3D', 'database-unavailable', 'there is no such database'],
  ['57P', 'database-unavailable', 'the database went away'],
  ['25P03', 'database-unavailable', 'the transaction was idle too long'],
  ['533', 'database-unavailable', 'the database takes no more connections'],
  ['531', 'storage-full', 'the database has no disk space'],
  ['57014', 'timeout', 'the statement took too long'],
  ['LH001', 'ledger-frozen', 'the ledger is frozen'],
  ['22', 'invalid-input', 'a value the database cannot hold'],
];
const NETWORK = /^(ECONN|EPIPE|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENET)/;
/** These have no codes. A connection that broke between two statements is "released" by TypeORM under our hands. */
const LOST =
  /already released|connection terminated|connection error|not queryable|trying to connect|connection ended|client was closed/i;

function translate(error: unknown): unknown {
  if (error instanceof ArchiveError) return error;
  const state = sqlState(error);
  const known = STATES.find(([start]) => state?.startsWith(start));
  if (known) return new ArchiveError(known[1], known[2], { cause: error });
  const isLost = NETWORK.test(codeOf(error) ?? '') || LOST.test((error as Error | null)?.message ?? '');
  return isLost ? new ArchiveError('database-unavailable', 'the database went away', { cause: error }) : error;
}
