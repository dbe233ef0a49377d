import { App, Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import type { Gap } from '#contract';
import { useExplainGap } from '../../api/recorders.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';
import { spanText, timeText } from '../../i18n/quantities.js';
import './gap-note.css';

export interface GapSubject {
  readonly caseId: string;
  readonly occurrenceId: string;
  readonly mayExplain: boolean;
}

/** A break of the recording, where it is, with why somebody said it is there. */
export function GapNote({ gap, subject }: { gap: Gap; subject: GapSubject }) {
  const { t, language } = useLanguage();
  const [explaining, setExplaining] = useState(false);
  const { explanation } = gap;
  return (
    <div className="lh-gap">
      <p className="lh-finding" data-kind="gap" data-explained={explanation !== null || undefined}>
        {t.replay.gap(spanText(gap.durationMs, language))}
      </p>
      <p className="lh-gap-words">
        {explanation === null ? (
          <span>{t.gaps.unexplained}</span>
        ) : (
          <span title={t.gaps.explained(explanation.by, timeText(explanation.at))}>{explanation.text}</span>
        )}
        {subject.mayExplain && (
          <Button type="link" size="small" onClick={() => setExplaining(true)}>
            {explanation === null ? t.gaps.explain : t.gaps.again}
          </Button>
        )}
      </p>
      {explaining && <ExplainDialog gap={gap} subject={subject} onClose={() => setExplaining(false)} />}
    </div>
  );
}

function ExplainDialog({ gap, subject, onClose }: { gap: Gap; subject: GapSubject; onClose: () => void }) {
  useReturnFocus();
  const { t, language } = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ text: string }>();
  const explain = useExplainGap(subject.caseId);
  const { afterAssetId, beforeAssetId } = gap;
  const submit = ({ text }: { text: string }) =>
    explain.mutate(
      { occurrenceId: subject.occurrenceId, afterAssetId, beforeAssetId, text },
      {
        onSuccess: () => {
          message.success(t.gaps.saved);
          onClose();
        },
      },
    );
  return (
    <Modal
      open
      title={t.gaps.explainTitle}
      okText={t.app.save}
      cancelText={t.app.cancel}
      confirmLoading={explain.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="lh-figures">
        {timeText(gap.startAt)} – {timeText(gap.endAt)}
        {t.app.aside(spanText(gap.durationMs, language))}
      </p>
      <p className="lh-muted lh-gap-below">{t.gaps.explainHint}</p>
      <Form form={form} layout="vertical" onFinish={submit} initialValues={{ text: gap.explanation?.text ?? '' }}>
        <Form.Item
          name="text"
          label={t.gaps.text}
          rules={[{ required: true, whitespace: true, min: 2, message: t.gaps.placeholder }]}
        >
          <Input.TextArea maxLength={2_000} placeholder={t.gaps.placeholder} autoSize={{ minRows: 3 }} />
        </Form.Item>
      </Form>
      {explain.isError && <ErrorNotice error={explain.error} />}
    </Modal>
  );
}
