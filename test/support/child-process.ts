import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

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
export function startChild(
  file: URL,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): TestChild {
  const loader = new URL('./typescript-loader.js', import.meta.url);
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', loader.href, fileURLToPath(file), ...args],
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
