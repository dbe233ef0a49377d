import type { CheckView } from '#contract';
import { clockText } from '../../i18n/quantities.js';
import type { Texts } from '../../i18n/zh.js';

/** Where the damage lies, in words; null when nothing more is known than that it is there. */
export function damageText(check: CheckView, t: Texts): string | null {
  if (check.firstBadBlock === null) return null;
  const blocks = t.findings.blocks(check.firstBadBlock, check.badBlocks ?? 1, check.blocks ?? 0);
  if (check.range === null) return blocks;
  const time = t.findings.range(clockText(check.range.startMs), clockText(check.range.endMs));
  return `${blocks} · ${time}${t.app.aside(t.findings.rangeSource[check.rangeSource ?? 'proportional'])}`;
}
