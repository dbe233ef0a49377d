import { randomBytes } from 'node:crypto';
import type { CheckedAsset } from '#archive';
import type { Actor, Chain, Id } from '#domain';
import { type AssetRecord, ledgerRepository } from '#persistence';
import type { RunningArchive } from '../../support/running-archive.js';
import { received } from '../archive/work.js';

export async function sealedOriginal(
  running: RunningArchive,
  actor: Actor,
  content: Buffer | number,
): Promise<AssetRecord> {
  const bytes = typeof content === 'number' ? randomBytes(content) : content;
  const { assetId } = await received(running, actor, bytes);
  if ((await running.archive.work.seal.run(assetId)) !== 'sealed') throw new Error('not sealed');
  return (await running.archive.assets.view.run(actor, assetId)).asset;
}

export async function scrub(running: RunningArchive, assetId: Id): Promise<CheckedAsset> {
  const checked = await running.archive.work.checkAsset.run(assetId, { cause: 'scrub' });
  if (checked === null) throw new Error('not watched');
  return checked;
}

/** What the events of checks in the asset's chain say, oldest first. */
export async function toldOf(running: RunningArchive, assetId: Id): Promise<Record<string, unknown>[]> {
  const chain: Chain = `asset:${assetId}`;
  const events = await ledgerRepository.page(running.parts.database.reader, chain, 0, 1_000);
  return events
    .filter((event) => event.type === 'asset.checked')
    .map((event) => JSON.parse(event.leaf.toString('utf8')).public);
}

/** Findings of the check of everything, for one asset. */
export async function foundBy(running: RunningArchive, assetId: Id): Promise<unknown[]> {
  const { findings } = await running.archive.system.check.run();
  return findings.filter(({ where }) => where === `asset:${assetId}`).map(({ result }) => result);
}
