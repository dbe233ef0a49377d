import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Archive } from '#archive';
import { addLedgerGauges } from './ledger-gauges.js';

/** Numbers for Prometheus. None names a person, a case or a file. */
export class Metrics {
  readonly registry = new Registry();
  readonly uploadsBegun = this.#counter('liuhen_uploads_begun_total', 'Uploads begun');
  readonly uploadsFinished = this.#counter('liuhen_uploads_finished_total', 'Uploads whose last byte is stored');
  readonly uploadedBytes = this.#counter('liuhen_uploaded_bytes_total', 'Bytes stored durably');
  readonly uploadFailures = new Counter({
    name: 'liuhen_upload_failures_total',
    help: 'Refused or failed upload requests',
    labelNames: ['code'],
    registers: [this.registry],
  });
  readonly requests = new Histogram({
    name: 'liuhen_http_request_seconds',
    help: 'Time to answer',
    labelNames: ['method', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.2, 1, 5, 30],
    registers: [this.registry],
  });

  constructor(archive: Archive | null) {
    if (archive === null) return;
    new Gauge({
      name: 'liuhen_queue_jobs',
      help: 'Jobs by queue and state',
      labelNames: ['queue', 'state'],
      registers: [this.registry],
      async collect() {
        const depth = await archive.system.queueDepth.run().catch(() => null);
        if (depth === null) return;
        for (const [queue, states] of Object.entries(depth)) {
          for (const [state, count] of Object.entries(states)) this.set({ queue, state }, count);
        }
      },
    });
    addLedgerGauges(this.registry, () => archive.ledger.measure.run());
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.registry] });
  }
}
