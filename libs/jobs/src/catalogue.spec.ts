import { ERROR_TEXT, isArchiveError, newId } from '#domain';
import type { JobHandlers, JobPayload, JobRequest } from './catalogue.js';
import { definitionOf, isJobName, JOB_NAMES, QUEUES } from './catalogue.js';
import { optionsOf, parsePayload } from './job-options.js';
import type { JobQueue } from './job-queue.js';
import { RETRYABLE } from './retryable.js';

const assetId = newId();

describe('the job catalogue', () => {
  it('serves every job by a known queue, and every queue has a job', () => {
    expect(new Set(JOB_NAMES.map((name) => definitionOf(name).queue))).toEqual(new Set(QUEUES));
  });

  it('refuses payloads that are not the job’s', () => {
    const wrong: [Parameters<typeof parsePayload>[0], unknown][] = [
      ['asset.seal', {}],
      ['asset.seal', { assetId: 'not-an-id' }],
      ['asset.seal', { assetId, path: '/vault/x' }],
      ['asset.segments', { assetId, fromSegment: -1, count: 1 }],
      ['asset.segments', { assetId, fromSegment: 0.5, count: 1 }],
      ['asset.segments', { assetId, fromSegment: 0, count: 0 }],
      ['owed.sweep', { assetId }],
      ['owed.sweep', null],
    ];
    for (const [name, payload] of wrong) {
      expect(() => parsePayload(name, payload)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
    }
    expect(parsePayload('asset.segments', { assetId, fromSegment: 0, count: 4 })).toEqual({
      assetId,
      fromSegment: 0,
      count: 4,
    });
  });

  it('names the fields of a wrong payload, not their values', () => {
    try {
      parsePayload('asset.seal', { assetId: '张三' });
      throw new Error('was taken');
    } catch (error) {
      expect(isArchiveError(error) && error.details.fields).toEqual(['assetId']);
      expect(String(error)).not.toContain('张三');
    }
  });

  it('deduplicates by name and payload, never by job id', () => {
    const options = optionsOf('asset.segments', { assetId, fromSegment: 8, count: 4 }, {});
    expect(options.deduplication).toEqual({ id: `asset.segments:${assetId}:8:4` });
    expect(options.jobId).toBeUndefined();
    expect(optionsOf('asset.seal', { assetId }, { deduplicate: 'mine' }).deduplication).toEqual({ id: 'mine' });
  });

  it('knows its own names only', () => {
    expect(isJobName('asset.seal')).toBe(true);
    expect(isJobName('toString')).toBe(false);
  });

  it('says of every error code whether to try again', () => {
    expect(Object.keys(RETRYABLE).sort()).toEqual(Object.keys(ERROR_TEXT).sort());
  });
});

// Checked by the compiler: each line that must not compile says so. Never run.
void whatDoesNotCompile;
function whatDoesNotCompile(queue: JobQueue, complete: JobHandlers): void {
  void queue.enqueue('asset.seal', { assetId });
  // @ts-expect-error a job that does not exist
  void queue.enqueue('asset.burn', { assetId });
  // @ts-expect-error a payload without its id
  void queue.enqueue('asset.seal', {});
  // @ts-expect-error a payload of another job
  void queue.enqueue('asset.segments', { assetId });
  // @ts-expect-error more than the payload holds
  void queue.enqueue('asset.seal', { assetId, path: '/vault/x' });
  // @ts-expect-error a request whose payload is another job's
  const request: JobRequest = { name: 'asset.segments', payload: { assetId } };
  void queue.enqueueMany([request]);

  const { 'asset.look': _look, ...incomplete } = complete;
  // @ts-expect-error a handler is missing
  const handlers: JobHandlers = incomplete;
  void handlers;
  // @ts-expect-error a handler that wants another payload
  const wrong: JobHandlers = { ...complete, 'owed.sweep': async (payload: JobPayload<'asset.seal'>) => void payload };
  void wrong;
}
