import { App, Form, Select } from 'antd';
import type { Unsorted } from '#contract';
import { useOfficers } from '../../api/people.js';
import { useRecorders, useStateSource } from '../../api/recorders.js';
import { useLanguage } from '../../i18n/language.js';
import { RegisterDialog } from '../recorders/register-dialog.js';

interface Values {
  readonly recorderId?: string;
  readonly officerId?: string;
}

/** Says of a file whose name tells nothing of which recorder it is, and who carried it. */
export function StateSourceDialog({ item, onClose }: { item: Pick<Unsorted, 'asset'>; onClose: () => void }) {
  const { t } = useLanguage();
  const { message } = App.useApp();
  const state = useStateSource(item.asset.id);
  const recorders = useRecorders().data?.items.filter(({ kind }) => kind === 'recorder') ?? [];
  const officers = useOfficers().data ?? [];
  const submit = ({ recorderId = null, officerId = null }: { [K in keyof Values]?: string | null }) =>
    state.mutate(
      { recorderId, officerId },
      {
        onSuccess: () => {
          message.success(t.sorting.stated);
          onClose();
        },
      },
    );
  return (
    <RegisterDialog<Values> title={t.sorting.state} change={state} onSubmit={submit} onClose={onClose}>
      <p className="lh-file-name">{item.asset.fileName}</p>
      <p className="lh-muted lh-gap-below">{t.sorting.stateHint}</p>
      <Form.Item name="recorderId" label={t.sorting.recorder}>
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          options={recorders.map(({ id, serial, model }) => ({ value: id, label: `${serial} · ${model}` }))}
        />
      </Form.Item>
      <Form.Item name="officerId" label={t.sorting.officer}>
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t.sorting.officerByRegister}
          options={officers.map(({ id, name, unitName }) => ({ value: id, label: `${name} · ${unitName}` }))}
        />
      </Form.Item>
    </RegisterDialog>
  );
}
