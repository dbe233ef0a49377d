import { createServer, type Server } from 'node:http';
import { Counter, Histogram, Registry } from 'prom-client';
import type { JobHooks } from '#jobs';

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

  /** Health and metrics, on this machine only. */
  listen(port: number): Server {
    const server = createServer(async (request, response) => {
      if (request.url === '/healthz') {
        response.end('{"status":"ok"}');
        return;
      }
      if (request.url !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      response.setHeader('Content-Type', this.#registry.contentType);
      response.end(await this.#registry.metrics());
    });
    return server.listen(port, '127.0.0.1');
  }
}
