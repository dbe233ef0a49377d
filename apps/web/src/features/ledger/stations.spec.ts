import type { Ledger } from '#contract';
import { healthOf, NOTICE_MS, shareOf, stationsOf } from './stations.js';

const NOW = Date.parse('2026-11-21T08:00:00.000Z');
const ago = (ms: number) => new Date(NOW - ms).toISOString();
const LEDGER: Ledger = {
  size: 100,
  waiting: 0,
  frozen: null,
  signed: { size: 100, at: ago(5_000) },
  vaulted: { size: 100, at: ago(30_000) },
  witnesses: [
    { name: 'w1', vkey: 'w1', size: 100, answeredAt: ago(1_000), refusal: null, refusedAt: null },
    { name: 'w2', vkey: 'w2', size: 40, answeredAt: ago(600_000), refusal: null, refusedAt: null },
  ],
  quorum: { needed: 1, of: 2, rule: 'group w 1 w1 w2\nquorum w' },
  anchored: { size: 100, at: ago(1_000) },
  hasAuthority: true,
  timestamp: { size: 99, at: ago(3_000_000), authority: 'TSA' },
  watch: { verifiedSize: 100, verifiedAt: ago(5_000), findings: [] },
  keys: { origin: 'o', vkey: 'v', receiptVkey: 'r' },
};
const standings = (ledger: Ledger, since: ReadonlyMap<string, number> = new Map()) =>
  Object.fromEntries(stationsOf(ledger, NOW, since).map(({ key, standing }) => [key, standing]));
const noticed = new Map([['witness w2', NOW - NOTICE_MS]]);

describe('who follows the log', () => {
  it('is well when there is no news for him, however long ago he came', () => {
    const quiet: Ledger = {
      ...LEDGER,
      witnesses: LEDGER.witnesses.slice(0, 1),
      signed: { size: 100, at: ago(3_600_000) },
    };
    expect(Object.values(standings(quiet))).toEqual(['good', 'good', 'good', 'good', 'good', 'good']);
    expect(standings(LEDGER, noticed)).toEqual({
      signed: 'good',
      'witness w1': 'good',
      'witness w2': 'behind',
      anchored: 'good',
      vaulted: 'good',
      timestamp: 'good',
      watch: 'good',
    });
    expect(healthOf(LEDGER, stationsOf(LEDGER, NOW, noticed))).toBe('behind');
  });

  it('gets a while to see the first entry after a quiet night', () => {
    expect(standings(LEDGER)['witness w2']).toBe('good');
    expect(standings(LEDGER, new Map([['witness w2', NOW - NOTICE_MS + 1]]))['witness w2']).toBe('good');
    // But not when that entry was signed long ago, nor for very many.
    expect(standings({ ...LEDGER, signed: { size: 100, at: ago(600_000) } })['witness w2']).toBe('behind');
    expect(standings({ ...LEDGER, size: 10_000 })['witness w2']).toBe('behind');
  });

  it('is absent until he comes, and that is no alarm but for the signer', () => {
    const nobody = { quorum: { needed: 0, of: 0, rule: 'quorum none' }, witnesses: [], anchored: null };
    const alone: Ledger = { ...LEDGER, ...nobody, timestamp: null, watch: null, vaulted: { size: 0, at: null } };
    expect(standings(alone)).toEqual({ signed: 'good', vaulted: 'absent', timestamp: 'absent', watch: 'absent' });
    expect(healthOf(alone, stationsOf(alone, NOW, new Map()))).toBe('good');
    const unanchored: Ledger = { ...LEDGER, anchored: null };
    expect(standings(unanchored).anchored).toBe('absent');
    const unsigned: Ledger = { ...alone, signed: null };
    expect(healthOf(unsigned, stationsOf(unsigned, NOW, new Map()))).toBe('behind');
  });

  it('alarms: a refusal, a finding, a frozen ledger', () => {
    const [w1] = LEDGER.witnesses;
    if (!w1) throw new Error('no witness');
    const refused: Ledger = { ...LEDGER, witnesses: [{ ...w1, refusal: 'conflict', refusedAt: ago(0) }] };
    expect(standings(refused)['witness w1']).toBe('alarm');
    const found: Ledger = {
      ...LEDGER,
      watch: { verifiedSize: 9, verifiedAt: ago(0), findings: [{ what: 'altered', index: 9, foundAt: ago(0) }] },
    };
    expect(standings(found).watch).toBe('alarm');
    for (const ledger of [refused, found, { ...LEDGER, frozen: { reason: 'behind-signer', since: ago(0) } as const }]) {
      expect(healthOf(ledger, stationsOf(ledger, NOW, new Map()))).toBe('alarm');
    }
  });

  it('stands at the end when he is up to date, at the beginning when he saw nothing', () => {
    expect([shareOf(0, 100), shareOf(100, 100), shareOf(500, 100), shareOf(0, 0)]).toEqual([1, 0, 0, 1]);
    expect(shareOf(10, 1_000_000)).toBeLessThan(0.9);
  });
});
