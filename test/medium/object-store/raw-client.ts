import type { ClientOptions } from 'minio';
import { Client } from 'minio';
import type { S3StoreConfig } from '#object-store';

/** The `minio` client as anybody would make it, beside the store under test. */
export function rawClient(config: S3StoreConfig, options: Partial<ClientOptions> = {}): Client {
  const { hostname, port } = new URL(config.endpoint);
  const { accessKey, secretKey, region } = config;
  return new Client({
    endPoint: hostname,
    port: Number(port),
    useSSL: false,
    accessKey,
    secretKey,
    region,
    ...options,
  });
}
