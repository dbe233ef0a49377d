import { useRef } from 'react';
import type { Ledger } from '#contract';
import { useNow } from '../../components/use-now.js';
import { type Station, stationsOf } from './stations.js';

/** The stations as of now; remembers since when each was seen behind. */
export function useStations(ledger: Ledger): { readonly stations: Station[]; readonly now: number } {
  const now = useNow(1_000);
  const behindSince = useRef(new Map<string, number>());
  const stations = stationsOf(ledger, now, behindSince.current);
  for (const { key, lag } of stations) {
    if (lag === 0) behindSince.current.delete(key);
    else if (!behindSince.current.has(key)) behindSince.current.set(key, now);
  }
  return { stations, now };
}
