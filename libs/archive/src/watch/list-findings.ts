import { type Actor, ArchiveError, may } from '#domain';
import { type AssetCheckRecord, assetCheckRepository, assetRepository, type Cursor } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { type AssetLine, describeAssets } from '../assets/view-assets.js';

export interface FindingLine {
  readonly check: AssetCheckRecord;
  /** What it is about, for who may see evidence; administrators learn only that there is something. */
  readonly line: AssetLine | null;
}

/** Findings that stand, newest first: of a supervisor's units, or all, without names, for an administrator. */
export class ListFindings {
  readonly #parts: Pick<ArchiveParts, 'database'>;

  constructor(parts: Pick<ArchiveParts, 'database'>) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `forbidden` */
  async run(
    actor: Actor,
    { cursor, limit }: { cursor: Cursor | null; limit: number },
  ): Promise<{ items: FindingLine[]; next: Cursor | null }> {
    if (!may(actor, 'findings.read')) throw new ArchiveError('forbidden', 'neither supervisor nor administrator');
    const { reader } = this.#parts.database;
    const isSupervisor = actor.roles.includes('supervisor');
    const unitPath = actor.roles.includes('administrator') ? null : actor.unitPath;
    const found = await assetCheckRepository.open(reader, { unitPath, cursor, limit: limit + 1 });
    const checks = found.slice(0, limit);
    const ids = checks.map((check) => check.assetId);
    const lines = isSupervisor ? await describeAssets(reader, await assetRepository.findMany(reader, ids), []) : [];
    const byId = new Map(lines.filter((line) => isHis(actor, line)).map((line) => [line.asset.id, line]));
    const last = checks.at(-1);
    return {
      items: checks.map((check) => ({ check, line: byId.get(check.assetId) ?? null })),
      next: found.length > limit && last ? { at: last.since, id: last.assetId } : null,
    };
  }
}

/** One who is both sees all findings, and names of his own units only. */
function isHis(actor: Actor, { asset }: AssetLine): boolean {
  return !actor.roles.includes('administrator') || asset.unitPath.startsWith(actor.unitPath);
}
