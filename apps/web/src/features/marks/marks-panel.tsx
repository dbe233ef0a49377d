import { App, Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import type { AssetMarksView, AssetView, MarkView } from '#contract';
import { useMarks, useReviseMark } from '../../api/marks.js';
import { useSession } from '../../api/session.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { Tag, type Tone } from '../../components/tag.js';
import { useLanguage } from '../../i18n/language.js';
import { clockText, timeText } from '../../i18n/quantities.js';
import { MarkForm } from './mark-form.js';
import type { PlayLink } from './play-link.js';
import { TranscriptForm } from './transcript-form.js';
import './marks.css';

const TONE: Record<MarkView['kind'], Tone> = { note: 'plain', 'key-content': 'accent', interruption: 'warn' };

interface Props {
  readonly asset: AssetView;
  readonly link: PlayLink;
}

/** Marks beside the player, in the order of place; a click goes there. What the recording still owes is said first. */
export function MarksPanel({ asset, link }: Props) {
  const { t } = useLanguage();
  const marks = useMarks(asset.id);
  const [editing, setEditing] = useState<MarkView | 'new' | null>(null);
  if (!marks.data) return marks.error ? <ErrorNotice error={marks.error} /> : null;
  const { data } = marks;
  const done = () => setEditing(null);
  return (
    <section className="lh-block lh-marks" aria-label={t.marks.title}>
      <div className="lh-row lh-marks-head">
        <h2>{t.marks.title}</h2>
        {data.mayMark && editing === null && (
          <Button size="small" onClick={() => setEditing('new')}>
            {t.marks.add}
          </Button>
        )}
      </div>
      <Missing missing={data.missing} />
      {editing === 'new' && <MarkForm asset={asset} link={link} mark={null} onDone={done} />}
      {data.marks.length === 0 && editing === null && <p className="lh-muted">{t.marks.empty}</p>}
      <ol>
        {data.marks.map((mark) =>
          editing !== null && editing !== 'new' && editing.id === mark.id ? (
            <li key={mark.id}>
              <MarkForm asset={asset} link={link} mark={mark} onDone={done} />
            </li>
          ) : (
            <MarkLine key={mark.id} assetId={asset.id} mark={mark} link={link} view={data} onEdit={setEditing} />
          ),
        )}
      </ol>
      {(asset.kind === 'sound' || asset.kind === 'video') && <Transcripts asset={asset} view={data} />}
    </section>
  );
}

export function Missing({ missing }: { missing: AssetMarksView['missing'] }) {
  const { label } = useLanguage();
  return missing.map(({ what, words, source }) => (
    <p key={what} className="lh-marks-missing">
      <strong>{label(words)}</strong> <small className="lh-muted">{source}</small>
    </p>
  ));
}

interface LineProps {
  readonly assetId: string;
  readonly mark: MarkView;
  readonly link: PlayLink;
  readonly view: AssetMarksView;
  readonly onEdit: (mark: MarkView) => void;
}

function MarkLine({ assetId, mark, link, view, onEdit }: LineProps) {
  const { t } = useLanguage();
  const { message } = App.useApp();
  const { data: session } = useSession();
  const revise = useReviseMark(assetId);
  const { place } = mark;
  const [where, to] =
    'range' in place
      ? [`${clockText(place.range.startMs)}–${clockText(place.range.endMs)}`, place.range.startMs]
      : [t.marks.onPage(place.page), place.page];
  const isMine = view.mayMark && mark.author.id === session?.account.id && !mark.isWithdrawn;
  const withdraw = () =>
    revise.mutate(
      { id: mark.id, version: mark.version, content: null },
      { onSuccess: () => message.success(t.marks.withdrawn) },
    );
  return (
    <li data-withdrawn={mark.isWithdrawn || undefined}>
      <div className="lh-row lh-mark-head">
        <button
          type="button"
          className="lh-mark-place"
          aria-label={t.marks.jump(where)}
          onClick={() => link.jumpTo(to)}
        >
          {where}
        </button>
        <Tag tone={TONE[mark.kind]}>{t.marks.kinds[mark.kind]}</Tag>
        {mark.isWithdrawn && <Tag>{t.marks.withdrawn}</Tag>}
      </div>
      <p>
        {mark.reason !== null && <strong>{t.app.says(t.marks.reasons[mark.reason])}</strong>}
        {mark.text}
      </p>
      <small className="lh-muted">
        {mark.author.name} · {timeText(mark.at)}
      </small>
      {isMine && (
        <span className="lh-mark-actions">
          <Button type="link" size="small" onClick={() => onEdit(mark)}>
            {t.marks.edit}
          </Button>
          <Button type="link" size="small" loading={revise.isPending} onClick={withdraw}>
            {t.marks.withdraw}
          </Button>
        </span>
      )}
      {mark.earlier.length > 0 && (
        <details>
          <summary>{t.marks.earlier(mark.earlier.length)}</summary>
          <ul>
            {mark.earlier.map(({ version, text, at }) => (
              <li key={version}>
                {t.marks.version(version)} · {text} <small className="lh-muted">{timeText(at)}</small>
              </li>
            ))}
          </ul>
        </details>
      )}
      {revise.error && <ErrorNotice error={revise.error} />}
    </li>
  );
}

function Transcripts({ asset, view }: { asset: AssetView; view: AssetMarksView }) {
  const { t } = useLanguage();
  const [attaching, setAttaching] = useState(false);
  return (
    <>
      <div className="lh-row lh-marks-head">
        <h2>{t.marks.transcript}</h2>
        {view.mayMark && !attaching && (
          <Button size="small" onClick={() => setAttaching(true)}>
            {t.marks.attach}
          </Button>
        )}
      </div>
      {attaching && <TranscriptForm assetId={asset.id} onDone={() => setAttaching(false)} />}
      {view.transcripts.map(({ id, text, textAssetId, madeBy, maker, attachedBy, attachedAt }) => (
        <article key={id} className="lh-transcript">
          <strong>{t.marks.by(t.marks.madeBy[madeBy], maker)}</strong>{' '}
          <small className="lh-muted">
            {attachedBy.name} · {timeText(attachedAt)}
          </small>
          {text !== null && <p>{text}</p>}
          {textAssetId !== null && <Link to={`/assets/${textAssetId}`}>{t.marks.seeAsset}</Link>}
        </article>
      ))}
    </>
  );
}
