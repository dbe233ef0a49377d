import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CompareWithSigner, openArchive } from '#archive';
import { archiveOptions, type ConfigOf, type Environment, loadConfig } from '#config';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#persistence';
import { SignerClient } from '#signing';
import type { FolderClaim } from '../../claim-folder.js';
import { ApiClient } from '../../client/api-client.js';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';
import { forgetRunning, writeRunning } from '../../running.js';
import {
  builtMain,
  CALENDAR_FILE,
  CATALOGUES_DIR,
  FORMS_DIR,
  NAME_RULES_DIR,
  PROCEDURES_DIR,
} from './archive-files.js';
import { claimDataFolder, endLeftovers } from './data-folder.js';
import { layOutEmbeddedDatabase } from './embedded-database.js';
import { isFree, withFreePort } from './ports.js';
import { type DatabaseAddresses, databaseAddresses, prepareDatabase } from './prepare-database.js';
import { quietLog } from './quiet-log.js';
import { SupervisedProcess } from './supervised-process.js';

const READY_MS = 120_000;
const DATABASE_LOOK_MS = 2_000;
const SIGNER_READY_MS = 20_000;
/** What each may take to end, once asked. */
const GRACES_MS = { signer: 5_000, api: 15_000 };
/** A process that dies this often before the archive is ready will not get better. */
const DEATHS_AT_START = 4;

export interface ServerPlan {
  readonly env: Environment;
  /** Name of the topmost unit, for the first start. */
  readonly agency: string;
  /** What is being done, a line each, Chinese first. */
  readonly onStep: (text: string) => void;
}

/** The archive on this machine: PostgreSQL (unless a server is named), API and worker, kept running together. */
export class ArchiveServer {
  readonly #plan: ServerPlan;
  #env: Environment;
  #config: ConfigOf<'cli'>;
  readonly #processes: SupervisedProcess[] = [];
  #claim: FolderClaim | null = null;
  #postgres: EmbeddedPostgres | null = null;
  #addresses: DatabaseAddresses | null = null;
  #watch: NodeJS.Timeout | null = null;
  #firstAdministrator: { readonly login: string; readonly oneTimePassword: string } | null = null;
  #stopping: Promise<void> | null = null;
  #address = '';

  private constructor(plan: ServerPlan) {
    this.#plan = plan;
    this.#env = plan.env;
    this.#config = loadConfig(plan.env, 'cli');
  }

  /**
   * Starts everything and waits until it is ready; stops what was started when something fails.
   * @throws CommandFailure (folder in use, a process that does not start), ArchiveError, ConfigError
   */
  static async start(plan: ServerPlan): Promise<ArchiveServer> {
    const server = new ArchiveServer(plan);
    try {
      await server.#start();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Where browsers and clients on this machine go. */
  get address(): string {
    return this.#address;
  }

  get dataDir(): string {
    return this.#config.data.dir;
  }

  get logDir(): string {
    return join(this.dataDir, 'logs');
  }

  /** Only at the very first start of an archive; never to be had again. */
  get firstAdministrator(): { readonly login: string; readonly oneTimePassword: string } | null {
    return this.#firstAdministrator;
  }

  /** API first, so that nothing new comes in; PostgreSQL last. Safe to call twice. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    await this.#stopping;
  }

  async #start(): Promise<void> {
    const { onStep } = this.#plan;
    this.#claim = await claimDataFolder(this.dataDir);
    await endLeftovers(this.dataDir);
    this.#env = await withFreePort(this.#env);
    this.#config = loadConfig(this.#env, 'cli');
    onStep('启动数据库 Starting the database');
    const addresses = await this.#startDatabase();
    this.#addresses = addresses;
    onStep('更新表结构与执法程序 Bringing schema and procedures up to date');
    await prepareDatabase(addresses, this.#config.queue.kind === 'postgres');
    onStep('启动签名进程 Starting the signer');
    await this.#startSigner();
    await this.#prepareArchive(addresses);
    onStep('启动服务与任务进程 Starting API and worker');
    this.#startProcesses(addresses);
    await this.#untilReady();
    this.#watchDatabase();
  }

  async #startDatabase(): Promise<DatabaseAddresses> {
    const { url, embeddedDir } = this.#config.database;
    if (url !== null) return databaseAddresses(this.#config);
    this.#postgres = await startEmbeddedPostgres({ dir: embeddedDir });
    return await layOutEmbeddedDatabase(this.#postgres);
  }

  /** Before all that records: what the signer remembers is what the database must have. */
  async #startSigner(): Promise<void> {
    const { dir, socketPath } = this.#config.signer;
    this.#supervise('signer', { ...this.#env, LIUHEN_DATA: this.dataDir, LIUHEN_SIGNER_DIR: dir });
    const client = new SignerClient({ socketPath });
    const deadline = Date.now() + SIGNER_READY_MS;
    while (!(await client.state().then(Boolean, () => false))) {
      const signer = this.#processes[0];
      if (Date.now() > deadline || (signer?.deaths ?? 0) >= DEATHS_AT_START) throw notReady(signer);
      await sleep(50);
    }
  }

  async #prepareArchive({ appUrl }: DatabaseAddresses): Promise<void> {
    const options = archiveOptions(this.#config, appUrl);
    const opened = await openArchive({
      ...options,
      databasePoolSize: 2,
      applicationName: 'liuhen-up',
      digestThreads: 1,
      log: quietLog,
    });
    try {
      const { signer } = opened.parts;
      const frozen = signer === null ? null : await new CompareWithSigner({ ...opened.parts, signer }).run();
      if (frozen !== null) {
        this.#plan.onStep(
          `存证日志已冻结（${frozen}），不再记录任何内容。The ledger is frozen; see liuhen ledger --help`,
        );
        return;
      }
      await opened.archive.cases.keepProcedures.run(PROCEDURES_DIR);
      await opened.archive.forms.keepTemplates.run(FORMS_DIR);
      await opened.archive.law.keepCalendar.run(CALENDAR_FILE);
      await opened.archive.recorders.keepNameRules.run(NAME_RULES_DIR);
      await opened.archive.reviews.keepCatalogues.run(CATALOGUES_DIR);
      this.#firstAdministrator = await opened.archive.people.makeFirstAdministrator.run(this.#plan.agency);
    } finally {
      await opened.close();
    }
  }

  #startProcesses(addresses: DatabaseAddresses): void {
    this.#address = this.#config.http.publicUrl;
    const env = childEnvironment(this.#env, this.#config, addresses.appUrl);
    this.#supervise('api', env);
    this.#supervise('worker', {
      ...env,
      LIUHEN_LEDGER_DATABASE_URL: addresses.sequencerUrl,
      LIUHEN_VERIFIER_DATABASE_URL: addresses.verifierUrl,
    });
  }

  #supervise(name: keyof typeof GRACES_MS | 'worker', env: Environment): void {
    const graceMs = name === 'worker' ? this.#config.worker.stopGraceMs + 10_000 : GRACES_MS[name];
    const child = new SupervisedProcess({
      ...{ name, env, main: builtMain(name), logDir: this.logDir, graceMs },
      onChange: (changed, event) => this.#onChange(changed, event),
    });
    this.#processes.push(child);
    child.start();
  }

  #onChange(child: SupervisedProcess, event: 'started' | 'died'): void {
    const processes = this.#processes.flatMap(({ running }) => running ?? []);
    void writeRunning(this.dataDir, { address: this.#address, processes }).catch(() => undefined);
    if (event === 'died') {
      this.#plan.onStep(`${child.name} 意外退出，将重新启动 died and is started again（${child.logPath}）`);
    }
  }

  async #untilReady(): Promise<void> {
    const { http } = this.#config;
    const host = http.host.includes(':') ? `[${http.host}]` : http.host;
    const client = new ApiClient(`${http.tls === null ? 'http' : 'https'}://${host}:${http.port}`);
    const deadline = Date.now() + READY_MS;
    for (;;) {
      // With TLS the certificate is for the public name; that the port answers has to do here.
      const status = await client.probe('/readyz').then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 200 || (http.tls !== null && !(await isFree(http.host, http.port)))) return;
      const hopeless = this.#processes.find(({ deaths }) => deaths >= DEATHS_AT_START);
      if (hopeless !== undefined || Date.now() > deadline) throw notReady(hopeless ?? this.#processes[0]);
      await sleep(200);
    }
  }

  /** PostgreSQL runs on its own; if it goes (killed, out of memory) it is started again on the same port. */
  #watchDatabase(): void {
    if (this.#postgres === null) return;
    let isBusy = false;
    this.#watch = setInterval(() => {
      if (isBusy || this.#stopping !== null || this.#postgres === null || isRunning(this.#postgres.pid)) return;
      isBusy = true;
      this.#plan.onStep('数据库意外退出，正在恢复 PostgreSQL is gone; starting it again');
      startEmbeddedPostgres({ dir: this.#config.database.embeddedDir, port: this.#postgres.port })
        .then((server) => {
          this.#postgres = server;
        })
        .catch((error: unknown) => this.#plan.onStep(`数据库未能恢复 not yet: ${String(error)}`))
        .finally(() => {
          isBusy = false;
        });
    }, DATABASE_LOOK_MS);
  }

  async #stop(): Promise<void> {
    if (this.#watch !== null) clearInterval(this.#watch);
    // The signer, started first, ends last: the worker has its last entries signed before it goes.
    const [signer, ...others] = this.#processes;
    for (const child of others) await child.stop();
    await signer?.stop();
    await this.#postgres?.stop();
    if (this.#claim !== null) {
      await forgetRunning(this.dataDir);
      await this.#claim.release();
    }
  }

  /** The addresses other operations on this archive use while it runs. */
  get databaseAddresses(): DatabaseAddresses {
    if (this.#addresses === null) throw new Error('the archive was not started');
    return this.#addresses;
  }
}

/** The archive's own settings, with what only we know; nothing that lets it change the schema. */
function childEnvironment(env: Environment, config: ConfigOf<'cli'>, appUrl: string): Environment {
  const dropped = ['DATABASE_URL_FILE', 'DATABASE_OWNER_URL', 'DATABASE_OWNER_URL_FILE', 'LEDGER_DATABASE_URL_FILE']
    .concat(['LEDGER_DATABASE_URL', 'VERIFIER_DATABASE_URL', 'VERIFIER_DATABASE_URL_FILE'])
    .map((name) => `LIUHEN_${name}`);
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !dropped.includes(name)));
  return { ...kept, LIUHEN_DATA: config.data.dir, LIUHEN_DATABASE_URL: appUrl, NODE_ENV: 'production' };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function notReady(child: SupervisedProcess | undefined): CommandFailure {
  const tail = child === undefined ? '' : `\n${child.lastLines().join('\n')}`;
  const log = child?.logPath ?? '';
  return new CommandFailure(EXIT.tryLater, {
    zh: `服务未能就绪，日志：${log}${tail}`,
    en: `The archive did not become ready; its log: ${log}`,
  });
}
