import { ArchiveError, isId } from '#domain';

/** A place in a list by time: opaque to clients, checked when it comes back. */
export function writeCursor(cursor: { at: Date; id: string } | null): string | null {
  return cursor === null ? null : Buffer.from(`${cursor.at.toISOString()} ${cursor.id}`).toString('base64url');
}

export function readCursor(text: string | undefined): { at: Date; id: string } | null {
  if (text === undefined) return null;
  const [time = '', id = ''] = Buffer.from(text, 'base64url').toString('utf8').split(' ');
  const at = new Date(time);
  if (Number.isNaN(at.getTime()) || !isId(id))
    throw new ArchiveError('invalid-input', 'cursor', { details: { problems: ['cursor'] } });
  return { at, id };
}
