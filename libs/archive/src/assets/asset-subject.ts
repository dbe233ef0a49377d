import { type Action, type Actor, ArchiveError, type Id, may, type Subject } from '#domain';
import {
  type AssetLinkRecord,
  type AssetRecord,
  assetRepository,
  assetSourceRepository,
  caseRepository,
  linkRepository,
  type Tx,
} from '#persistence';

/** What the access rules need to know of an asset: where it belongs, and whose case it is in. */
export async function assetSubject(tx: Tx, asset: AssetRecord, link?: AssetLinkRecord | null): Promise<Subject> {
  const place = link === undefined ? await linkRepository.find(tx, asset.id) : link;
  const carriedBy = (await assetSourceRepository.find(tx, asset.id))?.officerId ?? null;
  const own = { unitPath: asset.unitPath, level: asset.level, receivedFrom: asset.receivedFrom, carriedBy };
  const found = place === null ? null : await caseRepository.find(tx, place.caseId);
  if (found === null) return { ...own, officerIds: [] };
  const officers = await caseRepository.officers(tx, found.id);
  return { ...own, caseUnitPath: found.unitPath, officerIds: officers.map((officer) => officer.id) };
}

/**
 * The asset, when it is there and the actor may do this with it. Not allowed looks like not existing.
 * @throws ArchiveError `not-found`
 */
export async function requireAsset(
  tx: Tx,
  actor: Actor,
  id: Id,
  action: Action,
): Promise<{ asset: AssetRecord; link: AssetLinkRecord | null; subject: Subject }> {
  const asset = await assetRepository.find(tx, id);
  if (!asset || asset.custody === 'receiving') throw new ArchiveError('not-found', `no asset ${id}`);
  const link = await linkRepository.find(tx, id);
  const subject = await assetSubject(tx, asset, link);
  if (!may(actor, action, subject)) throw new ArchiveError('not-found', `asset ${id} is not his`);
  return { asset, link, subject };
}
