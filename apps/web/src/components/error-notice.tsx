import { Alert, Button } from 'antd';
import { ApiFailure } from '../api/client.js';
import { useLanguage } from '../i18n/language.js';
import { sizeText, spanText } from '../i18n/quantities.js';

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
  const { t, label, language } = useLanguage();
  const { maxBytes, retryAfterMs } = failure;
  const hasFacts = maxBytes !== null || retryAfterMs !== null;
  if (!failure.detail && !hasFacts && failure.problems.length === 0 && failure.requestId === null) return null;
  return (
    <div className="lh-error-detail">
      {failure.detail && <p>{label(failure.detail)}</p>}
      {maxBytes !== null && <p>{t.app.limit(sizeText(maxBytes))}</p>}
      {retryAfterMs !== null && <p>{t.app.tryAfter(spanText(retryAfterMs, language))}</p>}
      {failure.problems.map((problem) => (
        <p key={problem.en}>{label(problem)}</p>
      ))}
      {failure.requestId !== null && <small>{t.app.requestId(failure.requestId)}</small>}
    </div>
  );
}
