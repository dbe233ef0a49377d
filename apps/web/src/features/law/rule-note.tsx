import { Popover } from 'antd';
import type { RuleView } from '#contract';
import { useLanguage } from '../../i18n/language.js';

/** The clause an outcome follows, one key away: source, procedure, version. */
export function RuleNote({ rule }: { rule: RuleView }) {
  const { t, label } = useLanguage();
  const version = t.law.version(rule.procedureId, rule.version);
  return (
    <Popover
      trigger={['click', 'hover']}
      content={
        <div className="lh-rule-note">
          <strong>{label(rule.title)}</strong>
          <p>{rule.source}</p>
          <small className="lh-muted">
            {version} · {rule.part}
          </small>
        </div>
      }
    >
      <button type="button" className="lh-rule-mark">
        {t.law.by}
      </button>
    </Popover>
  );
}
