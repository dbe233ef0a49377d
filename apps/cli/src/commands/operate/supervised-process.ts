import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Environment } from '#config';
import type { RunningProcess } from '../../running.js';
import { identityOf } from './process-identity.js';

const LOG_LIMIT_BYTES = 32 * 2 ** 20;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A process that lived this long did not fail at its start: the next pause is short again. */
const SETTLED_MS = 60_000;

export interface ProcessPlan {
  /** `api`, `worker`: also the name of its log file. */
  readonly name: string;
  /** Path of the built main file. */
  readonly main: string;
  readonly env: Environment;
  readonly logDir: string;
  /** How long it may take to end when asked, milliseconds; then it is killed. */
  readonly graceMs: number;
  /** Told of every start and every unexpected end. */
  readonly onChange: (process: SupervisedProcess, event: 'started' | 'died') => void;
}

/**
 * A child that is started again when it dies unasked, after a pause that doubles. It has an IPC channel for one purpose:
 * its closing tells the child that we are gone, even by `kill -9`. It is in a process group of its own, so that Ctrl-C
 * reaches us alone and we stop things in order.
 */
export class SupervisedProcess {
  readonly #plan: ProcessPlan;
  #child: ChildProcess | null = null;
  #pauseMs = FIRST_PAUSE_MS;
  #timer: NodeJS.Timeout | null = null;
  #isStopping = false;
  #deaths = 0;

  constructor(plan: ProcessPlan) {
    this.#plan = plan;
  }

  get name(): string {
    return this.#plan.name;
  }

  get logPath(): string {
    return join(this.#plan.logDir, `${this.#plan.name}.log`);
  }

  /** Times it died unasked since it was first started. */
  get deaths(): number {
    return this.#deaths;
  }

  /** For the record in the data folder; null while it is down. */
  get running(): RunningProcess | null {
    const pid = this.#child?.pid;
    const identity = pid === undefined ? null : identityOf(pid);
    return pid === undefined || identity === null ? null : { name: this.name, pid, identity };
  }

  start(): void {
    const { main, env, onChange } = this.#plan;
    const log = this.#openLog();
    const startedAt = Date.now();
    const child = spawn(process.execPath, ['--enable-source-maps', main], {
      env: { ...env },
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.#child = child;
    child.once('error', () => this.#ended(child, startedAt));
    child.once('exit', () => this.#ended(child, startedAt));
    child.once('spawn', () => onChange(this, 'started'));
  }

  /** Asks it to end, and waits; kills it when it takes too long. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const child = this.#child;
    if (child === null) return;
    const gone = new Promise<void>((done) => child.once('exit', () => done()));
    child.kill('SIGTERM');
    const killing = setTimeout(() => child.kill('SIGKILL'), this.#plan.graceMs);
    await gone;
    clearTimeout(killing);
  }

  /** The end of its log, for whoever asks why it does not start. */
  lastLines(count = 12): string[] {
    try {
      return readFileSync(this.logPath, 'utf8').trimEnd().split('\n').slice(-count);
    } catch {
      return [];
    }
  }

  #ended(child: ChildProcess, startedAt: number): void {
    if (this.#child !== child) return;
    this.#child = null;
    if (this.#isStopping) return;
    this.#deaths += 1;
    if (Date.now() - startedAt > SETTLED_MS) this.#pauseMs = FIRST_PAUSE_MS;
    this.#plan.onChange(this, 'died');
    this.#timer = setTimeout(() => this.start(), this.#pauseMs);
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }

  /** Appends, so that the child needs nobody to read its words; an old log is put aside when large. */
  #openLog(): number {
    mkdirSync(dirname(this.logPath), { recursive: true, mode: 0o700 });
    if ((statSync(this.logPath, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) {
      renameSync(this.logPath, `${this.logPath}.old`);
    }
    return openSync(this.logPath, 'a', 0o600);
  }
}
