import { INPUT, OUTPUT } from './tools.js';

/** What a tool may use up. All are enforced; none is a hint. */
export interface Limits {
  /** Whole time by the clock. */
  readonly wallMs: number;
  /** Longest time without any sign of progress (bytes on stdout, time reached, size of results). */
  readonly stallMs: number;
  /** Address space (RLIMIT_AS) of each process. */
  readonly memoryBytes: number;
  /** Processor time of each process, all its threads together (RLIMIT_CPU). */
  readonly cpuSeconds: number;
  /** Everything in the output folder together, and everything on stdout together. */
  readonly outputBytes: number;
}

/** Paths the command line is built of, all existing and absolute. */
export interface SandboxPaths {
  readonly toolPath: string;
  readonly prlimitPath: string;
  /** Read-only folders and files besides the input. */
  readonly readable: readonly string[];
  /** Links of the root folder (`/lib` → `usr/lib` on merged-/usr systems). */
  readonly links: readonly { readonly path: string; readonly target: string }[];
  readonly inputPath: string | null;
  readonly outputDir: string | null;
}

export const INSIDE_INPUT = '/input';
export const INSIDE_OUTPUT = '/output';

const SCRATCH_BYTES = 64 * 1024 * 1024;
const OPEN_FILES = 256;
const PROCESSES = 512;
const NOBODY = 65_534;

/** Limits of the kernel, as an argument list in front of the tool. CPU: soft = hard, or ffmpeg catches SIGXCPU and goes on. */
export function prlimitArguments(limits: Limits, prlimitPath: string): string[] {
  return [
    prlimitPath,
    `--as=${limits.memoryBytes}`,
    `--cpu=${limits.cpuSeconds}:${limits.cpuSeconds}`,
    `--fsize=${limits.outputBytes}`,
    `--nofile=${OPEN_FILES}`,
    `--core=0`,
  ];
}

/**
 * Bubblewrap: no network, own process table, no capabilities, nobody's ids; sees the tool with its libraries, one
 * input and one output folder, and a small /tmp. There is no /proc, no /etc and no home.
 * The process limit comes inside the new user namespace, where it counts this sandbox only (Linux ≥ 5.14).
 */
export function fullArguments(paths: SandboxPaths, limits: Limits, seccompFd: number | null): string[] {
  return [
    '--unshare-all',
    '--die-with-parent',
    '--new-session',
    ...['--cap-drop', 'ALL', '--uid', String(NOBODY), '--gid', String(NOBODY)],
    ...['--clearenv', '--setenv', 'LC_ALL', 'C.UTF-8', '--setenv', 'HOME', '/tmp'],
    ...paths.readable.flatMap((path) => ['--ro-bind', path, path]),
    ...paths.links.flatMap((link) => ['--symlink', link.target, link.path]),
    ...['--dev', '/dev', '--size', String(SCRATCH_BYTES), '--tmpfs', '/tmp'],
    ...(paths.inputPath === null ? [] : ['--ro-bind', paths.inputPath, INSIDE_INPUT]),
    ...(paths.outputDir === null ? [] : ['--bind', paths.outputDir, INSIDE_OUTPUT]),
    ...(seccompFd === null ? [] : ['--seccomp', String(seccompFd)]),
    // The folders all this hangs in are memory: left writable, they would be a second output without a limit.
    ...['--remount-ro', '/dev', '--remount-ro', '/'],
    ...['--chdir', '/tmp', '--'],
    ...prlimitArguments(limits, paths.prlimitPath),
    ...[`--nproc=${PROCESSES}`, '--', paths.toolPath],
  ];
}

/**
 * Reduced: limits only, and the lowest user when there is a higher one to come from. The tool could still reach the
 * network and other readable files, so whitelists of formats and protocols are all that stands between.
 */
export function reducedArguments(paths: SandboxPaths, limits: Limits, setprivPath: string | null): string[] {
  const lower =
    setprivPath === null
      ? []
      : [
          setprivPath,
          ...[`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'],
          ...['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', '--'],
        ];
  return [...lower, ...prlimitArguments(limits, paths.prlimitPath), '--', paths.toolPath];
}

/** Puts the paths a tool sees in place of `@input` and `@output`. */
export function placeArguments(args: readonly string[], input: string, output: string): string[] {
  return args.map((arg) => arg.replaceAll(INPUT, input).replaceAll(OUTPUT, output));
}
