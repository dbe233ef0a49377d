import { Button, Drawer, Form, Input, Select } from 'antd';
import { useNavigate } from 'react-router';
import type { OpenCaseInput } from '#contract';
import { useOpenCase, useProcedures } from '../../api/cases.js';
import { useOfficers } from '../../api/people.js';
import { useSession } from '../../api/session.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';
import { OfficerPicker, PartyFields } from './case-fields.js';

const FORM_ID = 'open-case';

export function OpenCaseDrawer({ onClose }: { onClose: () => void }) {
  useReturnFocus();
  const { t, label } = useLanguage();
  const navigate = useNavigate();
  const procedures = useProcedures();
  const open = useOpenCase();
  const { data: session } = useSession();
  const others = useOfficers().data?.filter(({ id }) => id !== session?.account.id);
  const submit = (values: OpenCaseInput) =>
    open.mutate(values, { onSuccess: (opened) => void navigate(`/cases/${opened.id}`) });
  const required = [{ required: true, whitespace: true, message: t.openCase.required }];
  return (
    <Drawer
      open
      title={t.openCase.title}
      size={520}
      onClose={onClose}
      footer={
        <div className="lh-row-end">
          <Button onClick={onClose}>{t.app.cancel}</Button>
          <Button type="primary" htmlType="submit" form={FORM_ID} loading={open.isPending}>
            {t.openCase.submit}
          </Button>
        </div>
      }
    >
      <Form<OpenCaseInput>
        id={FORM_ID}
        layout="vertical"
        initialValues={{ level: 'normal', officerIds: [], parties: [] }}
        onFinish={submit}
      >
        <Form.Item name="procedureId" label={t.openCase.procedure} rules={required}>
          <Select
            loading={procedures.isPending}
            options={(procedures.data?.items ?? []).map((procedure) => ({
              value: procedure.id,
              label: label(procedure.title) + t.app.aside(t.openCase.steps(procedure.steps.length)),
            }))}
          />
        </Form.Item>
        <Form.Item name="number" label={t.openCase.number} extra={t.openCase.numberHint} rules={required}>
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <Form.Item name="title" label={t.openCase.name} rules={required}>
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <Form.Item name="level" label={t.openCase.level}>
          <Select
            options={(['normal', 'sensitive', 'restricted'] as const).map((value) => ({
              value,
              label: t.cases.levels[value],
            }))}
          />
        </Form.Item>
        <OfficerPicker label={t.openCase.officers} hint={t.openCase.officersHint} people={others} />
        <PartyFields />
        {procedures.isError && <ErrorNotice error={procedures.error} />}
        {open.isError && <ErrorNotice error={open.error} />}
      </Form>
    </Drawer>
  );
}
