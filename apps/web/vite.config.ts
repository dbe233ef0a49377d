import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

/** The API in development; in every other shape it serves these pages itself, from the same origin. */
const API = 'http://127.0.0.1:8080';
const PROXY = { '/api': { target: API, changeOrigin: false }, '/log/': { target: API, changeOrigin: false } };

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // `#contract` and `#domain` are read as source: one build, no order among libs.
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: {
    outDir: '../../dist/apps/web',
    emptyOutDir: true,
    target: 'es2022',
    // The server's content policy allows no data: scripts or fonts; small pictures may be inlined.
    assetsInlineLimit: 2048,
    chunkSizeWarningLimit: 900,
  },
  server: { port: 5173, proxy: PROXY },
  preview: { port: 4173, proxy: PROXY },
});
