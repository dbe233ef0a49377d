import { type Action, type Actor, ArchiveError, type Id, may } from '#domain';
import { type RecorderRecord, recorderRepository, type Tx } from '#persistence';

/** @throws ArchiveError `not-found`: not allowed looks like not existing */
export async function requireRecorder(tx: Tx, actor: Actor, id: Id, action: Action): Promise<RecorderRecord> {
  return reach(actor, await recorderRepository.find(tx, id), action);
}

/** The same, holding it until the transaction ends. */
export async function lockRecorder(tx: Tx, actor: Actor, id: Id, action: Action): Promise<RecorderRecord> {
  return reach(actor, await recorderRepository.lock(tx, id), action);
}

function reach(actor: Actor, recorder: RecorderRecord | null, action: Action): RecorderRecord {
  if (!recorder || !may(actor, action, { unitPath: recorder.unitPath }))
    throw new ArchiveError('not-found', 'no such recorder, or not his to see');
  return recorder;
}

/** Units whose recorders the actor sees: a path, or all. @throws ArchiveError `forbidden` */
export function unitsSeen(actor: Actor, action: Action): string | null {
  if (may(actor, action, {})) return null;
  if (may(actor, action, { unitPath: actor.unitPath })) return actor.unitPath;
  throw new ArchiveError('forbidden', `may not ${action}`);
}
