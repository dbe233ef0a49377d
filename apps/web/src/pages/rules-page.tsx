import { Alert, Button, Form, InputNumber, Modal, Select } from 'antd';
import { useState } from 'react';
import type { AgencyLimitList, CalendarView } from '#contract';
import { LIMIT_UNITS, type Limit } from '#domain';
import { useProcedures } from '../api/cases.js';
import { useAgencyLimits, useCalendar, useSetAgencyLimit } from '../api/law.js';
import { useSession } from '../api/session.js';
import { type Column, DataTable } from '../components/data-table.js';
import { ErrorNotice } from '../components/error-notice.js';
import { PageLoading } from '../components/page-loading.js';
import { Tag } from '../components/tag.js';
import { useReturnFocus } from '../components/use-return-focus.js';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import '../features/law/law.css';
import { ReasonField } from '../components/reason-field.js';

type AgencyLimit = AgencyLimitList['items'][number];

/** What clocks are reckoned with: days off, and the lengths the law leaves to the agency. */
export function RulesPage() {
  const { t } = useLanguage();
  const calendar = useCalendar();
  const limits = useAgencyLimits();
  usePageTitle(t.law.rulesPage);
  const error = calendar.error ?? limits.error;
  return (
    <div className="lh-page">
      <div className="lh-page-head">
        <div className="lh-title-block">
          <h1>{t.law.rulesPage}</h1>
          <p className="lh-muted">{t.law.rulesHint}</p>
        </div>
      </div>
      {error && <ErrorNotice error={error} onRetry={() => void Promise.all([calendar.refetch(), limits.refetch()])} />}
      {calendar.isPending && <PageLoading />}
      {calendar.data && <CalendarYears calendar={calendar.data} />}
      {limits.data && <AgencyLimits items={limits.data.items} />}
    </div>
  );
}

function CalendarYears({ calendar }: { calendar: CalendarView }) {
  const { t, label } = useLanguage();
  return (
    <section className="lh-section" aria-labelledby="calendar">
      <h2 id="calendar">
        {t.law.calendar}{' '}
        {calendar.publishedTo !== null && <Tag tone="good">{t.law.calendarSure(calendar.publishedTo)}</Tag>}
      </h2>
      {calendar.endsSoon && <Alert type="warning" showIcon title={t.law.calendarEnds} />}
      <div className="lh-years">
        {calendar.years.map(({ year, published, holidays, makeUpDays, source }) => (
          <article key={year}>
            <h3>{t.law.calendarYear(year)}</h3>
            {!published && <p className="lh-warn-text">{t.law.calendarDraft}</p>}
            <ul>
              {holidays.map(({ title, from, to }) => (
                <li key={from}>
                  <span>{label(title)}</span>
                  <span className="lh-figures lh-day-off">
                    {from === to ? from.slice(5) : `${from.slice(5)} — ${to.slice(5)}`}
                  </span>
                </li>
              ))}
            </ul>
            {makeUpDays.length > 0 && (
              <p className="lh-make-up lh-figures">
                <span className="lh-day-off">{t.law.makeUp}</span>
                {makeUpDays.map((day) => (
                  <span key={day} className="lh-day-off">
                    {day.slice(5)}
                  </span>
                ))}
              </p>
            )}
            <small className="lh-muted">{source}</small>
          </article>
        ))}
      </div>
    </section>
  );
}

function AgencyLimits({ items }: { items: readonly AgencyLimit[] }) {
  const { t, label } = useLanguage();
  const { data: session } = useSession();
  const procedures = useProcedures();
  const [setting, setSetting] = useState<AgencyLimit | null>(null);
  const maySet = session?.account.roles.includes('administrator') ?? false;
  const lengthOf = ({ count, unit }: Limit) => `${count} ${t.law.units[unit]}`;
  const titles = new Map(procedures.data?.items.map(({ id, title }) => [id, label(title)]));
  const columns: Column<AgencyLimit>[] = [
    {
      key: 'title',
      title: t.law.columns.what,
      bare: true,
      render: ({ title, source, procedureId }) => (
        <div className="lh-cell-main">
          <strong>{label(title)}</strong>
          <span className="lh-muted">
            {titles.get(procedureId) ?? procedureId} · {source}
          </span>
        </div>
      ),
    },
    { key: 'law', title: t.law.byLaw, width: '160px', render: ({ byLaw }) => lengthOf(byLaw) },
    {
      key: 'set',
      title: t.law.setTo,
      width: '160px',
      render: ({ set }) => (set === null ? '—' : <strong>{lengthOf(set)}</strong>),
    },
    ...(maySet
      ? [
          {
            key: 'actions',
            title: t.accounts.columns.actions,
            width: '110px',
            bare: true,
            render: (row: AgencyLimit) => (
              <Button size="small" onClick={() => setSetting(row)}>
                {t.law.set}
              </Button>
            ),
          },
        ]
      : []),
  ];
  return (
    <section className="lh-section" aria-labelledby="agency-limits">
      <h2 id="agency-limits">{t.law.agencyLimits}</h2>
      <DataTable
        caption={t.law.agencyLimits}
        columns={columns}
        rows={items}
        rowKey={({ procedureId, limitId }) => `${procedureId}/${limitId}`}
        loading={false}
      />
      {setting && <SetDialog limit={setting} onClose={() => setSetting(null)} />}
    </section>
  );
}

interface Values {
  readonly count: number;
  readonly unit: Limit['unit'];
  readonly reason: string;
}

function SetDialog({ limit, onClose }: { limit: AgencyLimit; onClose: () => void }) {
  useReturnFocus();
  const { t, label } = useLanguage();
  const [form] = Form.useForm<Values>();
  const set = useSetAgencyLimit();
  const { procedureId, limitId, byLaw } = limit;
  const current = limit.set ?? byLaw;
  const put = (length: Limit | null, reason: string) =>
    set.mutate({ procedureId, limitId, limit: length, reason }, { onSuccess: onClose });
  const undo = async () => put(null, (await form.validateFields(['reason'])).reason);
  return (
    <Modal
      open
      title={t.law.setTitle}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.app.cancel}</Button>
          {limit.set !== null && <Button onClick={() => void undo()}>{t.law.reset}</Button>}
          <Button type="primary" loading={set.isPending} onClick={() => form.submit()}>
            {t.app.save}
          </Button>
        </>
      }
    >
      <p className="lh-gap-below">{label(limit.title)}</p>
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={{ count: current.count, unit: current.unit }}
        onFinish={({ count, unit, reason }) => put({ count, unit, lastDayAtRest: byLaw.lastDayAtRest }, reason)}
      >
        <div className="lh-two">
          <Form.Item name="count" label={t.law.setTo} rules={[{ required: true, message: t.openCase.required }]}>
            <InputNumber min={1} max={10_000} precision={0} />
          </Form.Item>
          <Form.Item name="unit" label={t.law.kind}>
            <Select options={LIMIT_UNITS.map((value) => ({ value, label: t.law.units[value] }))} />
          </Form.Item>
        </div>
        <ReasonField label={t.law.reason} hint={t.law.reasonHint} />
      </Form>
      {set.isError && <ErrorNotice error={set.error} />}
    </Modal>
  );
}
