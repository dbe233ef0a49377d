import { App, Form, Input, Radio, Select } from 'antd';
import type { AddRecorder, ChangeRecorder, CheckRecorder, RecorderDetail } from '#contract';
import { useOfficers, useUnits } from '../../api/people.js';
import {
  useAddRecorder,
  useChangeRecorder,
  useCheckRecorder,
  useIssueRecorder,
  useReturnRecorder,
} from '../../api/recorders.js';
import { useLanguage } from '../../i18n/language.js';
import { fromLocalInput } from '../../i18n/quantities.js';
import { RegisterDialog } from './register-dialog.js';

interface Props {
  readonly recorder: RecorderDetail;
  readonly onClose: () => void;
}

/** What every dialog does when it is through. */
function useSaved(onClose: () => void) {
  const { t } = useLanguage();
  const { message } = App.useApp();
  return {
    onSuccess: () => {
      message.success(t.recorders.saved);
      onClose();
    },
  };
}

export function AddRecorderDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLanguage();
  const { fields } = t.recorders;
  const add = useAddRecorder();
  const saved = useSaved(onClose);
  const units = useUnits().data?.items ?? [];
  const required = [{ required: true, whitespace: true, message: fields.required }];
  return (
    <RegisterDialog<AddRecorder>
      title={t.recorders.add}
      change={add}
      initialValues={{ kind: 'recorder' }}
      onSubmit={(values) => add.mutate(values, saved)}
      onClose={onClose}
    >
      <Form.Item name="kind" label={fields.kind}>
        <Radio.Group
          options={(['recorder', 'dock'] as const).map((value) => ({ value, label: t.recorders.kinds[value] }))}
        />
      </Form.Item>
      <Form.Item name="serial" label={fields.serial} extra={fields.serialHint} rules={required}>
        <Input maxLength={40} autoComplete="off" spellCheck={false} />
      </Form.Item>
      <div className="lh-two">
        <Form.Item name="maker" label={fields.maker} rules={required}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="model" label={fields.model} rules={required}>
          <Input maxLength={100} />
        </Form.Item>
      </div>
      <Form.Item name="unitId" label={fields.unit} rules={[{ required: true, message: fields.required }]}>
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          options={units.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Form.Item>
    </RegisterDialog>
  );
}

interface IssueValues {
  readonly accountId: string;
  readonly officerNumber?: string;
  readonly at?: string;
}

export function IssueRecorderDialog({ recorder, onClose }: Props) {
  const { t } = useLanguage();
  const { fields } = t.recorders;
  const issue = useIssueRecorder(recorder.id);
  const saved = useSaved(onClose);
  const officers = useOfficers().data ?? [];
  const submit = ({ accountId, officerNumber, at }: IssueValues) =>
    issue.mutate({ accountId, officerNumber: officerNumber?.trim() || null, at: fromLocalInput(at ?? '') }, saved);
  return (
    <RegisterDialog<IssueValues>
      title={`${t.recorders.issue} ${recorder.serial}`}
      change={issue}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="accountId" label={fields.officer} rules={[{ required: true, message: fields.required }]}>
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          options={officers.map(({ id, name, unitName }) => ({ value: id, label: `${name} · ${unitName}` }))}
        />
      </Form.Item>
      <Form.Item name="officerNumber" label={fields.officerNumber} extra={fields.officerNumberHint}>
        <Input maxLength={40} autoComplete="off" />
      </Form.Item>
      <WhenField />
    </RegisterDialog>
  );
}

interface ReturnValues {
  readonly note?: string;
  readonly at?: string;
}

export function ReturnRecorderDialog({ recorder, onClose }: Props) {
  const { t } = useLanguage();
  const takeBack = useReturnRecorder(recorder.id);
  const saved = useSaved(onClose);
  const submit = ({ note, at }: ReturnValues) =>
    takeBack.mutate({ note: note?.trim() || null, at: fromLocalInput(at ?? '') }, saved);
  return (
    <RegisterDialog<ReturnValues>
      title={`${t.recorders.takeBack} ${recorder.serial}`}
      change={takeBack}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="lh-gap-below">{recorder.holder?.name}</p>
      <WhenField />
      <Form.Item name="note" label={t.recorders.fields.note}>
        <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} />
      </Form.Item>
    </RegisterDialog>
  );
}

function WhenField() {
  const { fields } = useLanguage().t.recorders;
  return (
    <Form.Item name="at" label={fields.at} extra={fields.atHint}>
      <Input type="datetime-local" step={1} />
    </Form.Item>
  );
}

interface CheckValues extends Pick<CheckRecorder, 'kind' | 'passed'> {
  readonly findings?: string;
}

export function CheckRecorderDialog({ recorder, onClose }: Props) {
  const { t } = useLanguage();
  const { fields } = t.recorders;
  const check = useCheckRecorder(recorder.id);
  const saved = useSaved(onClose);
  const submit = ({ findings, ...rest }: CheckValues) =>
    check.mutate({ ...rest, findings: findings?.trim() || null }, saved);
  return (
    <RegisterDialog<CheckValues>
      title={`${t.recorders.check} ${recorder.serial}`}
      change={check}
      initialValues={{ kind: 'check', passed: true }}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="kind" label={fields.checkKind}>
        <Radio.Group
          options={(['check', 'fault', 'repair'] as const).map((value) => ({
            value,
            label: t.recorders.checkKinds[value],
          }))}
        />
      </Form.Item>
      <Form.Item name="passed" label={fields.passed}>
        <Radio.Group
          options={[
            { value: true, label: t.recorders.passed },
            { value: false, label: t.recorders.failed },
          ]}
        />
      </Form.Item>
      <Form.Item name="findings" label={fields.findings}>
        <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} />
      </Form.Item>
    </RegisterDialog>
  );
}

type ChangeValues = Pick<RecorderDetail, 'maker' | 'model' | 'state'> & Pick<ChangeRecorder, 'reason'>;

export function ChangeRecorderDialog({ recorder, onClose }: Props) {
  const { t } = useLanguage();
  const { fields } = t.recorders;
  const change = useChangeRecorder(recorder.id);
  const saved = useSaved(onClose);
  const { maker, model, state } = recorder;
  const required = [{ required: true, whitespace: true, min: 1, message: fields.required }];
  return (
    <RegisterDialog<ChangeValues>
      title={`${t.recorders.change} ${recorder.serial}`}
      change={change}
      initialValues={{ maker, model, state }}
      onSubmit={(values) => change.mutate(values, saved)}
      onClose={onClose}
    >
      <Form.Item name="state" label={fields.state}>
        <Select
          options={(['in-use', 'faulty', 'retired'] as const).map((value) => ({
            value,
            label: t.recorders.states[value],
          }))}
        />
      </Form.Item>
      <div className="lh-two">
        <Form.Item name="maker" label={fields.maker} rules={required}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="model" label={fields.model} rules={required}>
          <Input maxLength={100} />
        </Form.Item>
      </div>
      <Form.Item name="reason" label={fields.reason} rules={[{ ...required[0], min: 2 }]}>
        <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} />
      </Form.Item>
    </RegisterDialog>
  );
}
