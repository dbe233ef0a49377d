import { Tooltip } from 'antd';
import type { DueWarning } from '#domain';
import { useNow } from '../../components/use-now.js';
import { useLanguage } from '../../i18n/language.js';
import { spanText, timeText } from '../../i18n/quantities.js';
import { daysLeft } from './agenda.js';

interface Props {
  readonly dueAt: string | null;
  readonly lastDay: string | null;
  readonly warnings?: readonly DueWarning[];
  /** Only how long there is left. */
  readonly isShort?: boolean;
}

const MINUTE_MS = 60_000;

/** How long there is left, in days where the limit counts days; the day itself beside it. */
export function DueText({ dueAt, lastDay, warnings = [], isShort = false }: Props) {
  const { t, language } = useLanguage();
  const now = new Date(useNow(MINUTE_MS));
  if (dueAt === null) return <span className="lh-due">{t.law.paused}</span>;
  const leftMs = Date.parse(dueAt) - now.getTime();
  const days = daysLeft(dueAt, now);
  const inHours = lastDay === null;
  const words = inHours
    ? leftMs < 0
      ? t.law.lateSpan(spanText(-leftMs, language))
      : t.law.dueInSpan(spanText(leftMs, language))
    : leftMs < 0
      ? t.law.lateBy(-days)
      : days === 0
        ? t.law.dueToday
        : t.law.dueIn(days);
  return (
    <span className="lh-due lh-figures" data-late={leftMs < 0 || undefined}>
      {words} {!isShort && <small>{t.law.lastDay(lastDay ?? timeText(dueAt).slice(0, 16))}</small>}
      {warnings.map((warning) => (
        <Tooltip key={warning} title={t.law.warnings[warning]}>
          <small className="lh-due-warning">≈</small>
        </Tooltip>
      ))}
    </span>
  );
}
