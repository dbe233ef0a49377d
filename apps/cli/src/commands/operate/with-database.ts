import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigOf } from '#config';
import { findEmbeddedPostgres, startEmbeddedPostgres } from '#persistence';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';
import { claimDataFolder, isClaimed } from './data-folder.js';
import { EMBEDDED_DATABASE } from './embedded-database.js';

/**
 * The named server; else the embedded one: as it runs, or started for the occasion.
 * @param work given the address of who may change the schema, where it is known
 */
export async function withDatabase<T>(config: ConfigOf<'cli'>, work: (ownerUrl: string) => Promise<T>): Promise<T> {
  const { url, ownerUrl, embeddedDir } = config.database;
  if (url !== null) return await work((ownerUrl ?? url).reveal());
  await requireCluster(embeddedDir);
  if (await isClaimed(config.data.dir)) {
    const running = await findEmbeddedPostgres(embeddedDir);
    if (running !== null) return await work(running.urlOf(EMBEDDED_DATABASE));
    throw new CommandFailure(EXIT.tryLater, { zh: '服务正在启动，请稍候', en: 'The archive is just starting; wait' });
  }
  const claim = await claimDataFolder(config.data.dir);
  try {
    const server = await startEmbeddedPostgres({ dir: embeddedDir });
    try {
      return await work(server.urlOf(EMBEDDED_DATABASE));
    } finally {
      await server.stop();
    }
  } finally {
    await claim.release();
  }
}

/** Looking must not make an archive where there is none. */
async function requireCluster(dir: string): Promise<void> {
  const found = await stat(join(dir, 'data', 'PG_VERSION')).catch(() => null);
  if (found !== null) return;
  throw new CommandFailure(EXIT.notFound, { zh: `${dir} 中没有档案数据库`, en: `There is no archive in ${dir}` });
}
