import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfigOf, Environment } from '#config';
import { SignerClient } from '#signing';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';
import { builtMain } from './archive-files.js';
import { SupervisedProcess } from './supervised-process.js';

const READY_MS = 20_000;
const GRACE_MS = 5_000;
const DEATHS = 3;

/**
 * The signer as it runs; else started for the occasion. It is asked only what it remembers.
 * @throws CommandFailure when it neither runs nor starts
 */
export async function withSigner<T>(
  config: ConfigOf<'cli'>,
  env: Environment,
  work: (signer: SignerClient) => Promise<T>,
): Promise<T> {
  const { dir, socketPath } = config.signer;
  const client = new SignerClient({ socketPath });
  if (await answers(client)) return await work(client);
  const child = new SupervisedProcess({
    name: 'signer',
    main: builtMain('signer'),
    env: { ...env, LIUHEN_DATA: config.data.dir, LIUHEN_SIGNER_DIR: dir },
    logDir: join(config.data.dir, 'logs'),
    graceMs: GRACE_MS,
    onChange: () => undefined,
  });
  child.start();
  try {
    const deadline = Date.now() + READY_MS;
    while (!(await answers(client))) {
      if (Date.now() > deadline || child.deaths >= DEATHS) throw notThere(child);
      await sleep(50);
    }
    return await work(client);
  } finally {
    await child.stop();
  }
}

async function answers(client: SignerClient): Promise<boolean> {
  return await client.state().then(Boolean, () => false);
}

function notThere(child: SupervisedProcess): CommandFailure {
  return new CommandFailure(EXIT.tryLater, {
    zh: `签名进程未能启动，日志：${child.logPath}\n${child.lastLines().join('\n')}`,
    en: `The signer does not start; its log: ${child.logPath}`,
  });
}
