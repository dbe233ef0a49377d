import { z } from 'zod';
import {
  hostsWithPorts,
  hostWithPort,
  hoursOfDay,
  networks,
  oneOf,
  secretText,
  secretUrl,
  sizeBytes,
  text,
  timeZone,
  url,
  wholeNumber,
  words,
  yesOrNo,
} from './kinds.js';

/** What is said of a setting in `.env.example` and in the README. */
export interface SettingText {
  readonly zh: string;
  readonly en: string;
  /** As one would write it; absent when the setting is left unset. */
  readonly default?: string;
  /** May be given by NAME_FILE too, and is never shown. */
  readonly secret?: true;
}

export const SETTING_TEXTS = z.registry<SettingText>();

function setting<S extends z.ZodType>(kind: S, about: SettingText): S {
  SETTING_TEXTS.add(kind, about);
  return kind;
}

/** Unset means null. */
function optional<S extends z.ZodType>(kind: S, about: SettingText) {
  return setting(
    kind.optional().transform((value) => value ?? null),
    about,
  );
}

/** Every setting there is, in the groups that apps are composed of. To add one, add it here; the rest follows. */
export const FRAGMENTS = {
  data: {
    LIUHEN_DATA: setting(text(), { default: './data', zh: '数据目录', en: 'Folder of all data' }),
    LIUHEN_SCRATCH: optional(text(), {
      zh: '临时目录，默认为数据目录下的 scratch',
      en: 'Folder for work in progress; scratch in the data folder unless set',
    }),
    LIUHEN_TIME_ZONE: setting(timeZone(), {
      default: 'Asia/Shanghai',
      zh: '时区，用于日期、期限和闲时',
      en: 'Time zone for dates, deadlines and quiet hours',
    }),
  },
  http: {
    LIUHEN_HOST: setting(text(), { default: '127.0.0.1', zh: '监听地址', en: 'Address to listen on' }),
    LIUHEN_PORT: setting(wholeNumber(1, 65_535), { default: '8080', zh: '监听端口', en: 'Port to listen on' }),
    LIUHEN_PUBLIC_URL: optional(url('https', 'http'), {
      zh: '浏览器访问的地址；监听非本机地址时必填',
      en: 'Address browsers use; required when listening beyond this machine',
    }),
    LIUHEN_TLS_CERT: optional(text(), {
      zh: 'TLS 证书文件（PEM，含中间证书）',
      en: 'TLS certificate file (PEM, with intermediates)',
    }),
    LIUHEN_TLS_KEY: optional(text(), { zh: 'TLS 私钥文件（PEM）', en: 'TLS private key file (PEM)' }),
    LIUHEN_BEHIND_TLS_PROXY: setting(yesOrNo(), {
      default: 'false',
      zh: '由前置代理提供 TLS；须同时设置 LIUHEN_TRUSTED_PROXIES',
      en: 'TLS ends at a proxy in front; needs LIUHEN_TRUSTED_PROXIES too',
    }),
    LIUHEN_TRUSTED_PROXIES: setting(networks(), {
      default: '',
      zh: '可信代理的 IP 或网段，逗号分隔；只采信它们的 X-Forwarded-*',
      en: 'IP addresses or networks of trusted proxies, by commas; only their X-Forwarded-* is believed',
    }),
  },
  metrics: {
    LIUHEN_METRICS_TOKEN: optional(secretText(), {
      secret: true,
      zh: '读取服务与任务进程 /metrics 的令牌；未设置时只许本机读取',
      en: 'Token for /metrics of API and worker; unset, only this machine may read them',
    }),
  },
  database: {
    LIUHEN_DATABASE_URL: optional(secretUrl('postgresql', 'postgres'), {
      secret: true,
      zh: 'PostgreSQL 地址；未设置则使用内置 PostgreSQL',
      en: 'PostgreSQL address; unset, the embedded PostgreSQL is used',
    }),
    LIUHEN_DATABASE_OWNER_URL: optional(secretUrl('postgresql', 'postgres'), {
      secret: true,
      zh: '数据库属主的地址，仅用于升级表结构',
      en: 'Address of the database owner, used for migrations only',
    }),
    LIUHEN_DATABASE_CONNECTIONS: setting(wholeNumber(2, 500), {
      default: '10',
      zh: '每个进程的数据库连接上限（任务队列另计）',
      en: 'Most database connections of a process (the job queue counts apart)',
    }),
  },
  queue: {
    LIUHEN_QUEUE: setting(oneOf('postgres', 'redis'), {
      default: 'postgres',
      zh: '任务队列：postgres 或 redis',
      en: 'Job queue: postgres or redis',
    }),
    LIUHEN_REDIS_URL: optional(secretUrl('redis', 'rediss'), {
      secret: true,
      zh: 'Redis 地址（须开启 AOF 与 noeviction）',
      en: 'Redis address (with AOF and noeviction)',
    }),
    LIUHEN_REDIS_SENTINELS: optional(hostsWithPorts(), {
      zh: '哨兵列表 主机:端口，逗号分隔；代替 LIUHEN_REDIS_URL',
      en: 'Sentinels as host:port, by commas; instead of LIUHEN_REDIS_URL',
    }),
    LIUHEN_REDIS_MASTER: setting(text(), {
      default: 'mymaster',
      zh: '哨兵中的主库名',
      en: 'Name of the master at the sentinels',
    }),
    LIUHEN_REDIS_USERNAME: optional(text(), { zh: 'Redis 用户名（哨兵方式）', en: 'Redis user name (with sentinels)' }),
    LIUHEN_REDIS_PASSWORD: optional(secretText(), {
      secret: true,
      zh: 'Redis 密码（哨兵方式）',
      en: 'Redis password (with sentinels)',
    }),
    LIUHEN_REDIS_SENTINEL_PASSWORD: optional(secretText(), {
      secret: true,
      zh: '哨兵自身的密码',
      en: 'Password of the sentinels themselves',
    }),
    LIUHEN_REDIS_TLS: setting(yesOrNo(), {
      default: 'false',
      zh: '以 TLS 连接（哨兵方式；否则用 rediss:// 地址）',
      en: 'Connect by TLS (with sentinels; else use a rediss:// address)',
    }),
  },
  store: {
    LIUHEN_STORE: setting(oneOf('filesystem', 's3'), {
      default: 'filesystem',
      zh: '原件存储：filesystem（数据目录，不能锁定）或 s3',
      en: 'Where originals live: filesystem (the data folder, cannot lock) or s3',
    }),
    LIUHEN_S3_ENDPOINT: optional(url('https', 'http'), { zh: 'S3 地址', en: 'S3 address' }),
    LIUHEN_S3_PLAIN_HTTP_ALLOWED: setting(yesOrNo(), {
      default: 'false',
      zh: 'true：允许以不加密的 http 连接别的主机上的 S3；仅限外人接触不到的内部网络',
      en: 'true: reach S3 on another host over plain http; only on a network nobody else is on',
    }),
    LIUHEN_S3_REGION: setting(text(), { default: 'us-east-1', zh: 'S3 区域', en: 'S3 region' }),
    LIUHEN_S3_ACCESS_KEY: optional(secretText(), { secret: true, zh: 'S3 访问密钥 ID', en: 'S3 access key' }),
    LIUHEN_S3_SECRET_KEY: optional(secretText(), { secret: true, zh: 'S3 访问密钥', en: 'S3 secret key' }),
    LIUHEN_S3_BUCKET_VAULT: setting(text(), {
      default: 'liuhen-vault',
      zh: '原件桶，建桶时须开启对象锁定',
      en: 'Bucket of originals, made with Object Lock',
    }),
    LIUHEN_S3_BUCKET_STAGING: setting(text(), {
      default: 'liuhen-staging',
      zh: '未完成上传的桶，不得锁定',
      en: 'Bucket of unfinished uploads, never locked',
    }),
    LIUHEN_S3_BUCKET_MEDIA: setting(text(), { default: 'liuhen-media', zh: '衍生件桶', en: 'Bucket of renditions' }),
    LIUHEN_S3_UNLOCKED_ALLOWED: setting(yesOrNo(), {
      default: 'false',
      zh: 'true：S3 未通过锁定自检也照常封存；原件可能被改动或删除，系统页会醒目注明',
      en: 'true: seal even on an S3 store that fails the lock self-test; originals may be altered or deleted there, and the system page says so',
    }),
  },
  replica: {
    LIUHEN_REPLICA: setting(oneOf('none', 'filesystem', 's3'), {
      default: 'none',
      zh: '副本库，存放每份已封存原件的第二份：none（不设）、filesystem（另一块磁盘或网络存储上的目录）或 s3',
      en: 'Second store that keeps a copy of every sealed original: none, filesystem (a folder on another disk or NAS) or s3',
    }),
    LIUHEN_REPLICA_DIR: optional(text(), {
      zh: '副本库目录（LIUHEN_REPLICA=filesystem），须在数据目录之外，最好在另一台设备上',
      en: 'Folder of the replica (with LIUHEN_REPLICA=filesystem), outside the data folder, best on another machine',
    }),
    LIUHEN_REPLICA_S3_ENDPOINT: optional(url('https', 'http'), {
      zh: '副本库的 S3 地址',
      en: 'S3 address of the replica',
    }),
    LIUHEN_REPLICA_S3_PLAIN_HTTP_ALLOWED: setting(yesOrNo(), {
      default: 'false',
      zh: 'true：允许以不加密的 http 连接副本库的 S3',
      en: 'true: reach the S3 of the replica over plain http',
    }),
    LIUHEN_REPLICA_S3_REGION: setting(text(), {
      default: 'us-east-1',
      zh: '副本库的 S3 区域',
      en: 'S3 region of the replica',
    }),
    LIUHEN_REPLICA_S3_ACCESS_KEY: optional(secretText(), {
      secret: true,
      zh: '副本库的 S3 访问密钥 ID；不宜与原件存储相同',
      en: 'S3 access key of the replica; better not that of the originals',
    }),
    LIUHEN_REPLICA_S3_SECRET_KEY: optional(secretText(), {
      secret: true,
      zh: '副本库的 S3 访问密钥',
      en: 'S3 secret key of the replica',
    }),
    LIUHEN_REPLICA_S3_BUCKET: setting(text(), {
      default: 'liuhen-replica',
      zh: '副本桶，建桶时须开启对象锁定',
      en: 'Bucket of the replica, made with Object Lock',
    }),
    LIUHEN_REPLICA_S3_UNLOCKED_ALLOWED: setting(yesOrNo(), {
      default: 'false',
      zh: 'true：副本库未通过锁定自检也照常复制',
      en: 'true: copy even to an S3 replica that fails the lock self-test',
    }),
    LIUHEN_REPLICA_WATCH_DAYS: setting(wholeNumber(1, 3_650), {
      default: '30',
      zh: '每份副本至少每隔多少天重新核对一次摘要',
      en: 'Days within which every copy in the replica is read and hashed again',
    }),
    LIUHEN_REPLICA_BYTES_PER_SECOND: setting(sizeBytes(2 ** 20), {
      default: '64MiB',
      zh: '复制与核对副本的读取速度上限（每秒，每个任务）',
      en: 'Fastest that one copying, or one reading of a copy, goes, in bytes a second',
    }),
    LIUHEN_REPLICA_HEAL_AUTOMATICALLY: setting(yesOrNo(), {
      default: 'false',
      zh: 'true：原件损坏时不待人工即从副本恢复；默认由监督员或管理员查明后决定，因为损坏本身也是证据',
      en: 'true: restore damaged originals from their copies without being asked; by default a supervisor or administrator decides, since the damage is evidence too',
    }),
  },
  upload: {
    LIUHEN_MAX_UPLOAD_BYTES: setting(sizeBytes(1), {
      default: '64GiB',
      zh: '单个文件的上限',
      en: 'Largest file taken',
    }),
    LIUHEN_UPLOAD_EXPIRES_HOURS: setting(wholeNumber(1, 8_760), {
      default: '168',
      zh: '未完成的上传保留多少小时',
      en: 'Hours an unfinished upload is kept',
    }),
  },
  media: {
    LIUHEN_SANDBOX: setting(oneOf('full', 'reduced'), {
      default: 'full',
      zh: '媒体工具的隔离：full（bubblewrap）；reduced 为降级隔离，会在系统页注明',
      en: 'Sandbox of media tools: full (bubblewrap); reduced is weaker and shown on the system page',
    }),
    LIUHEN_SEGMENT_CACHE_BYTES: setting(sizeBytes(2 ** 20), {
      default: '10GiB',
      zh: '播放切片缓存的上限',
      en: 'Largest size of the cache of playback segments',
    }),
    LIUHEN_GAP_LIMIT_MS: setting(wholeNumber(40, 600_000), {
      default: '1000',
      zh: '录制中断超过多少毫秒须作书面说明',
      en: 'Breaks of a recording longer than this, in ms, ask for a written explanation',
    }),
    LIUHEN_QUIET_HOURS: setting(hoursOfDay(), {
      default: '22:00-06:00',
      zh: '闲时，用于不急的转码；none 为不设',
      en: 'Quiet hours, for conversions that can wait; none for no such hours',
    }),
  },
  session: {
    LIUHEN_SESSION_IDLE_MINUTES: setting(wholeNumber(1, 1_440), {
      default: '30',
      zh: '无操作多少分钟后须重新登录',
      en: 'Minutes without use after which to sign in again',
    }),
    LIUHEN_SESSION_HOURS: setting(wholeNumber(1, 168), {
      default: '12',
      zh: '登录最长有效小时数',
      en: 'Hours a sign-in lasts at most',
    }),
    LIUHEN_STATION_TOKEN_DAYS: setting(wholeNumber(1, 1_100), {
      default: '366',
      zh: '采集站令牌有效天数',
      en: 'Days the token of a collecting station lasts',
    }),
    LIUHEN_LOGIN_ATTEMPTS: setting(wholeNumber(1, 100), {
      default: '5',
      zh: '连续登录失败多少次后暂停',
      en: 'Failed sign-ins in a row before a pause',
    }),
    LIUHEN_LOGIN_PAUSE_MINUTES: setting(wholeNumber(1, 1_440), {
      default: '15',
      zh: '暂停登录的分钟数',
      en: 'Minutes of that pause',
    }),
  },
  retention: {
    LIUHEN_MIN_RETENTION_DAYS: setting(wholeNumber(1, 36_500), {
      default: '183',
      zh: '原件自接收起至少保留的天数（法定不少于六个月）',
      en: 'Days an original is kept at least, from receipt (the law asks for six months)',
    }),
  },
  watch: {
    LIUHEN_WATCH_DAYS: setting(wholeNumber(1, 3_650), {
      default: '30',
      zh: '每份原件至少每隔多少天重新核对一次摘要',
      en: 'Days within which every original is read and hashed again',
    }),
    LIUHEN_WATCH_BYTES_PER_SECOND: setting(sizeBytes(2 ** 20), {
      default: '64MiB',
      zh: '定期核对的读取速度上限（每秒，每个核对任务）',
      en: 'Fastest that one such reading goes, in bytes a second',
    }),
  },
  worker: {
    LIUHEN_WORKER_CUSTODY: setting(wholeNumber(0, 64), {
      default: '2',
      zh: '同时进行的封存任务数；0 为本进程不承担',
      en: 'Seals at once; 0 leaves them to other workers',
    }),
    LIUHEN_WORKER_LOOK: setting(wholeNumber(0, 64), {
      default: '2',
      zh: '同时进行的识别与缩略图任务数',
      en: 'Looks (probe, pictures) at once',
    }),
    LIUHEN_WORKER_SEGMENTS: setting(wholeNumber(0, 64), {
      default: '2',
      zh: '同时进行的播放切片任务数',
      en: 'Runs of playback segments at once',
    }),
    LIUHEN_WORKER_PROXY: setting(wholeNumber(0, 64), {
      default: '1',
      zh: '同时进行的转码任务数',
      en: 'Conversions at once',
    }),
    LIUHEN_WORKER_WATCH: setting(wholeNumber(0, 64), {
      default: '1',
      zh: '同时进行的定期核对任务数',
      en: 'Originals hashed again at once',
    }),
    LIUHEN_WORKER_REPLICA: setting(wholeNumber(0, 64), {
      default: '1',
      zh: '同时进行的复制与副本核对任务数',
      en: 'Copyings to the replica, and looks at its copies, at once',
    }),
    LIUHEN_WORKER_UPKEEP: setting(wholeNumber(0, 64), {
      default: '1',
      zh: '同时进行的清理与补做任务数',
      en: 'Sweeps at once',
    }),
    LIUHEN_WORKER_GRACE_SECONDS: setting(wholeNumber(0, 3_600), {
      default: '20',
      zh: '停止时等待在手任务的秒数',
      en: 'Seconds to wait for jobs in hand when stopping',
    }),
    LIUHEN_WORKER_PORT: setting(wholeNumber(0, 65_535), {
      default: '0',
      zh: '任务进程的健康检查与指标端口；0 为不开',
      en: 'Port for health and metrics of the worker; 0 for none',
    }),
    LIUHEN_WORKER_HOST: setting(text(), {
      default: '127.0.0.1',
      zh: '该端口的监听地址；监听非本机地址时须设置 LIUHEN_METRICS_TOKEN',
      en: 'Address that port listens on; beyond this machine LIUHEN_METRICS_TOKEN is required',
    }),
  },
  ledger: {
    LIUHEN_LEDGER_DATABASE_URL: optional(secretUrl('postgresql', 'postgres'), {
      secret: true,
      zh: '写入存证日志所用的数据库登录（liuhen_sequencer 组）；未设置则与 LIUHEN_DATABASE_URL 相同',
      en: 'Database login that grows the ledger (group liuhen_sequencer); as LIUHEN_DATABASE_URL unless set',
    }),
    LIUHEN_VERIFIER_DATABASE_URL: optional(secretUrl('postgresql', 'postgres'), {
      secret: true,
      zh: '持续核验所用的只读数据库登录（liuhen_verifier 组）；未设置则与 LIUHEN_DATABASE_URL 相同',
      en: 'Read-only database login of the watch over the ledger (group liuhen_verifier); as LIUHEN_DATABASE_URL unless set',
    }),
    LIUHEN_LEDGER_POLICY: optional(text(), {
      zh: '见证方名单文件（C2SP tlog-policy：witness 名称 公钥 地址、group、quorum）；quorum 决定检查点何时算锚定，并写入案卷；未设置则不请见证方',
      en: 'File of the witnesses to ask (C2SP tlog-policy: witness, group and quorum lines); its quorum says when a checkpoint is anchored and goes into dossiers; none are asked unless set',
    }),
    LIUHEN_TSA_URL: optional(url('https', 'http'), {
      zh: '时间戳服务地址（RFC 3161）；未设置则不加盖时间戳',
      en: 'Address of a time-stamp authority (RFC 3161); no time-stamps unless set',
    }),
    LIUHEN_TSA_ROOTS: optional(text(), {
      zh: '时间戳服务的根证书文件（PEM）；设置地址时必填',
      en: 'Root certificates of the time-stamp authority (PEM file); required with its address',
    }),
  },
  signer: {
    LIUHEN_SIGNER_DIR: optional(text(), {
      zh: '签名进程的目录（密钥与已签记录），默认为数据目录下的 signer；须单独备份',
      en: 'Folder of the signer (keys and what it signed last); signer in the data folder unless set; back it up apart',
    }),
    LIUHEN_SIGNER_SOCKET: optional(text(), {
      zh: '签名进程的 Unix 套接字，默认为其目录下的 signer.sock',
      en: 'Unix socket of the signer; signer.sock in its folder unless set',
    }),
    LIUHEN_LOG_ORIGIN: optional(text(), {
      zh: '存证日志的名称，如 liuhen.example.gov.cn/log；首次启动时定下，不能更改；未设置则随机生成',
      en: 'Name of the log, such as liuhen.example.gov.cn/log; chosen once, at the first start; random unless set',
    }),
  },
  witness: {
    LIUHEN_WITNESS_DIR: setting(text(), {
      default: './witness',
      zh: '见证方的目录（密钥、已见证记录、拒签证据）',
      en: 'Folder of the witness (key, what it cosigned last, evidence of what it refused)',
    }),
    LIUHEN_WITNESS_LISTEN: setting(hostWithPort(), {
      default: '127.0.0.1:8099',
      zh: '见证方的监听地址 主机:端口',
      en: 'Where the witness listens, host:port',
    }),
    LIUHEN_WITNESS_NAME: optional(text(), {
      zh: '见证方的名称，如 witness.example.org；首次启动时定下，不能更改；未设置则随机生成',
      en: 'Name of the witness, such as witness.example.org; chosen once, at the first start; random unless set',
    }),
    LIUHEN_WITNESS_LOGS: setting(words(), {
      default: '',
      zh: '所见证日志的公钥（vkey），空格分隔',
      en: 'Keys (vkeys) of the logs to witness, separated by blanks',
    }),
    LIUHEN_WITNESS_POLICY: optional(text(), {
      zh: '列出所见证日志的文件，每行 log <vkey>（C2SP tlog-policy 格式）',
      en: 'File that lists the logs to witness, a line log <vkey> each (as in C2SP tlog-policy)',
    }),
    LIUHEN_WITNESS_TLS_CERT: optional(text(), {
      zh: '见证方的 TLS 证书文件（PEM）',
      en: 'TLS certificate file of the witness (PEM)',
    }),
    LIUHEN_WITNESS_TLS_KEY: optional(text(), {
      zh: '见证方的 TLS 私钥文件（PEM）',
      en: 'TLS private key file of the witness (PEM)',
    }),
    LIUHEN_WITNESS_BEHIND_TLS_PROXY: setting(yesOrNo(), {
      default: 'false',
      zh: '由前置代理提供 TLS',
      en: 'TLS ends at a proxy in front',
    }),
  },
  log: {
    LIUHEN_LOG_LEVEL: setting(oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'), {
      default: 'info',
      zh: '日志级别',
      en: 'Log level',
    }),
  },
  client: {
    LIUHEN_URL: setting(url('https', 'http'), {
      default: 'http://127.0.0.1:8080',
      zh: '命令行要连接的服务地址',
      en: 'Address of the archive, for the command line',
    }),
    LIUHEN_TOKEN: optional(secretText(), {
      secret: true,
      zh: '命令行使用的登录令牌',
      en: 'Sign-in token, for the command line',
    }),
  },
};

type Fragments = typeof FRAGMENTS;
export type FragmentName = keyof Fragments;

/** What is known of each setting of a fragment once read. */
export type Values<F extends FragmentName> = {
  readonly [N in keyof Fragments[F]]: z.output<Extract<Fragments[F][N], z.ZodType>>;
};

/** The schema of each app, composed of fragments. The command line can run the whole archive, so it knows all. */
export const APPS = {
  api: [
    'data',
    'http',
    'metrics',
    'database',
    'queue',
    'store',
    'replica',
    'upload',
    'media',
    'session',
    'retention',
    'watch',
    'signer',
    'log',
  ],
  worker: [
    'data',
    'metrics',
    'database',
    'queue',
    'store',
    'replica',
    'upload',
    'media',
    'retention',
    'watch',
    'worker',
    'ledger',
    'signer',
    'log',
  ],
  cli: [
    'data',
    'http',
    'metrics',
    'database',
    'queue',
    'store',
    'replica',
    'upload',
    'media',
    'session',
    'retention',
    'watch',
    'worker',
    'ledger',
    'signer',
    'log',
    'client',
  ],
  signer: ['data', 'signer'],
  witness: ['witness'],
} as const satisfies Record<string, readonly FragmentName[]>;

export type App = keyof typeof APPS;
