import { Link } from 'react-router';
import type { AssetSource } from '#contract';
import { Tag } from '../../components/tag.js';
import { useLanguage } from '../../i18n/language.js';

/** Which recorder, who carried it, its number in the run. */
export function SourceWords({ source }: { source: AssetSource }) {
  const { t } = useLanguage();
  const { recorder, device, officer, officerNumber, sequence, isKeyMarked } = source;
  const who = officer ? t.sorting.carriedBy(officer.name) : officerNumber;
  return (
    <span className="lh-source">
      {recorder ? (
        <Link to={`/recorders/${recorder.id}`}>{recorder.serial}</Link>
      ) : (
        device !== null && <code>{device}</code>
      )}
      {who !== null && <span>{who}</span>}
      {sequence !== null && <span>{t.sorting.seq(sequence)}</span>}
      {isKeyMarked && <Tag tone="warn">{t.sorting.keyMarked}</Tag>}
    </span>
  );
}

/** What is not right with the time, in words. */
export function TimeFlags({ flags }: { flags: AssetSource['flags'] }) {
  const { label } = useLanguage();
  if (flags.length === 0) return null;
  return (
    <ul className="lh-time-flags">
      {flags.map(({ code, words }) => (
        <li key={code}>{label(words)}</li>
      ))}
    </ul>
  );
}
