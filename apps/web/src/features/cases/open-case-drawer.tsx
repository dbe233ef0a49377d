import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Drawer, Form, Input, Select } from 'antd';
import { useNavigate } from 'react-router';
import type { OpenCaseInput } from '#contract';
import { useOpenCase, useProcedures } from '../../api/cases.js';
import { useOfficers } from '../../api/people.js';
import { useSession } from '../../api/session.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useLanguage } from '../../i18n/language.js';
import './open-case.css';

const FORM_ID = 'open-case';

export function OpenCaseDrawer({ onClose }: { onClose: () => void }) {
  const { t, label } = useLanguage();
  const navigate = useNavigate();
  const procedures = useProcedures();
  const open = useOpenCase();
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
        <OfficerPicker />
        <PartyFields />
        {procedures.isError && <ErrorNotice error={procedures.error} />}
        {open.isError && <ErrorNotice error={open.error} />}
      </Form>
    </Drawer>
  );
}

function OfficerPicker() {
  const { t } = useLanguage();
  const { data: session } = useSession();
  const officers = useOfficers();
  const others = (officers.data ?? []).filter(({ id }) => id !== session?.account.id);
  return (
    <Form.Item name="officerIds" label={t.openCase.officers} extra={t.openCase.officersHint}>
      <Select
        mode="multiple"
        showSearch={{ optionFilterProp: 'label' }}
        loading={officers.isPending}
        options={others.map(({ id, name, unitName }) => ({ value: id, label: name + t.app.aside(unitName) }))}
      />
    </Form.Item>
  );
}

function PartyFields() {
  const { t } = useLanguage();
  const kinds = (['person', 'organisation'] as const).map((value) => ({ value, label: t.openCase.partyKinds[value] }));
  return (
    <Form.Item label={t.openCase.parties}>
      <Form.List name="parties">
        {(fields, { add, remove }) => (
          <>
            {fields.map(({ key, name }) => (
              <div key={key} className="lh-party-row">
                <Form.Item name={[name, 'kind']} noStyle>
                  <Select aria-label={t.openCase.parties} options={kinds} className="lh-party-kind" />
                </Form.Item>
                <Form.Item
                  name={[name, 'name']}
                  rules={[{ required: true, whitespace: true, message: t.openCase.required }]}
                >
                  <Input aria-label={t.openCase.partyName} placeholder={t.openCase.partyName} maxLength={200} />
                </Form.Item>
                <Button
                  type="text"
                  aria-label={t.openCase.removeParty}
                  icon={<MinusCircleOutlined />}
                  onClick={() => remove(name)}
                />
              </div>
            ))}
            <Button type="dashed" block icon={<PlusOutlined />} onClick={() => add({ kind: 'person', name: '' })}>
              {t.openCase.addParty}
            </Button>
          </>
        )}
      </Form.List>
    </Form.Item>
  );
}
