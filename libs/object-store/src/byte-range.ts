import { ArchiveError } from '#domain';
import type { ByteRange, StoredObject } from './object-store.js';

/**
 * The bytes asked for as [start, end).
 * @throws ArchiveError `invalid-input` when the range is not inside the object
 */
export function rangeWithin(object: StoredObject, range?: ByteRange): { readonly start: number; readonly end: number } {
  if (range === undefined) return { start: 0, end: object.sizeBytes };
  const { start, end } = range;
  const valid = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && end >= start;
  if (!valid || end >= object.sizeBytes) {
    throw new ArchiveError('invalid-input', `range ${start}-${end} is not inside ${object.sizeBytes} bytes`);
  }
  return { start, end: end + 1 };
}
