import { ArrowLeftOutlined } from '@ant-design/icons';
import { Link, useParams } from 'react-router';
import type { Replay } from '#contract';
import { useReplay } from '../api/cases.js';
import { ErrorNotice } from '../components/error-notice.js';
import { PageLoading } from '../components/page-loading.js';
import { CaseStateTag } from '../components/state-tags.js';
import { TeachingEmpty } from '../components/teaching-empty.js';
import { ReplayTheatre } from '../features/replay/replay-theatre.js';
import { ShowingCheck } from '../features/replay/showing-check.js';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import '../features/player/player.css';
import '../features/replay/replay.css';

export function ReplayPage() {
  const { caseId = '' } = useParams();
  const { t, label } = useLanguage();
  const replay = useReplay(caseId);
  usePageTitle(replay.data && `${t.replay.title} · ${replay.data.case.title}`);
  if (replay.isPending) return <PageLoading />;
  if (!replay.data) {
    return (
      <div className="lh-page">
        <ErrorNotice error={replay.error} onRetry={() => void replay.refetch()} />
      </div>
    );
  }
  const subject = replay.data.case;
  return (
    <div className="lh-replay">
      <header>
        <Link to={`/cases/${caseId}`} className="lh-back">
          <ArrowLeftOutlined /> {t.replay.backToCase}
        </Link>
        <div>
          <h1>{subject.title}</h1>
          <p className="lh-muted">
            {subject.number} · {label(subject.procedureTitle)} <CaseStateTag state={subject.state} />
          </p>
        </div>
        <ShowingCheck caseId={caseId} />
      </header>
      {hasItems(replay.data) ? (
        <ReplayTheatre replay={replay.data} />
      ) : (
        <TeachingEmpty title={t.replay.empty} hint={t.replay.emptyHint} />
      )}
    </div>
  );
}

function hasItems(replay: Replay): boolean {
  return replay.chapters.some((chapter) => chapter.items.length > 0);
}
