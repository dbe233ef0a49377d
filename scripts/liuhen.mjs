// The command line from a clone: `npm run -s liuhen -- VERB …`.
import { runCommandLine } from './command-line.mjs';

await runCommandLine(process.argv.slice(2));
