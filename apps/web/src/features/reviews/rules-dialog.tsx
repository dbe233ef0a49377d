import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button, Checkbox, Form, Input, InputNumber, Modal, Select } from 'antd';
import type { ReviewRules } from '#contract';
import { useUnits } from '../../api/people.js';
import { useReviewRules, useSetReviewRules } from '../../api/reviews.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';
import { groupedNumber } from '../../i18n/quantities.js';

interface Level {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly unitId: string;
  readonly signOff: boolean;
}

interface Values {
  readonly everyDecision: boolean;
  readonly levels: Level[];
  readonly days: number;
  readonly reason: string;
}

/** A select has no word for "none of them". */
const ANY = 'any';

/** How the agency reviews, for everyone to see and for administrators to set; and its catalogue. */
export function RulesDialog({ maySet, onClose }: { maySet: boolean; onClose: () => void }) {
  useReturnFocus();
  const { t } = useLanguage();
  const [form] = Form.useForm<Values>();
  const rules = useReviewRules();
  const set = useSetReviewRules();
  const { message } = App.useApp();
  const submit = ({ everyDecision, levels, days, reason }: Values) => {
    if (!rules.data) return;
    const named = levels.map(({ zh, en, unitId, signOff }, i) => ({
      ...{ id: `level-${i + 1}`, title: { zh, en }, unitId: unitId === ANY ? null : unitId, signOff },
    }));
    const limit = { ...rules.data.policy.limit, count: days, unit: 'working-days' as const };
    set.mutate(
      { everyDecision, levels: named, limit, reason, version: rules.data.version },
      {
        onSuccess: () => {
          message.success(t.reviews.rules.saved);
          onClose();
        },
      },
    );
  };
  return (
    <Modal
      open
      width={760}
      title={t.reviews.rules.title}
      okText={t.app.save}
      cancelText={maySet ? t.app.cancel : t.app.close}
      okButtonProps={{ hidden: !maySet }}
      confirmLoading={set.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      {rules.error && <ErrorNotice error={rules.error} />}
      {rules.data && (
        <>
          <p className="lh-muted lh-gap-below">{t.reviews.rules.version(rules.data.version)}</p>
          <Form<Values>
            form={form}
            layout="vertical"
            disabled={!maySet}
            initialValues={valuesOf(rules.data)}
            onFinish={submit}
          >
            <RuleFields />
            {maySet && (
              <Form.Item
                name="reason"
                label={t.reviews.rules.reason}
                rules={[{ required: true, whitespace: true, min: 2, message: t.case.reasonLogged }]}
              >
                <Input maxLength={500} />
              </Form.Item>
            )}
          </Form>
          <Catalogue rules={rules.data} />
        </>
      )}
      {set.error && <ErrorNotice error={set.error} />}
    </Modal>
  );
}

function valuesOf({ policy }: ReviewRules): Partial<Values> {
  return {
    ...{ everyDecision: policy.everyDecision, days: policy.limit.count },
    levels: policy.levels.map(({ id, title, unitId, signOff }) => ({ id, ...title, unitId: unitId ?? ANY, signOff })),
  };
}

function RuleFields() {
  const { t } = useLanguage();
  const words = t.reviews.rules;
  const units = useUnits();
  const needed = [{ required: true, whitespace: true, message: t.signIn.required }];
  const unitOptions = [
    { value: ANY, label: words.anyUnit },
    ...(units.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <>
      <Form.Item name="everyDecision" valuePropName="checked">
        <Checkbox>{words.everyDecision}</Checkbox>
      </Form.Item>
      <p>{words.levels}</p>
      <Form.List name="levels">
        {(fields, { add, remove }) => (
          <>
            {fields.map(({ key, name }) => (
              <div key={key} className="lh-review-level">
                <Form.Item name={[name, 'zh']} rules={needed}>
                  <Input aria-label={words.levelZh} placeholder={words.levelZh} />
                </Form.Item>
                <Form.Item name={[name, 'en']} rules={needed}>
                  <Input aria-label={words.levelEn} placeholder={words.levelEn} />
                </Form.Item>
                <Form.Item name={[name, 'unitId']}>
                  <Select aria-label={words.unit} options={unitOptions} virtual={false} />
                </Form.Item>
                <Form.Item name={[name, 'signOff']} valuePropName="checked">
                  <Checkbox>{words.signOff}</Checkbox>
                </Form.Item>
                {fields.length > 1 && (
                  <Button
                    type="text"
                    icon={<MinusCircleOutlined />}
                    aria-label={words.removeLevel}
                    onClick={() => remove(name)}
                  />
                )}
              </div>
            ))}
            {fields.length < 5 && (
              <Button
                type="dashed"
                icon={<PlusOutlined />}
                onClick={() => add({ id: '', zh: '', en: '', unitId: ANY, signOff: false })}
              >
                {words.addLevel}
              </Button>
            )}
          </>
        )}
      </Form.List>
      <Form.Item name="days" label={words.days} rules={[{ required: true, message: t.signIn.required }]}>
        <InputNumber min={1} max={365} precision={0} />
      </Form.Item>
    </>
  );
}

function Catalogue({ rules: { catalogue } }: { rules: ReviewRules }) {
  const { t, label } = useLanguage();
  const words = t.reviews.rules;
  return (
    <details>
      <summary>{words.catalogueOf(label(catalogue.title), catalogue.version)}</summary>
      <ol className="lh-review-catalogue">
        {catalogue.entries.map(({ id, title, atLeastYuan, source }) => (
          <li key={id}>
            {label(title)}
            {atLeastYuan &&
              ` · ${words.atLeast(groupedNumber(atLeastYuan.person), groupedNumber(atLeastYuan.organisation))}`}{' '}
            <small className="lh-muted">{source}</small>
          </li>
        ))}
      </ol>
    </details>
  );
}
