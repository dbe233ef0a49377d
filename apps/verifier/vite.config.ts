import { defineConfig } from 'vite';
import { oneFileConfig } from './one-file.js';

export default defineConfig(oneFileConfig('index.html', 'verify.html', '../../dist/apps/verifier'));
