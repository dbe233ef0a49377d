import type { CheckView } from '#contract';
import { zh } from '../../i18n/zh.js';
import { damageText } from './finding-words.js';

const check: CheckView = {
  result: 'altered',
  also: [],
  since: '2026-11-22T08:00:00.000Z',
  checkedAt: '2026-11-22T08:00:00.000Z',
  firstBadBlock: 3,
  badBlocks: 1,
  blocks: 10,
  range: { startMs: 30_000, endMs: 40_000 },
  rangeSource: 'proportional',
  reason: null,
  formerVersions: 0,
};

describe('where the damage lies', () => {
  it('names block and time, and how the time was reckoned', () => {
    expect(damageText(check, zh)).toBe('首个异常块 3，共 1/10 块 · 约 0:30–0:40（按字节比例估算）');
  });

  it('says no more than is known', () => {
    expect(damageText({ ...check, range: null, rangeSource: null }, zh)).toBe('首个异常块 3，共 1/10 块');
    expect(damageText({ ...check, result: 'missing', firstBadBlock: null }, zh)).toBeNull();
  });
});
