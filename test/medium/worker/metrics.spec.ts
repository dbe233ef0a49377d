import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WorkerMetrics } from '../../../apps/worker/src/metrics.js';

describe('the metrics of a worker', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  });

  async function serve(token: string | null): Promise<{ metrics: WorkerMetrics; url: string; port: number }> {
    const metrics = new WorkerMetrics();
    const server = await metrics.listen({ host: '127.0.0.1', port: 0, token });
    servers.push(server);
    const { port } = server.address() as AddressInfo;
    return { metrics, port, url: `http://127.0.0.1:${port}` };
  }

  it('say how long jobs took, how they ended, and why they failed', async () => {
    const { metrics, url } = await serve(null);
    const run = { name: 'asset.seal', waitMs: 3, attempt: 1 } as const;
    metrics.hooks.onFinished?.({ ...run, ms: 1_500 });
    const error = new Error('the store is away');
    metrics.hooks.onFailed?.({ ...run, ms: 20, code: 'storage-unavailable', error, willRetry: true });
    const answer = await fetch(`${url}/metrics`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await answer.text();
    expect(text).toContain('liuhen_job_seconds_sum{job="asset.seal",outcome="done"} 1.5');
    expect(text).toContain('liuhen_job_failures_total{job="asset.seal",code="storage-unavailable"} 1');
  });

  it('are for who has the token; health is for all', async () => {
    const { url } = await serve('a-token-for-prometheus');
    const status = async (path: string, authorization?: string): Promise<number> =>
      (await fetch(url + path, { headers: authorization === undefined ? {} : { authorization } })).status;
    expect(await status('/metrics')).toBe(404);
    expect(await status('/metrics', 'Bearer wrong')).toBe(404);
    expect(await status('/metrics', 'a-token-for-prometheus')).toBe(404);
    expect(await status('/metrics', 'Bearer a-token-for-prometheus')).toBe(200);
    expect(await status('/healthz')).toBe(200);
    expect(await status('/', 'Bearer a-token-for-prometheus')).toBe(404);
  });

  it('do not begin on a port that is taken, and say so', async () => {
    const { port } = await serve(null);
    const second = new WorkerMetrics().listen({ host: '127.0.0.1', port, token: null });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
