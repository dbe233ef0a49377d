import { SafetyCertificateOutlined } from '@ant-design/icons';
import { Button, Form, Modal } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import type { AskOriginalsCheck, OriginalsCheckView } from '#contract';
import { isUnderWay, useAskOriginalsCheck, useCase } from '../../api/cases.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { ReasonField } from '../../components/reason-field.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';

/** Has all originals read again before they are shown, and says what was found. Playing goes on meanwhile. */
export function ShowingCheck({ caseId }: { caseId: string }) {
  const { t } = useLanguage();
  const { data: subject } = useCase(caseId);
  const [isAsking, setAsking] = useState(false);
  if (!subject) return null;
  const { originalsCheck: check, mayCheck } = subject;
  const isBusy = isUnderWay(check) && check?.cause === 'court';
  return (
    <div className="lh-showing">
      <section aria-label={t.showing.label} aria-live="polite">
        {check && <Standing check={check} />}
      </section>
      {/* Not disabled while it runs: the focus comes back to it from the dialog. */}
      {mayCheck && (
        <Button icon={<SafetyCertificateOutlined />} loading={isBusy} onClick={() => setAsking(true)}>
          {t.showing.button}
        </Button>
      )}
      {isAsking && <AskDialog caseId={caseId} onClose={() => setAsking(false)} />}
    </div>
  );
}

/** As many as can be read beside a title; the page of findings has all. */
const SHOWN = 5;

function Standing({ check }: { check: OriginalsCheckView }) {
  const { t } = useLanguage();
  const { done, total, doneAt, intact, notIntact } = check;
  const bad = done - intact;
  const rest = bad - Math.min(notIntact.length, SHOWN);
  return (
    <>
      {doneAt === null && <p className="lh-figures">{t.showing.underWay(done, total)}</p>}
      {bad > 0 && (
        <p role="alert">
          <strong>{doneAt === null ? t.showing.notIntactSoFar(bad) : t.showing.notIntact(bad, total)}</strong>{' '}
          {notIntact.slice(0, SHOWN).map(({ assetId, fileName }) => (
            <Link key={assetId} to={`/assets/${assetId}`}>
              {fileName}
            </Link>
          ))}
          {rest > 0 && notIntact.length > SHOWN && t.showing.more(bad)}
        </p>
      )}
      {doneAt !== null && (
        <p className="lh-figures" data-good={bad === 0 || undefined}>
          {bad === 0 && `${t.showing.intact(total)} · `}
          {t.showing.doneAt(timeText(doneAt))}
        </p>
      )}
    </>
  );
}

function AskDialog({ caseId, onClose }: { caseId: string; onClose: () => void }) {
  useReturnFocus();
  const { t } = useLanguage();
  const [form] = Form.useForm<AskOriginalsCheck>();
  const ask = useAskOriginalsCheck(caseId);
  return (
    <Modal
      open
      title={t.showing.button}
      okText={t.showing.begin}
      cancelText={t.app.cancel}
      confirmLoading={ask.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="lh-muted">{t.showing.hint}</p>
      <Form<AskOriginalsCheck>
        form={form}
        layout="vertical"
        onFinish={(asked) => ask.mutate(asked, { onSuccess: onClose })}
      >
        <ReasonField label={t.showing.reason} hint={t.case.reasonLogged} />
      </Form>
      {ask.error && <ErrorNotice error={ask.error} />}
    </Modal>
  );
}
