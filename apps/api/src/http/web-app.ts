import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Express } from 'express';
import { absolutePath as swaggerFiles } from 'swagger-ui-dist';
import type { HttpConfig } from './http-config.js';

const PAGE_POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ');

/** The built pages and the documentation of the API, from the same origin and under a strict policy. */
export function serveWebApp(app: Express, config: HttpConfig, openApi: Record<string, unknown>): void {
  app.get('/api/openapi.json', (_request, response) => void response.json(openApi));
  app.get('/api/docs/start.js', (_request, response) => {
    response.type('text/javascript').send("SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#docs' });");
  });
  app.get('/api/docs', (_request, response) => {
    response.setHeader('Content-Security-Policy', PAGE_POLICY);
    response.type('html').send(DOCS_PAGE);
  });
  app.use('/api/docs/ui', express.static(swaggerFiles(), { index: false }));
  if (!existsSync(join(config.webDir, 'index.html'))) return;
  app.use(
    express.static(config.webDir, {
      index: false,
      setHeaders: (response, path) => {
        // File names of the build carry a digest of their content.
        const isNamedByContent = path.includes(`${join(config.webDir, 'assets')}`);
        response.setHeader('Cache-Control', isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    }),
  );
  app.get(/^\/(?!(api|log|healthz|readyz|metrics)(\/|$))/, (_request, response) => {
    response.setHeader('Content-Security-Policy', PAGE_POLICY);
    response.setHeader('Cache-Control', 'no-cache');
    response.sendFile(join(config.webDir, 'index.html'));
  });
}

const DOCS_PAGE = `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>留痕接口 Liuhen API</title>
<link rel="stylesheet" href="/api/docs/ui/swagger-ui.css"></head>
<body><div id="docs"></div><script src="/api/docs/ui/swagger-ui-bundle.js"></script><script src="/api/docs/start.js"></script></body></html>`;
