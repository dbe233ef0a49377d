import fc from 'fast-check';
import { isId, newId } from './index.js';

const MAX_MS = 2 ** 48 - 1;

describe('ids', () => {
  it('are UUIDv7 (RFC 9562 §5.7) with the time in the first 48 bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_MS }), (ms) => {
        const id = newId(ms);
        expect(isId(id)).toBe(true);
        expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(ms);
      }),
    );
  });

  it('sort by the time they were made', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_MS }), fc.integer({ min: 0, max: MAX_MS }), (a, b) => {
        fc.pre(a !== b);
        expect(newId(a) < newId(b)).toBe(a < b);
      }),
    );
  });

  it('are the time of now when none is given, and never twice the same', () => {
    const before = Date.now();
    const made = Array.from({ length: 1000 }, () => newId());
    const first = Number.parseInt((made[0] ?? '').replaceAll('-', '').slice(0, 12), 16);
    expect(first).toBeGreaterThanOrEqual(before);
    expect(first).toBeLessThanOrEqual(Date.now());
    expect(new Set(made).size).toBe(1000);
  });

  it.each([
    '019a0000-0000-4000-8000-000000000000',
    '019a0000-0000-7000-c000-000000000000',
    '019A0000-0000-7000-8000-000000000000',
    '019a00000000700080000000000000000000',
    '019a0000-0000-7000-8000-000000000000\n',
    "019a0000-0000-7000-8000-000000000000' OR 1=1",
    '',
    undefined,
    7,
  ])('%j is none', (value) => expect(isId(value)).toBe(false));
});
