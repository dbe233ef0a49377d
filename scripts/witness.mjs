// A witness from a clone: `npm run -s witness -- --dir DIR --listen HOST:PORT --log VKEY`.
import { runWitness } from './command-line.mjs';

await runWitness(process.argv.slice(2));
