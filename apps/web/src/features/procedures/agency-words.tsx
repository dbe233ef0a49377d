import { App, Button, Form, Input, Select } from 'antd';
import { useUnits } from '../../api/people.js';
import { useAgencyWords, useSetAgencyWord } from '../../api/procedures.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useLanguage } from '../../i18n/language.js';

interface Values {
  readonly unitId: string;
  readonly word: string;
}

/** 机关代字: kept by administrators, since the numbers of all papers begin with it. */
export function AgencyWords() {
  const { t } = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const words = useAgencyWords(true);
  const units = useUnits();
  const set = useSetAgencyWord();
  const text = t.procedures.words;
  const submit = (values: Values) =>
    set.mutate(values, {
      onSuccess: () => {
        form.resetFields();
        message.success(text.saved);
      },
    });
  return (
    <section className="lh-block lh-agency-words" aria-label={text.title}>
      <h2>{text.title}</h2>
      <p className="lh-muted">{text.hint}</p>
      {words.data?.items.length === 0 && <p>{text.none}</p>}
      <ul className="lh-rule-papers">
        {words.data?.items.map(({ unitId, unitName, word }) => (
          <li key={unitId}>
            {unitName} <strong>{word}</strong>
          </li>
        ))}
      </ul>
      <Form<Values> form={form} layout="inline" onFinish={submit}>
        <Form.Item name="unitId" label={text.unit} rules={[{ required: true, message: text.unit }]}>
          <Select
            style={{ minWidth: 200 }}
            virtual={false}
            options={(units.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Form.Item>
        <Form.Item name="word" label={text.word} rules={[{ required: true, whitespace: true, message: text.word }]}>
          <Input maxLength={20} placeholder={text.example} />
        </Form.Item>
        <Button htmlType="submit" loading={set.isPending}>
          {text.save}
        </Button>
      </Form>
      {(set.error ?? words.error) && <ErrorNotice error={set.error ?? words.error} />}
    </section>
  );
}
