import type { Archive } from '#archive';
import { ArchiveError, newId } from '#domain';
import type { JobContext } from '#jobs';
import { makeHandlers } from './handlers.js';

const assetId = newId();
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => silent };

/** A look that fails, and what is then given up. */
function scrubThat(fails: unknown, context: { isLastAttempt: boolean; signal?: AbortSignal }) {
  const givenUp: string[] = [];
  const checkAsset = {
    run: () => Promise.reject(fails),
    giveUp: async (_: string, reason: string) => void givenUp.push(reason),
  };
  const archive = { work: { checkAsset }, uploads: {}, system: {} } as unknown as Archive;
  const sandbox = () => Promise.reject(new Error('no sandbox is needed'));
  const speeds = { watchBytesPerSecond: 1, replicaBytesPerSecond: 1 };
  const none = { drawLists: null, drawForm: null };
  const handlers = makeHandlers({ archive, sandbox, ...none, ...speeds });
  const signal = context.signal ?? new AbortController().signal;
  const given: JobContext = { ...context, signal, log: silent, attempt: 1, progress: () => {} };
  return { givenUp, done: handlers['asset.scrub']({ assetId }, given) };
}

describe('looking at an original again, when it fails', () => {
  const away = new ArchiveError('storage-unavailable', 'away');

  it('is tried again without a word, while there are attempts', async () => {
    const { done, givenUp } = scrubThat(away, { isLastAttempt: false });
    await expect(done).rejects.toBe(away);
    expect(givenUp).toEqual([]);
  });

  it('is said not to have run after the last', async () => {
    const { done, givenUp } = scrubThat(away, { isLastAttempt: true });
    await expect(done).rejects.toBe(away);
    expect(givenUp).toEqual(['storage-unavailable']);
  });

  it('names the time out, not its echo', async () => {
    const signal = AbortSignal.abort(new ArchiveError('timeout', 'took too long'));
    const { done, givenUp } = scrubThat(new Error('aborted'), { isLastAttempt: true, signal });
    await expect(done).rejects.toThrow('aborted');
    expect(givenUp).toEqual(['timeout']);
  });

  it('says nothing when the worker stops, or the fault is ours', async () => {
    const stops = AbortSignal.abort(new ArchiveError('internal', 'the worker stops'));
    for (const signal of [stops, new AbortController().signal]) {
      const { done, givenUp } = scrubThat(new Error('aborted'), { isLastAttempt: true, signal });
      await expect(done).rejects.toThrow('aborted');
      expect(givenUp).toEqual([]);
    }
  });
});
