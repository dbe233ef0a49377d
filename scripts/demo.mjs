// `npm run demo [-- --exit] [-- --fresh]`: from a fresh clone to a sample case that can be looked at.
import { runCommandLine } from './command-line.mjs';
import { ensurePrograms } from './setup-debian.mjs';

await ensurePrograms('run');
await runCommandLine(['demo', ...process.argv.slice(2)]);
