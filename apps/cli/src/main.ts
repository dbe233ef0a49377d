import { ConfigError, type Environment } from '#config';
import { ERROR_TEXT, isArchiveError } from '#domain';
import { EXIT, EXIT_CODES } from './exit-codes.js';
import { CommandFailure } from './failure.js';
import { generalHelp, verbHelp } from './help.js';
import { parseCall } from './parse-call.js';
import { endQuietly } from './terminal/reader-gone.js';
import { Terminal } from './terminal/terminal.js';
import { verbsFor } from './verbs.js';

// The one place the environment is read.
// biome-ignore lint/style/noProcessEnv: handed to the config lib, which alone interprets it
const environment: Environment = { ...process.env };

const terminal = new Terminal();
for (const stream of [process.stdout, process.stderr]) stream.on('error', endQuietly);
// An answer that never comes must end in a timeout and its words: without this a program with nothing left to wait for
// would end at once, as if all were well.
setInterval(() => undefined, 60_000);
process.exitCode = await run(process.argv.slice(2)).catch(explain);
// Pools and sockets of libraries may linger; what mattered was awaited.
await new Promise<void>((done) =>
  process.stdout.write('', (error) => {
    if (error) endQuietly(error);
    done();
  }),
);
process.exit();

async function run(args: readonly string[]): Promise<number> {
  const verbs = await verbsFor(args);
  const parsed = parseCall(args, verbs);
  if (parsed.kind === 'help') {
    terminal.say(...(parsed.verb === null ? generalHelp(verbs) : verbHelp(parsed.verb)));
    return EXIT.ok;
  }
  const { verb, options, positionals } = parsed;
  return (await verb.run({ options, positionals, env: environment, terminal })) ?? EXIT.ok;
}

/** Says what went wrong, Chinese first, and what a script should make of it. */
function explain(error: unknown): number {
  terminal.settle();
  if (error instanceof CommandFailure) {
    terminal.note(`错误：${error.words.zh}`, `Error: ${error.words.en}`);
    return error.exitCode;
  }
  if (error instanceof ConfigError) {
    terminal.note(error.message);
    return EXIT.config;
  }
  if (isArchiveError(error)) {
    const { zh, en } = ERROR_TEXT[error.code];
    const { requestId, ...facts } = error.details;
    const said = error.message === en || error.message === zh ? '' : ` ${error.message}`;
    const request = requestId === undefined ? '' : `  请求编号 request ${String(requestId)}`;
    terminal.note(
      `错误：${zh}`,
      `Error: ${en}`,
      `  [${error.code}]${said}${request}`,
      ...factsOf(facts),
      ...causesOf(error),
    );
    return EXIT_CODES[error.code];
  }
  terminal.note('错误：内部错误', 'Error: internal', error instanceof Error ? String(error.stack) : String(error));
  return EXIT.internal;
}

function factsOf(facts: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(facts).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`);
}

function causesOf(error: Error): string[] {
  const { cause } = error;
  return cause instanceof Error ? [`  ← ${cause.message}`, ...causesOf(cause)] : [];
}
