import { Button } from 'antd';
import { useMemo, useState } from 'react';
import type { CaseView } from '#contract';
import { useLanguage } from '../../i18n/language.js';
import { type AgendaItem, agendaOf, countsOf, type Urgency } from './agenda.js';
import { DueText } from './due-text.js';
import { YesNo } from './questions.js';
import { RuleNote } from './rule-note.js';

interface Props {
  readonly subject: CaseView;
  readonly onChoose: (occurrenceId: string) => void;
}

/** Enough for one look; the rest is one key away. */
const SHOWN = 5;
const URGENCIES: readonly Urgency[] = ['alarm', 'warn', 'todo', 'note'];

/** What the case lacks, by when, and what may come next: the first thing an officer sees of it. */
export function AgendaCard({ subject, onChoose }: Props) {
  const { t } = useLanguage();
  const [isWhole, setWhole] = useState(false);
  const items = useMemo(() => agendaOf(subject.law), [subject.law]);
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
  return (
    <li data-urgency={item.urgency}>
      <span className="lh-agenda-kind">{t.law.kinds[item.kind]}</span>
      <span className="lh-agenda-words">
        {label(item.words)} {item.rule && <RuleNote rule={item.rule} />}
      </span>
      {item.kind === 'clock' && <DueText dueAt={item.dueAt} lastDay={item.lastDay} warnings={clock?.warnings ?? []} />}
      {conditionId !== null && subject.mayEdit && (
        <YesNo
          caseId={subject.id}
          conditionId={conditionId}
          occurrenceId={null}
          holds={null}
          words={label(item.words)}
        />
      )}
      {occurrenceId !== null && item.kind !== 'clock' && (
        <Button size="small" onClick={() => onChoose(occurrenceId)}>
          {t.law.goTo}
        </Button>
      )}
    </li>
  );
}
