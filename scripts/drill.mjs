// `npm run drill`: attacks on archives made for it alone; exit status 1 when one goes unnoticed.
import { spawn } from 'node:child_process';
import { ensureInstalled } from './install.mjs';
import { ROOT } from './run-program.mjs';
import { ensurePrograms } from './setup-debian.mjs';

await ensurePrograms('run');
await ensureInstalled();
const loader = ['--conditions=source', '--import', './test/support/typescript-loader.js'];
const child = spawn(process.execPath, [...loader, 'test/drill/run.ts'], { cwd: ROOT, stdio: 'inherit' });
child.once('close', (code) => process.exit(code ?? 1));
