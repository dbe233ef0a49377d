import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Arrivals } from '#contract';
import { Tag } from '../../components/tag.js';
import { useLanguage } from '../../i18n/language.js';
import { sizeText, timeText } from '../../i18n/quantities.js';

type Day = Arrivals['days'][number];

/** What was listed and never came, a line for each recorder and day; its files on demand. */
export function ArrivalDays({ arrivals }: { arrivals: Arrivals }) {
  const { t } = useLanguage();
  if (arrivals.days.length === 0) return <p className="lh-muted">{t.arrivals.noLists}</p>;
  const lacking = arrivals.days.filter(({ listed, came }) => came < listed);
  if (lacking.length === 0) return <p className="lh-muted">{t.arrivals.none}</p>;
  return (
    <ul className="lh-arrivals">
      {lacking.map((day) => (
        <ArrivalDay key={`${day.day} ${day.serial}`} day={day} files={filesOf(arrivals, day)} />
      ))}
    </ul>
  );
}

function filesOf({ notCome }: Arrivals, { day, recorderId, serial }: Day): Arrivals['notCome'] {
  return notCome.filter((file) => file.day === day && file.recorderId === recorderId && file.serial === serial);
}

function ArrivalDay({ day, files }: { day: Day; files: Arrivals['notCome'] }) {
  const { t } = useLanguage();
  const [open, setOpen] = useState(false);
  const missing = day.listed - day.came - day.different;
  return (
    <li>
      <div className="lh-arrival">
        <span className="lh-figures">{day.day ?? t.arrivals.noDay}</span>
        <span>
          {day.recorderId === null ? (
            `${t.arrivals.unknownRecorder} ${day.serial ?? ''}`
          ) : (
            <Link to={`/recorders/${day.recorderId}`}>{day.serial}</Link>
          )}
        </span>
        <span className="lh-muted">{t.arrivals.counts(day.listed, day.came)}</span>
        <span>
          {missing > 0 && <Tag tone="alarm">{t.arrivals.missing(missing)}</Tag>}
          {day.different > 0 && <Tag tone="warn">{t.arrivals.different(day.different)}</Tag>}
        </span>
        <Button type="link" size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t.arrivals.hideFiles : t.arrivals.showFiles}
        </Button>
      </div>
      {open && (
        <ul className="lh-arrival-files">
          {files.map((file) => (
            <li key={file.fileName}>
              <code>{file.fileName}</code>
              {file.isKeyMarked && <Tag tone="warn">{t.arrivals.key}</Tag>}
              <span className="lh-muted lh-figures">
                {file.recordedAt === null ? '' : timeText(file.recordedAt)}
                {file.sizeBytes === null ? '' : ` · ${sizeText(file.sizeBytes)}`}
              </span>
              {file.assetId !== null && <Link to={`/assets/${file.assetId}`}>{t.arrivals.arrival[file.arrival]}</Link>}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
