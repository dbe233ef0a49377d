import { PlusOutlined } from '@ant-design/icons';
import { Alert, Button, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import type { Account, Certificate, KeepCertificate } from '#contract';
import { CERTIFICATE_KINDS } from '#domain';
import { useCertificates, useKeepCertificate, useWithdrawCertificate } from '../../api/law.js';
import { type Column, DataTable } from '../../components/data-table.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { ReasonField } from '../../components/reason-field.js';
import { Tag, type Tone } from '../../components/tag.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';
import { dateText } from '../../i18n/quantities.js';

type State = 'valid' | 'expired' | 'withdrawn' | 'future';
const TONES: Record<State, Tone> = { valid: 'good', expired: 'warn', withdrawn: 'alarm', future: 'plain' };

/** Who may enforce and who may review, and from when to when. */
export function CertificateTable({ accounts }: { accounts: readonly Account[] }) {
  const { t } = useLanguage();
  const certificates = useCertificates();
  const [adding, setAdding] = useState(false);
  const [withdrawing, setWithdrawing] = useState<Certificate | null>(null);
  const rows = certificates.data?.items ?? [];
  return (
    <section className="lh-section" aria-labelledby="certificates">
      <div className="lh-page-head">
        <h2 id="certificates">{t.law.certificates}</h2>
        <Button icon={<PlusOutlined />} onClick={() => setAdding(true)}>
          {t.law.certificateAdd}
        </Button>
      </div>
      <p className="lh-muted lh-gap-below">{t.law.certificatesHint}</p>
      {certificates.isError && <ErrorNotice error={certificates.error} onRetry={() => void certificates.refetch()} />}
      {certificates.isSuccess && rows.length === 0 ? (
        <Alert type="warning" showIcon title={t.law.certificateNone} />
      ) : (
        <Rows rows={rows} loading={certificates.isPending} onWithdraw={setWithdrawing} />
      )}
      {adding && <AddDialog accounts={accounts} onClose={() => setAdding(false)} />}
      {withdrawing && <WithdrawDialog certificate={withdrawing} onClose={() => setWithdrawing(null)} />}
    </section>
  );
}

interface RowsProps {
  readonly rows: readonly Certificate[];
  readonly loading: boolean;
  readonly onWithdraw: (certificate: Certificate) => void;
}

function Rows({ rows, loading, onWithdraw }: RowsProps) {
  const { t } = useLanguage();
  const columns: Column<Certificate>[] = [
    {
      key: 'holder',
      title: t.law.holder,
      bare: true,
      render: ({ accountName, unitName }) => (
        <div className="lh-cell-main">
          <strong>{accountName}</strong>
          <span className="lh-muted">{unitName}</span>
        </div>
      ),
    },
    { key: 'kind', title: t.law.kind, render: ({ kind }) => t.law.certificateKinds[kind] },
    {
      key: 'number',
      title: t.law.certificateNumber,
      render: ({ number }) => <span className="lh-figures">{number}</span>,
    },
    {
      key: 'valid',
      title: t.law.validity,
      render: ({ validFrom, validTo }) => <span className="lh-figures">{`${validFrom} — ${validTo}`}</span>,
    },
    {
      key: 'state',
      title: t.accounts.columns.state,
      width: '110px',
      render: (row) => <Tag tone={TONES[stateOf(row)]}>{t.law.certificateState[stateOf(row)]}</Tag>,
    },
    {
      key: 'actions',
      title: t.accounts.columns.actions,
      width: '110px',
      bare: true,
      render: (row) =>
        row.withdrawnAt === null && (
          <Button size="small" onClick={() => onWithdraw(row)}>
            {t.law.withdraw}
          </Button>
        ),
    },
  ];
  return (
    <DataTable caption={t.law.certificates} columns={columns} rows={rows} rowKey={({ id }) => id} loading={loading} />
  );
}

function stateOf({ validFrom, validTo, withdrawnAt }: Certificate): State {
  const today = dateText(new Date().toISOString());
  if (withdrawnAt !== null) return 'withdrawn';
  if (today < validFrom) return 'future';
  return today > validTo ? 'expired' : 'valid';
}

function AddDialog({ accounts, onClose }: { accounts: readonly Account[]; onClose: () => void }) {
  useReturnFocus();
  const { t } = useLanguage();
  const [form] = Form.useForm<KeepCertificate>();
  const keep = useKeepCertificate();
  const required = [{ required: true, message: t.openCase.required }];
  return (
    <Modal
      open
      title={t.law.certificateAdd}
      okText={t.app.save}
      cancelText={t.app.cancel}
      confirmLoading={keep.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<KeepCertificate>
        form={form}
        layout="vertical"
        initialValues={{ kind: 'enforcement' }}
        onFinish={(kept) => keep.mutate(kept, { onSuccess: onClose })}
      >
        <Form.Item name="accountId" label={t.law.holder} rules={required}>
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={accounts.map(({ id, name, unitName }) => ({ value: id, label: `${name} · ${unitName}` }))}
          />
        </Form.Item>
        <Form.Item name="kind" label={t.law.kind} rules={required}>
          <Select options={CERTIFICATE_KINDS.map((value) => ({ value, label: t.law.certificateKinds[value] }))} />
        </Form.Item>
        <Form.Item name="number" label={t.law.certificateNumber} rules={[{ ...required[0], whitespace: true }]}>
          <Input maxLength={100} autoComplete="off" />
        </Form.Item>
        <div className="lh-two">
          <Form.Item name="validFrom" label={t.law.validFrom} rules={required}>
            <Input type="date" />
          </Form.Item>
          <Form.Item name="validTo" label={t.law.validTo} rules={required}>
            <Input type="date" />
          </Form.Item>
        </div>
      </Form>
      {keep.isError && <ErrorNotice error={keep.error} />}
    </Modal>
  );
}

function WithdrawDialog({ certificate, onClose }: { certificate: Certificate; onClose: () => void }) {
  useReturnFocus();
  const { t } = useLanguage();
  const [form] = Form.useForm<{ reason: string }>();
  const withdraw = useWithdrawCertificate();
  return (
    <Modal
      open
      title={t.law.withdrawTitle}
      okText={t.law.withdraw}
      okButtonProps={{ danger: true }}
      cancelText={t.app.cancel}
      confirmLoading={withdraw.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="lh-gap-below">
        {certificate.accountName} · {certificate.number}
      </p>
      <Form
        form={form}
        layout="vertical"
        onFinish={({ reason }) => withdraw.mutate({ id: certificate.id, reason }, { onSuccess: onClose })}
      >
        <ReasonField label={t.law.reason} hint={t.law.reasonHint} />
      </Form>
      {withdraw.isError && <ErrorNotice error={withdraw.error} />}
    </Modal>
  );
}
