import { DownOutlined, KeyOutlined, LogoutOutlined, UserOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { Suspense, useEffect, useRef } from 'react';
import { NavLink, Outlet, useLocation, useNavigate } from 'react-router';
import type { Account } from '#contract';
import { useFindings } from '../api/findings.js';
import { useSignOut } from '../api/session.js';
import { isStanding } from '../features/findings/finding-words.js';
import { useUploads } from '../features/uploads/upload-context.js';
import { UploadTray } from '../features/uploads/upload-tray.js';
import { useLanguage } from '../i18n/language.js';
import { Brand } from './brand.js';
import { LanguageSwitch } from './language-switch.js';
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

export function seesEvidence({ roles }: Account): boolean {
  return roles.some((role) => role !== 'administrator');
}

function MainNav({ account }: { account: Account }) {
  const { t } = useLanguage();
  const { roles } = account;
  const onlyOfficer = roles.includes('officer') && !roles.includes('archivist') && !roles.includes('supervisor');
  const watches = roles.includes('administrator') || roles.includes('supervisor');
  const findings = useFindings(watches).data?.pages[0];
  const open = findings?.items.filter(isStanding).length ?? 0;
  const links: { to: string; text: string; alarms?: string }[] = [
    ...(seesEvidence(account)
      ? [
          { to: '/cases', text: onlyOfficer ? t.app.nav.myCases : t.app.nav.cases },
          { to: '/assets', text: t.app.nav.assets },
          { to: '/sorting', text: t.app.nav.sorting },
        ]
      : []),
    ...(seesEvidence(account) || roles.includes('administrator') ? [{ to: '/reviews', text: t.app.nav.reviews }] : []),
    { to: '/procedures', text: t.app.nav.procedures },
    { to: '/recorders', text: t.app.nav.recorders },
    ...(roles.includes('officer') ? [{ to: '/due', text: t.law.duePage }] : []),
    ...(roles.includes('supervisor') ? [{ to: '/late', text: t.law.latePage }] : []),
    ...(watches ? [{ to: '/rules', text: t.law.rulesPage }] : []),
    ...(roles.includes('administrator') ? [{ to: '/accounts', text: t.app.nav.accounts }] : []),
    ...(watches
      ? [
          {
            to: '/findings',
            text: t.app.nav.findings,
            ...(open > 0 && { alarms: `${open}${findings?.nextCursor ? '+' : ''}` }),
          },
          { to: '/ledger', text: t.app.nav.ledger },
          { to: '/system', text: t.app.nav.system },
        ]
      : []),
  ];
  const nav = useActiveInView();
  return (
    <nav ref={nav} className="lh-nav" aria-label={t.app.nav.label}>
      {links.map((link) => (
        <NavLink key={link.to} to={link.to}>
          {link.text}
          {link.alarms && <span className="lh-nav-alarm">{link.alarms}</span>}
        </NavLink>
      ))}
    </nav>
  );
}

/** On a narrow screen the links scroll: where one is must be seen. */
function useActiveInView() {
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the mark moves with the path
  useEffect(() => {
    const active = nav.current?.querySelector<HTMLElement>('a.active');
    if (!nav.current || !active) return;
    const { left, right } = nav.current.getBoundingClientRect();
    const place = active.getBoundingClientRect();
    nav.current.scrollLeft += Math.min(0, place.left - left) + Math.max(0, place.right - right);
  }, [pathname]);
  return nav;
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
