import type {
  DatabaseConfig,
  DataConfig,
  MediaConfig,
  QueueSettings,
  ReplicaConfig,
  RetentionConfig,
  SessionConfig,
  SignerConfig,
  StoreConfig,
  UploadConfig,
  WatchConfig,
} from './slices.js';

/** The slices an archive is opened with. A worker has no sessions. */
export interface ArchiveSlices {
  readonly data: DataConfig;
  readonly database: DatabaseConfig;
  readonly queue: QueueSettings;
  readonly store: StoreConfig;
  readonly replica: ReplicaConfig | null;
  readonly upload: UploadConfig;
  readonly media: MediaConfig;
  readonly retention: RetentionConfig;
  readonly signer: SignerConfig;
  readonly watch: WatchConfig;
  readonly session?: SessionConfig;
}

const MEBIBYTE = 1_048_576;
/** Blocks of uploads under way: on S3 a part is held until it is stored, on the filesystem a block hardly at all. */
const UPLOAD_MEMORY = { filesystem: 64 * MEBIBYTE, s3: 320 * MEBIBYTE };
const NO_SESSIONS = { idleMs: 0, maxMs: 0, stationTokenMs: 0, loginAttempts: 5, loginPauseMs: 0 };

/**
 * What opening an archive needs, in plain values: the one place where settings become options. Secrets are revealed
 * here, where they are used.
 * @param databaseUrl address of the database, the embedded one's included
 */
export function archiveOptions(config: ArchiveSlices, databaseUrl: string) {
  const { data, database, queue, store, upload, media, retention, watch } = config;
  const session = config.session ?? NO_SESSIONS;
  return {
    databaseUrl,
    databasePoolSize: database.connections,
    queue: queueOptions(queue, databaseUrl),
    store: storeOptions(store),
    replica: config.replica === null ? null : replicaOptions(config.replica),
    signerSocket: config.signer.socketPath,
    settings: {
      maxUploadBytes: upload.maxBytes,
      uploadExpiresMs: upload.expiresMs,
      retentionDays: retention.minDays,
      unlockedVaultAllowed: store.kind === 's3' && store.allowUnlocked,
      watchPeriodMs: watch.periodMs,
      watchBytesPerSecond: watch.bytesPerSecond,
      deviceZoneMinutes: zoneMinutes(data.timeZone, new Date()),
      sessionIdleMs: session.idleMs,
      sessionMs: session.maxMs,
      stationTokenMs: session.stationTokenMs,
      loginAttempts: session.loginAttempts,
      loginPauseMs: session.loginPauseMs,
      gapLimitMs: media.gapLimitMs,
      quietHours: media.quietHours,
      segmentCacheBytes: media.segmentCacheBytes,
      uploadMemoryBytes: UPLOAD_MEMORY[store.kind],
      scratchDir: data.scratchDir,
    },
  };
}

/** Minutes east of UTC at that moment. */
export function zoneMinutes(timeZone: string, at: Date): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(at);
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(parts.find((part) => part.type === 'timeZoneName')?.value ?? '');
  if (!match) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}

function storeOptions(store: StoreConfig) {
  if (store.kind === 'filesystem') return { kind: store.kind, root: store.dir };
  const { kind, endpoint, region, accessKey, secretKey, buckets, allowPlainHttp, allowUnlocked } = store;
  return {
    kind,
    endpoint,
    region,
    buckets,
    allowPlainHttp,
    allowUnlocked,
    accessKey: accessKey.reveal(),
    secretKey: secretKey.reveal(),
  };
}

function replicaOptions({ store, ...settings }: ReplicaConfig) {
  const unlockedAllowed = store.kind === 's3' && store.allowUnlocked;
  if (store.kind === 'filesystem')
    return { ...settings, unlockedAllowed, store: { kind: store.kind, root: store.dir } };
  const { bucket, accessKey, secretKey, ...rest } = store;
  const secrets = { accessKey: accessKey.reveal(), secretKey: secretKey.reveal() };
  return { ...settings, unlockedAllowed, store: { ...rest, ...secrets, buckets: { vault: bucket } } };
}

function queueOptions(queue: QueueSettings, databaseUrl: string) {
  if (queue.kind === 'postgres') return { kind: queue.kind, connectionString: databaseUrl };
  if (queue.sentinel === null) return { kind: queue.kind, url: queue.url.reveal() };
  const { masterName, hosts, username, password, sentinelPassword, tls } = queue.sentinel;
  return {
    kind: queue.kind,
    sentinel: {
      masterName,
      hosts,
      tls,
      ...(username === null ? {} : { username }),
      ...(password === null ? {} : { password: password.reveal() }),
      ...(sentinelPassword === null ? {} : { sentinelPassword: sentinelPassword.reveal() }),
    },
  };
}
