import { PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import type { Unit } from '#contract';
import { useCreateUnit } from '../../api/people.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';

export function UnitTree({ units }: { units: readonly Unit[] }) {
  const { t } = useLanguage();
  const [creating, setCreating] = useState(false);
  const known = new Set(units.map(({ id }) => id));
  const roots = units.filter(({ parentId }) => parentId === null || !known.has(parentId));
  return (
    <section className="lh-block">
      <div className="lh-block-head">
        <h2>{t.accounts.units}</h2>
        <Button size="small" icon={<PlusOutlined />} disabled={units.length === 0} onClick={() => setCreating(true)}>
          {t.accounts.createUnit}
        </Button>
      </div>
      <UnitBranch units={units} level={roots} />
      {creating && <UnitDialog units={units} onClose={() => setCreating(false)} />}
    </section>
  );
}

function UnitBranch({ units, level }: { units: readonly Unit[]; level: readonly Unit[] }) {
  if (level.length === 0) return null;
  return (
    <ul className="lh-units">
      {level.map((unit) => (
        <li key={unit.id}>
          <span>{unit.name}</span>
          <UnitBranch units={units} level={units.filter(({ parentId }) => parentId === unit.id)} />
        </li>
      ))}
    </ul>
  );
}

function UnitDialog({ units, onClose }: { units: readonly Unit[]; onClose: () => void }) {
  useReturnFocus();
  const { t } = useLanguage();
  const [form] = Form.useForm<{ name: string; parentId: string }>();
  const create = useCreateUnit();
  const required = [{ required: true, message: t.accounts.required }];
  return (
    <Modal
      open
      title={t.accounts.createUnit}
      okText={t.app.save}
      cancelText={t.app.cancel}
      confirmLoading={create.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ parentId: units[0]?.id }}
        onFinish={(values) => create.mutate(values, { onSuccess: onClose })}
      >
        <Form.Item name="name" label={t.accounts.unitName} rules={required}>
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <Form.Item name="parentId" label={t.accounts.parentUnit} rules={required}>
          <Select options={units.map(({ id, name }) => ({ value: id, label: name }))} />
        </Form.Item>
        {create.isError && <ErrorNotice error={create.error} />}
      </Form>
    </Modal>
  );
}
