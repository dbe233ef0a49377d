import { ArchiveError } from '#domain';
import { BLOCK_BYTES } from '#tlog';
import type { IntakeProgress, StoredPart } from './object-store.js';

/** S3 allows 10 000 parts; the rest is left for a sender whose file grew. */
const PLANNED_PARTS = 9_000;
export const MAX_PARTS = 10_000;
const MIN_PART_BLOCKS = 8;
const UNKNOWN_SIZE_PART_BLOCKS = 16;
/** Largest object S3 knows: 5 TiB. */
const MAX_OBJECT_BYTES = 5 * 2 ** 40;

/**
 * Blocks in a part: a power of two, at least 8 MiB, and large enough for the whole to fit in 9 000 parts.
 * @throws ArchiveError `upload-too-large`
 */
export function choosePartBlocks(expectedSizeBytes: number | null): number {
  if (expectedSizeBytes === null) return UNKNOWN_SIZE_PART_BLOCKS;
  if (expectedSizeBytes > MAX_OBJECT_BYTES) {
    throw new ArchiveError('upload-too-large', `${expectedSizeBytes} bytes; the store takes ${MAX_OBJECT_BYTES}`);
  }
  let blocks = MIN_PART_BLOCKS;
  while (blocks * BLOCK_BYTES * PLANNED_PARTS < expectedSizeBytes) blocks *= 2;
  return blocks;
}

/**
 * Where writing goes on after these parts.
 * @throws ArchiveError `invalid-input` when they are not numbered and laid end to end, or the last is cut short
 */
export function endOfParts(parts: readonly StoredPart[]): number {
  const end = sizeOfParts(parts);
  if (end % BLOCK_BYTES !== 0) throw new ArchiveError('invalid-input', 'cannot go on after a short last part');
  return end;
}

/** Size of the finished object; checks as `endOfParts`, but the last part may be short. */
export function finishedSize({ parts, tail }: IntakeProgress): number {
  if (tail === null) return sizeOfParts(parts);
  const end = endOfParts(parts);
  if (tail.offsetBytes !== end || tail.sizeBytes <= 0) {
    throw new ArchiveError(
      'invalid-input',
      `tail at ${tail.offsetBytes} does not follow the parts, which end at ${end}`,
    );
  }
  return end + tail.sizeBytes;
}

/** What a writer is given: whole blocks, a shorter one only last. */
export class BlockOrder {
  #ended = false;

  /** @throws ArchiveError `invalid-input` */
  check(bytes: Buffer): void {
    if (this.#ended) throw new ArchiveError('invalid-input', 'bytes after a block that was not whole');
    if (bytes.length === 0 || bytes.length > BLOCK_BYTES) {
      throw new ArchiveError('invalid-input', `a block has 1 to ${BLOCK_BYTES} bytes, not ${bytes.length}`);
    }
    this.#ended = bytes.length < BLOCK_BYTES;
  }
}

function sizeOfParts(parts: readonly StoredPart[]): number {
  let end = 0;
  for (const [index, part] of parts.entries()) {
    const whole = part.sizeBytes % BLOCK_BYTES === 0 || index === parts.length - 1;
    if (part.number !== index + 1 || part.offsetBytes !== end || part.sizeBytes <= 0 || !whole) {
      throw new ArchiveError('invalid-input', `part ${part.number} at ${part.offsetBytes} does not follow byte ${end}`);
    }
    end += part.sizeBytes;
  }
  return end;
}
