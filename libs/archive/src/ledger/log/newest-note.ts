import { type CheckpointRecord, checkpointRepository, type Tx } from '#persistence';

/** The signed note with the cosignatures there are. */
export async function newestNote(tx: Tx, checkpoint: CheckpointRecord): Promise<string> {
  const cosignatures = await checkpointRepository.cosignatures(tx, checkpoint.size);
  return checkpoint.note + cosignatures.map(({ line }) => line).join('');
}
