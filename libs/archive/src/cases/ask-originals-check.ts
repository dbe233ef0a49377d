import type { Actor, CaseCheckCause, Id } from '#domain';
import { type CaseRecord, caseRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, by } from '../ledger/append-events.js';
import { lockCase } from './case-access.js';
import { owedCheckOf } from './originals-check.js';

type Needs = Pick<ArchiveParts, 'database' | 'queue' | 'clock' | 'log'>;

/**
 * Asks for all originals of a case to be looked at again, before somebody shows them. Whoever may look at them may ask.
 * One that is under way is not begun anew; one of a closing, which takes its time, is done at once from here on.
 */
export class AskOriginalsCheck {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found` */
  async run(actor: Actor, id: Id, { reason }: { readonly reason: string }): Promise<void> {
    const { database, clock } = this.#parts;
    const at = clock.now();
    await database.transaction(async (tx) => {
      const { found } = await lockCase(tx, actor, id, 'asset.read');
      const owed = owedCheckOf(found);
      if (owed?.cause === 'court') return;
      await caseRepository.askOriginalsCheck(tx, id, { cause: 'court', askedAt: owed?.askedAt ?? at });
      await appendEvents(tx, by(actor, at), [
        { type: 'case.check_asked', chain: `case:${id}`, public: { cause: 'court' }, personal: { reason } },
      ]);
    });
    await enqueueCheck(this.#parts, id, 'court');
  }
}

/** Somebody who waits does not wait longer because the case is closed meanwhile. */
export function causeAtClosing(found: CaseRecord): CaseCheckCause {
  return owedCheckOf(found)?.cause ?? 'close';
}

const JOB = { close: 'case.check', court: 'case.court_check' } as const satisfies Record<CaseCheckCause, string>;

/** The queue is a hint: the sweep asks again. */
export async function enqueueCheck(
  { queue, log }: Pick<ArchiveParts, 'queue' | 'log'>,
  caseId: Id,
  cause: CaseCheckCause,
): Promise<void> {
  await queue
    .enqueue(JOB[cause], { caseId }, { now: cause === 'court' })
    .catch((error: unknown) => log.warn({ caseId, err: error }, 'the queue took no job; the sweep will ask again'));
}
