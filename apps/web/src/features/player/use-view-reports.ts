import { useEffect, useRef } from 'react';
import { send, sendLast } from '../../api/client.js';
import { WatchedRanges } from './watched-ranges.js';

const REPORT_EVERY_MS = 10_000;

interface Sighting {
  readonly playing: boolean;
  readonly currentMs: number;
  readonly rate: number;
}

/** Tells the archive what of an asset was watched: every ten seconds of playing, and when it is left. */
export function useViewReports(assetId: string, { playing, currentMs, rate }: Sighting): void {
  const watched = useRef(new WatchedRanges());
  if (playing) watched.current.at(currentMs, rate);
  else watched.current.pause();
  useEffect(() => {
    const record = new WatchedRanges();
    watched.current = record;
    let told = '';
    const path = `/assets/${assetId}/views`;
    const untold = () => {
      const body = { ranges: record.ranges };
      const text = JSON.stringify(body);
      if (body.ranges.length === 0 || text === told) return null;
      told = text;
      return body;
    };
    const tell = () => {
      const body = untold();
      // A lost report is made good by the next: each carries all that was watched.
      if (body) send('POST', path, body).catch(() => undefined);
    };
    const tellLast = () => {
      const body = untold();
      if (body) sendLast(path, body);
    };
    const timer = setInterval(tell, REPORT_EVERY_MS);
    window.addEventListener('pagehide', tellLast);
    return () => {
      clearInterval(timer);
      window.removeEventListener('pagehide', tellLast);
      tellLast();
    };
  }, [assetId]);
}
