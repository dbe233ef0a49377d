import { Alert, App, Form, Input, Modal } from 'antd';
import { useNavigate } from 'react-router';
import type { CaseView, ChangeCase } from '#contract';
import { useChangeCase } from '../../api/cases.js';
import { useOfficers } from '../../api/people.js';
import { useSession } from '../../api/session.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { ReasonField } from '../../components/reason-field.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';
import { OfficerPicker, PartyFields, type Person } from './case-fields.js';

type Party = CaseView['parties'][number];

interface Values {
  readonly title: string;
  readonly officerIds: string[];
  readonly parties: Party[];
  readonly reason: string;
}

/** Title, officers in charge and parties, with the reason that then is logged. */
export function CorrectCaseDialog({ subject, onClose }: { subject: CaseView; onClose: () => void }) {
  useReturnFocus();
  const { t } = useLanguage();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const [form] = Form.useForm<Values>();
  const change = useChangeCase(subject.id);
  const { data: session } = useSession();
  const chosen = Form.useWatch('officerIds', form) ?? subject.officers.map(({ id }) => id);
  const leaving = session != null && !chosen.includes(session.account.id);
  const submit = (values: Values) =>
    change.mutate(changeOf(subject, values), {
      onSuccess: () => {
        message.success(t.case.corrected);
        onClose();
        if (leaving) void navigate('/cases');
      },
    });
  return (
    <Modal
      open
      title={t.case.correct}
      okText={t.app.save}
      cancelText={t.app.cancel}
      confirmLoading={change.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="lh-muted">{t.case.correctHint}</p>
      <Form<Values>
        form={form}
        layout="vertical"
        onFinish={submit}
        initialValues={{
          title: subject.title,
          officerIds: subject.officers.map(({ id }) => id),
          parties: subject.parties,
        }}
      >
        <Form.Item
          name="title"
          label={t.openCase.name}
          rules={[{ required: true, whitespace: true, message: t.openCase.required }]}
        >
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <OfficerPicker label={t.case.officers} people={useEligible(subject)} required />
        {leaving && <Alert type="warning" showIcon title={t.case.leaving} className="lh-gap-below" />}
        <PartyFields />
        <ReasonField label={t.case.reason} hint={t.case.reasonLogged} />
        {change.isError && <ErrorNotice error={change.error} />}
      </Form>
    </Modal>
  );
}

/** Those who may be in charge, and those who are, though their account may be disabled by now. */
function useEligible(subject: CaseView): Person[] | undefined {
  const officers = useOfficers().data;
  if (officers === undefined) return undefined;
  const known = new Set(officers.map(({ id }) => id));
  return [...officers, ...subject.officers.filter(({ id }) => !known.has(id))];
}

/** Only what differs: the event says what was changed. */
function changeOf(subject: CaseView, { title, officerIds, parties, reason }: Values): ChangeCase {
  const before = subject.officers.map(({ id }) => id);
  const sameOfficers = before.length === officerIds.length && before.every((id) => officerIds.includes(id));
  const sameParties = JSON.stringify(subject.parties.map(textOf)) === JSON.stringify(parties.map(textOf));
  return {
    ...(title.trim() === subject.title ? {} : { title }),
    ...(sameOfficers ? {} : { officerIds }),
    ...(sameParties ? {} : { parties }),
    reason,
  };
}

function textOf({ kind, name }: Party): string {
  return `${kind} ${name.trim()}`;
}
