import { Gauge, type Registry } from 'prom-client';
import type { LedgerNumbers } from '#archive';

interface LedgerGauge {
  readonly name: string;
  readonly help: string;
  /** Null: there is nothing to tell. */
  readonly of: (numbers: LedgerNumbers) => number | null;
}

const GAUGES: readonly LedgerGauge[] = [
  { name: 'entries', help: 'Entries of the log', of: ({ entries }) => entries },
  { name: 'waiting_events', help: 'Events committed and not in the log yet', of: ({ waiting }) => waiting },
  {
    name: 'signed_entries',
    help: 'Entries that the newest checkpoint covers',
    of: ({ signed }) => signed?.entries ?? 0,
  },
  {
    name: 'anchored_entries',
    help: 'Entries under a checkpoint that a quorum of witnesses has cosigned',
    of: ({ anchored }) => anchored,
  },
  // It grows while nothing happens, since nothing is signed twice: it is a delay only while entries are unsigned.
  {
    name: 'signature_age_seconds',
    help: 'Time since the newest checkpoint was signed',
    of: ({ signed }) => signed?.secondsAgo ?? null,
  },
  { name: 'frozen', help: '1 when the log takes no more entries', of: ({ isFrozen }) => Number(isFrozen) },
];

/**
 * How the log is doing, read once for each answer. What cannot be read is left out rather than told as it was before:
 * an alarm on its absence is then an alarm.
 */
export function addLedgerGauges(registry: Registry, measure: () => Promise<LedgerNumbers>): void {
  let reading: Promise<LedgerNumbers | null> | null = null;
  // The registry asks all gauges at once: they share what is under way.
  const read = (): Promise<LedgerNumbers | null> => {
    reading ??= measure()
      .catch(() => null)
      .finally(() => {
        reading = null;
      });
    return reading;
  };
  for (const { name, help, of } of GAUGES) {
    new Gauge({
      name: `liuhen_ledger_${name}`,
      help,
      registers: [registry],
      async collect() {
        const numbers = await read();
        const value = numbers && of(numbers);
        if (value === null) this.remove();
        else this.set(value);
      },
    });
  }
  new Gauge({
    name: 'liuhen_ledger_witness_lag_entries',
    help: 'Signed entries that a witness has not cosigned',
    labelNames: ['witness'],
    registers: [registry],
    async collect() {
      const numbers = await read();
      this.reset();
      for (const { name, lag } of numbers?.witnesses ?? []) this.set({ witness: name }, lag);
    },
  });
}
