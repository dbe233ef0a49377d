import type { ClosingManner, Id } from '#domain';
import {
  accountRepository,
  type CaseRecord,
  ledgerRepository,
  logRepository,
  type Tx,
  timestampRepository,
} from '#persistence';
import { readAnchoring } from '../ledger/log/anchoring.js';
import { saidBy } from '../ledger/said.js';

/** How a case was closed, as its events say. */
export interface ClosingDetail {
  readonly at: Date;
  readonly by: string | null;
  readonly manner: ClosingManner;
  /** Null when it has been forgotten. */
  readonly reason: string | null;
  /** Originals that were known to be quarantined. */
  readonly quarantined: readonly Id[];
  /** What was found when all its originals were looked at again; null while they are not all. */
  readonly originals: { readonly at: Date; readonly count: number; readonly intact: number } | null;
  /** The first token over a checkpoint that has the closing under it. */
  readonly timestamp: { readonly at: Date; readonly authority: string } | null;
  /** Whether an authority is asked for tokens at all; null when nobody has kept the log yet. */
  readonly hasAuthority: boolean | null;
}

/** @returns null for a case that is open */
export async function describeClosing(tx: Tx, { id, closedAt }: CaseRecord): Promise<ClosingDetail | null> {
  const event = closedAt === null ? null : await ledgerRepository.last(tx, `case:${id}`, 'case.closed');
  if (closedAt === null || event === null) return null;
  const said = saidBy(event) as { manner: ClosingManner; quarantined: Id[] };
  const opened = (await ledgerRepository.disclosures(tx, [event.id])).get(event.id) ?? [];
  const reason = opened.find(({ field }) => field === 'reason')?.value;
  const entry = await logRepository.entryOfEvent(tx, event.id);
  const token = entry && (await timestampRepository.firstFrom(tx, entry.index + 1));
  return {
    at: event.at,
    by: (await accountRepository.namesOf(tx, [event.actor])).get(event.actor) ?? null,
    manner: said.manner,
    reason: typeof reason === 'string' ? reason : null,
    quarantined: said.quarantined,
    originals: await originalsOf(tx, id, event.chainSeq),
    timestamp: token && { at: token.stampedAt, authority: token.authority },
    hasAuthority: (await readAnchoring(tx))?.hasAuthority ?? null,
  };
}

/** The first look at all of them behind the closing, whoever it was hurried for: what is found later is said elsewhere. */
async function originalsOf(tx: Tx, caseId: Id, closedSeq: number): Promise<ClosingDetail['originals']> {
  const looks = await ledgerRepository.ofTypes(tx, `case:${caseId}`, ['case.originals_checked']);
  const event = looks.find(({ chainSeq }) => chainSeq > closedSeq);
  if (event === undefined) return null;
  const { originals, intact } = saidBy(event) as { originals: number; intact: number };
  return { at: event.at, count: originals, intact };
}
