import type { AssetView } from '#contract';
import { UNVIEWABLE_TEXT } from '#domain';
import type { Recipe } from '../../footage/recipes.js';
import { durationText, shortDigest, sizeText } from '../../terminal/quantities.js';
import { tableLines } from '../../terminal/table.js';
import type { Terminal } from '../../terminal/terminal.js';

/** How far a sample file has come. */
export interface Row {
  readonly recipe: Recipe;
  step: string;
  sizeBytes: number | null;
  sha256: string;
  state: string;
  isDone: boolean;
  /** Why it is not as it should be; null while it is. */
  problem: string | null;
  startedAt: number | null;
  tookMs: number | null;
}

const COLUMNS = [
  { title: '文件 file', max: 36 },
  { title: '大小 size', align: 'right' },
  { title: 'SHA-256', max: 16 },
  { title: '环节 step', max: 20 },
  { title: '状态 state', max: 44 },
  { title: '用时 took', align: 'right' },
] as const;

/** The table of sample files: drawn in place for a person, a line at each change for a log. */
export class DemoBoard {
  readonly rows: readonly Row[];
  readonly #terminal: Terminal;
  #timer: NodeJS.Timeout | null = null;

  constructor(terminal: Terminal, recipes: readonly Recipe[], titleOf: (stepId: string) => string) {
    this.#terminal = terminal;
    this.rows = recipes.map((recipe) => ({
      ...{ recipe, step: titleOf(recipe.stepId), sizeBytes: null, sha256: '', state: '等待 waiting' },
      ...{ isDone: false, problem: null, startedAt: null, tookMs: null },
    }));
  }

  start(): void {
    if (!this.#terminal.isLive) return;
    this.#timer = setInterval(() => this.#terminal.redraw(this.lines()), 250);
  }

  /** Leaves the table as it is now on the screen. */
  finish(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (this.#terminal.isLive) this.#terminal.redraw(this.lines());
    else this.#terminal.say('', ...this.lines());
    this.#terminal.settle();
  }

  rowOf(recipe: Recipe): Row {
    const row = this.rows.find((candidate) => candidate.recipe === recipe);
    if (row === undefined) throw new Error(`no row for ${recipe.fileName}`);
    return row;
  }

  /** @param isNews whether a log should have a line of it; the passing of percentages is none */
  set(row: Row, state: string, isNews = true): void {
    const changed = row.state !== state;
    row.state = state;
    if (!this.#terminal.isLive && changed && isNews) this.#terminal.say(`· ${row.recipe.fileName}  ${state}`);
  }

  lines(): string[] {
    return tableLines(COLUMNS, this.rows.map(cellsOf));
  }
}

function cellsOf(row: Row): string[] {
  const tookMs = row.tookMs ?? (row.startedAt === null ? null : Date.now() - row.startedAt);
  return [
    row.recipe.fileName,
    sizeText(row.sizeBytes),
    shortDigest(row.sha256),
    row.step,
    row.problem === null ? row.state : `✗ ${row.problem}`,
    tookMs === null ? '—' : durationText(tookMs),
  ];
}

export type Standing =
  | { readonly kind: 'moving'; readonly text: string }
  | { readonly kind: 'done'; readonly text: string }
  | { readonly kind: 'wrong'; readonly text: string };

/** How an asset stands, in words; done means sealed and to be looked at in any browser that can. */
export function standingOf(asset: AssetView): Standing {
  const { custody, viewing, play } = asset;
  if (custody === 'quarantined') return wrong(`已隔离 quarantined：${asset.quarantineReason ?? ''}`);
  if (custody === 'disposed') return wrong('已销毁 disposed');
  if (viewing.state === 'unviewable') return wrong(`不可查看 unviewable：${UNVIEWABLE_TEXT[viewing.reason].zh}`);
  if (custody === 'receiving') return moving('接收中 receiving');
  if (play.mode === 'proxy' && play.proxyState === 'failed') return wrong('转码失败 conversion failed');
  const seal = custody === 'sealed' ? '已封存 sealed' : '封存中 sealing';
  if (viewing.state === 'pending') return moving(`${seal}，识别中 looking`);
  if (play.mode === 'proxy' && play.proxyState !== 'ready') {
    return moving(`${seal}，转码 converting ${play.proxyProgress ?? 0} %`);
  }
  if (custody !== 'sealed') return moving(seal);
  return { kind: 'done', text: '已封存，可查看 sealed, viewable' };
}

function moving(text: string): Standing {
  return { kind: 'moving', text };
}

function wrong(text: string): Standing {
  return { kind: 'wrong', text };
}
