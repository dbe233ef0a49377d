import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type App, describeSettings } from '#config';

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
  networks: z.union([z.string().array(), z.record(z.string(), z.unknown())]).default([]),
  network_mode: z.string().optional(),
  volumes: z.string().array().default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  stop_grace_period: z.string().optional(),
  deploy: z.object({ replicas: z.union([z.number(), z.string()]) }).optional(),
  healthcheck: z.object({ test: z.string().array().optional(), disable: z.boolean().optional() }).optional(),
  ports: z.string().array().default([]),
});
const composeSchema = z.looseObject({
  services: z.record(z.string(), serviceSchema),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
  networks: z.record(z.string(), z.looseObject({ internal: z.boolean().nullish() })),
  volumes: z.record(z.string(), z.null()),
});
/** A file beside compose.yaml adds to it, and only these. */
const additionSchema = z.strictObject({
  services: z.record(
    z.string(),
    z.strictObject({
      environment: z.record(z.string(), z.string()).default({}),
      volumes: z.string().array().default([]),
      networks: z.string().array().default([]),
    }),
  ),
  networks: z.record(z.string(), z.strictObject({ internal: z.boolean().optional() })),
});

export type Service = z.infer<typeof serviceSchema>;
export type Compose = z.infer<typeof composeSchema>;

/** compose.yaml as the engine's client reads it: anchors merged, variables put in, or what stands for them. */
export async function readCompose(variables: Variables = {}): Promise<Compose> {
  return composeSchema.parse(await readFilled('docker/compose.yaml', variables));
}

/** compose.yaml with another file after it, put together as the engine's client does. */
export async function readComposeWith(path: string, variables: Variables): Promise<Compose> {
  const [compose, added] = [await readCompose(variables), additionSchema.parse(await readFilled(path, variables))];
  const services = { ...compose.services };
  for (const [name, { environment, volumes, networks }] of Object.entries(added.services)) {
    const service = serviceOf(compose, name);
    services[name] = {
      ...service,
      environment: { ...service.environment, ...environment },
      volumes: [...service.volumes, ...volumes],
      networks: [...networksOf(service), ...networks],
    };
  }
  return { ...compose, services, networks: { ...compose.networks, ...added.networks } };
}

type Variables = Readonly<Record<string, string>>;

async function readFilled(path: string, variables: Variables): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  return load(
    text.replaceAll(/\$\{(\w+):-([^}]*)\}/g, (_, name: string, otherwise: string) => variables[name] || otherwise),
  );
}

export function networksOf({ networks }: Service): string[] {
  return Array.isArray(networks) ? networks : Object.keys(networks);
}

/** Where a service finds a named volume; null where it does not. */
export function mountOf(
  service: Service,
  volume: string,
): { readonly path: string; readonly readOnly: boolean } | null {
  for (const mount of service.volumes) {
    const [source, path = '', mode] = mount.split(':');
    if (source === volume) return { path, readOnly: mode === 'ro' };
  }
  return null;
}

/** Services of ours, and whose settings each takes. */
export const OUR_SERVICES: Readonly<Record<string, App>> = {
  api: 'api',
  worker: 'worker',
  migrate: 'cli',
  signer: 'signer',
};

/** Names as they may stand in an environment: a secret's also with _FILE. */
export function knownNames(): string[] {
  return describeSettings().flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name]));
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
