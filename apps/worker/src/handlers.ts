import type { Archive, DrawForm, DrawLists } from '#archive';
import { ArchiveError, type Copy, type Id, isArchiveError } from '#domain';
import type { JobContext, JobHandlers } from '#jobs';
import type { Sandbox } from '#media';
import { copyOf, lookAt, segmentsOf } from './look.js';

export interface HandlerParts {
  readonly archive: Archive;
  /** Asked when a tool is needed: without a sandbox media jobs are refused, sealing goes on. */
  readonly sandbox: () => Promise<Sandbox>;
  /** Null where there are no fonts to embed: dossiers are made without lists. */
  readonly drawLists: DrawLists | null;
  /** Null for the same reason: forms wait until there are. */
  readonly drawForm: DrawForm | null;
  /** Fastest that an original is read again by the watch. */
  readonly watchBytesPerSecond: number;
  /** The same of its copy in the second store. */
  readonly replicaBytesPerSecond: number;
}

/** One handler a job. Each asks the archive for the state first, so a job run twice does its work once. */
export function makeHandlers({ archive, sandbox, drawLists, ...others }: HandlerParts): JobHandlers {
  const { drawForm, ...speeds } = others;
  const { work } = archive;
  const { watchBytesPerSecond, replicaBytesPerSecond } = speeds;
  return {
    'asset.seal': async ({ assetId }, { signal, log }) =>
      log.info({ result: await work.seal.run(assetId, signal) }, 'seal'),
    'asset.look': async ({ assetId }, context) => {
      const tools = await sandbox();
      try {
        await work.look.run(assetId, (input) =>
          lookAt(tools, { ...input, signal: context.signal, onProgress: (done) => context.progress(100 * done) }),
        );
      } catch (error) {
        if (!context.isLastAttempt || !isToolsFault(error)) throw error;
        await work.look.giveUp(assetId, isArchiveError(error, 'timeout') ? 'timeout' : 'corrupt');
      }
    },
    'asset.proxy': async ({ assetId }, context) => {
      const tools = await sandbox();
      try {
        await work.makeProxy.run(assetId, (input) =>
          copyOf(tools, {
            ...input,
            signal: context.signal,
            onProgress: (percent) => {
              context.progress(percent);
              input.onProgress(percent);
            },
          }),
        );
      } catch (error) {
        if (context.isLastAttempt && isToolsFault(error)) await work.makeProxy.giveUp(assetId);
        throw error;
      }
    },
    'asset.segments': async (wish, { signal }) => {
      const tools = await sandbox();
      await work.makeSegments.run(wish, (input) => segmentsOf(tools, { ...input, signal }));
    },
    'case.export': async ({ exportId }, { signal, log }) => {
      const result = await work.makeDossier.run(exportId, { drawLists, signal });
      log.info({ exportId, result }, 'export');
    },
    'case.check': async ({ caseId }, { signal, log }) => {
      const options = { signal, bytesPerSecond: watchBytesPerSecond };
      const result = await work.checkCaseOriginals.run(caseId, 'close', options);
      log.info({ caseId, result }, 'looked at the originals of a closed case');
    },
    'case.court_check': async ({ caseId }, { signal, log }) => {
      const result = await work.checkCaseOriginals.run(caseId, 'court', { signal });
      log.info({ caseId, result }, 'looked at the originals of a case before they are shown');
    },
    'asset.scrub': ({ assetId }, context) =>
      scrub(archive, { assetId, copy: 'original', bytesPerSecond: watchBytesPerSecond }, context),
    'replica.scrub': ({ assetId }, context) =>
      scrub(archive, { assetId, copy: 'replica', bytesPerSecond: replicaBytesPerSecond }, context),
    'asset.replicate': async ({ assetId }, { signal, log }) => {
      const result = await work.replicate.run(assetId, signal);
      log.info({ assetId, result }, 'copy to the replica');
    },
    'form.print': async ({ formId }, { log }) => {
      if (drawForm === null) throw new ArchiveError('tool-failed', 'no Chinese fonts: a form cannot be drawn');
      log.info({ formId, result: await work.printForm.run(formId, drawForm) }, 'form');
    },
    'asset.heal': async ({ healingId }, { signal, log }) => {
      const result = await work.heal.run(healingId, signal);
      log.info({ healingId, result }, 'healing');
    },
    ...sweeps(archive),
  };
}

type Sweep = Extract<keyof JobHandlers, 'watch.sweep' | 'vault.test' | 'upload.sweep' | 'owed.sweep' | 'cache.trim'>;

/** What nobody asks for: the queue itself does, every so often. */
function sweeps({ work, uploads, system }: Archive): Pick<JobHandlers, Sweep> {
  return {
    'watch.sweep': async (_, { log }) => {
      const asked = await work.sweepWatch.run();
      if (asked > 0) log.info({ asked }, 'asked for looks that are due');
    },
    'vault.test': async (_, { log }) => {
      const { lockProof, replicaProof } = system;
      const test = await lockProof.runIfDue();
      if (test !== null) log.info({ isHeld: test.isHeld, at: test.at }, 'lock self-test');
      const ofReplica = (await replicaProof?.runIfDue()) ?? null;
      if (ofReplica !== null) log.info({ isHeld: ofReplica.isHeld, at: ofReplica.at }, 'lock self-test of the replica');
    },
    'upload.sweep': async (_, { log }) => {
      const swept = await uploads.sweep.run();
      const ended = await work.endIdleViewings.run();
      log.info({ ...swept, viewingsEnded: ended }, 'sweep');
    },
    'owed.sweep': async (_, { signal, log }) => {
      const asked = await work.enqueueOwed.run();
      if (asked > 0) log.info({ asked }, 'asked again for owed work');
      const refreshed = await work.refreshLines.run({ signal });
      if (refreshed > 0) log.info({ refreshed }, 'what is due was worked out anew where rules have changed');
    },
    'cache.trim': async () => {
      await work.trimSegments.run();
    },
  };
}

interface Scrub {
  readonly assetId: Id;
  readonly copy: Copy;
  readonly bytesPerSecond: number;
}

/** Looks at an original, or at its replica, again. */
async function scrub({ work }: Archive, { assetId, copy, bytesPerSecond }: Scrub, context: JobContext): Promise<void> {
  const { signal, log, isLastAttempt } = context;
  try {
    const checked = await work.checkAsset.run(assetId, { cause: 'scrub', copy, signal, bytesPerSecond });
    log.info({ assetId, copy, result: checked?.result ?? null }, 'looked at an original again');
  } catch (error) {
    // A worker that stops puts the job back; a fault of ours is for the log. Neither says why a look was not had.
    const cause: unknown = signal.aborted ? signal.reason : error;
    const isKnown = cause instanceof ArchiveError && cause.code !== 'internal';
    if (isLastAttempt && isKnown) await work.checkAsset.giveUp(assetId, cause.code, 'scrub', copy);
    throw error;
  }
}

/** The file's or the tool's fault, not the store's, the database's or the sandbox's. */
function isToolsFault(error: unknown): boolean {
  return (['media-undecodable', 'media-refused', 'media-limit', 'tool-failed', 'timeout'] as const).some((code) =>
    isArchiveError(error, code),
  );
}
