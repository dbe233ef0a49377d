import type { Archive } from '#archive';
import { isArchiveError } from '#domain';
import type { JobHandlers } from '#jobs';
import type { Sandbox } from '#media';
import { copyOf, lookAt, segmentsOf } from './look.js';

export interface HandlerParts {
  readonly archive: Archive;
  /** Asked when a tool is needed: without a sandbox media jobs are refused, sealing goes on. */
  readonly sandbox: () => Promise<Sandbox>;
}

/** One handler a job. Each asks the archive for the state first, so a job run twice does its work once. */
export function makeHandlers({ archive, sandbox }: HandlerParts): JobHandlers {
  const { work, uploads } = archive;
  return {
    'asset.seal': async ({ assetId }, { signal, log }) => {
      const result = await work.seal.run(assetId, signal);
      log.info({ result }, 'seal');
    },
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
    'upload.sweep': async (_, { log }) => {
      const swept = await uploads.sweep.run();
      const ended = await work.endIdleViewings.run();
      log.info({ ...swept, viewingsEnded: ended }, 'sweep');
    },
    'owed.sweep': async (_, { log }) => {
      const asked = await work.enqueueOwed.run();
      if (asked > 0) log.info({ asked }, 'asked again for owed work');
    },
    'cache.trim': async () => {
      await work.trimSegments.run();
    },
  };
}

/** The file's or the tool's fault, not the store's, the database's or the sandbox's. */
function isToolsFault(error: unknown): boolean {
  return (['media-undecodable', 'media-refused', 'media-limit', 'tool-failed', 'timeout'] as const).some((code) =>
    isArchiveError(error, code),
  );
}
