import { DownOutlined, KeyOutlined, LogoutOutlined, UserOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { Suspense } from 'react';
import { Outlet, useNavigate } from 'react-router';
import type { Account } from '#contract';
import { useSignOut } from '../api/session.js';
import { useUploads } from '../features/uploads/upload-context.js';
import { UploadTray } from '../features/uploads/upload-tray.js';
import { useLanguage } from '../i18n/language.js';
import { Brand } from './brand.js';
import { LanguageSwitch } from './language-switch.js';
import { MainNav } from './main-nav.js';
import { PageLoading } from './page-loading.js';
import './app-frame.css';

/** Top bar, the page, and the tray of uploads that outlives it. */
export function AppFrame({ account }: { account: Account }) {
  const { t } = useLanguage();
  return (
    <div className="lh-frame">
      <a className="lh-skip" href="#main">
        {t.app.skip}
      </a>
      <header className="lh-bar">
        <Brand />
        <MainNav account={account} />
        <div className="lh-bar-end">
          <LanguageSwitch />
          <AccountMenu account={account} />
        </div>
      </header>
      <main id="main" className="lh-main" tabIndex={-1}>
        <Suspense fallback={<PageLoading />}>
          <Outlet />
        </Suspense>
      </main>
      <UploadTray />
    </div>
  );
}

function AccountMenu({ account }: { account: Account }) {
  const { t } = useLanguage();
  const navigate = useNavigate();
  const uploads = useUploads();
  const signOut = useSignOut();
  const roles = account.roles.map((role) => t.accounts.roleNames[role]).join(' · ');
  const items = [
    { key: 'who', type: 'group' as const, label: `${account.unitName} · ${roles}` },
    { key: 'password', icon: <KeyOutlined />, label: t.app.changePassword, onClick: () => void navigate('/password') },
    {
      key: 'out',
      icon: <LogoutOutlined />,
      label: t.app.signOut,
      onClick: () => {
        uploads.stopAll();
        signOut.mutate();
      },
    },
  ];
  return (
    <Dropdown menu={{ items }} trigger={['click']} placement="bottomRight">
      <Button type="text" icon={<UserOutlined />} aria-label={`${t.app.account}: ${account.name}`}>
        <span className="lh-wide">{account.name}</span>
        <DownOutlined className="lh-wide lh-tiny" />
      </Button>
    </Dropdown>
  );
}
