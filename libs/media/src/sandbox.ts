import { constants } from 'node:fs';
import { access, readlink, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ArchiveError } from '#domain';
import { type LentPaths, withOpenPaths } from './lower-user.js';
import {
  fullArguments,
  INSIDE_INPUT,
  INSIDE_OUTPUT,
  type Limits,
  placeArguments,
  reducedArguments,
  type SandboxPaths,
} from './sandbox-arguments.js';
import { seccompFilter } from './seccomp.js';
import { requirePlainFiles, supervise, type ToolExit, type ToolProgress } from './supervise.js';
import { TOOL_FOLDERS, TOOLS, type ToolName } from './tools.js';

export type SandboxMode = 'full' | 'reduced';

export interface SandboxOptions {
  /** Limits that replace the defaults for every run that names none of its own. */
  readonly limits?: Partial<Limits>;
  /** Folder for what root lends to nobody in the reduced mode; reachable by others. Default: the system's. */
  readonly scratchDir?: string;
}

export interface ToolRun {
  readonly tool: ToolName;
  /** `@input` and `@output` stand for the two paths. Nothing else of the machine may be named. */
  readonly args: readonly string[];
  /** The original, absolute; seen read-only. */
  readonly input?: string;
  /** The one folder that can be written to, absolute and existing. */
  readonly outputDir?: string;
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal | undefined;
  readonly onStdout?: (chunk: Buffer) => void;
  readonly onProgress?: ((progress: ToolProgress) => void) | undefined;
}

/** The one way to start a program on evidence. */
export interface Sandbox {
  readonly mode: SandboxMode;
  /**
   * Runs a tool to its end. Throws `timeout`, `media-limit`, `tool-failed` (could not be started), or the signal's
   * reason; an exit code other than 0 is returned. Whatever stops it, the whole group is killed first.
   */
  run(run: ToolRun): Promise<ToolExit>;
  /** What the tool says of its own version; asked once. Throws `tool-failed` when it is not installed. */
  toolVersion(tool: ToolName): Promise<string>;
}

export const DEFAULT_LIMITS: Limits = {
  wallMs: 10 * 60_000,
  stallMs: 60_000,
  memoryBytes: 4 * 1024 ** 3,
  cpuSeconds: 20 * 60,
  outputBytes: 2 * 1024 ** 3,
};

/**
 * A sandbox that was seen to work. `full` is bubblewrap; `reduced` must be asked for by name, since it can keep a
 * tool neither from the network nor from other readable files. Throws `sandbox-unavailable`; never falls back.
 */
export async function createSandbox(mode: SandboxMode, options: SandboxOptions = {}): Promise<Sandbox> {
  const prlimitPath = await find('prlimit');
  if (prlimitPath === null) throw unavailable('prlimit (util-linux) is not installed');
  const sandbox = mode === 'full' ? await openFull(prlimitPath, options) : await openReduced(prlimitPath, options);
  try {
    await sandbox.toolVersion('ffprobe');
  } catch (error) {
    throw unavailable(
      `${mode} sandbox cannot run ffprobe: ${error instanceof Error ? error.message : 'unknown'}`,
      error,
    );
  }
  return sandbox;
}

async function openFull(prlimitPath: string, options: SandboxOptions): Promise<Sandbox> {
  const bwrapPath = await find('bwrap');
  if (bwrapPath === null) throw unavailable('bubblewrap is not installed');
  const system = await systemPaths();
  const filter = seccompFilter(process.arch);
  return new ToolSandbox(
    'full',
    async (run, limits, toolPath) => {
      const paths: SandboxPaths = {
        toolPath,
        prlimitPath,
        readable: await existing([toolPath, prlimitPath, ...system.readable, ...TOOLS[run.tool].data]),
        links: system.links,
        inputPath: run.input ?? null,
        outputDir: run.outputDir ?? null,
      };
      return supervise({
        command: bwrapPath,
        args: [
          ...fullArguments(paths, limits, filter === null ? null : 3),
          ...placeArguments(run.args, INSIDE_INPUT, INSIDE_OUTPUT),
        ],
        cwd: '/',
        limits,
        outputDir: run.outputDir ?? null,
        extraInput: filter,
        signal: run.signal,
        onStdout: run.onStdout,
        onProgress: run.onProgress,
      });
    },
    options,
  );
}

async function openReduced(prlimitPath: string, options: SandboxOptions): Promise<Sandbox> {
  const isRoot = process.getuid?.() === 0;
  const setprivPath = isRoot ? await find('setpriv') : null;
  if (isRoot && setprivPath === null) throw unavailable('setpriv (util-linux) is not installed');
  const start = (lent: LentPaths, run: ToolRun, limits: Limits, toolPath: string) => {
    const paths = { toolPath, prlimitPath, readable: [], links: [], inputPath: null, outputDir: null };
    const [command = '', ...lead] = reducedArguments(paths, limits, setprivPath);
    return supervise({
      command,
      args: [...lead, ...placeArguments(run.args, lent.input ?? '', lent.outputDir ?? '')],
      cwd: '/',
      limits,
      outputDir: lent.outputDir ?? null,
      extraInput: null,
      signal: run.signal,
      onStdout: run.onStdout,
      onProgress: run.onProgress,
    });
  };
  return new ToolSandbox(
    'reduced',
    async (run, limits, toolPath) => {
      const own = { input: run.input, outputDir: run.outputDir };
      if (!isRoot) return start(own, run, limits, toolPath);
      return withOpenPaths(own, options.scratchDir ?? tmpdir(), (lent) => start(lent, run, limits, toolPath));
    },
    options,
  );
}

type Start = (run: ToolRun, limits: Limits, toolPath: string) => Promise<ToolExit>;

class ToolSandbox implements Sandbox {
  private readonly versions = new Map<ToolName, Promise<string>>();
  private readonly paths = new Map<ToolName, Promise<string | null>>();

  constructor(
    readonly mode: SandboxMode,
    private readonly start: Start,
    private readonly options: SandboxOptions,
  ) {}

  async run(run: ToolRun): Promise<ToolExit> {
    const path = this.paths.get(run.tool) ?? find(run.tool);
    this.paths.set(run.tool, path);
    const toolPath = await path;
    if (toolPath === null)
      throw new ArchiveError('tool-failed', `${run.tool} is not installed`, { details: { tool: run.tool } });
    const exit = await this.start(run, { ...DEFAULT_LIMITS, ...this.options.limits, ...run.limits }, toolPath);
    if (run.outputDir !== undefined) await requirePlainFiles(run.outputDir);
    return exit;
  }

  toolVersion(tool: ToolName): Promise<string> {
    const known = this.versions.get(tool) ?? this.askVersion(tool);
    this.versions.set(tool, known);
    known.catch(() => this.versions.delete(tool));
    return known;
  }

  private async askVersion(tool: ToolName): Promise<string> {
    const exit = await this.run({ tool, args: TOOLS[tool].versionArgs, limits: { wallMs: 20_000 } });
    const line = `${exit.stdout.toString('utf8')}\n${exit.stderrTail}`.split('\n').find((text) => text.trim() !== '');
    if (exit.code !== 0 || line === undefined) {
      throw new ArchiveError('tool-failed', `${tool} does not run: ${exit.stderrTail.slice(-300)}`, {
        details: { tool },
      });
    }
    return line.replace(/ Copyright.*$/, '').trim();
  }
}

/** Libraries, and the loader's index of them: without it the loader searches every folder for each of 200 libraries. */
async function systemPaths(): Promise<Pick<SandboxPaths, 'readable' | 'links'>> {
  const readable = [
    '/usr/lib',
    '/usr/lib32',
    '/usr/lib64',
    '/usr/local/lib',
    '/etc/ld.so.cache',
    '/etc/ld.so.conf',
    '/etc/ld.so.conf.d',
  ];
  const links: { path: string; target: string }[] = [];
  for (const path of ['/lib', '/lib64', '/lib32']) {
    const target = await readlink(path).catch(() => null);
    if (target === null) readable.push(path);
    else links.push({ path, target });
  }
  return { readable: await existing(readable), links };
}

async function find(program: ToolName | 'bwrap' | 'prlimit' | 'setpriv'): Promise<string | null> {
  for (const folder of TOOL_FOLDERS) {
    const path = join(folder, basename(program));
    if (await canRun(path)) return path;
  }
  return null;
}

async function canRun(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function existing(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of new Set(paths)) {
    if (
      await stat(path).then(
        () => true,
        () => false,
      )
    )
      found.push(path);
  }
  return found;
}

function unavailable(message: string, cause?: unknown): ArchiveError {
  return new ArchiveError('sandbox-unavailable', message, cause === undefined ? {} : { cause });
}
