import { join } from 'node:path';
import type { ReplicaOptions } from '#archive';
import type { Actor, Copy, Id } from '#domain';
import { type AssetRecord, healingRepository, ledgerRepository, replicaRepository } from '#persistence';
import { type RunningArchive, type RunningOptions, runArchive } from '../../support/running-archive.js';
import { sealedOriginal } from '../threats/threat-work.js';

/** Beside the folder of the store, as another disk would be. */
export const folderReplica = (dir: string): Pick<ReplicaOptions, 'store'> => ({
  store: { kind: 'filesystem', root: join(dir, 'replica') },
});

/** An archive with a second store in a folder. */
export function runWithReplica(options: RunningOptions = {}): Promise<RunningArchive> {
  return runArchive({ replica: folderReplica, ...options });
}

export async function replicatedOriginal(
  running: RunningArchive,
  actor: Actor,
  content: Buffer | number,
): Promise<AssetRecord> {
  const asset = await sealedOriginal(running, actor, content);
  if ((await running.archive.work.replicate.run(asset.id)) !== 'replicated') throw new Error('not replicated');
  return asset;
}

/** Where a copy lies on the disk. */
export function pathOf(running: RunningArchive, asset: AssetRecord, copy: Copy = 'original'): string {
  const root = copy === 'original' ? 'objects' : 'replica';
  return join(running.dir, root, 'vault', asset.objectKey ?? '');
}

/** Asked for and done. @returns how it ended */
export async function healed(
  running: RunningArchive,
  actor: Actor,
  assetId: Id,
  copy: Copy = 'original',
): Promise<string> {
  const wish = { copy, reason: '存储阵列坏块，已查明' };
  const { id } = await running.archive.system.askHealing.run(actor, assetId, wish);
  return await running.archive.work.heal.run(id);
}

/** What events of these types in the asset's chain say, oldest first. */
export async function saidOf(
  running: RunningArchive,
  assetId: Id,
  type: 'asset.replicated' | 'asset.healing_asked' | 'asset.healed' | 'asset.healing_refused' | 'asset.checked',
): Promise<Record<string, unknown>[]> {
  const events = await ledgerRepository.ofTypes(running.parts.database.reader, `asset:${assetId}`, [type]);
  return events.map((event) => JSON.parse(event.leaf.toString('utf8')).public);
}

export const replicaOf = (running: RunningArchive, assetId: Id) =>
  replicaRepository.find(running.parts.database.reader, assetId);

export async function healingsOf(running: RunningArchive, assetId: Id) {
  return await healingRepository.newestOf(running.parts.database.reader, [assetId]);
}

export async function look(running: RunningArchive, assetId: Id, copy: Copy = 'original') {
  return await running.archive.work.checkAsset.run(assetId, { cause: 'scrub', copy });
}

/** Names of the files an event of healing says were moved aside. */
export function setAsideOf(told: Record<string, unknown> | undefined): string[] {
  return Array.isArray(told?.set_aside) ? told.set_aside.map(String) : [];
}
