import type { RecorderView } from '#contract';
import { Tag, type Tone } from '../../components/tag.js';
import { useLanguage } from '../../i18n/language.js';
import { dateText, offsetText } from '../../i18n/quantities.js';

const TONES: Record<RecorderView['state'], Tone> = { 'in-use': 'good', faulty: 'alarm', retired: 'plain' };

export function StateTag({ state }: { state: RecorderView['state'] }) {
  const { t } = useLanguage();
  return <Tag tone={TONES[state]}>{t.recorders.states[state]}</Tag>;
}

/** How wrong the clock was when it was last measured. */
export function ClockText({ recorder }: { recorder: RecorderView }) {
  const { t, language } = useLanguage();
  const { clock } = recorder;
  if (clock === null) return <span className="lh-muted">{t.recorders.notMeasured}</span>;
  return (
    <span className="lh-figures">
      {offsetText(clock.errorMs, language)}
      <span className="lh-muted">
        {' '}
        {t.recorders.measuredAt(dateText(clock.at))}
        {clock.wasSet && ` · ${t.recorders.wasSet}`}
      </span>
    </span>
  );
}
