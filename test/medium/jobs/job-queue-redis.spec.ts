import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '#persistence';
import { jobQueueContract } from '../../contracts/job-queue.contract.js';
import { startRedis } from '../../support/redis.js';

jobQueueContract('Redis', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'liuhen-redis-'));
  const port = await freePort();
  let server = await startRedis({ dir, port });
  return {
    config: () => ({ kind: 'redis', url: server.url }),
    wipe: async () => {
      const client = new Redis(server.url);
      await client.flushall();
      client.disconnect();
    },
    stopServer: () => server.stop(),
    startServer: async () => {
      server = await startRedis({ dir, port });
    },
    cutConnections: async () => {
      const client = new Redis(server.url);
      await client.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      client.disconnect();
    },
    hang: async () => {
      const pid = server.pid ?? 0;
      process.kill(pid, 'SIGSTOP');
      return async () => {
        process.kill(pid, 'SIGCONT');
      };
    },
    close: async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
});
