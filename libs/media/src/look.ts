import type { AssetKind } from '#domain';
import type { Sniff } from './file-type.js';
import { lookAtImage } from './look-at-image.js';
import { lookAtPaper } from './look-at-paper.js';
import { lookAtRecording } from './look-at-recording.js';
import type { Finding, LookInput, LookResult } from './look-result.js';
import { reasonOfError } from './probe.js';
import type { Sandbox } from './sandbox.js';
import { sniff } from './sniff.js';

/**
 * Finds out what an original is and makes at once what is needed to view it. A file at fault is a result, not an
 * error: `viewing` says why. What is thrown is the worker's own trouble: abort, `sandbox-unavailable`, a full disk.
 * A proxy (`playMode` proxy) is made apart, by `makeProxy`.
 */
export async function look(sandbox: Sandbox, input: LookInput): Promise<LookResult> {
  input.signal?.throwIfAborted();
  const sniffed = await sniff(input.path);
  const finding =
    sniffed.reason === undefined ? await tryToLook(sandbox, input, sniffed) : { unviewable: sniffed.reason };
  input.onProgress?.(1);
  const { unviewable, ...found } = finding;
  return {
    ...NOTHING,
    kind: KIND_OF_FAMILY[sniffed.family],
    ...found,
    sniff: sniffed,
    ...(unviewable === undefined
      ? { viewing: { state: 'viewable' } }
      : { viewing: { state: 'unviewable', reason: unviewable }, playMode: 'none', playMime: null, renditions: [] }),
  };
}

const KIND_OF_FAMILY: Record<Sniff['family'], AssetKind> = {
  video: 'video',
  sound: 'sound',
  image: 'photo',
  paper: 'paper',
  other: 'other',
};

const NOTHING = {
  playMode: 'none',
  playMime: null,
  raw: { probe: null, exif: null },
  facts: null,
  times: [],
  place: null,
  device: null,
  pageCount: null,
  missingPages: [],
  renditions: [],
  warnings: [],
  detail: null,
} as const satisfies Partial<LookResult>;

async function tryToLook(sandbox: Sandbox, input: LookInput, sniffed: Sniff): Promise<Finding> {
  try {
    if (sniffed.family === 'paper') return await lookAtPaper(sandbox, input);
    if (sniffed.demuxer === null) return { unviewable: 'unknown-format' };
    const known = { mime: sniffed.mime, demuxer: sniffed.demuxer };
    return sniffed.family === 'image'
      ? await lookAtImage(sandbox, input, known)
      : await lookAtRecording(sandbox, input, known);
  } catch (error) {
    input.signal?.throwIfAborted();
    const unviewable = reasonOfError(error);
    if (unviewable === null) throw error;
    return { unviewable, detail: error instanceof Error ? error.message : null };
  }
}
