import { Form, Input, Modal, Select } from 'antd';
import type { ChangeOccurrence } from '#contract';
import { isNextState } from '#domain';
import { useChangeOccurrence } from '../../api/cases.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { ReasonField } from '../../components/reason-field.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';
import { fromLocalInput, localInputText } from '../../i18n/quantities.js';
import type { StepStanding } from './step-standing.js';

type State = StepStanding['occurrence']['state'];

interface Values {
  readonly state: State;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly address: string;
  readonly reason: string | undefined;
}

interface Props {
  readonly caseId: string;
  readonly standing: StepStanding;
  readonly onClose: () => void;
}

/** When and where a step really happened, and its state, also backwards, with a reason. */
export function OccurrenceDialog({ caseId, standing: { occurrence }, onClose }: Props) {
  useReturnFocus();
  const { t } = useLanguage();
  const [form] = Form.useForm<Values>();
  const change = useChangeOccurrence(caseId);
  const state = Form.useWatch('state', form) ?? occurrence.state;
  const back = isNextState(occurrence.state, state) === 'back';
  const submit = (values: Values) =>
    change.mutate({ id: occurrence.id, change: changeOf(occurrence, values) }, { onSuccess: onClose });
  return (
    <Modal
      open
      title={t.case.edit}
      okText={t.app.save}
      cancelText={t.app.cancel}
      confirmLoading={change.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        onFinish={submit}
        initialValues={{
          state: occurrence.state,
          startedAt: localInputText(occurrence.startedAt),
          endedAt: localInputText(occurrence.endedAt),
          address: occurrence.address ?? '',
        }}
      >
        <Form.Item name="state" label={t.cases.state}>
          <Select
            options={(['waiting', 'open', 'done'] as const).map((value) => ({ value, label: t.case.state[value] }))}
          />
        </Form.Item>
        <div className="lh-two">
          <Form.Item name="startedAt" label={t.case.startedAt}>
            <Input type="datetime-local" step={1} />
          </Form.Item>
          <Form.Item name="endedAt" label={t.case.endedAt}>
            <Input type="datetime-local" step={1} />
          </Form.Item>
        </div>
        <Form.Item name="address" label={t.case.address}>
          <Input maxLength={300} placeholder={t.case.addressHint} />
        </Form.Item>
        {back && <ReasonField label={t.case.reason} hint={t.case.reasonNeeded} />}
        {change.isError && <ErrorNotice error={change.error} />}
      </Form>
    </Modal>
  );
}

/** Only what differs: each change is an event of its own weight. */
function changeOf(occurrence: StepStanding['occurrence'], values: Values): ChangeOccurrence {
  const startedAt = keepOrRead(occurrence.startedAt, values.startedAt);
  const endedAt = keepOrRead(occurrence.endedAt, values.endedAt);
  const address = values.address.trim() === '' ? null : values.address.trim();
  return {
    ...(values.state === occurrence.state ? {} : { state: values.state }),
    ...(startedAt === occurrence.startedAt ? {} : { startedAt }),
    ...(endedAt === occurrence.endedAt ? {} : { endedAt }),
    ...(address === occurrence.address ? {} : { address }),
    ...(values.reason === undefined ? {} : { reason: values.reason }),
  };
}

/** The field shows seconds; a time left as it was keeps its milliseconds. */
function keepOrRead(before: string | null, typed: string): string | null {
  return typed === localInputText(before) ? before : fromLocalInput(typed);
}
