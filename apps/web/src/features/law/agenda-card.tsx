import { Button } from 'antd';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import type { CaseView } from '#contract';
import { useMissingNotes } from '../../api/marks.js';
import { useLanguage } from '../../i18n/language.js';
import { type AgendaItem, agendaOf, countsOf, type Urgency } from './agenda.js';
import { clocksEndedBy, endOf, isEndedByStep } from './clock-end.js';
import { DueText } from './due-text.js';
import { YesNo } from './questions.js';
import { RuleNote } from './rule-note.js';

interface Props {
  readonly subject: CaseView;
  readonly onChoose: (occurrenceId: string) => void;
}

/** Enough for one look; the rest is one key away. */
const SHOWN = 8;
const URGENCIES: readonly Urgency[] = ['alarm', 'warn', 'todo', 'note'];

/** What the case lacks, by when, and what may come next: the first thing an officer sees of it. */
export function AgendaCard({ subject, onChoose }: Props) {
  const { t } = useLanguage();
  const [isWhole, setWhole] = useState(false);
  const notes = useMissingNotes(subject.id).data?.items;
  const items = useMemo(() => agendaOf(subject.law, notes), [subject.law, notes]);
  const counts = countsOf(items);
  const shown = isWhole ? items : items.slice(0, SHOWN);
  return (
    <section className="lh-agenda" aria-labelledby="agenda">
      <div className="lh-agenda-head">
        <h2 id="agenda">{t.law.now}</h2>
        {URGENCIES.filter((urgency) => counts[urgency] > 0).map((urgency) => (
          <span key={urgency} className="lh-agenda-count" data-urgency={urgency}>
            {t.law.counts[urgency](counts[urgency])}
          </span>
        ))}
        {items.length === 0 && <span className="lh-agenda-clear">{t.law.clear}</span>}
      </div>
      <ul>
        {shown.map((item) => (
          <AgendaLine key={item.key} item={item} subject={subject} onChoose={onChoose} />
        ))}
      </ul>
      {items.length > SHOWN && (
        <Button type="link" size="small" onClick={() => setWhole(!isWhole)} aria-expanded={isWhole}>
          {isWhole ? t.law.fewer : t.law.all(items.length)}
        </Button>
      )}
    </section>
  );
}

function AgendaLine({ item, subject, onChoose }: Props & { item: AgendaItem }) {
  const { t, label } = useLanguage();
  const { occurrenceId, conditionId } = item;
  const clock = subject.law.clocks.find(({ title, dueAt }) => title === item.words && dueAt === item.dueAt);
  const target = item.kind === 'clock' ? (clock === undefined ? null : endOf(subject, clock)) : occurrenceId;
  // What is to be done is told with the day by which its step has to be.
  const [due] =
    occurrenceId !== null && (item.kind === 'next' || item.kind === 'duty')
      ? clocksEndedBy(subject, occurrenceId).filter((one) => isEndedByStep(subject, one))
      : [];
  return (
    <li data-urgency={item.urgency}>
      <span className="lh-agenda-kind">{t.law.kinds[item.kind]}</span>
      <span className="lh-agenda-words">
        {label(item.words)} {item.rule && <RuleNote rule={item.rule} />}
        {item.source !== null && <small className="lh-muted">{item.source}</small>}
      </span>
      {item.kind === 'clock' && <DueText dueAt={item.dueAt} lastDay={item.lastDay} warnings={clock?.warnings ?? []} />}
      {due && <DueText dueAt={due.dueAt} lastDay={due.lastDay} warnings={due.warnings} />}
      {conditionId !== null && subject.mayEdit && (
        <YesNo
          caseId={subject.id}
          conditionId={conditionId}
          occurrenceId={null}
          holds={null}
          words={label(item.words)}
        />
      )}
      {item.assetId !== null && (
        <Link to={`/assets/${item.assetId}`} aria-label={`${t.law.goTo}: ${label(item.words)}`}>
          <Button size="small" tabIndex={-1}>
            {t.law.goTo}
          </Button>
        </Link>
      )}
      {target !== null && item.assetId === null && (
        <Button size="small" aria-label={`${t.law.goTo}: ${label(item.words)}`} onClick={() => onChoose(target)}>
          {t.law.goTo}
        </Button>
      )}
    </li>
  );
}
