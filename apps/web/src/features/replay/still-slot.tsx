import { useEffect, useRef, useState } from 'react';
import { useLanguage } from '../../i18n/language.js';
import { pageAt, type ReplayEntry } from './play-order.js';
import { SlotNotice } from './slot-notice.js';
import type { Act, Transport } from './transport.js';

const TICK_MS = 50;

interface Props {
  readonly entry: ReplayEntry;
  readonly transport: Transport;
  readonly act: (act: Act) => void;
}

/** A photograph, a paper's pages, or a notice: on screen for their time, by a clock of our own. */
export function StillSlot({ entry, transport, act }: Props) {
  const { t } = useLanguage();
  const page = entry.shown === 'still' ? pageAt(entry, transport.offsetMs) : 0;
  const url = entry.play.pages[page]?.url;
  const [loadedUrl, setLoadedUrl] = useState<string | null>(null);
  // Time does not run while there is nothing to see.
  const seen = entry.shown === 'notice' || loadedUrl === url;
  useStillClock(entry, transport, transport.playing && seen, act);
  if (entry.shown === 'notice' || url === undefined) return <SlotNotice entry={entry} />;
  const settle = () => setLoadedUrl(url);
  return (
    <div className="lh-slot" data-kind={entry.asset.kind}>
      <img
        key={url}
        className="lh-still"
        src={url}
        alt={`${entry.asset.fileName} · ${t.player.page(page + 1, entry.play.pages.length)}`}
        onLoad={settle}
        onError={settle}
      />
      {entry.play.pages.length > 1 && (
        <span className="lh-still-page">{t.player.page(page + 1, entry.play.pages.length)}</span>
      )}
    </div>
  );
}

function useStillClock(entry: ReplayEntry, { offsetMs, rate }: Transport, running: boolean, act: (act: Act) => void) {
  const offset = useRef(offsetMs);
  offset.current = offsetMs;
  const { index, lengthMs } = entry;
  useEffect(() => {
    if (!running) return;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      const next = offset.current + (now - last) * rate;
      last = now;
      if (next >= lengthMs) act({ do: 'ended', index });
      else act({ do: 'at', index, offsetMs: next });
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [running, rate, index, lengthMs, act]);
}
