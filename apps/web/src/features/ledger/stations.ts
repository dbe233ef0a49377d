import type { Ledger } from '#contract';

/** Who follows the log, and how far. */
export type StationKind = 'signed' | 'witness' | 'anchored' | 'vaulted' | 'timestamp' | 'watch';
/** `absent`: not set up, or never came. */
export type Standing = 'good' | 'behind' | 'alarm' | 'absent';

export interface Station {
  readonly key: string;
  readonly kind: StationKind;
  /** Of a witness or an authority. */
  readonly name: string | null;
  readonly size: number;
  /** Entries it has not seen. */
  readonly lag: number;
  /** RFC 3339; null when it never came. */
  readonly at: string | null;
  readonly standing: Standing;
  /** What a witness answered instead of cosigning. */
  readonly refusal: string | null;
}

const MINUTE_MS = 60_000;
/** How old its last word may be while there is news for it. Time-stamps and vault are by the minute. */
const PATIENCE_MS: Record<StationKind, number> = {
  signed: 30_000,
  witness: 2 * MINUTE_MS,
  anchored: 2 * MINUTE_MS,
  vaulted: 3 * MINUTE_MS,
  timestamp: 10 * MINUTE_MS,
  watch: 2 * MINUTE_MS,
};
/** A token is an entry itself, which is no reason for the next. */
const OWN_ENTRIES: Partial<Record<StationKind, number>> = { timestamp: 1 };
/** After a quiet night the first entry finds everyone's last word old: they get this long to see it. */
export const NOTICE_MS = 15_000;
/** More than this is no first entry. */
const FEW_ENTRIES = 500;

/**
 * Everyone who follows the log, in the order in which an entry reaches them.
 * @param behindSince when this page first saw a station behind, by its key
 */
export function stationsOf(ledger: Ledger, now: number, behindSince: ReadonlyMap<string, number>): Station[] {
  const place = (kind: StationKind, size: number, at: string | null, key: string = kind): Station => {
    const lag = Math.max(0, ledger.size - size - (OWN_ENTRIES[kind] ?? 0));
    const isOld = (word: string | null): boolean => word === null || now - Date.parse(word) > PATIENCE_MS[kind];
    // What was signed that long ago is no news to anyone.
    const wasTold = kind !== 'signed' && isOld(ledger.signed?.at ?? null);
    const isNoticed = lag > FEW_ENTRIES || wasTold || now - (behindSince.get(key) ?? now) >= NOTICE_MS;
    const standing = at === null && size === 0 ? 'absent' : lag > 0 && isOld(at) && isNoticed ? 'behind' : 'good';
    return { key, kind, name: null, size, lag, at, standing, refusal: null };
  };
  const { signed, vaulted, timestamp, watch, quorum, anchored } = ledger;
  const watched = place('watch', watch?.verifiedSize ?? 0, watch?.verifiedAt ?? null);
  return [
    place('signed', signed?.size ?? 0, signed?.at ?? null),
    ...ledger.witnesses.map(({ name, size, answeredAt, refusal, vkey }) => {
      const station = { ...place('witness', size, answeredAt, `witness ${vkey}`), name, refusal };
      return refusal === null ? station : { ...station, standing: 'alarm' as const };
    }),
    // A quorum: as far as so many witnesses have come together.
    ...((quorum?.needed ?? 0) > 0 ? [place('anchored', anchored?.size ?? 0, anchored?.at ?? null)] : []),
    place('vaulted', vaulted.size, vaulted.at),
    { ...place('timestamp', timestamp?.size ?? 0, timestamp?.at ?? null), name: timestamp?.authority ?? null },
    (watch?.findings.length ?? 0) > 0 ? { ...watched, standing: 'alarm' } : watched,
  ];
}

/**
 * Where a station stands on the way from the beginning (0) to the newest entry (1). Logarithmic, so that ten entries
 * behind are seen in a log of millions.
 */
export function shareOf(lag: number, size: number): number {
  if (size === 0) return 1;
  return 1 - Math.log1p(Math.min(lag, size)) / Math.log1p(size);
}

export type Health = 'good' | 'behind' | 'alarm';

/** The whole in one word. What was never set up is no alarm. */
export function healthOf(ledger: Ledger, stations: readonly Station[]): Health {
  if (ledger.frozen !== null || stations.some(({ standing }) => standing === 'alarm')) return 'alarm';
  const signer = stations.find(({ kind }) => kind === 'signed');
  const isBehind = stations.some(({ standing }) => standing === 'behind') || signer?.standing === 'absent';
  return isBehind || ledger.keys === null ? 'behind' : 'good';
}
