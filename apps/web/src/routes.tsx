import { Button, Result } from 'antd';
import { type ComponentType, lazy, Suspense } from 'react';
import { createBrowserRouter, Link, Navigate, Outlet, useLocation } from 'react-router';
import { useSession } from './api/session.js';
import { AppFrame } from './components/app-frame.js';
import { ErrorNotice } from './components/error-notice.js';
import { startOf } from './components/navigation.js';
import { PageCrash } from './components/page-crash.js';
import { PageLoading } from './components/page-loading.js';
import { useLanguage } from './i18n/language.js';
import { CasesPage } from './pages/cases-page.js';
import { PasswordPage } from './pages/password-page.js';
import { SignInPage } from './pages/sign-in-page.js';

/** Pages that bring the player or are seldom opened come in pieces of their own. */
function page<K extends string>(load: () => Promise<Record<K, ComponentType>>, name: K) {
  return lazy(async () => ({ default: (await load())[name] }));
}

const CasePage = page(() => import('./pages/case-page.js'), 'CasePage');
const AssetsPage = page(() => import('./pages/assets-page.js'), 'AssetsPage');
const AssetPage = page(() => import('./pages/asset-page.js'), 'AssetPage');
const ReceiptPage = page(() => import('./pages/receipt-page.js'), 'ReceiptPage');
const ReplayPage = page(() => import('./pages/replay-page.js'), 'ReplayPage');
const SortingPage = page(() => import('./pages/sorting-page.js'), 'SortingPage');
const RecordersPage = page(() => import('./pages/recorders-page.js'), 'RecordersPage');
const RecorderPage = page(() => import('./pages/recorder-page.js'), 'RecorderPage');
const DuePage = page(() => import('./pages/lines-page.js'), 'DuePage');
const LatePage = page(() => import('./pages/lines-page.js'), 'LatePage');
const RulesPage = page(() => import('./pages/rules-page.js'), 'RulesPage');
const AccountsPage = page(() => import('./pages/accounts-page.js'), 'AccountsPage');
const LedgerPage = page(() => import('./pages/ledger-page.js'), 'LedgerPage');
const ProceduresPage = page(() => import('./pages/procedures-page.js'), 'ProceduresPage');
const ProcedurePage = page(() => import('./pages/procedure-page.js'), 'ProcedurePage');
const ReceiptCheckPage = page(() => import('./pages/receipt-check-page.js'), 'ReceiptCheckPage');
const ReviewsPage = page(() => import('./pages/reviews-page.js'), 'ReviewsPage');
const ReviewPage = page(() => import('./pages/review-page.js'), 'ReviewPage');
const FindingsPage = page(() => import('./pages/findings-page.js'), 'FindingsPage');
const SystemPage = page(() => import('./pages/system-page.js'), 'SystemPage');

export const router = createBrowserRouter([
  { path: '/sign-in', element: <SignInPage />, errorElement: <PageCrash /> },
  {
    path: '/receipts/check',
    element: (
      <Suspense fallback={<PageLoading />}>
        <ReceiptCheckPage />
      </Suspense>
    ),
    errorElement: <PageCrash />,
  },
  {
    element: <SignedIn />,
    errorElement: <PageCrash />,
    children: [
      { path: '/password', element: <PasswordPage /> },
      {
        element: <Framed />,
        children: [
          {
            errorElement: <PageCrash />,
            children: [
              { path: '/', element: <Start /> },
              { path: '/cases', element: <CasesPage /> },
              { path: '/cases/:caseId', element: <CasePage /> },
              { path: '/cases/:caseId/replay', element: <ReplayPage /> },
              { path: '/assets', element: <AssetsPage /> },
              { path: '/assets/:assetId', element: <AssetPage /> },
              { path: '/assets/:assetId/receipt', element: <ReceiptPage /> },
              { path: '/reviews', element: <ReviewsPage /> },
              { path: '/reviews/:reviewId', element: <ReviewPage /> },
              { path: '/procedures', element: <ProceduresPage /> },
              { path: '/procedures/:procedureId', element: <ProcedurePage /> },
              { path: '/sorting', element: <SortingPage /> },
              { path: '/recorders', element: <RecordersPage /> },
              { path: '/recorders/:recorderId', element: <RecorderPage /> },
              { path: '/due', element: <DuePage /> },
              { path: '/late', element: <LatePage /> },
              { path: '/rules', element: <RulesPage /> },
              { path: '/accounts', element: <AccountsPage /> },
              { path: '/ledger', element: <LedgerPage /> },
              { path: '/findings', element: <FindingsPage /> },
              { path: '/system', element: <SystemPage /> },
              { path: '*', element: <NotFound /> },
            ],
          },
        ],
      },
    ],
  },
]);

/** Everything beyond needs a session, and a password of one's own. */
function SignedIn() {
  const session = useSession();
  const location = useLocation();
  if (session.isPending) return <PageLoading />;
  if (session.isError) {
    return (
      <div className="lh-centre">
        <ErrorNotice error={session.error} onRetry={() => void session.refetch()} />
      </div>
    );
  }
  if (session.data === null) {
    return <Navigate to="/sign-in" replace state={{ from: `${location.pathname}${location.search}` }} />;
  }
  if (session.data.account.mustChangePassword && location.pathname !== '/password') {
    return <Navigate to="/password" replace state={{ from: `${location.pathname}${location.search}` }} />;
  }
  return (
    <Suspense fallback={<PageLoading />}>
      <Outlet />
    </Suspense>
  );
}

function Framed() {
  const { data } = useSession();
  return data ? <AppFrame account={data.account} /> : null;
}

function Start() {
  const { data } = useSession();
  if (!data) return null;
  return <Navigate to={startOf(data.account.roles)} replace />;
}

function NotFound() {
  const { t } = useLanguage();
  return (
    <Result
      status="404"
      title={t.app.notFound}
      subTitle={t.app.notFoundHint}
      extra={
        <Link to="/">
          <Button type="primary">{t.app.home}</Button>
        </Link>
      }
    />
  );
}
