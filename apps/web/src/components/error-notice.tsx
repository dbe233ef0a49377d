import { Alert, Button } from 'antd';
import { ApiFailure } from '../api/client.js';
import { useLanguage } from '../i18n/language.js';

/** A failure in words: what happened, what to do, and the request id to tell the administrator. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const { t, label } = useLanguage();
  const failure = error instanceof ApiFailure ? error : new ApiFailure('unexpected', 0);
  const action = onRetry && (
    <Button size="small" onClick={onRetry}>
      {t.app.retry}
    </Button>
  );
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={label(failure.words)}
      description={<FailureDetail failure={failure} />}
      action={action}
    />
  );
}

function FailureDetail({ failure }: { failure: ApiFailure }) {
  const { t, label } = useLanguage();
  if (!failure.detail && failure.problems.length === 0 && failure.requestId === null) return null;
  return (
    <div className="lh-error-detail">
      {failure.detail && <p>{label(failure.detail)}</p>}
      {failure.problems.map((problem) => (
        <p key={problem}>{problem}</p>
      ))}
      {failure.requestId !== null && <small>{t.app.requestId(failure.requestId)}</small>}
    </div>
  );
}
