import { ArchiveError, isId } from '#domain';

/** A place in a list by time: opaque to clients, checked when it comes back. */
export function writeCursor(cursor: { at: Date; id: string } | null): string | null {
  return writeLineCursor(cursor);
}

export function readCursor(text: string | undefined): { at: Date; id: string } | null {
  const cursor = readLineCursor(text);
  if (cursor === null) return null;
  if (cursor.at === null) throw wrong();
  return { at: cursor.at, id: cursor.id };
}

const NEVER = 'never';

/** The same in a list where some have no time, and stand last. */
export function writeLineCursor(cursor: { at: Date | null; id: string } | null): string | null {
  if (cursor === null) return null;
  return Buffer.from(`${cursor.at?.toISOString() ?? NEVER} ${cursor.id}`).toString('base64url');
}

export function readLineCursor(text: string | undefined): { at: Date | null; id: string } | null {
  if (text === undefined) return null;
  const [time = '', id = ''] = Buffer.from(text, 'base64url').toString('utf8').split(' ');
  const at = time === NEVER ? null : new Date(time);
  if ((at !== null && Number.isNaN(at.getTime())) || !isId(id)) throw wrong();
  return { at, id };
}

function wrong(): ArchiveError {
  return new ArchiveError('invalid-input', 'cursor', { details: { problems: ['cursor'] } });
}
