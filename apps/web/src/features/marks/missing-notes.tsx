import { Link } from 'react-router';
import { useMissingNotes } from '../../api/marks.js';
import { useLanguage } from '../../i18n/language.js';
import { Missing } from './marks-panel.js';
import './marks.css';

/** For the page of a case: recordings that still owe key content or a transcript; nothing where none does. */
export function MissingNotes({ caseId }: { caseId: string }) {
  const { t } = useLanguage();
  const items = useMissingNotes(caseId).data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section className="lh-block lh-marks" aria-label={t.marks.missingIn}>
      <h2>{t.marks.missingIn}</h2>
      <ul>
        {items.map(({ assetId, fileName, missing }) => (
          <li key={assetId}>
            <Link to={`/assets/${assetId}`}>{fileName}</Link>
            <Missing missing={missing} />
          </li>
        ))}
      </ul>
    </section>
  );
}
