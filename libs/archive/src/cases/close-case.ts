import { type Actor, ArchiveError, type ClosingManner, type Id } from '#domain';
import { assetRepository, caseRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireMayClose } from '../law/gates.js';
import { readStanding } from '../law/read-standing.js';
import { refreshLines } from '../law/refresh-lines.js';
import type { RuleShelf } from '../law/rule-shelf.js';
import { appendEvents, by } from '../ledger/append-events.js';
import { draftsNamingHeads, lockedHeads } from '../ledger/chain-heads.js';
import { causeAtClosing, enqueueCheck } from './ask-originals-check.js';
import { lockCase, requireOpen } from './case-access.js';
import { type Obstacle, obstaclesOf } from './closing-obstacles.js';

type Needs = Pick<ArchiveParts, 'database' | 'queue' | 'clock' | 'log'>;

export interface CaseClosing {
  readonly manner: ClosingManner;
  readonly reason: string;
  /** Originals that were quarantined and are known to be: they can never be settled, and stay in the case as they are. */
  readonly despite: readonly Id[];
}

/**
 * Closes a case: from here on it takes no changes, and nothing goes into it or out of it. The event names where the
 * chain of everything in it ends, so that it is fixed what the case held. All its originals are then looked at again.
 */
export class CloseCase {
  readonly #parts: Needs;
  readonly #rules: RuleShelf;

  constructor(parts: Needs, rules: RuleShelf) {
    this.#parts = parts;
    this.#rules = rules;
  }

  /**
   * @throws ArchiveError `not-found`, `case-closed`; `case-not-closable` with `details.obstacles`: what stands in the
   *   way, by its kind and id; `gate-closed` with `details.faults`: what the procedure still asks for
   */
  async run(actor: Actor, id: Id, closing: CaseClosing): Promise<void> {
    const { database, clock } = this.#parts;
    const at = clock.now();
    const cause = await database.transaction(async (tx) => {
      const { found } = await lockCase(tx, actor, id, 'case.edit');
      requireOpen(found);
      const quarantined = requireNone(await obstaclesOf(tx, id), closing.despite);
      requireMayClose(await readStanding(tx, this.#rules, found));
      const heads = await lockedHeads(tx, id, await assetRepository.ofCase(tx, id));
      await caseRepository.close(tx, id, at);
      const asked = { cause: causeAtClosing(found), askedAt: at };
      await caseRepository.askOriginalsCheck(tx, id, asked);
      const drafts = draftsNamingHeads(heads, {
        ...{ chain: `case:${id}`, type: 'case.closed', parts: 'case.closing_heads', public: {} },
        also: { manner: closing.manner, quarantined },
        personal: { reason: closing.reason },
      });
      await appendEvents(tx, by(actor, at), drafts);
      await refreshLines(tx, this.#rules, id, at);
      return asked.cause;
    });
    await enqueueCheck(this.#parts, id, cause);
  }
}

/** @returns the originals that are quarantined, and known to be */
function requireNone(obstacles: readonly Obstacle[], despite: readonly Id[]): Id[] {
  const isKnown = ({ kind, assetId }: Obstacle): boolean => kind === 'quarantined' && despite.includes(assetId);
  const left = obstacles.filter((obstacle) => !isKnown(obstacle));
  if (left.length === 0) return obstacles.map(({ assetId }) => assetId);
  throw new ArchiveError('case-not-closable', `${left.length} things stand in the way`, {
    details: { obstacles: left.map(({ kind, assetId }) => ({ kind, assetId })) },
  });
}
