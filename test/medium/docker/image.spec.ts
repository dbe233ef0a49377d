import { spawn, spawnSync } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { knownNames, OUR_SERVICES, readCompose, serviceOf } from './compose-file.js';

describe('the image', () => {
  let dockerfile: string;
  let instructions: string[];

  beforeAll(async () => {
    dockerfile = await readFile('docker/Dockerfile', 'utf8');
    const text = dockerfile.replaceAll(/^\s*#.*\n/gm, '').replaceAll(/\\\n/g, ' ');
    instructions = text.split('\n').filter((line) => line.trim() !== '');
  });
  const all = (name: string): string[] =>
    instructions.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length).trim());

  it('is built on an image that is an argument, in every stage', () => {
    expect(instructions[0]).toBe('ARG BASE_IMAGE=node:20-bookworm-slim');
    for (const from of all('FROM')) expect(from).toMatch(/^\$\{BASE_IMAGE\}( |$)/);
    expect(all('FROM').length).toBeGreaterThan(1);
  });

  it('runs as a user that is not root, by number', () => {
    const [, user, group] = /^(\d+):(\d+)$/.exec(all('USER').at(-1) ?? '') ?? [];
    expect(Number(user)).toBeGreaterThan(0);
    expect(Number(group)).toBeGreaterThan(0);
    expect(instructions.findIndex((line) => line.startsWith('USER'))).toBeLessThan(
      instructions.findIndex((line) => line.startsWith('ENTRYPOINT')),
    );
  });

  it('brings the programs that touch evidence', () => {
    for (const name of ['ffmpeg', 'poppler-utils', 'bubblewrap', 'fonts-noto-cjk', 'util-linux']) {
      expect(dockerfile).toMatch(new RegExp(`^ {6}.*\\b${name}\\b`, 'm'));
    }
  });

  it('asks the API for its health: well on 200, not on 503 or silence', async () => {
    const [, words = '[]'] = /CMD (\[.*\])/.exec(all('HEALTHCHECK')[0] ?? '') ?? [];
    const [command = '', ...args] = JSON.parse(words) as string[];
    let status = 200;
    const server = createServer((request, response) =>
      response.writeHead(request.url === '/healthz' ? status : 404).end(),
    );
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const env = { ...process.env, NODE_OPTIONS: '', LIUHEN_PORT: String((server.address() as AddressInfo).port) };
    const exitCode = (): Promise<number | null> =>
      new Promise((done) => spawn(command, args, { env, stdio: 'ignore' }).once('exit', done));
    expect(await exitCode()).toBe(0);
    status = 503;
    expect(await exitCode()).toBe(1);
    await new Promise((done) => server.close(done));
    expect(await exitCode()).toBe(1);
  });

  it('has the folders that volumes are mounted on, as its user: a new volume takes them over', async () => {
    const [, made = ''] = /install -d -o liuhen -g liuhen -m 0700 ([^&]+)/.exec(all('RUN').join('\n')) ?? [];
    const compose = await readCompose();
    for (const name of Object.keys(OUR_SERVICES)) {
      const named = serviceOf(compose, name).volumes.map((mount) => mount.split(':'));
      for (const [source = '', path = source] of named) expect(made.trim().split(' ')).toContain(path);
    }
  });

  it('starts what it is told to: an app, or a verb of the command line', async () => {
    const script = await readFile('docker/start.sh', 'utf8');
    const [, apps = ''] =
      /^ {2}([\w |]+)\) exec node \S+ "\/app\/dist\/apps\/\$what\/src\/main\.js"/m.exec(script) ?? [];
    const ours = Object.values(OUR_SERVICES).filter((app) => app !== 'cli');
    expect(apps.split(' | ').sort()).toEqual(ours.sort());
    for (const app of ours) await access(`apps/${app}/src/main.ts`);
    const compose = await readCompose();
    for (const [name, app] of Object.entries(OUR_SERVICES))
      expect(serviceOf(compose, name).command?.[0]).toBe(app === 'cli' ? 'migrate' : app);
  });

  it('starts with a script that is sound, and names only settings that exist', async () => {
    expect(spawnSync('sh', ['-n', 'docker/start.sh']).status).toBe(0);
    expect(spawnSync('sh', ['-n', 'docker/postgres/10-owner.sh']).status).toBe(0);
    for (const name of dockerfile.match(/LIUHEN_\w+/g) ?? []) expect(knownNames()).toContain(name);
  });
});
