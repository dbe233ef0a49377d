// Writes docs/openapi.json anew: `node scripts/openapi.mjs`. The test that compares the file with the API does it.
import { spawnSync } from 'node:child_process';

const jest = [
  'node_modules/jest/bin/jest.js',
  'test/medium/api/documents',
  '--selectProjects',
  'medium',
  '-t',
  'is committed',
];
const { status } = spawnSync(process.execPath, ['--experimental-vm-modules', '--no-warnings', ...jest], {
  stdio: 'inherit',
  env: { ...process.env, UPDATE: '1' },
});
process.exit(status ?? 1);
