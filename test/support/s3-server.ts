import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3StoreConfig } from '#object-store';
import { S3ObjectStore } from '#object-store';
import { startCeph } from './ceph.js';

export interface S3Account {
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface SharedS3 extends S3Account {
  readonly endpoint: string;
  readonly limited: S3Account;
  /** Null for a server whose disks are not ours. */
  readonly confFile: string | null;
  /** Stops the server if this process started it. Call in `afterAll`. */
  release(): Promise<void>;
}

/**
 * The S3 server of this test run: the one named in the environment (the test runner starts it once for all files),
 * else one of our own.
 */
export async function sharedS3(): Promise<SharedS3> {
  const { env } = process;
  const endpoint = env.LIUHEN_TEST_S3_ENDPOINT;
  if (endpoint === undefined) return ownServer();
  return {
    endpoint,
    accessKey: named('LIUHEN_TEST_S3_ACCESS_KEY'),
    secretKey: named('LIUHEN_TEST_S3_SECRET_KEY'),
    limited: {
      accessKey: named('LIUHEN_TEST_S3_LIMITED_ACCESS_KEY'),
      secretKey: named('LIUHEN_TEST_S3_LIMITED_SECRET_KEY'),
    },
    confFile: env.LIUHEN_TEST_CEPH_CONF ?? null,
    release: async () => undefined,
  };
}

/** Of a store with all three areas. */
export interface WholeS3Config extends S3StoreConfig {
  readonly buckets: Readonly<Record<'vault' | 'staging' | 'media', string>>;
}

/** Settings of a store in buckets nobody used before: a vault with locked objects cannot be emptied. */
export function freshS3Config(server: SharedS3, overrides: Partial<WholeS3Config> = {}): WholeS3Config {
  const run = randomBytes(6).toString('hex');
  return {
    endpoint: server.endpoint,
    region: 'us-east-1',
    accessKey: server.accessKey,
    secretKey: server.secretKey,
    buckets: { vault: `t-${run}-vault`, staging: `t-${run}-staging`, media: `t-${run}-media` },
    timeoutMs: 20_000,
    ...overrides,
  };
}

/** A prepared store in fresh buckets. */
export async function makeTestStore(
  server: SharedS3,
  overrides: Partial<WholeS3Config> = {},
): Promise<{ readonly store: S3ObjectStore; readonly config: WholeS3Config }> {
  const config = freshS3Config(server, overrides);
  const store = new S3ObjectStore(config);
  await store.prepare();
  return { store, config };
}

async function ownServer(): Promise<SharedS3> {
  const dir = await mkdtemp(join(tmpdir(), 'ceph-'));
  const ceph = await startCeph(dir);
  const release = async (): Promise<void> => {
    await ceph.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { ...ceph, release };
}

function named(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`LIUHEN_TEST_S3_ENDPOINT is set, so ${name} must be set too`);
  return value;
}
