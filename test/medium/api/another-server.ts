import type { AddressInfo } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import pino from 'pino';
import type { Archive } from '#archive';
import type { HttpConfig } from '../../../apps/api/src/http/http-config.js';
import { makeServer } from '../../../apps/api/src/server.js';

export interface AnotherServer {
  readonly url: string;
  readonly app: NestExpressApplication;
  /** Lines of the log, as JSON. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

/** One more API server over an archive: a second replica, or one with other settings of the HTTP side. */
export async function serve(archive: Archive, config: Partial<HttpConfig> = {}): Promise<AnotherServer> {
  const lines: string[] = [];
  const { server, app } = await makeServer({
    archive,
    http: {
      isSecure: false,
      trustedProxies: [],
      maxUploadBytes: 8 * 1024 ** 3,
      metricsToken: null,
      version: 'test',
      webDir: 'no-such-folder',
      ...config,
    },
    tls: null,
    log: pino({ level: 'info' }, { write: (line: string) => void lines.push(line) }),
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    app,
    lines,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await app.close();
    },
  };
}
