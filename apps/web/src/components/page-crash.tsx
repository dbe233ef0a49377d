import { Button, Result } from 'antd';
import { useRouteError } from 'react-router';
import { useLanguage } from '../i18n/language.js';

/** What a page shows when its own code fails. The log keeps the error; the reader is told what is safe. */
export function PageCrash() {
  const { t } = useLanguage();
  const error = useRouteError();
  console.error(error);
  return (
    <Result
      status="error"
      title={t.app.crashed}
      subTitle={t.app.crashedHint}
      extra={
        <Button type="primary" onClick={() => window.location.reload()}>
          {t.app.reload}
        </Button>
      }
    />
  );
}
