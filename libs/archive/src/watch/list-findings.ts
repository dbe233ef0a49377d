import { type Actor, ArchiveError, COPIES, type Copy, HEALABLE, type Id, may } from '#domain';
import {
  type AssetCheckRecord,
  assetCheckRepository,
  assetRepository,
  type Cursor,
  type HealingRecord,
  healingRepository,
  replicaRepository,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { type AssetLine, describeAssets } from '../assets/view-assets.js';

export interface FindingLine {
  readonly check: AssetCheckRecord;
  /** What it is about, for who may see evidence; administrators learn only that there is something. */
  readonly line: AssetLine | null;
  /** What was last seen of the other copy; null where there is none. */
  readonly other: AssetCheckRecord | null;
  /** The newest healing of this copy; null when none was asked for. */
  readonly healing: HealingRecord | null;
  /** Damaged, with another copy that is not known to be damaged too, and no healing under way. */
  readonly mayHeal: boolean;
}

/**
 * Findings that stand, and those that were healed, newest first: of a supervisor's units, or all, without names, for an
 * administrator.
 */
export class ListFindings {
  readonly #parts: Pick<ArchiveParts, 'database' | 'replica'>;

  constructor(parts: Pick<ArchiveParts, 'database' | 'replica'>) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `forbidden` */
  async run(
    actor: Actor,
    { cursor, limit }: { cursor: Cursor | null; limit: number },
  ): Promise<{ items: FindingLine[]; next: Cursor | null }> {
    if (!may(actor, 'findings.read')) throw new ArchiveError('forbidden', 'neither supervisor nor administrator');
    const { database, replica } = this.#parts;
    const unitPath = actor.roles.includes('administrator') ? null : actor.unitPath;
    const copies: readonly Copy[] = replica === null ? ['original'] : COPIES;
    // Two more: the two copies of one asset may share a place in the order, and stay on one page.
    const wish = { unitPath, copies, cursor, limit: limit + 2 };
    const found = await assetCheckRepository.open(database.reader, wish);
    const checks = found.slice(0, isPair(found[limit - 1], found[limit]) ? limit + 1 : limit);
    const last = checks.at(-1);
    return {
      items: await this.#describe(actor, checks),
      next: found.length > checks.length && last ? { at: last.since, id: last.assetId } : null,
    };
  }

  async #describe(actor: Actor, checks: readonly AssetCheckRecord[]): Promise<FindingLine[]> {
    const { reader } = this.#parts.database;
    const ids = checks.map((check) => check.assetId);
    const isSupervisor = actor.roles.includes('supervisor');
    const lines = isSupervisor ? await describeAssets(reader, await assetRepository.findMany(reader, ids), []) : [];
    const [all, healings, replicas] = [
      await assetCheckRepository.ofMany(reader, ids),
      await healingRepository.newestOf(reader, ids),
      await this.#replicasOf(ids),
    ];
    return checks.map((check) => {
      const { assetId, copy } = check;
      const line = lines.find(({ asset }) => asset.id === assetId) ?? null;
      const hasBoth = replicas.has(assetId);
      const healing = healings.find((one) => one.assetId === assetId && one.copy === copy) ?? null;
      const isUnderWay = healings.some((one) => one.assetId === assetId && one.endedAt === null);
      const other = hasBoth ? (all.find((one) => one.assetId === assetId && one.copy !== copy) ?? null) : null;
      return {
        ...{ check, other, healing, line: line && isHis(actor, line) ? line : null },
        mayHeal: isDamaged(check) && other !== null && !isDamaged(other) && !isUnderWay,
      };
    });
  }

  /** Those with a copy in the store that is configured. */
  async #replicasOf(ids: readonly Id[]): Promise<Set<Id>> {
    const storeId = await this.#parts.replica?.knownId();
    const rows = await replicaRepository.ofMany(this.#parts.database.reader, ids);
    return new Set(rows.filter((row) => row.storeId === storeId).map((row) => row.assetId));
  }
}

function isDamaged({ result }: AssetCheckRecord): boolean {
  return result !== null && HEALABLE.has(result);
}

function isPair(a: AssetCheckRecord | undefined, b: AssetCheckRecord | undefined): boolean {
  return a !== undefined && a.assetId === b?.assetId && a.since.getTime() === b.since.getTime();
}

/** One who is both sees all findings, and names of his own units only. */
function isHis(actor: Actor, { asset }: AssetLine): boolean {
  return !actor.roles.includes('administrator') || asset.unitPath.startsWith(actor.unitPath);
}
