import { App, Form, Input, Modal, Select } from 'antd';
import type { Account, Unit } from '#contract';
import { areWholeRoles, ROLES, type Role } from '#domain';
import { type CreatedAccount, useChangeAccount, useCreateAccount } from '../../api/people.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';

const LOGIN = /^[a-z0-9][a-z0-9._-]{1,63}$/;

interface Values {
  readonly login: string;
  readonly name: string;
  readonly roles: Role[];
  readonly unitId: string;
}

interface Props {
  /** null: a new one. */
  readonly account: Account | null;
  readonly units: readonly Unit[];
  readonly onClose: () => void;
  readonly onCreated: (created: CreatedAccount) => void;
}

export function AccountDialog({ account, units, onClose, onCreated }: Props) {
  useReturnFocus();
  const { t } = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const create = useCreateAccount();
  const change = useChangeAccount();
  const submit = ({ login, ...rest }: Values) => {
    if (account) {
      const onSuccess = () => {
        message.success(t.accounts.saved);
        onClose();
      };
      return change.mutate({ id: account.id, change: rest }, { onSuccess });
    }
    const onSuccess = (created: CreatedAccount) => {
      onClose();
      onCreated(created);
    };
    create.mutate({ login, ...rest }, { onSuccess });
  };
  const checkRoles = (_: unknown, roles: readonly Role[] = []) =>
    areWholeRoles(roles)
      ? Promise.resolve()
      : Promise.reject(new Error(roles.length === 0 ? t.accounts.required : t.accounts.stationAlone));
  const required = [{ required: true, message: t.accounts.required }];
  return (
    <Modal
      open
      title={account ? t.accounts.edit : t.accounts.create}
      okText={t.app.save}
      cancelText={t.app.cancel}
      confirmLoading={create.isPending || change.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        onFinish={submit}
        initialValues={account ?? { roles: ['officer'], unitId: units[0]?.id }}
      >
        <Form.Item
          name="login"
          label={t.accounts.login}
          extra={t.accounts.loginHint}
          rules={[{ required: true, pattern: LOGIN, message: t.accounts.loginHint }]}
        >
          <Input disabled={account !== null} autoComplete="off" autoCapitalize="none" spellCheck={false} />
        </Form.Item>
        <Form.Item name="name" label={t.accounts.name} rules={required}>
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="roles"
          label={t.accounts.roles}
          extra={t.accounts.rolesHint}
          rules={[{ validator: checkRoles }]}
        >
          <Select mode="multiple" options={ROLES.map((value) => ({ value, label: t.accounts.roleNames[value] }))} />
        </Form.Item>
        <Form.Item name="unitId" label={t.accounts.unit} rules={required}>
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={units.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Form.Item>
        {(create.error ?? change.error) !== null && <ErrorNotice error={create.error ?? change.error} />}
      </Form>
    </Modal>
  );
}
