import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, Select } from 'antd';
import { useLanguage } from '../../i18n/language.js';
import './open-case.css';

export interface Person {
  readonly id: string;
  readonly name: string;
  /** Not told of an officer who is in charge still, but whose account was disabled. */
  readonly unitName?: string;
}

interface PickerProps {
  readonly label: string;
  readonly hint?: string;
  /** Absent while they are asked for. */
  readonly people: readonly Person[] | undefined;
  readonly required?: boolean;
}

/** Field `officerIds` of the form around it. */
export function OfficerPicker({ label, hint, people, required = false }: PickerProps) {
  const { t } = useLanguage();
  return (
    <Form.Item name="officerIds" label={label} extra={hint} rules={[{ required, message: t.openCase.required }]}>
      <Select
        mode="multiple"
        showSearch={{ optionFilterProp: 'label' }}
        loading={people === undefined}
        options={(people ?? []).map(({ id, name, unitName }) => ({
          value: id,
          label: unitName === undefined ? name : name + t.app.aside(unitName),
        }))}
      />
    </Form.Item>
  );
}

/** Field `parties` of the form around it. */
export function PartyFields() {
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
