import { App, Button } from 'antd';
import { useState } from 'react';
import type { Unsorted } from '#contract';
import { useAcceptProposals, useReadNamesAgain, useUnsorted } from '../api/recorders.js';
import { useSession } from '../api/session.js';
import { LoadMore } from '../components/data-table.js';
import { ErrorNotice } from '../components/error-notice.js';
import { PageLoading } from '../components/page-loading.js';
import { TeachingEmpty } from '../components/teaching-empty.js';
import { StateSourceDialog } from '../features/sorting/state-source-dialog.js';
import { UnsortedRow } from '../features/sorting/unsorted-row.js';
import '../features/sorting/sorting.css';
import { useLanguage, usePageTitle } from '../i18n/language.js';
import { dateText } from '../i18n/quantities.js';

/** Material of no case, by the time it was taken, each with the step it may belong to: one click ties it. */
export function SortingPage() {
  const { t } = useLanguage();
  const unsorted = useUnsorted();
  const [stating, setStating] = useState<Unsorted | null>(null);
  usePageTitle(t.sorting.title);
  const items = unsorted.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="lh-page">
      <div className="lh-page-head">
        <div className="lh-title-block">
          <h1>{t.sorting.title}</h1>
          <span className="lh-muted">{t.sorting.intro}</span>
        </div>
        <HeadActions items={items} />
      </div>
      {unsorted.isPending && <PageLoading />}
      {unsorted.isError && <ErrorNotice error={unsorted.error} onRetry={() => void unsorted.refetch()} />}
      {unsorted.isSuccess && items.length === 0 && (
        <TeachingEmpty title={t.sorting.emptyTitle} hint={t.sorting.emptyHint} />
      )}
      {byDay(items).map(([day, ofDay]) => (
        <section key={day} className="lh-unsorted-day">
          <h2 className="lh-figures">{t.sorting.day(day, ofDay.length)}</h2>
          <ul>
            {ofDay.map((item) => (
              <UnsortedRow key={item.asset.id} item={item} onState={() => setStating(item)} />
            ))}
          </ul>
        </section>
      ))}
      <LoadMore {...unsorted} />
      {stating && <StateSourceDialog item={stating} onClose={() => setStating(null)} />}
    </div>
  );
}

/** All that is clear at once; and, for who keeps the register, unknown names once more. */
function HeadActions({ items }: { items: readonly Unsorted[] }) {
  const { t, label } = useLanguage();
  const { message } = App.useApp();
  const accept = useAcceptProposals();
  const readAgain = useReadNamesAgain();
  const roles = useSession().data?.account.roles ?? [];
  const clear = items.flatMap(({ asset, proposals }) =>
    proposals.filter(({ isClear }) => isClear).map(({ occurrenceId }) => ({ assetId: asset.id, occurrenceId })),
  );
  const acceptAll = () =>
    accept.mutate(
      { items: clear.slice(0, 200) },
      {
        onSuccess: (result) => {
          const failed = result.items.filter(({ error }) => error !== null);
          const tied = result.items.length - failed.length;
          if (tied > 0) message.success(t.sorting.accepted(tied));
          const [first] = failed;
          if (first?.error) message.warning(`${t.sorting.failed(failed.length)}: ${label(first.error)}`);
        },
      },
    );
  return (
    <div className="lh-row">
      {(roles.includes('archivist') || roles.includes('supervisor')) && (
        <Button
          loading={readAgain.isPending}
          onClick={() =>
            readAgain.mutate(undefined, {
              onSuccess: ({ looked, read }) => void message.info(t.sorting.namesRead(looked, read)),
            })
          }
        >
          {t.sorting.readNames}
        </Button>
      )}
      {clear.length > 0 && (
        <Button type="primary" loading={accept.isPending} onClick={acceptAll}>
          {t.sorting.acceptClear(clear.length)}
        </Button>
      )}
      {accept.isError && <ErrorNotice error={accept.error} />}
    </div>
  );
}

/** Newest day first, as the list comes; inside a day in the order of time, so that a shift reads downwards. */
function byDay(items: readonly Unsorted[]): [string, Unsorted[]][] {
  const days = new Map<string, Unsorted[]>();
  for (const item of items) {
    const day = dateText(item.asset.at);
    days.set(day, [item, ...(days.get(day) ?? [])]);
  }
  return [...days];
}
