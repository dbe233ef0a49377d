import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Counter, Histogram, Registry } from 'prom-client';
import type { JobHooks } from '#jobs';

export interface MetricsPlace {
  readonly host: string;
  readonly port: number;
  /** What a reader has to show; null where only this machine can ask. */
  readonly token: string | null;
}

/** Job times and failures for Prometheus, on a port of the worker's own. */
export class WorkerMetrics {
  readonly #registry = new Registry();
  readonly #seconds = new Histogram({
    name: 'liuhen_job_seconds',
    help: 'Time a job took',
    labelNames: ['job', 'outcome'],
    buckets: [0.1, 0.5, 2, 10, 60, 600, 3600],
    registers: [this.#registry],
  });
  readonly #failures = new Counter({
    name: 'liuhen_job_failures_total',
    help: 'Jobs that failed',
    labelNames: ['job', 'code'],
    registers: [this.#registry],
  });

  readonly hooks: JobHooks = {
    onFinished: ({ name, ms }) => this.#seconds.observe({ job: name, outcome: 'done' }, ms / 1000),
    onFailed: ({ name, ms, code }) => {
      this.#seconds.observe({ job: name, outcome: 'failed' }, ms / 1000);
      this.#failures.inc({ job: name, code });
    },
  };

  /** Health for anyone who reaches the port, metrics for who has the token. Resolves when it listens. */
  async listen({ host, port, token }: MetricsPlace): Promise<Server> {
    const server = createServer((request, response) => void this.#answer(request, response, token));
    server.listen(port, host);
    await once(server, 'listening');
    return server;
  }

  async #answer(request: IncomingMessage, response: ServerResponse, token: string | null): Promise<void> {
    if (request.url === '/healthz') {
      response.end('{"status":"ok"}');
      return;
    }
    // Who may not read them is not told that they are there.
    if (request.url !== '/metrics' || !mayRead(request, token)) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('Content-Type', this.#registry.contentType);
    response.end(await this.#registry.metrics());
  }
}

function mayRead({ headers }: IncomingMessage, token: string | null): boolean {
  return token === null || timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`));
}

/** Of one length, whatever was shown. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
