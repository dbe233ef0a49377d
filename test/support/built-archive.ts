import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account, Unit } from '#contract';
import type { Role } from '#domain';
import { freePort } from '#persistence';
import { ApiClient } from './api-client.js';

const MAIN = resolve('dist/apps/cli/src/main.js');
const WEB = resolve('dist/apps/web/index.html');
const IS_UP = /Ctrl-C stops it/;
const ADMIN_PASSWORD = 'correct horse battery';

export interface CheckOutcome {
  readonly code: number | null;
  readonly output: string;
}

interface Plan {
  readonly dataDir: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** The archive as a stranger has it after the build: `liuhen up` in a process of its own, over a folder of its own. */
export class BuiltArchive {
  readonly url: string;
  readonly dataDir: string;
  /** Shown once by the first start. */
  readonly oneTimePassword: string;
  readonly #port: number;
  readonly #settings: Readonly<Record<string, string>>;
  #up: UpProcess;
  #administrator: ApiClient | null = null;

  private constructor(plan: Plan, up: UpProcess, oneTimePassword: string) {
    this.dataDir = plan.dataDir;
    this.url = `http://127.0.0.1:${plan.port}`;
    this.oneTimePassword = oneTimePassword;
    this.#port = plan.port;
    this.#settings = plan.settings;
    this.#up = up;
  }

  /** @param settings LIUHEN_* besides the folder and a free port */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<BuiltArchive> {
    for (const file of [MAIN, WEB]) {
      if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run build" first`);
    }
    const plan = { dataDir: await mkdtemp(join(tmpdir(), 'liuhen-e2e-')), port: await freePort(), settings };
    const up = new UpProcess(plan);
    const [, oneTimePassword = ''] = await up.says(/一次性密码 password: (\S+)/);
    await up.says(IS_UP);
    return new BuiltArchive(plan, up, oneTimePassword);
  }

  /** Signs the first administrator in, changing the one-time password on the way; the same session ever after. */
  async administrator(): Promise<ApiClient> {
    if (this.#administrator !== null) return this.#administrator;
    const first = await ApiClient.open(this.url, 'admin', this.oneTimePassword);
    await first.send('POST', '/session/password', { current: this.oneTimePassword, next: ADMIN_PASSWORD });
    this.#administrator = await ApiClient.open(this.url, 'admin', ADMIN_PASSWORD);
    return this.#administrator;
  }

  /** A new account, signed in, its password changed to one of its own. */
  async person(login: string, roles: readonly Role[]): Promise<{ client: ApiClient; password: string }> {
    const administrator = await this.administrator();
    const { items: units } = await administrator.send<{ items: Unit[] }>('GET', '/units');
    const unitId = units[0]?.id ?? '';
    const wish = { login, name: `人员${login}`, roles, unitId };
    const made = await administrator.send<{ account: Account; oneTimePassword: string }>('POST', '/accounts', wish);
    const client = await ApiClient.signIn(this.url, login, made.oneTimePassword);
    return { client, password: `${made.oneTimePassword}!` };
  }

  /** Kills a process of the archive as a power cut would, and waits until another has taken its place. */
  async killAndReplace(name: 'api' | 'worker'): Promise<void> {
    const before = await this.#pidOf(name);
    if (before === null) throw new Error(`no ${name} runs`);
    process.kill(before, 'SIGKILL');
    await until(async () => {
      const now = await this.#pidOf(name);
      return now !== null && now !== before;
    });
    if (name === 'api') await until(() => this.#answers());
  }

  /** The power fails: `up` is killed with all it started, and later started again on the same folder. */
  async powerCut(): Promise<void> {
    await this.#up.kill();
    this.#up = new UpProcess({ dataDir: this.dataDir, port: this.#port, settings: this.#settings });
    await this.#up.says(IS_UP);
  }

  /** `liuhen check` beside the running archive: everything kept, verified again. */
  async check(): Promise<CheckOutcome> {
    const child = spawn(process.execPath, [MAIN, 'check', '--data', this.dataDir], {
      env: environment(this.#settings),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }

  /** The logs of both processes: what to read when a test failed. */
  async logs(): Promise<string> {
    const files = ['api.log', 'worker.log'].map((name) => join(this.dataDir, 'logs', name));
    return (await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')))).join('\n');
  }

  async stop(): Promise<void> {
    await this.#up.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  async #pidOf(name: string): Promise<number | null> {
    const text = await readFile(join(this.dataDir, 'running.json'), 'utf8').catch(() => '{"processes":[]}');
    const { processes } = JSON.parse(text) as { processes: { name: string; pid: number }[] };
    return processes.find((process) => process.name === name)?.pid ?? null;
  }

  async #answers(): Promise<boolean> {
    return await fetch(`${this.url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
  }
}

class UpProcess {
  readonly #child: ChildProcess;
  #text = '';

  constructor({ dataDir, port, settings }: Plan) {
    const args = [MAIN, 'up', '--data', dataDir, '--port', String(port)];
    const child = spawn(process.execPath, args, { env: environment(settings), stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#text += chunk.toString();
      });
    }
    this.#child = child;
  }

  /** Waits until it has printed this; fails when it ends first. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#text);
      if (found !== null) return found;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(`liuhen up ended without "${pattern.source}":\n${this.#text}`);
      }
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
  }
}

/** Nothing of the tests' own settings, nor of the machine's. */
function environment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('LIUHEN_') && name !== 'NODE_OPTIONS');
  return { ...Object.fromEntries(kept), ...settings };
}

export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(100);
}
