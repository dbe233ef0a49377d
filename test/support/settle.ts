import type { Archive } from '#archive';
import type { Id } from '#domain';

/** What the worker does of an upload, told what it finds. */
export async function settle({ work }: Archive, assetId: Id, kind: 'video' | 'paper'): Promise<void> {
  await work.seal.run(assetId);
  await work.look.run(assetId, async () => ({
    ...{ kind, mime: 'application/octet-stream', playMode: 'none', unviewable: 'unknown-format' },
    ...{ durationMs: null, pageCount: null, deviceTime: null, place: null, facts: {}, renditions: [] },
  }));
}
