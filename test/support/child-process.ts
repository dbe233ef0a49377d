import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface TestChild {
  readonly process: ChildProcess;
  /** The next line it prints; fails when it ends first. */
  nextLine(): Promise<string>;
  /** Ends it at once, as a power cut would, and waits until it is gone. */
  kill(): Promise<void>;
}

/**
 * Runs a .ts file in a process of its own, so that it can be killed.
 * @param settings LIUHEN_* it is to have
 */
export async function startChild(
  file: URL,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<TestChild> {
  // Its threads are .ts files of their own.
  const loader = new URL('./typescript-loader.js', import.meta.url);
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', loader.href, await bundleChild(file), ...args],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '', ...settings } },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const gone = once(child, 'exit');
  return {
    process: child,
    nextLine: async () => {
      const line = await lines.next();
      if (line.done === true) {
        throw new Error(`the child ended (${child.exitCode ?? child.signalCode})`);
      }
      return line.value;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

const bundles = new Map<string, Promise<string>>();

/** Once for each file: the sources do not change while tests run. @returns path of the one file that has all of it */
function bundleChild(file: URL): Promise<string> {
  const known = bundles.get(file.href) ?? runBundler(file);
  bundles.set(file.href, known);
  return known;
}

async function runBundler(file: URL): Promise<string> {
  const bundler = fileURLToPath(new URL('./bundle-child.js', import.meta.url));
  const env = { ...process.env, NODE_OPTIONS: '' };
  const { stdout } = await promisify(execFile)(process.execPath, [bundler, fileURLToPath(file)], { env });
  return stdout;
}
