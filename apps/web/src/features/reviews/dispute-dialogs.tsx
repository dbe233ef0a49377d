import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button, Form, Input, Modal, Radio } from 'antd';
import type { ReviewView } from '#contract';
import { REVIEW_OUTCOMES, type ReviewOutcome } from '#domain';
import { useDisputeReview, useRecordDiscussion } from '../../api/reviews.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { ReasonField } from '../../components/reason-field.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';
import { dateText } from '../../i18n/quantities.js';

interface Props {
  readonly review: ReviewView;
  readonly onClose: () => void;
}

export function DisputeDialog({ review, onClose }: Props) {
  useReturnFocus();
  const { t } = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ reason: string }>();
  const dispute = useDisputeReview(review.id);
  const submit = ({ reason }: { reason: string }) =>
    dispute.mutate(reason, {
      onSuccess: () => {
        message.success(t.reviews.disputed);
        onClose();
      },
    });
  return (
    <Modal
      open
      title={t.reviews.dispute}
      okText={t.reviews.dispute}
      cancelText={t.app.cancel}
      confirmLoading={dispute.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="lh-muted lh-gap-below">{t.reviews.disputeHint}</p>
      <Form form={form} layout="vertical" onFinish={submit}>
        <ReasonField label={t.reviews.disputeReason} hint={t.case.reasonLogged} />
      </Form>
      {dispute.error && <ErrorNotice error={dispute.error} />}
    </Modal>
  );
}

interface Discussed {
  readonly heldOn: string;
  readonly participants: { name: string; post: string }[];
  readonly result: ReviewOutcome;
  readonly text: string;
}

export function DiscussionDialog({ review, onClose }: Props) {
  useReturnFocus();
  const { t } = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm<Discussed>();
  const record = useRecordDiscussion(review.id);
  const submit = (values: Discussed) =>
    record.mutate(values, {
      onSuccess: () => {
        message.success(t.reviews.discussed);
        onClose();
      },
    });
  const needed = [{ required: true, whitespace: true, message: t.signIn.required }];
  return (
    <Modal
      open
      title={t.reviews.discuss}
      okText={t.app.save}
      cancelText={t.app.cancel}
      confirmLoading={record.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<Discussed>
        form={form}
        layout="vertical"
        initialValues={{
          heldOn: dateText(new Date().toISOString()),
          participants: [
            { name: '', post: '' },
            { name: '', post: '' },
          ],
        }}
        onFinish={submit}
      >
        <Form.Item name="heldOn" label={t.reviews.heldOn} rules={needed}>
          <Input type="date" />
        </Form.Item>
        <p>{t.reviews.participants}</p>
        <Form.List name="participants">
          {(fields, { add, remove }) => (
            <>
              {fields.map(({ key, name }) => (
                <div key={key} className="lh-review-person">
                  <Form.Item name={[name, 'name']} rules={needed}>
                    <Input aria-label={t.reviews.participantName} placeholder={t.reviews.participantName} />
                  </Form.Item>
                  <Form.Item name={[name, 'post']} rules={needed}>
                    <Input aria-label={t.reviews.participantPost} placeholder={t.reviews.participantPost} />
                  </Form.Item>
                  {fields.length > 2 && (
                    <Button
                      type="text"
                      icon={<MinusCircleOutlined />}
                      aria-label={t.reviews.removeParticipant}
                      onClick={() => remove(name)}
                    />
                  )}
                </div>
              ))}
              <Button type="dashed" icon={<PlusOutlined />} onClick={() => add({ name: '', post: '' })}>
                {t.reviews.addParticipant}
              </Button>
            </>
          )}
        </Form.List>
        <Form.Item name="result" label={t.reviews.result} rules={[{ required: true, message: t.signIn.required }]}>
          <Radio.Group options={REVIEW_OUTCOMES.map((value) => ({ value, label: t.reviews.outcomes[value] }))} />
        </Form.Item>
        <Form.Item name="text" label={t.reviews.discussionText} rules={needed}>
          <Input.TextArea maxLength={4_000} autoSize={{ minRows: 3 }} />
        </Form.Item>
      </Form>
      {record.error && <ErrorNotice error={record.error} />}
    </Modal>
  );
}
