import { Button } from 'antd';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { RecorderDetail } from '#contract';
import { useArrivals, useRecorder } from '../api/recorders.js';
import { useSession } from '../api/session.js';
import { ErrorNotice } from '../components/error-notice.js';
import { readsLists } from '../components/navigation.js';
import { PageLoading } from '../components/page-loading.js';
import { Tag } from '../components/tag.js';
import { ArrivalDays } from '../features/recorders/arrival-days.js';
import { ImportListDialog } from '../features/recorders/import-list-dialog.js';
import { MeasureClockDialog } from '../features/recorders/measure-clock-dialog.js';
import { CheckHistory, ClockHistory, IssueHistory, ListHistory } from '../features/recorders/recorder-history.js';
import { ClockText, StateTag } from '../features/recorders/recorder-words.js';
import {
  ChangeRecorderDialog,
  CheckRecorderDialog,
  IssueRecorderDialog,
  ReturnRecorderDialog,
} from '../features/recorders/register-dialogs.js';
import '../features/recorders/recorders.css';
import { useLanguage, usePageTitle } from '../i18n/language.js';

type Dialog = 'issue' | 'return' | 'check' | 'clock' | 'list' | 'change';

/** One recorder: who carried it when, checks, its clock, what it listed. */
export function RecorderPage() {
  const { recorderId = '' } = useParams();
  const recorder = useRecorder(recorderId);
  usePageTitle(recorder.data?.serial);
  if (recorder.isPending) return <PageLoading />;
  if (!recorder.data) {
    return (
      <div className="lh-page">
        <ErrorNotice error={recorder.error} onRetry={() => void recorder.refetch()} />
      </div>
    );
  }
  return <RecorderBody recorder={recorder.data} />;
}

function RecorderBody({ recorder }: { recorder: RecorderDetail }) {
  const { t } = useLanguage();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const account = useSession().data?.account;
  const mayImport = account !== undefined && readsLists(account);
  return (
    <div className="lh-page">
      <header className="lh-page-head">
        <div className="lh-title-block">
          <p className="lh-kicker">
            <Link to="/recorders">{t.recorders.back}</Link>
            <StateTag state={recorder.state} />
            {recorder.drift?.isTooMuch && <Tag tone="alarm">{t.recorders.driftTooMuch}</Tag>}
          </p>
          <h1>{recorder.serial}</h1>
          <p className="lh-muted">
            {t.recorders.kinds[recorder.kind]} · {recorder.maker} {recorder.model} · {recorder.unitName} ·{' '}
            <ClockText recorder={recorder} />
          </p>
        </div>
        <Actions recorder={recorder} mayImport={mayImport} onOpen={setDialog} />
      </header>
      <div className="lh-recorder">
        {recorder.kind === 'recorder' && <IssueHistory recorder={recorder} />}
        <ClockHistory recorder={recorder} />
        <CheckHistory recorder={recorder} />
        {mayImport && <ListHistory recorder={recorder} />}
      </div>
      {mayImport && recorder.lists.length > 0 && <NeverCame recorderId={recorder.id} />}
      <Dialogs recorder={recorder} dialog={dialog} onClose={() => setDialog(null)} />
    </div>
  );
}

interface ActionProps {
  readonly recorder: RecorderDetail;
  readonly mayImport: boolean;
  readonly onOpen: (dialog: Dialog) => void;
}

function Actions({ recorder, mayImport, onOpen }: ActionProps) {
  const { t } = useLanguage();
  const { kind, state, holder, mayKeep } = recorder;
  return (
    <div className="lh-row">
      {mayKeep && kind === 'recorder' && holder === null && state === 'in-use' && (
        <Button type="primary" onClick={() => onOpen('issue')}>
          {t.recorders.issue}
        </Button>
      )}
      {mayKeep && holder !== null && (
        <Button type="primary" onClick={() => onOpen('return')}>
          {t.recorders.takeBack}
        </Button>
      )}
      {mayKeep && kind === 'recorder' && <Button onClick={() => onOpen('clock')}>{t.recorders.measure}</Button>}
      {mayImport && <Button onClick={() => onOpen('list')}>{t.recorders.importList}</Button>}
      {mayKeep && state !== 'retired' && <Button onClick={() => onOpen('check')}>{t.recorders.check}</Button>}
      {mayKeep && <Button onClick={() => onOpen('change')}>{t.recorders.change}</Button>}
    </div>
  );
}

interface DialogProps {
  readonly recorder: RecorderDetail;
  readonly dialog: Dialog | null;
  readonly onClose: () => void;
}

function Dialogs({ recorder, dialog, onClose }: DialogProps) {
  const props = { recorder, onClose };
  if (dialog === 'issue') return <IssueRecorderDialog {...props} />;
  if (dialog === 'return') return <ReturnRecorderDialog {...props} />;
  if (dialog === 'check') return <CheckRecorderDialog {...props} />;
  if (dialog === 'clock') return <MeasureClockDialog {...props} />;
  if (dialog === 'list') return <ImportListDialog {...props} />;
  return dialog === 'change' ? <ChangeRecorderDialog {...props} /> : null;
}

function NeverCame({ recorderId }: { recorderId: string }) {
  const { t } = useLanguage();
  const arrivals = useArrivals(recorderId);
  return (
    <section className="lh-block">
      <h2>{t.arrivals.title}</h2>
      {arrivals.isError && <ErrorNotice error={arrivals.error} onRetry={() => void arrivals.refetch()} />}
      {arrivals.data && <ArrivalDays arrivals={arrivals.data} />}
    </section>
  );
}
