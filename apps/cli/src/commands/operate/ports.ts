import { createServer } from 'node:net';
import { type Environment, loadConfig } from '#config';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';

/** How many ports after the usual one are tried. */
const TRIES = 200;

/**
 * The environment with a port that is free: the one asked for, as it is, or else the usual one or the next.
 * @throws CommandFailure when it is taken
 */
export async function withFreePort(env: Environment): Promise<Environment> {
  const { host, port } = loadConfig(env, 'cli').http;
  const isAskedFor = env.LIUHEN_PORT !== undefined && env.LIUHEN_PORT.trim() !== '';
  for (let candidate = port; candidate < port + (isAskedFor ? 1 : TRIES); candidate++) {
    if (await isFree(host, candidate)) return { ...env, LIUHEN_PORT: String(candidate) };
  }
  throw new CommandFailure(EXIT.config, {
    zh: `端口 ${port} 已被占用，请用 --port 或 LIUHEN_PORT 另选`,
    en: `Port ${port} is taken; choose another with --port or LIUHEN_PORT`,
  });
}

export function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, host, () => probe.close(() => done(true)));
  });
}
