import { App, Button, Form, Input, InputNumber, Select } from 'antd';
import type { AssetView, MarkView, PutMarkInput } from '#contract';
import { INTERRUPTION_REASONS, type InterruptionReason, MARK_KINDS, type MarkKind } from '#domain';
import { usePutMark, useReviseMark } from '../../api/marks.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useLanguage } from '../../i18n/language.js';
import { clockText } from '../../i18n/quantities.js';
import { readClock } from './clock-input.js';
import type { PlayLink } from './play-link.js';

interface Values {
  readonly kind: MarkKind;
  readonly from: string;
  readonly to: string;
  readonly page: number;
  readonly reason: InterruptionReason;
  readonly text: string;
}

interface Props {
  readonly asset: AssetView;
  readonly link: PlayLink;
  /** The mark that is changed; null: a new one. */
  readonly mark: MarkView | null;
  readonly onDone: () => void;
}

/** A new mark, or a further version of one: never a change in place. */
export function MarkForm({ asset, link, mark, onDone }: Props) {
  const { t } = useLanguage();
  const words = t.marks;
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const put = usePutMark(asset.id);
  const revise = useReviseMark(asset.id);
  const kind = Form.useWatch('kind', form) ?? mark?.kind ?? 'note';
  const isTimed = asset.kind === 'video' || asset.kind === 'sound';
  const submit = (values: Values) => {
    const content = contentOf(values, isTimed);
    const done = {
      onSuccess: () => {
        message.success(words.saved);
        onDone();
      },
    };
    if (mark) revise.mutate({ id: mark.id, version: mark.version, content }, done);
    else put.mutate(content, done);
  };
  const error = put.error ?? revise.error;
  const clockRule = {
    validator: async (_: unknown, text: string) => {
      if (readClock(text) === null) throw new Error(words.wrongTime);
    },
  };
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      className="lh-mark-form"
      initialValues={initialOf(mark, link.place.current, isTimed)}
      onFinish={submit}
    >
      {isTimed && (
        <Form.Item name="kind" label={words.kind}>
          <Select virtual={false} options={MARK_KINDS.map((value) => ({ value, label: words.kinds[value] }))} />
        </Form.Item>
      )}
      {isTimed ? (
        <div className="lh-mark-range">
          {(['from', 'to'] as const).map((end) => (
            <Form.Item key={end} name={end} label={words[end]} rules={[clockRule]}>
              <Input
                placeholder={words.timeHint}
                suffix={
                  <Button
                    type="link"
                    size="small"
                    onClick={() => form.setFieldValue(end, clockText(link.place.current))}
                  >
                    {words.here}
                  </Button>
                }
              />
            </Form.Item>
          ))}
        </div>
      ) : (
        <Form.Item name="page" label={words.page}>
          <InputNumber min={1} max={asset.pageCount ?? 1} precision={0} />
        </Form.Item>
      )}
      {kind === 'interruption' && (
        <Form.Item name="reason" label={words.reason} rules={[{ required: true, message: t.signIn.required }]}>
          <Select
            virtual={false}
            options={INTERRUPTION_REASONS.map((value) => ({ value, label: words.reasons[value] }))}
          />
        </Form.Item>
      )}
      <Form.Item
        name="text"
        label={words.text}
        rules={[{ required: true, whitespace: true, message: t.signIn.required }]}
      >
        <Input.TextArea maxLength={2_000} placeholder={words.textHints[kind]} autoSize={{ minRows: 2 }} />
      </Form.Item>
      {error && <ErrorNotice error={error} />}
      <div className="lh-row">
        <Button type="primary" htmlType="submit" loading={put.isPending || revise.isPending}>
          {words.save}
        </Button>
        <Button onClick={onDone}>{t.app.cancel}</Button>
      </div>
    </Form>
  );
}

function initialOf(mark: MarkView | null, place: number, isTimed: boolean): Partial<Values> {
  const range = mark && 'range' in mark.place ? mark.place.range : { startMs: place, endMs: place + 5_000 };
  const page = mark && 'page' in mark.place ? mark.place.page : Math.max(1, isTimed ? 1 : place);
  return {
    ...{ kind: mark?.kind ?? 'note', text: mark?.text ?? '', page },
    ...{ from: clockText(range.startMs), to: clockText(range.endMs) },
    ...(mark?.reason ? { reason: mark.reason } : {}),
  };
}

function contentOf({ kind, from, to, page, reason, text }: Values, isTimed: boolean): PutMarkInput {
  const place = isTimed ? { range: { startMs: readClock(from) ?? 0, endMs: readClock(to) ?? 0 } } : { page };
  return { kind: isTimed ? kind : 'note', place, text, reason: kind === 'interruption' ? reason : null };
}
