import { join, resolve } from 'node:path';
import type { HoursOfDay } from './kinds.js';
import type { Secret } from './secret.js';
import type { FragmentName, Values } from './settings.js';

export interface DataConfig {
  /** Absolute. */
  readonly dir: string;
  /** Absolute. */
  readonly scratchDir: string;
  readonly timeZone: string;
}

export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  /** Without a slash at its end. */
  readonly publicUrl: string;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly behindTlsProxy: boolean;
  readonly trustedProxies: readonly string[];
}

export interface MetricsConfig {
  /** Null: /metrics only from this machine. */
  readonly token: Secret | null;
}

export interface DatabaseConfig {
  /** Null: the embedded PostgreSQL, in `embeddedDir`. */
  readonly url: Secret | null;
  /** Null: migrations run as `url` does. */
  readonly ownerUrl: Secret | null;
  readonly embeddedDir: string;
  readonly connections: number;
}

export type QueueSettings =
  | { readonly kind: 'postgres' }
  | { readonly kind: 'redis'; readonly url: Secret; readonly sentinel: null }
  | { readonly kind: 'redis'; readonly url: null; readonly sentinel: SentinelSettings };

export interface SentinelSettings {
  readonly masterName: string;
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly username: string | null;
  readonly password: Secret | null;
  readonly sentinelPassword: Secret | null;
  readonly tls: boolean;
}

export type StoreConfig =
  | { readonly kind: 'filesystem'; readonly dir: string }
  | {
      readonly kind: 's3';
      readonly endpoint: string;
      readonly region: string;
      readonly accessKey: Secret;
      readonly secretKey: Secret;
      readonly buckets: { readonly vault: string; readonly staging: string; readonly media: string };
      /** Another host is reached without TLS. */
      readonly allowPlainHttp: boolean;
      /** Seal even where the lock self-test fails. */
      readonly allowUnlocked: boolean;
    };

/** A store that keeps second copies; null where there is none. */
export interface ReplicaConfig {
  readonly store:
    | { readonly kind: 'filesystem'; readonly dir: string }
    | {
        readonly kind: 's3';
        readonly endpoint: string;
        readonly region: string;
        readonly accessKey: Secret;
        readonly secretKey: Secret;
        readonly bucket: string;
        /** Another host is reached without TLS. */
        readonly allowPlainHttp: boolean;
        /** Copy even where the lock self-test fails. */
        readonly allowUnlocked: boolean;
      };
  readonly watchPeriodMs: number;
  readonly bytesPerSecond: number;
  readonly healsAutomatically: boolean;
}

export interface UploadConfig {
  readonly maxBytes: number;
  readonly expiresMs: number;
}

export interface MediaConfig {
  readonly sandbox: 'full' | 'reduced';
  readonly segmentCacheBytes: number;
  /** In the time zone of `data.timeZone`; null: there are none. */
  /** A break of a recording longer than this is one. */
  readonly gapLimitMs: number;
  readonly quietHours: HoursOfDay | null;
}

export interface SessionConfig {
  readonly idleMs: number;
  readonly maxMs: number;
  readonly stationTokenMs: number;
  readonly loginAttempts: number;
  readonly loginPauseMs: number;
}

export interface RetentionConfig {
  readonly minDays: number;
}

export interface WatchConfig {
  readonly periodMs: number;
  readonly bytesPerSecond: number;
}

export interface WorkerSettings {
  readonly concurrency: {
    readonly custody: number;
    readonly look: number;
    readonly segments: number;
    readonly proxy: number;
    readonly watch: number;
    readonly replica: number;
    readonly upkeep: number;
  };
  readonly stopGraceMs: number;
  /** Where health and metrics are told; null: nowhere. */
  readonly listen: { readonly host: string; readonly port: number } | null;
}

export interface LedgerConfig {
  /** Null: the running archive's own login. */
  readonly sequencerUrl: Secret | null;
  /** Null: the running archive's own login. */
  readonly verifierUrl: Secret | null;
  /** Absolute; null: nobody is asked to cosign. */
  readonly policyFile: string | null;
  readonly authority: { readonly url: string; readonly rootsFile: string } | null;
  /** Absolute. What the watch remembers; outside the database on purpose. */
  readonly watchDir: string;
}

export interface SignerConfig {
  /** Absolute. */
  readonly dir: string;
  /** Absolute. */
  readonly socketPath: string;
  /** Null: the name chosen at the first start. */
  readonly origin: string | null;
}

export interface WitnessConfig {
  /** Absolute. */
  readonly dir: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** Null: the name chosen at the first start. */
  readonly name: string | null;
  /** vkeys, as written. */
  readonly logs: readonly string[];
  /** Absolute; null: `logs` are all. */
  readonly policyFile: string | null;
}

export interface LogConfig {
  readonly level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

export interface ClientConfig {
  readonly url: string;
  readonly token: Secret | null;
}

/** Every slice that there is, by the name of its fragment. */
export interface Slices {
  readonly data: DataConfig;
  readonly http: HttpConfig;
  readonly metrics: MetricsConfig;
  readonly database: DatabaseConfig;
  readonly queue: QueueSettings;
  readonly store: StoreConfig;
  readonly replica: ReplicaConfig | null;
  readonly upload: UploadConfig;
  readonly media: MediaConfig;
  readonly session: SessionConfig;
  readonly retention: RetentionConfig;
  readonly watch: WatchConfig;
  readonly worker: WorkerSettings;
  readonly ledger: LedgerConfig;
  readonly signer: SignerConfig;
  readonly witness: WitnessConfig;
  readonly log: LogConfig;
  readonly client: ClientConfig;
}

type AllValues = Values<FragmentName> & UnionToIntersection<{ [F in FragmentName]: Values<F> }[FragmentName]>;
type UnionToIntersection<U> = (U extends unknown ? (member: U) => void : never) extends (all: infer I) => void
  ? I
  : never;

/** Values of all settings read; those of fragments an app does not have keep their defaults. */
export type SettingValues = AllValues;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** From settings that the rules have found to fit together. */
export function buildSlices(values: SettingValues): Slices {
  const dir = resolve(values.LIUHEN_DATA);
  return {
    data: {
      dir,
      scratchDir: values.LIUHEN_SCRATCH === null ? join(dir, 'scratch') : resolve(values.LIUHEN_SCRATCH),
      timeZone: values.LIUHEN_TIME_ZONE,
    },
    http: buildHttp(values),
    metrics: { token: values.LIUHEN_METRICS_TOKEN },
    database: {
      url: values.LIUHEN_DATABASE_URL,
      ownerUrl: values.LIUHEN_DATABASE_OWNER_URL,
      embeddedDir: join(dir, 'postgres'),
      connections: values.LIUHEN_DATABASE_CONNECTIONS,
    },
    queue: buildQueue(values),
    store: buildStore(values, dir),
    replica: buildReplica(values),
    upload: {
      maxBytes: values.LIUHEN_MAX_UPLOAD_BYTES,
      expiresMs: values.LIUHEN_UPLOAD_EXPIRES_HOURS * HOUR_MS,
    },
    media: {
      sandbox: values.LIUHEN_SANDBOX,
      segmentCacheBytes: values.LIUHEN_SEGMENT_CACHE_BYTES,
      gapLimitMs: values.LIUHEN_GAP_LIMIT_MS,
      quietHours: values.LIUHEN_QUIET_HOURS,
    },
    session: {
      idleMs: values.LIUHEN_SESSION_IDLE_MINUTES * MINUTE_MS,
      maxMs: values.LIUHEN_SESSION_HOURS * HOUR_MS,
      stationTokenMs: values.LIUHEN_STATION_TOKEN_DAYS * DAY_MS,
      loginAttempts: values.LIUHEN_LOGIN_ATTEMPTS,
      loginPauseMs: values.LIUHEN_LOGIN_PAUSE_MINUTES * MINUTE_MS,
    },
    retention: { minDays: values.LIUHEN_MIN_RETENTION_DAYS },
    watch: {
      periodMs: values.LIUHEN_WATCH_DAYS * DAY_MS,
      bytesPerSecond: values.LIUHEN_WATCH_BYTES_PER_SECOND,
    },
    worker: {
      concurrency: {
        custody: values.LIUHEN_WORKER_CUSTODY,
        look: values.LIUHEN_WORKER_LOOK,
        segments: values.LIUHEN_WORKER_SEGMENTS,
        proxy: values.LIUHEN_WORKER_PROXY,
        watch: values.LIUHEN_WORKER_WATCH,
        replica: values.LIUHEN_WORKER_REPLICA,
        upkeep: values.LIUHEN_WORKER_UPKEEP,
      },
      stopGraceMs: values.LIUHEN_WORKER_GRACE_SECONDS * 1_000,
      listen:
        values.LIUHEN_WORKER_PORT === 0 ? null : { host: values.LIUHEN_WORKER_HOST, port: values.LIUHEN_WORKER_PORT },
    },
    ledger: buildLedger(values, dir),
    signer: buildSigner(values, dir),
    witness: buildWitness(values),
    log: { level: values.LIUHEN_LOG_LEVEL },
    client: { url: values.LIUHEN_URL, token: values.LIUHEN_TOKEN },
  };
}

function buildHttp(values: SettingValues): HttpConfig {
  const { LIUHEN_HOST: host, LIUHEN_PORT: port, LIUHEN_TLS_CERT: cert, LIUHEN_TLS_KEY: key } = values;
  const tls = cert !== null && key !== null ? { certFile: resolve(cert), keyFile: resolve(key) } : null;
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return {
    host,
    port,
    publicUrl: values.LIUHEN_PUBLIC_URL ?? `${tls === null ? 'http' : 'https'}://${bracketed}:${port}`,
    tls,
    behindTlsProxy: values.LIUHEN_BEHIND_TLS_PROXY,
    trustedProxies: values.LIUHEN_TRUSTED_PROXIES,
  };
}

function buildSigner(values: SettingValues, dataDir: string): SignerConfig {
  const { LIUHEN_SIGNER_DIR: given, LIUHEN_SIGNER_SOCKET: socket, LIUHEN_LOG_ORIGIN: origin } = values;
  const dir = given === null ? join(dataDir, 'signer') : resolve(given);
  return { dir, socketPath: socket === null ? join(dir, 'signer.sock') : resolve(socket), origin };
}

function buildLedger(values: SettingValues, dataDir: string): LedgerConfig {
  const { LIUHEN_LEDGER_POLICY: policy, LIUHEN_TSA_URL: url, LIUHEN_TSA_ROOTS: roots } = values;
  return {
    sequencerUrl: values.LIUHEN_LEDGER_DATABASE_URL,
    verifierUrl: values.LIUHEN_VERIFIER_DATABASE_URL,
    policyFile: policy === null ? null : resolve(policy),
    authority: url !== null && roots !== null ? { url, rootsFile: resolve(roots) } : null,
    watchDir: join(dataDir, 'watch'),
  };
}

function buildWitness(values: SettingValues): WitnessConfig {
  const { LIUHEN_WITNESS_TLS_CERT: cert, LIUHEN_WITNESS_TLS_KEY: key, LIUHEN_WITNESS_POLICY: policy } = values;
  return {
    dir: resolve(values.LIUHEN_WITNESS_DIR),
    listen: values.LIUHEN_WITNESS_LISTEN,
    tls: cert !== null && key !== null ? { certFile: resolve(cert), keyFile: resolve(key) } : null,
    name: values.LIUHEN_WITNESS_NAME,
    logs: values.LIUHEN_WITNESS_LOGS,
    policyFile: policy === null ? null : resolve(policy),
  };
}

function buildQueue(values: SettingValues): QueueSettings {
  if (values.LIUHEN_QUEUE === 'postgres') {
    return { kind: 'postgres' };
  }
  if (values.LIUHEN_REDIS_URL !== null) {
    return { kind: 'redis', url: values.LIUHEN_REDIS_URL, sentinel: null };
  }
  return {
    kind: 'redis',
    url: null,
    sentinel: {
      masterName: values.LIUHEN_REDIS_MASTER,
      hosts: values.LIUHEN_REDIS_SENTINELS ?? [],
      username: values.LIUHEN_REDIS_USERNAME,
      password: values.LIUHEN_REDIS_PASSWORD,
      sentinelPassword: values.LIUHEN_REDIS_SENTINEL_PASSWORD,
      tls: values.LIUHEN_REDIS_TLS,
    },
  };
}

function buildStore(values: SettingValues, dir: string): StoreConfig {
  const { LIUHEN_S3_ENDPOINT: endpoint, LIUHEN_S3_ACCESS_KEY: accessKey, LIUHEN_S3_SECRET_KEY: secretKey } = values;
  if (values.LIUHEN_STORE === 'filesystem' || endpoint === null || accessKey === null || secretKey === null) {
    return { kind: 'filesystem', dir: join(dir, 'objects') };
  }
  return {
    kind: 's3',
    endpoint,
    region: values.LIUHEN_S3_REGION,
    accessKey,
    secretKey,
    buckets: {
      vault: values.LIUHEN_S3_BUCKET_VAULT,
      staging: values.LIUHEN_S3_BUCKET_STAGING,
      media: values.LIUHEN_S3_BUCKET_MEDIA,
    },
    allowPlainHttp: values.LIUHEN_S3_PLAIN_HTTP_ALLOWED,
    allowUnlocked: values.LIUHEN_S3_UNLOCKED_ALLOWED,
  };
}

function buildReplica(values: SettingValues): ReplicaConfig | null {
  const store = buildReplicaStore(values);
  if (store === null) return null;
  return {
    store,
    watchPeriodMs: values.LIUHEN_REPLICA_WATCH_DAYS * DAY_MS,
    bytesPerSecond: values.LIUHEN_REPLICA_BYTES_PER_SECOND,
    healsAutomatically: values.LIUHEN_REPLICA_HEAL_AUTOMATICALLY,
  };
}

function buildReplicaStore(values: SettingValues): ReplicaConfig['store'] | null {
  const {
    LIUHEN_REPLICA_DIR: dir,
    LIUHEN_REPLICA_S3_ENDPOINT: endpoint,
    LIUHEN_REPLICA_S3_ACCESS_KEY: accessKey,
    LIUHEN_REPLICA_S3_SECRET_KEY: secretKey,
  } = values;
  if (values.LIUHEN_REPLICA === 'filesystem' && dir !== null) return { kind: 'filesystem', dir: resolve(dir) };
  if (values.LIUHEN_REPLICA !== 's3' || endpoint === null || accessKey === null || secretKey === null) return null;
  return {
    ...{ kind: 's3', endpoint, accessKey, secretKey },
    region: values.LIUHEN_REPLICA_S3_REGION,
    bucket: values.LIUHEN_REPLICA_S3_BUCKET,
    allowPlainHttp: values.LIUHEN_REPLICA_S3_PLAIN_HTTP_ALLOWED,
    allowUnlocked: values.LIUHEN_REPLICA_S3_UNLOCKED_ALLOWED,
  };
}
