import type { Id } from '#domain';
import type { ArchiveParts } from '../archive.js';

/** The queue is a hint: the sweep asks again. */
export async function enqueueReviewPapers(
  { queue, log }: Pick<ArchiveParts, 'queue' | 'log'>,
  reviewId: Id,
): Promise<void> {
  await queue
    .enqueue('review.papers', { reviewId })
    .catch((error: unknown) => log.warn({ reviewId, err: error }, 'the queue took no job; the sweep will ask again'));
}
