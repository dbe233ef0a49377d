import type { CheckView, FindingView, HealingView } from '#contract';
import { HEALABLE } from '#domain';
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

/** That what was damaged is still there, in words; null where nothing was. */
export function keptText({ formerVersions }: CheckView, t: Texts): string | null {
  return formerVersions === 0 ? null : t.findings.kept(formerVersions);
}

export function isUnderWay({ state }: HealingView): boolean {
  return state === 'waiting' || state === 'healing';
}

/** The bytes are gone or wrong: what a good copy can heal. */
export function isHealable({ result }: FindingView): boolean {
  return HEALABLE.has(result);
}

/** What still stands; the others were healed and are shown for what they were. */
export function isStanding({ result }: CheckView): boolean {
  return result !== 'intact';
}
