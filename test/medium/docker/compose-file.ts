import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);
const { load } = createRequire(import.meta.url)('js-yaml') as { load: (text: string) => unknown };

const serviceSchema = z.looseObject({
  image: z.string(),
  user: z.string().optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.string().array().optional(),
  security_opt: z.string().array().optional(),
  command: z.string().array().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.string().array().default([]),
  networks: z.union([z.string().array(), z.record(z.string(), z.unknown())]),
  deploy: z.object({ replicas: z.union([z.number(), z.string()]) }).optional(),
  healthcheck: z.object({ test: z.string().array().optional(), disable: z.boolean().optional() }).optional(),
  ports: z.string().array().default([]),
});
const composeSchema = z.looseObject({
  services: z.record(z.string(), serviceSchema),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
  networks: z.record(z.string(), z.looseObject({ internal: z.boolean().optional() })),
});

export type Service = z.infer<typeof serviceSchema>;
export type Compose = z.infer<typeof composeSchema>;

/** compose.yaml as the engine's client reads it when no variable is set: anchors merged, defaults put in. */
export async function readCompose(): Promise<Compose> {
  const text = await readFile('docker/compose.yaml', 'utf8');
  return composeSchema.parse(load(text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')));
}

export function serviceOf(compose: Compose, name: string): Service {
  const service = compose.services[name];
  if (service === undefined) throw new Error(`compose.yaml has no service ${name}`);
  return service;
}

export interface Secrets {
  readonly dir: string;
  remove(): Promise<void>;
}

/** What make-secrets.sh makes, in a folder of the test's own. */
export async function makeSecrets(): Promise<Secrets> {
  const dir = await mkdtemp(join(tmpdir(), 'liuhen-secrets-'));
  await cp('docker/make-secrets.sh', join(dir, 'make-secrets.sh'));
  await cp('docker/secrets/.gitignore', join(dir, 'secrets/.gitignore'));
  await run(join(dir, 'make-secrets.sh'), ['archive.test']);
  return { dir: join(dir, 'secrets'), remove: () => rm(dir, { recursive: true, force: true }) };
}
