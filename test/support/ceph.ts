import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { accessSync, constants, createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '#persistence';

/**
 * A real S3 server with versions and Object Lock for tests: one-node Ceph (monitor, one BlueStore OSD on a file,
 * RADOS gateway) under one folder, on loopback, without authentication inside the cluster. About ten seconds.
 * There is no manager daemon: it gathers statistics, and its Python start-up costs more than all the rest.
 */
export interface Ceph {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** A second account of the same server with room for 1 MiB: what a full store answers. */
  readonly limited: { readonly accessKey: string; readonly secretKey: string };
  /** For those who hold the disks: the cluster's configuration, with which `rados` reaches every stored byte. */
  readonly confFile: string;
  /** What `sharedS3()` looks for in the environment of another process. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const PROGRAMS = ['rados', 'monmaptool', 'ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'setpriv'];
/**
 * Take the monitor's map from the file named in the configuration. A daemon that is given only an address learns the
 * cluster's id from the monitor, and on a busy machine sends its first command before that: "wrong fsid".
 */
const OWN_MAP = ['--no-mon-config'];
const PACKAGES = 'ceph-mon ceph-osd ceph-common ceph-base radosgw util-linux';
const START_TIMEOUT_MS = 120_000;
const OSD_BYTES = 32 * 2 ** 30;

const run = promisify(execFile);

/** @param dir an empty or new folder that everything is kept in; the caller removes it after `stop` */
export async function startCeph(dir: string): Promise<Ceph> {
  requirePrograms();
  const [monPort, rgwPort] = [await freePort(), await freePort()];
  const cluster = new Cluster(dir, rgwPort);
  try {
    await cluster.layOut(monPort);
    await cluster.startStorage();
    return await cluster.startGateway();
  } catch (error) {
    await cluster.stop();
    throw new Error(`Ceph did not start; see ${dir}/log\n${await lastLines(dir)}`, { cause: error });
  }
}

class Cluster {
  readonly #dir: string;
  readonly #rgwPort: number;
  readonly #fsid = randomUUID();
  readonly #children: ChildProcess[] = [];
  /** A command that waits for a daemon would wait for ever once that is gone. */
  readonly #daemonGone = new AbortController();

  constructor(dir: string, rgwPort: number) {
    this.#dir = dir;
    this.#rgwPort = rgwPort;
  }

  async layOut(monPort: number): Promise<void> {
    for (const folder of ['mon/a', 'osd/0', 'rgw', 'run', 'log', 'crash']) {
      await mkdir(join(this.#dir, folder), { recursive: true });
    }
    await writeFile(join(this.#dir, 'ceph.conf'), configuration(this.#dir, this.#fsid, this.#rgwPort));
    const monmap = join(this.#dir, 'monmap');
    await this.#run('monmaptool', '--create', '--fsid', this.#fsid, '--addv', 'a', `v1:127.0.0.1:${monPort}`, monmap);
    await this.#run('ceph-mon', '-i', 'a', '--mkfs', '--monmap', monmap);
  }

  async startStorage(): Promise<void> {
    this.#start('ceph-mon', '-i', 'a', '-f');
    // It makes itself known to the monitor when it starts.
    await this.#run('ceph-osd', ...OWN_MAP, '-i', '0', '--mkfs', '--osd-uuid', randomUUID());
    this.#start('ceph-osd', ...OWN_MAP, '-i', '0', '-f');
  }

  async startGateway(): Promise<Ceph> {
    this.#start('radosgw', ...OWN_MAP, '-n', 'client.rgw.a', '-f');
    const account = { accessKey: 'liuhen-test', secretKey: randomBytes(20).toString('hex') };
    const limited = { accessKey: 'liuhen-test-limited', secretKey: randomBytes(20).toString('hex') };
    await this.#account('test', account);
    await this.#account('limited', limited);
    await this.#admin('quota', 'set', '--quota-scope=user', '--uid=limited', `--max-size=${2 ** 20}`);
    await this.#admin('quota', 'enable', '--quota-scope=user', '--uid=limited');
    const endpoint = `http://127.0.0.1:${this.#rgwPort}`;
    await this.#untilItAnswers(endpoint);
    const confFile = join(this.#dir, 'ceph.conf');
    const env = {
      LIUHEN_TEST_CEPH_CONF: confFile,
      LIUHEN_TEST_S3_ENDPOINT: endpoint,
      LIUHEN_TEST_S3_ACCESS_KEY: account.accessKey,
      LIUHEN_TEST_S3_SECRET_KEY: account.secretKey,
      LIUHEN_TEST_S3_LIMITED_ACCESS_KEY: limited.accessKey,
      LIUHEN_TEST_S3_LIMITED_SECRET_KEY: limited.secretKey,
    };
    return { endpoint, ...account, limited, confFile, env, stop: () => this.stop() };
  }

  /** Gateway first. Nothing here outlives the test, so nobody waits for clean shutdowns. */
  async stop(): Promise<void> {
    for (const child of this.#children.splice(0).reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }
  }

  #account(uid: string, { accessKey, secretKey }: { accessKey: string; secretKey: string }): Promise<void> {
    const keys = [`--access-key=${accessKey}`, `--secret-key=${secretKey}`];
    return this.#admin('user', 'create', `--uid=${uid}`, `--display-name=${uid}`, ...keys);
  }

  #admin(...args: readonly string[]): Promise<void> {
    return this.#run('radosgw-admin', ...OWN_MAP, ...args);
  }

  async #run(program: string, ...args: readonly string[]): Promise<void> {
    await run(program, ['-c', join(this.#dir, 'ceph.conf'), ...args], {
      timeout: START_TIMEOUT_MS,
      signal: this.#daemonGone.signal,
    });
  }

  /** The kernel ends it with us, even when we are killed: a test run leaves no daemons behind. */
  #start(program: string, ...args: readonly string[]): void {
    const command = ['--pdeathsig', 'KILL', program, '-c', join(this.#dir, 'ceph.conf'), ...args];
    const child = spawn('setpriv', command, { stdio: ['ignore', 'pipe', 'pipe'] });
    const output = createWriteStream(join(this.#dir, 'log', `${program}.out`));
    child.stdout.pipe(output, { end: false });
    child.stderr.pipe(output, { end: false });
    child.once('exit', () => this.#daemonGone.abort(new Error(`${program} ended`)));
    this.#children.push(child);
  }

  async #untilItAnswers(endpoint: string): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      const answered = await fetch(endpoint).then(
        (response) => response.ok,
        () => false,
      );
      if (answered) return;
      if (this.#daemonGone.signal.aborted || Date.now() > deadline) throw new Error(`no answer from ${endpoint}`);
      await sleep(100);
    }
  }
}

function requirePrograms(): void {
  const folders = (process.env.PATH ?? '').split(':');
  const missing = PROGRAMS.filter((program) => !folders.some((folder) => isExecutable(join(folder, program))));
  if (missing.length === 0) return;
  throw new Error(
    `These tests need a real S3 server, Ceph, and ${missing.join(', ')} cannot be found. On Debian 12: ` +
      `apt-get install --no-install-recommends ${PACKAGES}. Or name a server with Object Lock in ` +
      'LIUHEN_TEST_S3_ENDPOINT, _ACCESS_KEY and _SECRET_KEY.',
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function lastLines(dir: string): Promise<string> {
  const outputs = ['ceph-mon', 'ceph-osd', 'radosgw'].map(async (program) => {
    const text = await readFile(join(dir, 'log', `${program}.out`), 'utf8').catch(() => '');
    return `${program}: ${text.trim().split('\n').slice(-5).join('\n')}`;
  });
  return (await Promise.all(outputs)).join('\n');
}

function configuration(dir: string, fsid: string, rgwPort: number): string {
  return `[global]
fsid = ${fsid}
monmap = ${dir}/monmap
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr2 = false
auth cluster required = none
auth service required = none
auth client required = none
mon allow pool size one = true
mon data avail warn = 1
mon data avail crit = 1
paxos propose interval = 0.05
paxos min wait = 0.01
mon tick interval = 1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd class update on start = false
run dir = ${dir}/run
admin socket = ${dir}/run/$name.asok
pid file = ${dir}/run/$name.pid
log file = ${dir}/log/$name.log
mon cluster log file = ${dir}/log/cluster.log
crash dir = ${dir}/crash
debug rocksdb = 0/0
debug bluestore = 0/0
debug bluefs = 0/0
[mon.a]
mon data = ${dir}/mon/a
[osd.0]
osd data = ${dir}/osd/0
osd objectstore = bluestore
bluestore block size = ${OSD_BYTES}
osd memory target = ${2 ** 30}
[client.rgw.a]
rgw data = ${dir}/rgw
rgw frontends = beast endpoint=127.0.0.1:${rgwPort}
rgw enable usage log = false
rgw run sync thread = false
rgw dynamic resharding = false
`;
}
