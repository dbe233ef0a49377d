import { ArchiveError, type Fault, findStep, refusalsToBegin, refusalsToClose, refusalsToDecide } from '#domain';
import type { OccurrenceRecord } from '#persistence';
import type { CaseFile } from './read-standing.js';

/**
 * The gate of a decision: nobody passes it by any change of a coming's state or times that leaves it begun or done. What
 * an ordinary step does against the procedure is recorded, and shown as a breach.
 * @throws ArchiveError `gate-closed` with `details.faults`
 */
export function requireMayDecide(file: CaseFile, before: OccurrenceRecord, after: OccurrenceRecord): void {
  const { procedure, standing, reckoning } = file;
  if (findStep(procedure, after.stepId)?.kind !== 'decision' || !isGated(before, after)) return;
  const at = after.startedAt ?? before.startedAt;
  if (at === null) throw new ArchiveError('internal', 'a step that has begun has no time');
  const people = file.peopleOf(after.id, at);
  const others = standing.comings.map((one) =>
    one.id === after.id ? { ...one, state: 'waiting' as const, startedAt: null, endedAt: null } : one,
  );
  const faults = refusalsToBegin(
    procedure,
    { ...standing, comings: others },
    { stepId: after.stepId, at, people },
    reckoning,
  );
  if (after.state === 'done') {
    const { state, startedAt, endedAt } = after;
    const comings = standing.comings.map((one) =>
      one.id === after.id ? { ...one, state, startedAt, endedAt, people } : one,
    );
    const plan = { occurrenceId: after.id, at: endedAt ?? at };
    faults.push(...refusalsToDecide(procedure, { ...standing, comings }, plan, reckoning));
  }
  requireNone(faults);
}

/** A step that goes back, or changes nothing but its place, passes no gate. */
function isGated(before: OccurrenceRecord, after: OccurrenceRecord): boolean {
  if (after.state === 'waiting') return false;
  const isForward = before.state !== after.state && !(before.state === 'done' && after.state === 'open');
  return (
    isForward ||
    !isSame(before.startedAt, after.startedAt) ||
    (after.state === 'done' && !isSame(before.endedAt, after.endedAt))
  );
}

function isSame(a: Date | null, b: Date | null): boolean {
  return a?.getTime() === b?.getTime();
}

/** @throws ArchiveError `gate-closed` with `details.faults` */
export function requireMayClose({ procedure, standing, reckoning }: CaseFile): void {
  requireNone(refusalsToClose(procedure, standing, reckoning));
}

function requireNone(faults: readonly Fault[]): void {
  // Beginning and deciding ask much the same; the later one names the coming.
  const told = [
    ...new Map(faults.map((fault) => [`${fault.code} ${fault.words.zh} ${fault.rule.part}`, fault])).values(),
  ];
  if (told.length === 0) return;
  throw new ArchiveError('gate-closed', told.map(({ words }) => words.en).join('; '), { details: { faults: told } });
}
