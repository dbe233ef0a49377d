import { Skeleton } from 'antd';
import type { EventView } from '#contract';
import { useEvents } from '../../api/cases.js';
import { LoadMore } from '../../components/data-table.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';
import type { Texts } from '../../i18n/zh.js';
import { ProofButton } from './proof-button.js';
import './events.css';

/** The chain of a case or an asset, in words, with each entry as it was logged one click away. */
export function EventList({ of, id }: { of: 'cases' | 'assets'; id: string }) {
  const { t } = useLanguage();
  const events = useEvents(of, id);
  if (events.isPending) return <Skeleton active />;
  if (events.isError) return <ErrorNotice error={events.error} onRetry={() => void events.refetch()} />;
  const items = events.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <p className="lh-none">{t.events.empty}</p>;
  return (
    <>
      <ol className="lh-events">
        {items.map((event) => (
          <EventLine key={event.id} event={event} />
        ))}
      </ol>
      <LoadMore {...events} />
    </>
  );
}

function EventLine({ event }: { event: EventView }) {
  const { t } = useLanguage();
  const words = (t.events.types as Partial<Record<string, string>>)[event.type] ?? `${t.events.other} ${event.type}`;
  const who = event.actor === 'system' ? t.events.system : (event.actorName ?? t.events.nobody);
  const opened = openedWords(event.opened, t);
  return (
    <li data-alarm={isAlarm(event) || undefined}>
      <div className="lh-event-head">
        <strong>{words}</strong>
        <span className="lh-muted">{who}</span>
        <time className="lh-muted lh-figures" dateTime={event.at}>
          {timeText(event.at)}
        </time>
        <ProofButton event={event} />
      </div>
      {opened.length > 0 && <p className="lh-event-opened">{opened.join(' · ')}</p>}
      <details>
        <summary>
          {t.events.details} · {t.events.seq(event.chainSeq)}
        </summary>
        <p className="lh-muted">
          {t.events.leaf} <code>{event.leaf}</code>
        </p>
        <pre>{JSON.stringify(event.body, null, 2)}</pre>
      </details>
    </li>
  );
}

function isAlarm({ type, body }: EventView): boolean {
  if (type === 'asset.quarantined') return true;
  const { result } = (body.public ?? {}) as { result?: unknown };
  return type === 'asset.checked' && result !== 'intact';
}

/** The personal fields worth a line; the rest, like upload metadata, is in the entry as written. */
function openedWords(opened: EventView['opened'], t: Texts): string[] {
  return Object.entries(t.events.fields).flatMap(([field, name]) => {
    const value = opened[field];
    return typeof value === 'string' && value !== '' ? [t.app.says(name) + value] : [];
  });
}
