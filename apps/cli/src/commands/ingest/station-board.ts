import { durationText, sizeText } from '../../terminal/quantities.js';
import type { Terminal } from '../../terminal/terminal.js';
import type { Work, WorkState } from './station.js';

const BAR_COLUMNS = 20;
const DRAW_MS = 250;
/** Speed is that of the last so many seconds. */
const WINDOW_MS = 10_000;

const WORDS: Record<WorkState, string> = {
  settling: '等待写完 being written',
  waiting: '等待 waiting',
  measuring: '计算摘要 hashing',
  sending: '上传 sending',
  sealing: '等待封存 being sealed',
  sealed: '已封存 sealed',
  cleared: '已封存，源文件已清除 sealed, source cleared',
  failed: '未成功，稍后再试 failed, tried again later',
  refused: '回执不符，未清除 receipt refused, kept',
};

/** Of a log: only what is news. */
const NEWS: readonly WorkState[] = ['sealed', 'cleared', 'failed', 'refused'];

/** What the station is at: bars drawn in place for a person, a line a file for a log. */
export class StationBoard {
  readonly #terminal: Terminal;
  readonly #worksOf: () => readonly Work[];
  readonly #seen: { readonly atMs: number; readonly doneBytes: number }[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(terminal: Terminal, worksOf: () => readonly Work[]) {
    this.#terminal = terminal;
    this.#worksOf = worksOf;
  }

  start(): void {
    if (this.#terminal.isLive) this.#timer = setInterval(() => this.#terminal.redraw(this.lines()), DRAW_MS);
  }

  tell(work: Work): void {
    if (this.#terminal.isLive || !NEWS.includes(work.state)) return;
    const problem = work.problem === null ? '' : `: ${work.problem}`;
    this.#terminal.say(`${work.file.path}\t${sizeText(work.file.sizeBytes)}\t${WORDS[work.state]}${problem}`);
  }

  /** Leaves the board as it is now, and says what came of it all. */
  finish(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (this.#terminal.isLive) this.#terminal.redraw(this.lines());
    else this.#terminal.say(this.#totals());
    this.#terminal.settle();
  }

  lines(): string[] {
    const works = this.#worksOf();
    const active = works.filter(({ state }) => state === 'measuring' || state === 'sending');
    const troubled = works.filter(({ problem }) => problem !== null);
    return [
      this.#totals(),
      ...active.map(barOf),
      ...troubled.slice(0, 5).map(({ name, state, problem }) => `! ${name}  ${WORDS[state]}: ${problem}`),
      ...(troubled.length > 5 ? [`! 另有 ${troubled.length - 5} 个 more`] : []),
    ];
  }

  #totals(): string {
    const works = this.#worksOf();
    const count = (...states: WorkState[]): number => works.filter(({ state }) => states.includes(state)).length;
    const [all, done] = [sum(works, ({ file }) => file.sizeBytes), sum(works, ({ doneBytes }) => doneBytes)];
    const sealed = `已封存 sealed ${count('sealed', 'cleared')}/${works.length}`;
    const sealing = count('sealing') > 0 ? `  待封存 to be sealed ${count('sealing')}` : '';
    const bad = count('failed', 'refused') > 0 ? `  有问题 in trouble ${count('failed', 'refused')}` : '';
    return `${sealed}  ${sizeText(done)}/${sizeText(all)}${this.#pace(done, all)}${sealing}${bad}`;
  }

  #pace(doneBytes: number, allBytes: number): string {
    const atMs = Date.now();
    this.#seen.push({ atMs, doneBytes });
    while ((this.#seen[0]?.atMs ?? atMs) < atMs - WINDOW_MS) this.#seen.shift();
    const [first] = this.#seen;
    const [ms, bytes] = [atMs - (first?.atMs ?? atMs), doneBytes - (first?.doneBytes ?? doneBytes)];
    if (ms < 1_000 || bytes <= 0) return '';
    const left = durationText(((allBytes - doneBytes) * ms) / bytes);
    return `  ${sizeText(Math.round((bytes * 1_000) / ms))}/s${doneBytes < allBytes ? `  还需 left ${left}` : ''}`;
  }
}

function barOf({ name, isKey, state, doneBytes, file }: Work): string {
  const share = file.sizeBytes === 0 ? 1 : doneBytes / file.sizeBytes;
  const full = Math.round(share * BAR_COLUMNS);
  const bar = `[${'#'.repeat(full)}${'.'.repeat(BAR_COLUMNS - full)}] ${String(Math.floor(share * 100)).padStart(3)} %`;
  return `${bar}  ${WORDS[state]}  ${isKey ? '★ ' : ''}${name}  ${sizeText(file.sizeBytes)}`;
}

function sum(works: readonly Work[], of: (work: Work) => number): number {
  return works.reduce((total, work) => total + of(work), 0);
}
