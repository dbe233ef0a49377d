import { DownOutlined, MenuOutlined } from '@ant-design/icons';
import { useEffect, useRef, useState } from 'react';
import { NavLink, useLocation } from 'react-router';
import type { Account } from '#contract';
import { useFindings } from '../api/findings.js';
import { isStanding } from '../features/findings/finding-words.js';
import { useLanguage } from '../i18n/language.js';
import { type NavPage, navigationOf } from './navigation.js';

/**
 * What the account does daily, and one menu for all else it may open. On a narrow screen the menu holds everything and
 * its button says where one is. A disclosure of links, as WAI-ARIA has it: Tab goes through, Escape closes.
 */
export function MainNav({ account }: { account: Account }) {
  const { t } = useLanguage();
  const { daily, menu } = navigationOf(account.roles);
  const { isOpen, setOpen, box, button } = useDisclosure();
  const { pathname } = useLocation();
  const alarms = useAlarms([...daily, ...menu.flatMap(({ pages }) => pages)].includes('findings'));
  const nameOf = (page: NavPage): string =>
    page === 'cases' && account.roles.every((role) => role === 'officer' || role === 'administrator')
      ? t.app.nav.pages.myCases
      : t.app.nav.pages[page];
  const here = [...daily, ...menu.flatMap(({ pages }) => pages)].find((page) => isAt(pathname, page));
  const isInMenu = here !== undefined && !daily.includes(here);
  const administers = menu.some(({ group }) => group === 'administration');
  const link = (page: NavPage) => (
    // Closed by the choice itself: the path may change on its own, when a page that was long in coming is there.
    <NavLink key={page} to={`/${page}`} onClick={() => setOpen(false)}>
      {nameOf(page)}
      {page === 'findings' && alarms !== null && <span className="lh-nav-alarm">{alarms}</span>}
    </NavLink>
  );
  return (
    <nav ref={box} className="lh-nav" aria-label={t.app.nav.label}>
      <div className="lh-nav-daily">{daily.map(link)}</div>
      <div className="lh-nav-rest">
        <button
          ref={button}
          type="button"
          className="lh-nav-menu"
          data-here={isInMenu || undefined}
          aria-expanded={isOpen}
          aria-controls="nav-menu"
          onClick={() => setOpen(!isOpen)}
        >
          <span className="lh-nav-narrow">
            <MenuOutlined /> {here ? nameOf(here) : t.app.nav.menu}
          </span>
          <span className="lh-nav-broad">
            {isInMenu ? nameOf(here) : administers ? t.app.nav.rulesAndMore : t.app.nav.more}{' '}
            <DownOutlined className="lh-tiny" />
          </span>
          {alarms !== null && <AlarmOnMenu alarms={alarms} isOnBar={daily.includes('findings')} />}
        </button>
        <div id="nav-menu" className="lh-nav-panel" hidden={!isOpen}>
          <section className="lh-nav-narrow" aria-label={t.app.nav.groups.daily}>
            <h2>{t.app.nav.groups.daily}</h2>
            {daily.map(link)}
          </section>
          {menu.map(({ group, pages }) => (
            <section key={group} aria-label={t.app.nav.groups[group]}>
              <h2>{t.app.nav.groups[group]}</h2>
              {pages.map(link)}
            </section>
          ))}
        </div>
      </div>
    </nav>
  );
}

/** An alarm is seen without opening the menu. */
function AlarmOnMenu({ alarms, isOnBar }: { alarms: string; isOnBar: boolean }) {
  return <span className={isOnBar ? 'lh-nav-alarm lh-nav-narrow' : 'lh-nav-alarm'}>{alarms}</span>;
}

function isAt(pathname: string, page: NavPage): boolean {
  return pathname === `/${page}` || pathname.startsWith(`/${page}/`);
}

/** Open findings, as the bar counts them; null when there are none or they are not this account's to see. */
function useAlarms(mayRead: boolean): string | null {
  const findings = useFindings(mayRead).data?.pages[0];
  const open = findings?.items.filter(isStanding).length ?? 0;
  return open > 0 ? `${open}${findings?.nextCursor ? '+' : ''}` : null;
}

/** Closes when a page is chosen, when the focus or a click goes elsewhere, and by Escape, which gives the focus back. */
function useDisclosure() {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const leave = ({ target }: Event) => {
      if (target instanceof Node && !box.current?.contains(target)) setOpen(false);
    };
    const onKey = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape') return;
      setOpen(false);
      button.current?.focus();
    };
    document.addEventListener('pointerdown', leave);
    document.addEventListener('focusin', leave);
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('focusin', leave);
      document.removeEventListener('keydown', onKey);
    };
  }, [isOpen]);
  return { isOpen, setOpen, box, button };
}
