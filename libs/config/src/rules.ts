import { resolve, sep } from 'node:path';
import type { ConfigProblem } from './config-error.js';
import type { FragmentName } from './settings.js';
import type { SettingValues } from './slices.js';

/** Settings that could be read; those that could not are missing, and rules that need them keep silent. */
export type ReadValues = Partial<SettingValues>;

type Rule = (values: ReadValues) => ConfigProblem[];

/** What must hold between settings, by the fragment it concerns. */
export const RULES: Partial<Readonly<Record<FragmentName, Rule>>> = {
  http: checkHttp,
  queue: checkQueue,
  store: checkStore,
  replica: checkReplica,
  worker: checkWorker,
  ledger: checkLedger,
  signer: checkSigner,
  witness: checkWitness,
};

function checkHttp(values: ReadValues): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const { LIUHEN_HOST: host, LIUHEN_PUBLIC_URL: publicUrl, LIUHEN_TLS_CERT: cert, LIUHEN_TLS_KEY: key } = values;
  const proxies = values.LIUHEN_TRUSTED_PROXIES?.length ?? 0;
  const isBehindProxy = values.LIUHEN_BEHIND_TLS_PROXY === true;
  if ((cert === null) !== (key === null)) {
    const name = cert === null ? 'LIUHEN_TLS_CERT' : 'LIUHEN_TLS_KEY';
    problems.push({ name, zh: '证书与私钥须同时设置', en: 'certificate and key go together' });
  }
  if (isBehindProxy && values.LIUHEN_TRUSTED_PROXIES !== undefined && proxies === 0) {
    problems.push({
      name: 'LIUHEN_TRUSTED_PROXIES',
      zh: '设置 LIUHEN_BEHIND_TLS_PROXY=true 时须写明可信代理的地址',
      en: 'with LIUHEN_BEHIND_TLS_PROXY=true, name the proxies that are trusted',
    });
  }
  if (host === undefined || isLoopback(host)) {
    return problems;
  }
  if (cert === null && key === null && !isBehindProxy) {
    problems.push({
      name: 'LIUHEN_TLS_CERT',
      zh: '明文 HTTP 只许用于本机（127.0.0.1）；请设置证书与私钥，或在代理后设置 LIUHEN_BEHIND_TLS_PROXY=true',
      en: 'plain HTTP is for this machine only (127.0.0.1); set certificate and key, or LIUHEN_BEHIND_TLS_PROXY=true behind a proxy',
    });
  }
  if (publicUrl === null || publicUrl?.startsWith('http:')) {
    problems.push({
      name: 'LIUHEN_PUBLIC_URL',
      zh: '监听非本机地址时，须写明浏览器访问的 https:// 地址',
      en: 'when listening beyond this machine, give the https:// address that browsers use',
    });
  }
  return problems;
}

function checkQueue(values: ReadValues): ConfigProblem[] {
  const { LIUHEN_QUEUE: queue, LIUHEN_REDIS_URL: url, LIUHEN_REDIS_SENTINELS: sentinels } = values;
  if (queue !== 'redis' || url === undefined || sentinels === undefined) {
    return [];
  }
  if (url === null && sentinels === null) {
    return [
      {
        name: 'LIUHEN_REDIS_URL',
        zh: 'LIUHEN_QUEUE=redis 时须设置（或用哨兵）',
        en: 'needed with LIUHEN_QUEUE=redis (or sentinels)',
      },
    ];
  }
  if (url !== null && sentinels !== null) {
    return [
      {
        name: 'LIUHEN_REDIS_SENTINELS',
        zh: '与 LIUHEN_REDIS_URL 只能设一个',
        en: 'give this or LIUHEN_REDIS_URL, not both',
      },
    ];
  }
  return [];
}

function checkStore(values: ReadValues): ConfigProblem[] {
  if (values.LIUHEN_STORE !== 's3') {
    return [];
  }
  const needed = ['LIUHEN_S3_ENDPOINT', 'LIUHEN_S3_ACCESS_KEY', 'LIUHEN_S3_SECRET_KEY'] as const;
  const problems: ConfigProblem[] = needed
    .filter((name) => values[name] === null)
    .map((name) => ({ name, zh: 'LIUHEN_STORE=s3 时须设置', en: 'needed with LIUHEN_STORE=s3' }));
  const buckets = [values.LIUHEN_S3_BUCKET_VAULT, values.LIUHEN_S3_BUCKET_STAGING, values.LIUHEN_S3_BUCKET_MEDIA];
  if (!buckets.includes(undefined) && new Set(buckets).size < buckets.length) {
    problems.push({
      name: 'LIUHEN_S3_BUCKET_VAULT',
      zh: '三个桶须各不相同',
      en: 'the three buckets must be different ones',
    });
  }
  return problems;
}

const REPLICA_NEEDS = {
  none: [],
  filesystem: ['LIUHEN_REPLICA_DIR'],
  s3: ['LIUHEN_REPLICA_S3_ENDPOINT', 'LIUHEN_REPLICA_S3_ACCESS_KEY', 'LIUHEN_REPLICA_S3_SECRET_KEY'],
} as const;

/** A second copy beside the first would be lost with it. */
function checkReplica(values: ReadValues): ConfigProblem[] {
  const { LIUHEN_REPLICA: kind, LIUHEN_REPLICA_DIR: dir, LIUHEN_DATA: data } = values;
  if (kind === undefined) return [];
  const problems: ConfigProblem[] = REPLICA_NEEDS[kind]
    .filter((name) => values[name] === null)
    .map((name) => ({ name, zh: `LIUHEN_REPLICA=${kind} 时须设置`, en: `needed with LIUHEN_REPLICA=${kind}` }));
  if (kind === 'filesystem' && dir && data !== undefined && isWithin(resolve(data), resolve(dir))) {
    problems.push({
      name: 'LIUHEN_REPLICA_DIR',
      zh: '副本库不能放在数据目录之内：会随原件一同损坏',
      en: 'the replica must not lie in the data folder: it would be lost with the originals',
    });
  }
  const isSameBucket =
    values.LIUHEN_STORE === 's3' &&
    values.LIUHEN_S3_ENDPOINT === values.LIUHEN_REPLICA_S3_ENDPOINT &&
    [values.LIUHEN_S3_BUCKET_VAULT, values.LIUHEN_S3_BUCKET_STAGING, values.LIUHEN_S3_BUCKET_MEDIA].includes(
      values.LIUHEN_REPLICA_S3_BUCKET,
    );
  if (kind === 's3' && isSameBucket) {
    problems.push({
      name: 'LIUHEN_REPLICA_S3_BUCKET',
      zh: '副本桶不能是原件存储的桶',
      en: 'the replica must not be a bucket of the store of originals',
    });
  }
  return problems;
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

/** Beyond this machine anyone could read what goes wrong how often, and nobody there is told who asks. */
function checkWorker(values: ReadValues): ConfigProblem[] {
  const { LIUHEN_WORKER_PORT: port, LIUHEN_WORKER_HOST: host, LIUHEN_METRICS_TOKEN: token } = values;
  if (port === undefined || port === 0 || host === undefined || isLoopback(host) || token !== null) return [];
  return [
    {
      name: 'LIUHEN_METRICS_TOKEN',
      zh: '任务进程的指标端口监听非本机地址时须设置',
      en: 'needed when the metrics of the worker are listened for beyond this machine',
    },
  ];
}

function checkLedger({ LIUHEN_TSA_URL: url, LIUHEN_TSA_ROOTS: roots }: ReadValues): ConfigProblem[] {
  if ((url === null) === (roots === null)) return [];
  const name = url === null ? 'LIUHEN_TSA_URL' : 'LIUHEN_TSA_ROOTS';
  return [{ name, zh: '时间戳服务的地址与根证书须同时设置', en: 'address and roots of the authority go together' }];
}

/** Names of keys: signed-note forbids blanks and plus signs in them. */
const NOT_IN_NAMES = /[\s+\p{Cc}]/u;

function checkSigner({ LIUHEN_LOG_ORIGIN: origin }: ReadValues): ConfigProblem[] {
  return origin ? checkName('LIUHEN_LOG_ORIGIN', origin) : [];
}

function checkWitness(values: ReadValues): ConfigProblem[] {
  const { LIUHEN_WITNESS_TLS_CERT: cert, LIUHEN_WITNESS_TLS_KEY: key, LIUHEN_WITNESS_LISTEN: listen } = values;
  const problems = values.LIUHEN_WITNESS_NAME ? checkName('LIUHEN_WITNESS_NAME', values.LIUHEN_WITNESS_NAME) : [];
  if ((cert === null) !== (key === null)) {
    const name = cert === null ? 'LIUHEN_WITNESS_TLS_CERT' : 'LIUHEN_WITNESS_TLS_KEY';
    problems.push({ name, zh: '证书与私钥须同时设置', en: 'certificate and key go together' });
  }
  const isPlain = cert === null && key === null && values.LIUHEN_WITNESS_BEHIND_TLS_PROXY === false;
  if (isPlain && listen !== undefined && !isLoopback(listen.host)) {
    problems.push({
      name: 'LIUHEN_WITNESS_TLS_CERT',
      zh: '明文 HTTP 只许用于本机（127.0.0.1）；请设置证书与私钥，或在代理后设置 LIUHEN_WITNESS_BEHIND_TLS_PROXY=true',
      en: 'plain HTTP is for this machine only (127.0.0.1); set certificate and key, or LIUHEN_WITNESS_BEHIND_TLS_PROXY=true behind a proxy',
    });
  }
  if (values.LIUHEN_WITNESS_LOGS?.length === 0 && values.LIUHEN_WITNESS_POLICY === null) {
    problems.push({
      name: 'LIUHEN_WITNESS_LOGS',
      zh: '须写明至少一个日志的公钥（--log VKEY），或用 LIUHEN_WITNESS_POLICY 指明文件',
      en: 'name the key of at least one log (--log VKEY), or a file with LIUHEN_WITNESS_POLICY',
    });
  }
  return problems;
}

function checkName(name: string, value: string): ConfigProblem[] {
  if (!NOT_IN_NAMES.test(value)) return [];
  return [{ name, zh: '不能含空格、加号和控制字符', en: 'must not hold blanks, plus signs or control characters' }];
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
