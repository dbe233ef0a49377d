import { Spin } from 'antd';
import { useLanguage } from '../i18n/language.js';

/** Holds the height of a page so that nothing leaps when content comes. */
export function PageLoading() {
  const { t } = useLanguage();
  return (
    <div className="lh-page-loading" role="status" aria-label={t.app.loading}>
      <Spin />
    </div>
  );
}
