import { type LedgerEvent, MAX_LEAF_BYTES, newId, RENDITION_KINDS, utc } from '#domain';
import { canonicalEvent } from '../ledger/canonical.js';
import { draftsOf } from './begin-export.js';

describe('the events of an export', () => {
  it.each([0, 1, 300, 301, 1_000])('name each of %i chains once, and none is too large for the log', (count) => {
    const leaf = `sha256:${'a'.repeat(64)}`;
    const heads = Array.from({ length: count }, () => ({ chain: `asset:${newId()}` as const, seq: 2 ** 40, leaf }));
    const drafts = draftsOf(newId(), newId(), { heads, reason: '移送法院', renditions: RENDITION_KINDS });
    expect(drafts.map(({ type }) => type)).toEqual([
      ...drafts.slice(1).map(() => 'case.export_heads'),
      'case.exported',
    ]);
    const said = drafts.flatMap((draft) => (draft.public as { heads: (typeof heads)[number][] }).heads);
    expect(said).toEqual(heads);
    for (const { type, chain, public: facts } of drafts) {
      const event = {
        ...{ v: 1, id: newId(), type, chain, chain_seq: 2 ** 40, chain_prev: leaf, at: utc(new Date()) },
        ...{ actor: newId(), org: newId(), on: [], public: facts, committed: { reason: leaf } },
      };
      expect(canonicalEvent(event as unknown as LedgerEvent).length).toBeLessThanOrEqual(MAX_LEAF_BYTES);
    }
  });
});
