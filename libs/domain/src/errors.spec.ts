import { ArchiveError, ERROR_TEXT, isArchiveError, UNVIEWABLE_TEXT } from './index.js';

describe('the one error type', () => {
  it('keeps code, details and cause', () => {
    const cause = new Error('ENOSPC');
    const error = new ArchiveError('storage-full', 'no space', { cause, details: { freeBytes: 0 } });
    expect(error).toMatchObject({ name: 'ArchiveError', code: 'storage-full', message: 'no space', cause });
    expect(error.details).toEqual({ freeBytes: 0 });
  });

  it('has no cause and no details when none are given', () => {
    const error = new ArchiveError('internal', 'x');
    expect('cause' in error).toBe(false);
    expect(error.details).toEqual({});
  });

  it('is told from others, and by code', () => {
    const error: unknown = new ArchiveError('not-found', 'x');
    expect(isArchiveError(error)).toBe(true);
    expect(isArchiveError(error, 'not-found')).toBe(true);
    expect(isArchiveError(error, 'conflict')).toBe(false);
    expect(isArchiveError(Object.assign(new Error('x'), { code: 'not-found' }))).toBe(false);
    expect(isArchiveError(null)).toBe(false);
  });

  it.each(Object.entries({ ...ERROR_TEXT, ...UNVIEWABLE_TEXT }))('%s has words in both languages', (_code, text) => {
    expect(text.zh).toMatch(/\p{Script=Han}/u);
    expect(text.en).toMatch(/^[\x20-\x7e]+$/);
  });
});
