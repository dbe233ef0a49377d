import { App, Checkbox, Form, Input, InputNumber, Radio } from 'antd';
import type { MeasureClock, RecorderDetail } from '#contract';
import { CLOCK_SOURCES } from '#domain';
import { useMeasureClock } from '../../api/recorders.js';
import { useSession } from '../../api/session.js';
import { seesEvidence } from '../../components/navigation.js';
import { useLanguage } from '../../i18n/language.js';
import { fromLocalInput, offsetText } from '../../i18n/quantities.js';
import { AssetPicker } from '../assets/asset-picker.js';
import { RegisterDialog } from './register-dialog.js';

interface Values {
  readonly source: MeasureClock['source'];
  readonly at?: string;
  readonly deviceTime?: string;
  readonly assetId?: string;
  readonly positionSeconds?: number;
  readonly wasSet: boolean;
}

/** Keeps what the recorder showed at a moment; by it what it recorded is put where it belongs in time. */
export function MeasureClockDialog({ recorder, onClose }: { recorder: RecorderDetail; onClose: () => void }) {
  const { t, language } = useLanguage();
  const { message } = App.useApp();
  const { fields } = t.recorders;
  const { data: session } = useSession();
  // The recording of a clock is picked among what one may see.
  const sources = CLOCK_SOURCES.filter(
    (source) => source !== 'reference-recording' || (session && seesEvidence(session.account)),
  );
  const measure = useMeasureClock(recorder.id);
  const submit = (values: Values) =>
    measure.mutate(toWish(values), {
      onSuccess: ({ errorMs, corrected }) => {
        message.success(t.recorders.measured(offsetText(errorMs, language), corrected));
        onClose();
      },
    });
  return (
    <RegisterDialog<Values>
      title={`${t.recorders.measure} ${recorder.serial}`}
      change={measure}
      initialValues={{ source: 'dock', wasSet: false }}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="source" label={fields.source}>
        <Radio.Group options={sources.map((value) => ({ value, label: t.recorders.clockSources[value] }))} />
      </Form.Item>
      <Form.Item name="at" label={fields.trueTime} extra={fields.atHint}>
        <Input type="datetime-local" step={1} />
      </Form.Item>
      <ShownFields />
      <Form.Item name="wasSet" valuePropName="checked">
        <Checkbox>{fields.wasSet}</Checkbox>
      </Form.Item>
    </RegisterDialog>
  );
}

/** What the recorder showed: typed in, or where in which recording it can be seen. */
function ShownFields() {
  const { fields } = useLanguage().t.recorders;
  const source = Form.useWatch<Values['source'] | undefined>('source');
  const required = [{ required: true, message: fields.required }];
  if (source !== 'reference-recording') {
    return (
      <Form.Item name="deviceTime" label={fields.deviceTime} rules={required}>
        <Input placeholder={fields.deviceTimeHint} maxLength={40} autoComplete="off" />
      </Form.Item>
    );
  }
  return (
    <>
      <Form.Item name="assetId" label={fields.reference} rules={required}>
        <AssetPicker kind="video" />
      </Form.Item>
      <Form.Item name="positionSeconds" label={fields.position} rules={required}>
        <InputNumber min={0} step={0.1} />
      </Form.Item>
    </>
  );
}

function toWish({ source, at, deviceTime, assetId, positionSeconds, wasSet }: Values): MeasureClock {
  const isReference = source === 'reference-recording';
  return {
    ...{ source, wasSet, at: fromLocalInput(at ?? '') },
    deviceTime: isReference ? null : (deviceTime ?? null),
    reference: isReference ? { assetId: assetId ?? '', positionMs: Math.round((positionSeconds ?? 0) * 1_000) } : null,
  };
}
