import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { ConfigError } from './config-error.js';
import { describeSettings, exampleEnvironment } from './describe-settings.js';
import { type Environment, loadConfig } from './load-config.js';
import { Secret } from './secret.js';
import type { App } from './settings.js';

function problemsOf(env: Environment, app: App = 'api'): string[] {
  try {
    loadConfig(env, app);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      throw error;
    }
    return error.problems.map(({ name }) => name).sort();
  }
}

describe('loadConfig', () => {
  it('needs no setting at all: the embedded shape', () => {
    const config = loadConfig({ PATH: '/bin' }, 'api');
    expect(config).toEqual({
      data: { dir: resolve('data'), scratchDir: resolve('data/scratch'), timeZone: 'Asia/Shanghai' },
      http: {
        host: '127.0.0.1',
        port: 8080,
        publicUrl: 'http://127.0.0.1:8080',
        tls: null,
        behindTlsProxy: false,
        trustedProxies: [],
      },
      metrics: { token: null },
      database: { url: null, ownerUrl: null, embeddedDir: resolve('data/postgres'), connections: 10 },
      queue: { kind: 'postgres' },
      store: { kind: 'filesystem', dir: resolve('data/objects') },
      replica: null,
      upload: { maxBytes: 64 * 2 ** 30, expiresMs: 168 * 3_600_000 },
      media: {
        sandbox: 'full',
        segmentCacheBytes: 10 * 2 ** 30,
        gapLimitMs: 1_000,
        quietHours: { fromMinute: 1_320, toMinute: 360 },
      },
      session: {
        idleMs: 1_800_000,
        maxMs: 43_200_000,
        stationTokenMs: 366 * 86_400_000,
        loginAttempts: 5,
        loginPauseMs: 900_000,
      },
      retention: { minDays: 183 },
      signer: { dir: resolve('data/signer'), socketPath: resolve('data/signer/signer.sock'), origin: null },
      watch: { periodMs: 30 * 86_400_000, bytesPerSecond: 64 * 2 ** 20 },
      log: { level: 'info' },
    });
  });

  it('gives each app its slices and no others', () => {
    expect(Object.keys(loadConfig({}, 'worker'))).not.toContain('session');
    expect(loadConfig({}, 'worker').worker).toEqual({
      concurrency: { custody: 2, look: 2, segments: 2, proxy: 1, watch: 1, replica: 1, upkeep: 1 },
      stopGraceMs: 20_000,
      listen: null,
    });
    expect(loadConfig({ LIUHEN_WORKER_PORT: '9464' }, 'worker').worker.listen).toEqual({
      host: '127.0.0.1',
      port: 9_464,
    });
    expect(loadConfig({ LIUHEN_URL: 'https://archive.example/' }, 'cli').client).toEqual({
      url: 'https://archive.example',
      token: null,
    });
  });

  it('is frozen to the bottom', () => {
    const config = loadConfig({}, 'worker');
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.worker.concurrency)).toBe(true);
  });

  it('reads the server shape', () => {
    const config = loadConfig(
      {
        LIUHEN_DATABASE_URL: 'postgresql://app:pw@db/liuhen',
        LIUHEN_QUEUE: 'redis',
        LIUHEN_REDIS_SENTINELS: 's1:26379, s2:26379',
        LIUHEN_REDIS_PASSWORD: 'pw',
        LIUHEN_STORE: 's3',
        LIUHEN_S3_ENDPOINT: 'https://s3.example',
        LIUHEN_S3_ACCESS_KEY: 'id',
        LIUHEN_S3_SECRET_KEY: 'key',
        LIUHEN_HOST: '0.0.0.0',
        LIUHEN_PUBLIC_URL: 'https://archive.example/',
        LIUHEN_BEHIND_TLS_PROXY: 'true',
        LIUHEN_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
        LIUHEN_QUIET_HOURS: 'none',
        LIUHEN_MAX_UPLOAD_BYTES: '2 TiB',
      },
      'api',
    );
    expect(config.queue).toMatchObject({
      kind: 'redis',
      url: null,
      sentinel: {
        masterName: 'mymaster',
        hosts: [
          { host: 's1', port: 26_379 },
          { host: 's2', port: 26_379 },
        ],
      },
    });
    expect(config.store).toMatchObject({
      kind: 's3',
      endpoint: 'https://s3.example',
      buckets: { vault: 'liuhen-vault' },
      allowPlainHttp: false,
    });
    expect(config.http).toMatchObject({ publicUrl: 'https://archive.example', trustedProxies: ['10.0.0.0/8', '::1'] });
    expect(config.media.quietHours).toBeNull();
    expect(config.upload.maxBytes).toBe(2 * 2 ** 40);
    expect(config.database.url?.reveal()).toBe('postgresql://app:pw@db/liuhen');
  });

  it('reads a replica: a folder, or a bucket with its own keys', () => {
    const folder = loadConfig({ LIUHEN_REPLICA: 'filesystem', LIUHEN_REPLICA_DIR: '/mnt/nas' }, 'worker').replica;
    expect(folder).toEqual({
      store: { kind: 'filesystem', dir: '/mnt/nas' },
      watchPeriodMs: 30 * 86_400_000,
      bytesPerSecond: 64 * 2 ** 20,
      healsAutomatically: false,
    });
    const env = {
      LIUHEN_REPLICA: 's3',
      LIUHEN_REPLICA_S3_ENDPOINT: 'https://elsewhere.example',
      LIUHEN_REPLICA_S3_ACCESS_KEY: 'id',
      LIUHEN_REPLICA_S3_SECRET_KEY: 'key',
      LIUHEN_REPLICA_WATCH_DAYS: '7',
    };
    const { replica } = loadConfig(env, 'api');
    expect(replica).toMatchObject({
      store: { kind: 's3', endpoint: 'https://elsewhere.example', bucket: 'liuhen-replica', allowUnlocked: false },
      watchPeriodMs: 7 * 86_400_000,
    });
    expect(inspect(replica, { depth: 9 })).not.toContain("'key'");
  });

  it('reports all problems at once, in both languages', () => {
    const env = {
      LIUHEN_PORT: '70000',
      LIUHEN_QUEUE: 'kafka',
      LIUHEN_STORE: 's3',
      LIUHEN_HOST: '0.0.0.0',
      LIUHEN_PROT: '8080',
      LIUHEN_TRUSTED_PROXIES: 'anyone',
    };
    expect(problemsOf(env)).toEqual([
      'LIUHEN_PORT',
      'LIUHEN_PROT',
      'LIUHEN_PUBLIC_URL',
      'LIUHEN_QUEUE',
      'LIUHEN_S3_ACCESS_KEY',
      'LIUHEN_S3_ENDPOINT',
      'LIUHEN_S3_SECRET_KEY',
      'LIUHEN_TLS_CERT',
      'LIUHEN_TRUSTED_PROXIES',
    ]);
    expect(() => loadConfig(env, 'api')).toThrow(/须为 1 至 65535 的整数[\s\S]*must be a whole number from 1 to 65535/);
  });

  it.each<[string, Environment, string[]]>([
    [
      'plain HTTP beyond this machine',
      { LIUHEN_HOST: '10.0.0.5', LIUHEN_PUBLIC_URL: 'https://a.example' },
      ['LIUHEN_TLS_CERT'],
    ],
    ['a proxy that nobody named', { LIUHEN_BEHIND_TLS_PROXY: 'true' }, ['LIUHEN_TRUSTED_PROXIES']],
    ['a certificate without its key', { LIUHEN_TLS_CERT: 'c.pem' }, ['LIUHEN_TLS_KEY']],
    [
      'a public address without TLS',
      { LIUHEN_HOST: '::', LIUHEN_TLS_CERT: 'c', LIUHEN_TLS_KEY: 'k', LIUHEN_PUBLIC_URL: 'http://a.example' },
      ['LIUHEN_PUBLIC_URL'],
    ],
    ['Redis without an address', { LIUHEN_QUEUE: 'redis' }, ['LIUHEN_REDIS_URL']],
    [
      'Redis with two',
      { LIUHEN_QUEUE: 'redis', LIUHEN_REDIS_URL: 'redis://h', LIUHEN_REDIS_SENTINELS: 'h:1' },
      ['LIUHEN_REDIS_SENTINELS'],
    ],
    [
      'one bucket for two ends',
      {
        LIUHEN_STORE: 's3',
        LIUHEN_S3_ENDPOINT: 'http://h',
        LIUHEN_S3_ACCESS_KEY: 'a',
        LIUHEN_S3_SECRET_KEY: 's',
        LIUHEN_S3_BUCKET_MEDIA: 'liuhen-vault',
      },
      ['LIUHEN_S3_BUCKET_VAULT'],
    ],
    ['a replica that is nowhere', { LIUHEN_REPLICA: 'filesystem' }, ['LIUHEN_REPLICA_DIR']],
    [
      'a replica without its keys',
      { LIUHEN_REPLICA: 's3', LIUHEN_REPLICA_S3_ENDPOINT: 'https://h' },
      ['LIUHEN_REPLICA_S3_ACCESS_KEY', 'LIUHEN_REPLICA_S3_SECRET_KEY'],
    ],
    [
      'a replica beside the originals',
      { LIUHEN_DATA: '/srv/liuhen', LIUHEN_REPLICA: 'filesystem', LIUHEN_REPLICA_DIR: '/srv/liuhen/objects/replica' },
      ['LIUHEN_REPLICA_DIR'],
    ],
    [
      'a replica that is the vault',
      {
        LIUHEN_STORE: 's3',
        LIUHEN_S3_ENDPOINT: 'https://h',
        LIUHEN_S3_ACCESS_KEY: 'a',
        LIUHEN_S3_SECRET_KEY: 's',
        LIUHEN_REPLICA: 's3',
        LIUHEN_REPLICA_S3_ENDPOINT: 'https://h/',
        LIUHEN_REPLICA_S3_ACCESS_KEY: 'a',
        LIUHEN_REPLICA_S3_SECRET_KEY: 's',
        LIUHEN_REPLICA_S3_BUCKET: 'liuhen-vault',
      },
      ['LIUHEN_REPLICA_S3_BUCKET'],
    ],
    ['hours of no clock', { LIUHEN_QUIET_HOURS: '22:00-24:30' }, ['LIUHEN_QUIET_HOURS']],
    ['a size in no unit', { LIUHEN_MAX_UPLOAD_BYTES: '64GB' }, ['LIUHEN_MAX_UPLOAD_BYTES']],
    ['a number that is not whole', { LIUHEN_SESSION_HOURS: '1.5' }, ['LIUHEN_SESSION_HOURS']],
    ['an unknown time zone', { LIUHEN_TIME_ZONE: 'Mars/Olympus' }, ['LIUHEN_TIME_ZONE']],
    ['a network too wide', { LIUHEN_TRUSTED_PROXIES: '10.0.0.0/33' }, ['LIUHEN_TRUSTED_PROXIES']],
    ['another database', { LIUHEN_DATABASE_URL: 'mysql://h/d' }, ['LIUHEN_DATABASE_URL']],
  ])('refuses %s', (_, env, names) => {
    expect(problemsOf(env)).toEqual(names);
  });

  it('takes an empty setting for an unset one, and leaves the settings of tests alone', () => {
    expect(problemsOf({ LIUHEN_PORT: ' ', LIUHEN_DATABASE_URL: '', LIUHEN_TEST_REDIS_URL: 'x' })).toEqual([]);
  });

  it('tells the metrics of a worker beyond this machine to who has the token only', () => {
    const open = { LIUHEN_WORKER_PORT: '9464', LIUHEN_WORKER_HOST: '0.0.0.0' };
    expect(problemsOf(open, 'worker')).toEqual(['LIUHEN_METRICS_TOKEN']);
    expect(problemsOf(open, 'cli')).toEqual(['LIUHEN_METRICS_TOKEN']);
    expect(() => loadConfig(open, 'worker')).toThrow(/监听非本机地址时须设置[\s\S]*beyond this machine/);
    expect(problemsOf({ ...open, LIUHEN_METRICS_TOKEN: 'a-token' }, 'worker')).toEqual([]);
    expect(problemsOf({ ...open, LIUHEN_WORKER_PORT: '0' }, 'worker')).toEqual([]);
    expect(problemsOf({ ...open, LIUHEN_WORKER_HOST: '::1' }, 'worker')).toEqual([]);
  });

  it('does not read what the app has no use for', () => {
    expect(problemsOf({ LIUHEN_HOST: '0.0.0.0' }, 'worker')).toEqual([]);
  });
});

describe('secrets', () => {
  const url = 'postgresql://app:hunter2@db/liuhen';

  it('are never shown', () => {
    const config = loadConfig({ LIUHEN_DATABASE_URL: url }, 'api');
    for (const shown of [
      JSON.stringify(config),
      inspect(config, { depth: 9, showHidden: true }),
      `${config.database.url}`,
    ]) {
      expect(shown).toContain('[secret]');
      expect(shown).not.toContain('hunter2');
    }
    expect(config.database.url).toBeInstanceOf(Secret);
  });

  it('are not repeated by complaints', () => {
    expect(() => loadConfig({ LIUHEN_DATABASE_URL: 'mysql://app:hunter2@db' }, 'api')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });

  it('are read from a file named by NAME_FILE', () => {
    const dir = mkdtempSync(join(tmpdir(), 'liuhen-config-'));
    try {
      const file = join(dir, 'url');
      writeFileSync(file, `${url}\n`);
      expect(loadConfig({ LIUHEN_DATABASE_URL_FILE: file }, 'api').database.url?.reveal()).toBe(url);
      expect(problemsOf({ LIUHEN_DATABASE_URL_FILE: file, LIUHEN_DATABASE_URL: url })).toEqual([
        'LIUHEN_DATABASE_URL_FILE',
      ]);
      expect(problemsOf({ LIUHEN_DATABASE_URL_FILE: join(dir, 'none') })).toEqual(['LIUHEN_DATABASE_URL_FILE']);
      expect(problemsOf({ LIUHEN_PORT_FILE: file })).toEqual(['LIUHEN_PORT_FILE']);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe('describeSettings', () => {
  it('says of each setting what it means, in both languages', () => {
    const settings = describeSettings();
    expect(settings.every(({ zh, en }) => /\p{Script=Han}/u.test(zh) && /[a-z]/.test(en))).toBe(true);
    expect(settings.find(({ name }) => name === 'LIUHEN_PORT')).toMatchObject({
      group: 'http',
      default: '8080',
      secret: false,
    });
    expect(settings.find(({ name }) => name === 'LIUHEN_S3_SECRET_KEY')).toMatchObject({ default: null, secret: true });
  });

  it('is what .env.example says', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(exampleEnvironment());
  });

  it('lists settings that are taken as they stand', () => {
    const env = Object.fromEntries(
      exampleEnvironment()
        .split('\n')
        .filter((line) => line.startsWith('#LIUHEN_'))
        .map((line): [string, string] => [line.slice(1, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    expect(Object.keys(env)).toHaveLength(describeSettings().length);
    expect(loadConfig(env, 'cli')).toEqual(loadConfig({}, 'cli'));
  });
});

describe('signer and witness', () => {
  it('live below the data folder, or where they are told to', () => {
    expect(loadConfig({ LIUHEN_DATA: '/srv/liuhen' }, 'signer').signer).toEqual({
      dir: '/srv/liuhen/signer',
      socketPath: '/srv/liuhen/signer/signer.sock',
      origin: null,
    });
    const env = { LIUHEN_SIGNER_DIR: '/k', LIUHEN_SIGNER_SOCKET: '/run/s', LIUHEN_LOG_ORIGIN: 'log.example/1' };
    expect(loadConfig(env, 'worker').signer).toEqual({ dir: '/k', socketPath: '/run/s', origin: 'log.example/1' });
    expect(problemsOf({ LIUHEN_LOG_ORIGIN: 'a b' }, 'signer')).toEqual(['LIUHEN_LOG_ORIGIN']);
  });

  it('a witness needs a log, and TLS beyond this machine', () => {
    const env = { LIUHEN_WITNESS_DIR: '/w', LIUHEN_WITNESS_LOGS: 'a+1+x  b+2+y', LIUHEN_WITNESS_LISTEN: '[::1]:0' };
    expect(loadConfig(env, 'witness').witness).toEqual({
      dir: '/w',
      listen: { host: '::1', port: 0 },
      tls: null,
      name: null,
      logs: ['a+1+x', 'b+2+y'],
      policyFile: null,
    });
    const names = (changes: Record<string, string>) => problemsOf({ ...env, ...changes }, 'witness');
    expect(names({ LIUHEN_WITNESS_LOGS: '' })).toEqual(['LIUHEN_WITNESS_LOGS']);
    expect(names({ LIUHEN_WITNESS_LOGS: '', LIUHEN_WITNESS_POLICY: 'p' })).toEqual([]);
    expect(names({ LIUHEN_WITNESS_LISTEN: '0.0.0.0:8099' })).toEqual(['LIUHEN_WITNESS_TLS_CERT']);
    expect(names({ LIUHEN_WITNESS_LISTEN: '0.0.0.0:8099', LIUHEN_WITNESS_BEHIND_TLS_PROXY: 'true' })).toEqual([]);
    expect(names({ LIUHEN_WITNESS_TLS_CERT: 'c' })).toEqual(['LIUHEN_WITNESS_TLS_KEY']);
    expect(names({ LIUHEN_WITNESS_NAME: 'a+b' })).toEqual(['LIUHEN_WITNESS_NAME']);
    for (const wrong of ['8099', 'host', 'host:99999', ':1']) {
      expect(names({ LIUHEN_WITNESS_LISTEN: wrong })).toEqual(['LIUHEN_WITNESS_LISTEN']);
    }
  });
});
