import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Archive, UploadPlan } from '#archive';
import type { Actor, Id } from '#domain';
import { BARE, keepBareProcedure } from '../../support/bare-procedure.js';
import type { RunningArchive } from '../../support/running-archive.js';

export const MEBIBYTE = 1_048_576;
export const sha256Of = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

interface Running {
  readonly archive: Archive;
}
type Piece = Parameters<Archive['uploads']['write']['run']>[2];
type CasePlan = Parameters<Archive['cases']['open']['run']>[1];

export function anUpload(change: Partial<UploadPlan> = {}): UploadPlan {
  return {
    fileName: '现场.mp4',
    lengthBytes: null,
    metadata: '',
    declaredSha256: null,
    recordedAt: null,
    target: null,
    ...change,
  };
}

export function aPiece(bytes: Buffer, change: Partial<Piece> = {}): Piece {
  return {
    offsetBytes: 0,
    body: Readable.from(bytes.length > 0 ? [bytes] : []),
    pieceBytes: bytes.length,
    lengthBytes: null,
    checksum: null,
    ...change,
  };
}

/** Handed in whole, not sealed yet. */
export async function received(
  running: Running,
  actor: Actor,
  bytes: Buffer,
  change: Partial<UploadPlan> = {},
): Promise<{ readonly assetId: Id }> {
  const { uploads } = running.archive;
  const plan = anUpload({ lengthBytes: bytes.length, declaredSha256: sha256Of(bytes), ...change });
  const { assetId } = await uploads.begin.run(actor, plan);
  const status =
    bytes.length === 0
      ? await uploads.finishWhole.run(assetId)
      : await uploads.write.run(actor, assetId, aPiece(bytes));
  if (status?.isFinished !== true) throw new Error('the upload is not finished');
  return { assetId };
}

let cases = 0;

export function aCase(change: Partial<CasePlan> = {}): CasePlan {
  cases += 1;
  return {
    procedureId: 'administrative-penalty-ordinary',
    number: `市监罚〔2026〕${cases}号`,
    title: `第${cases}号案件`,
    level: 'normal',
    officerIds: [],
    parties: [],
    ...change,
  };
}

/** A case of the actor's, with its steps by their id in the procedure. */
export async function openedCase(
  running: Running,
  actor: Actor,
  change: Partial<CasePlan> = {},
): Promise<{ readonly caseId: Id; step(stepId: string): Id }> {
  const caseId = await running.archive.cases.open.run(actor, aCase(change));
  const { occurrences } = await running.archive.cases.view.run(actor, caseId);
  return {
    caseId,
    step: (stepId) => {
      const found = occurrences.find((occurrence) => occurrence.stepId === stepId);
      if (!found) throw new Error(`no step ${stepId}`);
      return found.id;
    },
  };
}

/** The same under a procedure that asks for nothing, with its closing step done: nothing but what is tied to it stands in the way. */
export async function closableCase(
  running: Running & { readonly dir: string },
  actor: Actor,
  change: Partial<CasePlan> = {},
): ReturnType<typeof openedCase> {
  await keepBareProcedure(running);
  const opened = await openedCase(running, actor, { ...BARE, ...change });
  await running.archive.cases.changeOccurrence.run(actor, opened.caseId, opened.step('closing'), { state: 'done' });
  return opened;
}

/** For afterAll: everything that is kept is verified once more, then the archive is stopped. */
export async function checked(running: RunningArchive): Promise<void> {
  try {
    expect((await running.archive.system.check.run()).findings).toEqual([]);
  } finally {
    await running.stop();
  }
}
