import { keys } from '#object-store';
import { assetRepository, type Tx } from '#persistence';
import type { DossierPlan } from './dossier-plan.js';

/**
 * A plan with every original at the version it is read by now: one that was healed since the plan was made has the same
 * bytes, digests and all, under another version.
 */
export async function atTheirVersions(tx: Tx, plan: DossierPlan): Promise<DossierPlan> {
  const ids = plan.files.flatMap(({ object }) => keys.assetOfOriginal(object.key) ?? []);
  const assets = await assetRepository.findMany(tx, ids);
  const versions = new Map(assets.map(({ objectKey, objectVersion }) => [objectKey, objectVersion]));
  const files = plan.files.map((file) => {
    const versionId = versions.get(file.object.key);
    return versionId === undefined ? file : { ...file, object: { ...file.object, versionId } };
  });
  return { ...plan, files };
}
