import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ArchiveOptions,
  type ArchiveSettings,
  type Clock,
  type OpenedArchive,
  openArchive,
  type ReplicaOptions,
  type StoreConfig,
} from '#archive';
import { type Actor, newId, type Role } from '#domain';
import { type JobLog, prepareQueueDatabase, type QueueConfig } from '#jobs';
import { Database, makeLogin } from '#persistence';
import { freshDatabase, type TestPostgres } from './postgres.js';

export const SILENT: JobLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => SILENT };

const DAY_MS = 86_400_000;

/** A clock that stands where it is put, until it is moved. */
export class HandClock implements Clock {
  #at: Date | null = null;

  now(): Date {
    return this.#at ?? new Date();
  }

  set(at: Date): void {
    this.#at = at;
  }

  advance(ms: number): void {
    this.#at = new Date(this.now().getTime() + ms);
  }
}

export interface RunningArchive extends OpenedArchive {
  readonly clock: HandClock;
  readonly dir: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  /** Of the login that may grow the log. */
  readonly sequencerUrl: string;
  /** What another process needs to open the same archive. */
  readonly options: Omit<ArchiveOptions, 'log' | 'clock'>;
  /** Opens a second archive over the same servers, as another replica would. */
  another(): Promise<OpenedArchive>;
  /** An account with these roles in a unit, as an actor; the first unit when none is named. */
  person(roles: readonly Role[], unitId?: string): Promise<Actor>;
  /** Stops everything. */
  stop(): Promise<void>;
}

export interface RunningOptions {
  readonly store?: (dir: string) => StoreConfig | Promise<StoreConfig>;
  /** A second store; none when not given. */
  readonly replica?: (dir: string) => Partial<ReplicaOptions> & Pick<ReplicaOptions, 'store'>;
  readonly settings?: Partial<ArchiveSettings>;
  /** PostgreSQL, the archive's own, when not given. */
  readonly queue?: QueueConfig;
  /** A server of its own, for a test that kills it; the shared one when not given. */
  readonly server?: TestPostgres;
}

/** A whole archive over a fresh database, with migrations, procedures and a first unit; the app's own rights only. */
export async function runArchive(options: RunningOptions = {}): Promise<RunningArchive> {
  const dir = await mkdtemp(join(tmpdir(), 'liuhen-test-'));
  const database = await freshDatabase(options.server);
  const owner = await Database.connect({ url: database.url, poolSize: 2 });
  await owner.migrate();
  await owner.close();
  const appUrl = await makeLogin(database.url, { name: database.name, password: 'test' });
  const sequencer = { name: `${database.name}_seq`, password: 'test' };
  const sequencerUrl = await makeLogin(database.url, sequencer, 'liuhen_sequencer');
  await prepareQueueDatabase(database.url, 'liuhen_app');

  const clock = new HandClock();
  const store = (await options.store?.(dir)) ?? { kind: 'filesystem' as const, root: join(dir, 'objects') };
  const shared = {
    databaseUrl: appUrl,
    applicationName: 'liuhen-test',
    queue: options.queue ?? { kind: 'postgres' as const, connectionString: appUrl },
    store,
    replica: options.replica === undefined ? null : { ...REPLICA_SETTINGS, ...options.replica(dir) },
    settings: { ...settingsIn(dir), ...options.settings },
    digestThreads: 2,
  };
  const open = (): Promise<OpenedArchive> => openArchive({ ...shared, log: SILENT, clock });
  const opened = await open();
  const others = new Set<OpenedArchive>();
  await opened.archive.cases.keepProcedures.run('procedures');
  await opened.archive.forms.keepTemplates.run('forms');
  await opened.archive.law.keepCalendar.run('calendars/china.json');
  await opened.archive.recorders.keepNameRules.run('recorder-names');
  await opened.archive.reviews.keepCatalogues.run('catalogues');
  await opened.archive.people.makeFirstAdministrator.run('测试局');
  const unit = (await opened.archive.people.listUnits.run())[0];
  if (!unit) throw new Error('the first administrator comes with a unit');
  const admin: Actor = {
    accountId: newId(),
    sessionId: newId(),
    roles: ['administrator'],
    unitId: unit.id,
    unitPath: unit.path,
  };

  return {
    ...opened,
    clock,
    dir,
    ownerUrl: database.url,
    appUrl,
    sequencerUrl,
    options: shared,
    another: async () => {
      const other = await open();
      others.add(other);
      const close = async (): Promise<void> => {
        if (others.delete(other)) await other.close();
      };
      return { ...other, close };
    },
    person: async (roles, unitId = unit.id) => {
      const plan = {
        login: `p-${newId().slice(-12)}`,
        name: `人员${newId().slice(-4)}`,
        roles,
        unitId,
        password: 'correct horse battery',
      };
      const { account } = await opened.archive.people.createAccount.run(admin, plan);
      const path =
        (await opened.archive.people.listUnits.run()).find((candidate) => candidate.id === unitId)?.path ?? '';
      return { accountId: account.id, sessionId: newId(), roles, unitId, unitPath: path };
    },
    stop: async () => {
      for (const other of others) await other.close();
      await opened.close();
      await database.drop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const REPLICA_SETTINGS = {
  watchPeriodMs: 30 * DAY_MS,
  bytesPerSecond: 1024 ** 3,
  unlockedAllowed: false,
  healsAutomatically: false,
};

function settingsIn(dir: string): ArchiveSettings {
  return {
    maxUploadBytes: 8 * 1024 ** 3,
    uploadExpiresMs: 7 * DAY_MS,
    retentionDays: 183,
    unlockedVaultAllowed: false,
    watchPeriodMs: 30 * DAY_MS,
    watchBytesPerSecond: 1024 ** 3,
    deviceZoneMinutes: 480,
    sessionIdleMs: 30 * 60_000,
    sessionMs: 12 * 3_600_000,
    stationTokenMs: 366 * 86_400_000,
    loginAttempts: 5,
    loginPauseMs: 15 * 60_000,
    quietHours: null,
    segmentCacheBytes: 1024 ** 3,
    uploadMemoryBytes: 64 * 1_048_576,
    scratchDir: join(dir, 'scratch'),
  };
}
