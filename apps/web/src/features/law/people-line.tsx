import { EditOutlined, TeamOutlined } from '@ant-design/icons';
import { Button, Form, Modal, Select } from 'antd';
import { useState } from 'react';
import type { CaseView } from '#contract';
import { ACTING_ROLES, type ActingRole } from '#domain';
import { useSetPeople } from '../../api/law.js';
import { useAccounts } from '../../api/people.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { ReasonField } from '../../components/reason-field.js';
import { Tag } from '../../components/tag.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';
import type { StepStanding } from '../cases/step-standing.js';

interface Props {
  readonly subject: CaseView;
  readonly standing: StepStanding;
}

/** Who acts in this coming of the step, and whether each may on that day. Silent where the law asks for nobody. */
export function PeopleLine({ subject, standing }: Props) {
  const { t } = useLanguage();
  const [editing, setEditing] = useState(false);
  const { step, law } = standing;
  const { count, roles, independent } = step.who;
  if (count === 0) return null;
  const asked = [
    t.law.peopleNeeded(count, roles.map((role) => t.law.roles[role]).join('、')),
    ...(independent ? [t.law.independent] : []),
  ];
  return (
    <p className="lh-people">
      <TeamOutlined aria-label={t.law.people} />
      {law.people.map(({ accountId, name, role, isCertified }) => (
        <Tag key={`${accountId}-${role}`} tone={isCertified ? 'plain' : 'warn'}>
          {name}
          {role !== 'officer' && ` · ${t.law.roles[role]}`}
          {!isCertified && ` · ${t.law.uncertified}`}
        </Tag>
      ))}
      {asked.length > 0 && <small className="lh-muted">{asked.join('；')}</small>}
      {subject.mayEdit && (
        <Button
          type="text"
          size="small"
          icon={<EditOutlined />}
          aria-label={t.law.peopleEdit}
          onClick={() => setEditing(true)}
        />
      )}
      {editing && <PeopleDialog subject={subject} standing={standing} onClose={() => setEditing(false)} />}
    </p>
  );
}

interface Values {
  readonly people: { readonly accountId: string; readonly role: ActingRole }[];
  readonly reason?: string;
}

function PeopleDialog({ subject, standing, onClose }: Props & { onClose: () => void }) {
  useReturnFocus();
  const { t } = useLanguage();
  const [form] = Form.useForm<Values>();
  const { occurrence, step, law } = standing;
  const set = useSetPeople(subject.id, occurrence.id);
  const accounts = useAccounts();
  const hasBegun = occurrence.state !== 'waiting';
  const [firstRole = 'officer'] = step.who.roles;
  const known = new Map([
    ...law.people.map(({ accountId, name }): [string, string] => [accountId, name]),
    ...(accounts.data?.items ?? [])
      .filter(({ disabled }) => !disabled)
      .map(({ id, name }): [string, string] => [id, name]),
  ]);
  const required = [{ required: true, message: t.openCase.required }];
  return (
    <Modal
      open
      title={t.law.peopleEdit}
      okText={t.app.save}
      cancelText={t.app.cancel}
      confirmLoading={set.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="lh-muted lh-gap-below">{t.law.peopleHint}</p>
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={{ people: law.people.map(({ accountId, role }) => ({ accountId, role })) }}
        onFinish={(values) => set.mutate(values, { onSuccess: onClose })}
      >
        <Form.List name="people">
          {(fields, { add, remove }) => (
            <>
              {fields.map(({ key, name }) => (
                <div key={key} className="lh-person">
                  <Form.Item name={[name, 'accountId']} rules={required}>
                    <Select
                      showSearch={{ optionFilterProp: 'label' }}
                      aria-label={t.law.people}
                      options={[...known].map(([value, label]) => ({ value, label }))}
                    />
                  </Form.Item>
                  <Form.Item name={[name, 'role']} rules={required}>
                    <Select
                      aria-label={t.law.people}
                      options={ACTING_ROLES.map((value) => ({ value, label: t.law.roles[value] }))}
                    />
                  </Form.Item>
                  <Button onClick={() => remove(name)}>{t.openCase.removeParty}</Button>
                </div>
              ))}
              <Button onClick={() => add({ role: firstRole })}>{t.law.add}</Button>
            </>
          )}
        </Form.List>
        {hasBegun && <ReasonField label={t.law.peopleReason} hint={t.law.reasonHint} />}
      </Form>
      {set.isError && <ErrorNotice error={set.error} />}
    </Modal>
  );
}
