import { LeftOutlined, RightOutlined, ZoomInOutlined, ZoomOutOutlined } from '@ant-design/icons';
import { useEffect, useRef, useState } from 'react';
import type { Play } from '#contract';
import { useLanguage } from '../../i18n/language.js';
import type { PlayLink } from '../marks/play-link.js';
import { ControlButton } from './control-bar.js';
import { usePageText } from './renditions.js';
import { useShortcuts } from './use-shortcuts.js';
import './player.css';

const ZOOMS = [0.5, 0.75, 1, 1.5, 2, 3];

interface PaperViewProps {
  readonly pages: Play['pages'];
  readonly textUrl: string | null;
  readonly name: string;
  readonly link?: PlayLink | undefined;
}

/** A paper page by page, with all pages small at the side. */
export function PaperView({ pages, textUrl, name, link }: PaperViewProps) {
  const { t } = useLanguage();
  const [index, setIndex] = useState(0);
  const [zoom, setZoom] = useState(2);
  const view = useRef<HTMLDivElement>(null);
  const page = pages[index];
  const turnTo = (next: number) => {
    if (next < 0 || next >= pages.length) return;
    setIndex(next);
    view.current?.scrollTo({ top: 0 });
  };
  const place = link?.place;
  useEffect(() => {
    if (place) place.current = index + 1;
  }, [place, index]);
  const jump = link?.jump ?? null;
  useEffect(() => {
    if (jump) setIndex(jump.to - 1);
  }, [jump]);
  useShortcuts((command) => {
    if (command.do === 'jump') turnTo(index + Math.sign(command.byMs));
    else if (command.do === 'start') turnTo(0);
    else if (command.do === 'end') turnTo(pages.length - 1);
    else return false;
    return true;
  });
  if (!page) return null;
  return (
    <section className="lh-player" data-kind="paper" aria-label={t.player.label}>
      <div className="lh-paper">
        {pages.length > 1 && <PageStrip pages={pages} index={index} onTurn={turnTo} />}
        <section
          ref={view}
          className="lh-paper-view"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key
          tabIndex={0}
          aria-label={t.player.page(index + 1, pages.length)}
        >
          <img
            key={page.url}
            src={page.url}
            alt={`${name} · ${t.player.page(index + 1, pages.length)}`}
            style={zoom === 2 ? {} : { maxWidth: 'none', maxHeight: 'none', width: `${(ZOOMS[zoom] ?? 1) * 100}%` }}
          />
        </section>
      </div>
      <div className="lh-controls lh-control-row">
        <ControlButton label={t.player.previousPage} disabled={index === 0} onClick={() => turnTo(index - 1)}>
          <LeftOutlined />
        </ControlButton>
        <span className="lh-clock">{t.player.page(index + 1, pages.length)}</span>
        <ControlButton
          label={t.player.nextPage}
          disabled={index === pages.length - 1}
          onClick={() => turnTo(index + 1)}
        >
          <RightOutlined />
        </ControlButton>
        <span className="lh-spring" />
        <ControlButton label={t.player.zoomOut} disabled={zoom === 0} onClick={() => setZoom(zoom - 1)}>
          <ZoomOutOutlined />
        </ControlButton>
        <ControlButton label={t.player.zoomIn} disabled={zoom === ZOOMS.length - 1} onClick={() => setZoom(zoom + 1)}>
          <ZoomInOutlined />
        </ControlButton>
      </div>
      {textUrl !== null && <PageText key={index} url={textUrl} page={index} />}
    </section>
  );
}

/** Fetched only when it is wanted: the text of a page is a read of its own. */
function PageText({ url, page }: { url: string; page: number }) {
  const { t } = useLanguage();
  const [open, setOpen] = useState(false);
  const text = usePageText(open ? url : null, page);
  return (
    <details className="lh-page-text" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t.player.pageText}</summary>
      <pre>{text ?? t.app.loading}</pre>
    </details>
  );
}

interface StripProps {
  readonly pages: Play['pages'];
  readonly index: number;
  readonly onTurn: (index: number) => void;
}

function PageStrip({ pages, index, onTurn }: StripProps) {
  const { t } = useLanguage();
  const current = useRef<HTMLButtonElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the page turns, whatever the element
  useEffect(() => {
    // Braces: newer browsers give a promise here, and React would take it for the clean-up.
    current.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [index]);
  return (
    <ol className="lh-page-strip" aria-label={t.player.pageList}>
      {pages.map((page, i) => (
        <li key={page.url}>
          <button
            ref={i === index ? current : null}
            type="button"
            aria-current={i === index ? 'page' : undefined}
            aria-label={t.player.page(i + 1, pages.length)}
            onClick={() => onTurn(i)}
          >
            <img src={page.url} alt="" loading="lazy" decoding="async" />
            <span>{i + 1}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}
