import { Form, Modal } from 'antd';
import type { ReactNode } from 'react';
import { ErrorNotice } from '../../components/error-notice.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';

interface Props<V> {
  readonly title: string;
  readonly change: { readonly isPending: boolean; readonly isError: boolean; readonly error: unknown };
  readonly initialValues?: Partial<V>;
  readonly onSubmit: (values: V) => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A form in a dialog, as the register has several: what went wrong is said in it. */
export function RegisterDialog<V extends object>({
  title,
  change,
  initialValues,
  onSubmit,
  onClose,
  children,
}: Props<V>) {
  useReturnFocus();
  const { t } = useLanguage();
  const [form] = Form.useForm<V>();
  return (
    <Modal
      open
      title={title}
      okText={t.app.save}
      cancelText={t.app.cancel}
      confirmLoading={change.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<V> form={form} layout="vertical" onFinish={onSubmit} initialValues={initialValues ?? {}}>
        {children}
      </Form>
      {change.isError && <ErrorNotice error={change.error} />}
    </Modal>
  );
}
