import { CheckCircleFilled, CloseCircleFilled, MinusCircleFilled } from '@ant-design/icons';
import type { ReactNode } from 'react';
import type { EventPlace, SignatureStanding } from '#dossier';
import { ErrorNotice } from '../../components/error-notice.js';
import { useLanguage } from '../../i18n/language.js';
import { groupedNumber, timeText } from '../../i18n/quantities.js';
import type { Texts } from '../../i18n/zh.js';
import type { CheckResult } from './run-check.js';

type Mark = 'good' | 'bad' | 'open';

const MARKS: Record<Mark, ReactNode> = {
  good: <CheckCircleFilled />,
  bad: <CloseCircleFilled />,
  open: <MinusCircleFilled />,
};

interface Row {
  readonly key: string;
  readonly title: string;
  readonly mark: Mark;
  readonly words: string;
  readonly more?: ReactNode;
}

/** What was found, in words: the whole first, then each part. */
export function CheckResultView({ result }: { result: CheckResult }) {
  const { t } = useLanguage();
  const { verdict } = result;
  return (
    <div data-verdict={verdict} className="lh-verdict">
      <p className="lh-verdict-head">
        <strong>{t.check.verdicts[verdict]}</strong>
        <span>{t.check.verdictHints[verdict]}</span>
      </p>
      <ul>
        {rowsOf(result, t).map(({ key, title, mark, words, more }) => (
          <li key={key} data-mark={mark} data-row={key}>
            <span aria-hidden="true">{MARKS[mark]}</span>
            <div>
              <span className="lh-muted">{title}</span>
              <p>{words}</p>
              {more}
            </div>
          </li>
        ))}
      </ul>
      {result.away !== null && <ErrorNotice error={result.away} />}
    </div>
  );
}

function rowsOf(result: CheckResult, t: Texts): Row[] {
  const places = result.places.map((place) => placeRow(place, t));
  return [fileRow(result, t), signatureRow(result, t), ...(places.length > 0 ? places : [unaskedRow(result, t)])];
}

function fileRow({ measured, differences }: CheckResult, t: Texts): Row {
  const row = { key: 'file', title: t.check.rows.file };
  if (measured === null || differences === null) return { ...row, mark: 'open', words: t.check.fileNotGiven };
  const more = (
    <>
      <code>{measured.sha256}</code>
      <code>block_root {measured.blockRoot}</code>
    </>
  );
  if (differences.length === 0) return { ...row, mark: 'good', words: t.check.fileSame, more };
  const what = differences.map((fact) => t.check.facts[fact]).join(t.check.separator);
  return { ...row, mark: 'bad', words: t.check.fileDiffers(what), more };
}

const SIGNATURE_MARKS: Record<SignatureStanding, Mark> = {
  good: 'good',
  wrong: 'bad',
  'other-key': 'bad',
  'not-checked': 'open',
};

function signatureRow({ signature, held, away }: CheckResult, t: Texts): Row {
  const row = { key: 'signature', title: t.check.rows.signature, mark: SIGNATURE_MARKS[signature] };
  const words = t.check.signature[signature];
  if (signature === 'other-key') return { ...row, words, more: <p>{t.check.otherOrigin(held.receipt.origin)}</p> };
  // There was a key, so it was the browser that could not.
  if (signature === 'not-checked' && away === null) return { ...row, words, more: <p>{t.check.noEd25519}</p> };
  return { ...row, words };
}

function unaskedRow({ signature }: CheckResult, t: Texts): Row {
  const isForeign = signature === 'wrong' || signature === 'other-key';
  const words = isForeign ? t.check.notAsked : t.check.logAway;
  return { key: 'log', title: t.check.rows.log, mark: 'open', words };
}

function placeRow({ event, standing }: EventPlace, t: Texts): Row {
  const row = { key: event, title: t.check.rows[event] };
  switch (standing.kind) {
    case 'in-log': {
      const words = t.check.inLog(groupedNumber(standing.index + 1), groupedNumber(standing.size));
      return { ...row, mark: 'good', words };
    }
    case 'missing':
      return { ...row, mark: 'bad', words: t.check.missing(timeText(standing.dueAt.toISOString())) };
    case 'pending': {
      const due = timeText(standing.dueAt.toISOString());
      return { ...row, mark: 'open', words: standing.isLate ? t.check.late(due) : t.check.pending(due) };
    }
    case 'unproved':
      return { ...row, mark: 'bad', words: t.check.unproved, more: <code>{standing.code}</code> };
    case 'not-asked':
      return { ...row, mark: 'open', words: t.check.signature['not-checked'] };
  }
}
