import { Alert, App, Button, Form, Input } from 'antd';
import { useLocation, useNavigate } from 'react-router';
import { useChangePassword, useSession } from '../api/session.js';
import { BrandMark } from '../components/brand.js';
import { ErrorNotice } from '../components/error-notice.js';
import { LanguageSwitch } from '../components/language-switch.js';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import { cameFrom } from './sign-in-page.js';
import './sign-in.css';

const MIN_LENGTH = 10;

interface Values {
  readonly current: string;
  readonly next: string;
  readonly again: string;
}

export function PasswordPage() {
  const { t } = useLanguage();
  const { message } = App.useApp();
  const { data: session } = useSession();
  const change = useChangePassword();
  const navigate = useNavigate();
  const location = useLocation();
  usePageTitle(t.password.title);
  const forced = session?.account.mustChangePassword ?? false;
  const submit = ({ current, next }: Values) =>
    change.mutate(
      { current, next },
      {
        onSuccess: () => {
          message.success(t.password.done);
          void navigate(cameFrom(location.state), { replace: true });
        },
      },
    );
  return (
    <div className="lh-sign-in">
      <header>
        <LanguageSwitch />
      </header>
      <main className="lh-sign-in-card">
        <div className="lh-sign-in-brand">
          <BrandMark size={44} />
          <h1>{t.password.title}</h1>
        </div>
        {forced && <Alert type="warning" showIcon title={t.password.forced} className="lh-gap-below" />}
        <Form<Values> layout="vertical" requiredMark={false} onFinish={submit}>
          <Form.Item name="current" label={t.password.current} rules={[{ required: true, message: t.signIn.required }]}>
            <Input.Password autoComplete="current-password" autoFocus />
          </Form.Item>
          <Form.Item
            name="next"
            label={t.password.next}
            extra={t.password.rule}
            dependencies={['current']}
            rules={[
              { required: true, min: MIN_LENGTH, message: t.password.rule },
              ({ getFieldValue }) => ({
                validator: async (_rule, value) => {
                  if (value && value === getFieldValue('current')) throw new Error(t.password.same);
                },
              }),
            ]}
          >
            <Input.Password autoComplete="new-password" />
          </Form.Item>
          <Form.Item
            name="again"
            label={t.password.again}
            dependencies={['next']}
            rules={[
              ({ getFieldValue }) => ({
                validator: async (_rule, value) => {
                  if (value !== getFieldValue('next')) throw new Error(t.password.mismatch);
                },
              }),
            ]}
          >
            <Input.Password autoComplete="new-password" />
          </Form.Item>
          {change.isError && <ErrorNotice error={change.error} />}
          <div className="lh-row-end">
            {!forced && <Button onClick={() => void navigate(-1)}>{t.app.cancel}</Button>}
            <Button type="primary" htmlType="submit" loading={change.isPending}>
              {t.password.submit}
            </Button>
          </div>
        </Form>
      </main>
    </div>
  );
}
