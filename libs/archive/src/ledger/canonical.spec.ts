import { createHash } from 'node:crypto';
import type { LedgerEvent } from '#domain';
import { canonicalEvent, commitment, eventLeafHash } from './canonical.js';

const EVENT: LedgerEvent = {
  v: 1,
  id: '019a0000-0000-7000-8000-000000000000',
  type: 'asset.sealed',
  chain: 'asset:019a0000-0000-7000-8000-000000000001',
  chain_seq: 2,
  chain_prev: null,
  at: '2026-11-21T08:00:00.000Z',
  actor: 'system',
  org: null,
  on: [],
  public: { size_bytes: 3, b: 'é\n' },
  committed: {},
};

describe('the bytes of an event', () => {
  it('are RFC 8785: keys sorted, no spaces, text as given', () => {
    expect(canonicalEvent(EVENT).toString('utf8')).toBe(
      '{"actor":"system","at":"2026-11-21T08:00:00.000Z","chain":"asset:019a0000-0000-7000-8000-000000000001","chain_prev":null,"chain_seq":2,"committed":{},"id":"019a0000-0000-7000-8000-000000000000","on":[],"org":null,"public":{"b":"é\\n","size_bytes":3},"type":"asset.sealed","v":1}',
    );
  });

  it('hash with the leaf prefix of RFC 6962', () => {
    const leaf = canonicalEvent(EVENT);
    const expected = createHash('sha256')
      .update(Buffer.from([0]))
      .update(leaf)
      .digest('hex');
    expect(eventLeafHash(leaf).toString('hex')).toBe(expected);
  });

  it.each([
    ['a fraction', { public: { x: 0.5 } }],
    ['a number beyond 2^53', { public: { x: 2 ** 53 } }],
    ['a capital in a key', { public: { sizeBytes: 1 } }],
    ['a lone surrogate', { public: { x: '\ud800' } }],
    ['undefined', { public: { x: undefined } }],
    ['a date', { public: { x: new Date(0) } }],
    ['more than 65 535 bytes', { public: { x: 'x'.repeat(65_536) } }],
  ])('refuses %s', (_what, change) => {
    expect(() => canonicalEvent({ ...EVENT, ...change } as LedgerEvent)).toThrow(
      expect.objectContaining({ code: 'internal' }),
    );
  });
});

describe('a commitment', () => {
  it('is SHA-256 over prefix, salt and canonical value', () => {
    const salt = Buffer.alloc(32, 7);
    const expected = createHash('sha256')
      .update(Buffer.from([2]))
      .update(salt)
      .update('{"name":"王"}')
      .digest('hex');
    expect(commitment(salt, { name: '王' })).toBe(`sha256:${expected}`);
  });

  it('differs by salt', () => {
    expect(commitment(Buffer.alloc(32, 1), 'x')).not.toBe(commitment(Buffer.alloc(32, 2), 'x'));
  });
});
