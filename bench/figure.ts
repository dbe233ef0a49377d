import { performance } from 'node:perf_hooks';

/** One line of the table. `ours` and `rival` are medians; what counts is their ratio, taken in one run. */
export interface FigureResult {
  readonly figure: string;
  readonly unit: string;
  readonly ours: number;
  /** Null where there is no rival: `ours` itself is compared with the bound. */
  readonly rival: number | null;
  readonly rivalName: string | null;
  /** Null: reported only. */
  readonly reach: Reach | null;
  readonly note?: string;
  /** Every measured value, in order. */
  readonly runs: { readonly ours: readonly number[]; readonly rival: readonly number[] };
}

export interface Reach {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** A group of figures that share a set-up. */
export interface Figures {
  readonly name: string;
  readonly about: string;
  run(bench: Bench): Promise<FigureResult[]>;
}

export interface Bench {
  /** An empty folder of the figure's own, on the disk that is measured. */
  readonly dir: string;
  /** How often a comparison is repeated; the median counts. */
  readonly rounds: number;
  /** Size of the case that is given out: `--gib=1` for a quick look. */
  readonly caseGiB: number;
  say(text: string): void;
}

/** What the bound is compared with: the ratio to the rival, or the value itself. */
export function scoreOf({ ours, rival }: FigureResult): number {
  return rival === null ? ours : ours / rival;
}

export function isReached(result: FigureResult): boolean | null {
  if (result.reach === null) return null;
  const score = scoreOf(result);
  return score >= (result.reach.atLeast ?? -Infinity) && score <= (result.reach.atMost ?? Infinity);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/**
 * Measures ours and the rivals by turns (A B C A B C …), so that whatever else the machine does falls on all of them.
 * The first turn warms up and is not counted.
 */
export async function byTurns<Name extends string>(
  bench: Bench,
  contestants: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contestants) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= bench.rounds; round++) {
    for (const name of names) {
      const value = await contestants[name]();
      if (round > 0) values[name].push(value);
      bench.say(`${round === 0 ? 'warm-up' : `round ${round}`}: ${name} ${value.toPrecision(4)}`);
    }
  }
  return values;
}

/** Megabytes (10⁶) a second. */
export function megabytesPerSecond(bytes: number, seconds: number): number {
  return bytes / 1e6 / seconds;
}

export function compare(
  figure: string,
  unit: string,
  runs: { readonly ours: readonly number[]; readonly rival: readonly number[] },
  against: { readonly rivalName: string; readonly reach: Reach | null; readonly note?: string },
): FigureResult {
  return { figure, unit, ours: median(runs.ours), rival: median(runs.rival), runs, ...against };
}
