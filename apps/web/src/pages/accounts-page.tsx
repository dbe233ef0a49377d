import { PlusOutlined } from '@ant-design/icons';
import { App, Button, Popconfirm } from 'antd';
import { useState } from 'react';
import type { Account } from '#contract';
import { isStation } from '#domain';
import { ApiFailure } from '../api/client.js';
import { type CreatedAccount, useAccounts, useChangeAccount, useUnits } from '../api/people.js';
import { useSession } from '../api/session.js';
import { type Column, DataTable } from '../components/data-table.js';
import { ErrorNotice } from '../components/error-notice.js';
import { Tag } from '../components/tag.js';
import { AccountDialog } from '../features/accounts/account-dialog.js';
import { CertificateTable } from '../features/accounts/certificate-table.js';
import { SecretDialog } from '../features/accounts/secret-dialog.js';
import { UnitTree } from '../features/accounts/unit-tree.js';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import '../features/accounts/accounts.css';
import '../features/law/law.css';

/** `new` while one is being made. */
type Edited = Account | 'new' | null;

export function AccountsPage() {
  const { t } = useLanguage();
  const accounts = useAccounts();
  const units = useUnits();
  const [edited, setEdited] = useState<Edited>(null);
  const [shown, setShown] = useState<CreatedAccount | null>(null);
  usePageTitle(t.accounts.title);
  const failed = accounts.error ?? units.error;
  return (
    <div className="lh-page">
      <div className="lh-page-head">
        <h1>{t.accounts.title}</h1>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited('new')}>
          {t.accounts.create}
        </Button>
      </div>
      {failed && <ErrorNotice error={failed} onRetry={() => void Promise.all([accounts.refetch(), units.refetch()])} />}
      <AccountTable
        rows={accounts.data?.items ?? []}
        loading={accounts.isPending}
        onEdit={setEdited}
        onReset={setShown}
      />
      <CertificateTable accounts={accounts.data?.items ?? []} />
      <UnitTree units={units.data?.items ?? []} />
      {edited !== null && units.data && (
        <AccountDialog
          account={edited === 'new' ? null : edited}
          units={units.data.items}
          onClose={() => setEdited(null)}
          onCreated={setShown}
        />
      )}
      {shown && (shown.oneTimePassword ?? shown.stationToken) && (
        <SecretDialog created={shown} onClose={() => setShown(null)} />
      )}
    </div>
  );
}

interface TableProps {
  readonly rows: readonly Account[];
  readonly loading: boolean;
  readonly onEdit: (account: Account) => void;
  readonly onReset: (created: CreatedAccount) => void;
}

function AccountTable({ rows, loading, onEdit, onReset }: TableProps) {
  const { t } = useLanguage();
  const { columns: names } = t.accounts;
  const columns: Column<Account>[] = [
    {
      key: 'name',
      title: names.name,
      bare: true,
      render: (row) => (
        <div className="lh-cell-main">
          <strong>{row.name}</strong>
          <span className="lh-muted">{row.login}</span>
        </div>
      ),
    },
    {
      key: 'roles',
      title: names.roles,
      render: (row) => row.roles.map((role) => <Tag key={role}>{t.accounts.roleNames[role]}</Tag>),
    },
    { key: 'unit', title: names.unit, render: (row) => row.unitName },
    {
      key: 'state',
      title: names.state,
      width: '170px',
      render: (row) => (
        <>
          <Tag tone={row.disabled ? 'plain' : 'good'}>{row.disabled ? t.accounts.disabled : t.accounts.active}</Tag>
          {row.mustChangePassword && <Tag tone="warn">{t.accounts.mustChange}</Tag>}
        </>
      ),
    },
    {
      key: 'actions',
      title: names.actions,
      width: '310px',
      bare: true,
      render: (row) => <RowActions account={row} onEdit={onEdit} onReset={onReset} />,
    },
  ];
  return (
    <DataTable caption={t.accounts.title} columns={columns} rows={rows} rowKey={(row) => row.id} loading={loading} />
  );
}

function RowActions({ account, onEdit, onReset }: { account: Account } & Pick<TableProps, 'onEdit' | 'onReset'>) {
  const { t, label } = useLanguage();
  const { message } = App.useApp();
  const { data: session } = useSession();
  const change = useChangeAccount();
  const onError = (error: Error) =>
    void message.error(error instanceof ApiFailure ? label(error.words) : error.message);
  const reset = () =>
    change.mutate(
      { id: account.id, change: { resetPassword: true } },
      { onError, onSuccess: (answer) => 'oneTimePassword' in answer && onReset(answer) },
    );
  const setDisabled = (disabled: boolean) => change.mutate({ id: account.id, change: { disabled } }, { onError });
  const own = session?.account.id === account.id;
  return (
    <span className="lh-row-actions">
      <Button size="small" onClick={() => onEdit(account)}>
        {t.accounts.edit}
      </Button>
      {!own && (
        <>
          <Popconfirm
            title={isStation(account.roles) ? t.accounts.renewAsk(account.name) : t.accounts.resetAsk(account.name)}
            onConfirm={reset}
          >
            <Button size="small" loading={change.isPending}>
              {isStation(account.roles) ? t.accounts.renew : t.accounts.reset}
            </Button>
          </Popconfirm>
          {account.disabled ? (
            <Button size="small" onClick={() => setDisabled(false)}>
              {t.accounts.enable}
            </Button>
          ) : (
            <Popconfirm title={t.accounts.disableAsk(account.name)} onConfirm={() => setDisabled(true)}>
              <Button size="small" danger>
                {t.accounts.disable}
              </Button>
            </Popconfirm>
          )}
        </>
      )}
    </span>
  );
}
