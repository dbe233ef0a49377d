import { Button, Form, Input } from 'antd';
import { Link, Navigate, useLocation } from 'react-router';
import type { SignIn } from '#contract';
import { useSession, useSignIn } from '../api/session.js';
import { BrandMark } from '../components/brand.js';
import { ErrorNotice } from '../components/error-notice.js';
import { LanguageSwitch } from '../components/language-switch.js';
import { PageLoading } from '../components/page-loading.js';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import './sign-in.css';

export function SignInPage() {
  const { t } = useLanguage();
  const session = useSession();
  const signIn = useSignIn();
  const location = useLocation();
  usePageTitle(t.signIn.title);
  if (session.isPending) return <PageLoading />;
  if (session.data) return <Navigate to={cameFrom(location.state)} replace />;
  const required = [{ required: true, message: t.signIn.required }];
  return (
    <div className="lh-sign-in">
      <header>
        <LanguageSwitch />
      </header>
      <main className="lh-sign-in-card">
        <div className="lh-sign-in-brand">
          <BrandMark size={44} />
          <div>
            <h1>{t.app.name}</h1>
            <p>{t.app.tagline}</p>
          </div>
        </div>
        <Form<SignIn> layout="vertical" requiredMark={false} onFinish={(values) => signIn.mutate(values)}>
          <Form.Item name="login" label={t.signIn.login} rules={required}>
            <Input size="large" autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus />
          </Form.Item>
          <Form.Item name="password" label={t.signIn.password} rules={required}>
            <Input.Password size="large" autoComplete="current-password" />
          </Form.Item>
          {signIn.isError && <ErrorNotice error={signIn.error} />}
          <Button type="primary" size="large" htmlType="submit" block loading={signIn.isPending}>
            {t.signIn.submit}
          </Button>
        </Form>
        <p className="lh-sign-in-intro">{t.signIn.intro}</p>
        <p className="lh-sign-in-intro">
          <Link to="/receipts/check">{t.signIn.checkReceipt}</Link>
        </p>
      </main>
    </div>
  );
}

/** Only paths of our own: the state of a location can be anything. */
export function cameFrom(state: unknown): string {
  const from = (state as { from?: unknown } | null)?.from;
  return typeof from === 'string' && from.startsWith('/') && !from.startsWith('//') ? from : '/';
}
