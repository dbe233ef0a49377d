import { App, Button, Form, Input, Radio } from 'antd';
import { useAttachTranscript } from '../../api/marks.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useLanguage } from '../../i18n/language.js';
import { AssetPicker } from '../assets/asset-picker.js';

interface Values {
  readonly madeBy: 'hand' | 'machine';
  readonly maker: string;
  readonly text?: string;
  readonly textAssetId?: string;
}

/** The text of what is said, or the asset that has it; and who or what wrote it down. */
export function TranscriptForm({ assetId, onDone }: { assetId: string; onDone: () => void }) {
  const { t } = useLanguage();
  const words = t.marks;
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const attach = useAttachTranscript(assetId);
  const madeBy = Form.useWatch('madeBy', form) ?? 'hand';
  const submit = ({ text, textAssetId, ...rest }: Values) =>
    attach.mutate(
      { ...rest, text: text?.trim() || null, textAssetId: textAssetId ?? null },
      {
        onSuccess: () => {
          message.success(words.attached);
          onDone();
        },
      },
    );
  return (
    <Form<Values> form={form} layout="vertical" className="lh-mark-form" initialValues={{ madeBy }} onFinish={submit}>
      <Form.Item name="madeBy">
        <Radio.Group options={(['hand', 'machine'] as const).map((value) => ({ value, label: words.madeBy[value] }))} />
      </Form.Item>
      <Form.Item
        name="maker"
        label={words.maker[madeBy]}
        rules={[{ required: true, whitespace: true, message: t.signIn.required }]}
      >
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="text" label={words.transcriptText}>
        <Input.TextArea maxLength={200_000} autoSize={{ minRows: 3, maxRows: 12 }} />
      </Form.Item>
      <Form.Item name="textAssetId" label={words.transcriptAsset}>
        <AssetPicker kind="paper" />
      </Form.Item>
      {attach.error && <ErrorNotice error={attach.error} />}
      <div className="lh-row">
        <Button type="primary" htmlType="submit" loading={attach.isPending}>
          {words.attach}
        </Button>
        <Button onClick={onDone}>{t.app.cancel}</Button>
      </div>
    </Form>
  );
}
