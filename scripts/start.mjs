// `npm start`: the archive on this machine, without sample data.
import { runCommandLine } from './command-line.mjs';
import { ensurePrograms } from './setup-debian.mjs';

await ensurePrograms('run');
await runCommandLine(['up', ...process.argv.slice(2)]);
