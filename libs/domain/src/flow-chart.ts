import type { ClockStanding } from './clocks.js';
import { type DutyStanding, isOwed } from './duties.js';
import { type FlowLine, layOutFlow } from './flow-layout.js';
import type { Procedure, ProcedureStep } from './procedure.js';
import type { Label } from './rule-mistakes.js';
import { type CaseStanding, neededBy } from './standing.js';

/**
 * How a step of a running case stands in the chart. `late`: a time limit that ends with it has run out. `missing`: it
 * has begun or is over, and a paper or recording is owed. `due`: its turn has come. `optional`: may come. `unknown`:
 * hangs on something that was not stated.
 */
export const FLOW_STATUSES = [
  'done',
  'going-on',
  'due',
  'late',
  'missing',
  'waiting',
  'optional',
  'unknown',
  'not-applicable',
] as const;
export type FlowStatus = (typeof FLOW_STATUSES)[number];
export type FlowStanding = ReadonlyMap<string, FlowStatus>;

export interface FlowStep {
  readonly stepId: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: readonly string[];
  /** When it applies, how it is recorded: smaller, below the title. */
  readonly notes: readonly string[];
  /** Not every case has it. */
  readonly isConditional: boolean;
  readonly isDecision: boolean;
  readonly status: FlowStatus | null;
}

export interface FlowChart {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly steps: readonly FlowStep[];
  readonly lines: readonly FlowLine[];
  /** What marks mean, below the chart; `height` has room for it. */
  readonly legend: readonly { readonly text: string; readonly y: number }[];
}

/** Sizes of the drawing, in its own units: what measures the text and what draws it agree by these. */
export const FLOW_SIZES = {
  titleSize: 13,
  titleLine: 17,
  noteSize: 9.5,
  noteLine: 12,
  padX: 9,
  padY: 6,
  boxWidth: 156,
  margin: 12,
} as const;

type Language = keyof Label;

/** What keeps so many steps from coming is said once, below; on each it would drown what is its own. */
const SAID_ONCE_FROM = 4;

/**
 * The flow chart (执法流程图) of a procedure, drawn from its data: boxes and lines with their places, for whatever draws them
 * (page, print). Steps that wait for others stand below them.
 * @param standing of a running case, by step; null: of the procedure alone
 */
export function flowChart(procedure: Procedure, standing: FlowStanding | null, language: Language): FlowChart {
  const { padX, padY, titleLine, noteLine, titleSize, noteSize, boxWidth, margin } = FLOW_SIZES;
  const room = boxWidth - 2 * padX;
  const once = saidOnce(procedure);
  const texts = procedure.steps.map((step, i) => ({
    step,
    title: wrapped(`${i + 1}. ${step.title[language]}${marksOf(step, once)}`, room, titleSize),
    notes: notesOf(procedure, step, { once, language }).flatMap((note) => wrapped(note, room, noteSize)),
  }));
  const boxes = texts.map(({ step, title, notes }) => ({
    ...{ id: step.id, width: boxWidth },
    height: 2 * padY + title.length * titleLine + notes.length * noteLine,
  }));
  const layout = layOutFlow(boxes, new Map(procedure.steps.map(({ id, after }) => [id, after])));
  const placed = new Map(layout.boxes.map((box) => [box.id, box]));
  const width = layout.width + 2 * margin;
  const legend = legendOf(procedure, once, language).flatMap((text) => wrapped(text, layout.width, noteSize));
  const legendTop = layout.height + 2 * margin + titleLine;
  return {
    ...{ title: procedure.title[language], width, height: legendTop + legend.length * noteLine + margin },
    steps: texts.map(({ step, title, notes }): FlowStep => {
      const box = placed.get(step.id);
      const { x = 0, y = 0, width: across = 0, height = 0 } = box ?? {};
      return {
        ...{ stepId: step.id, x: x + margin, y: y + margin, width: across, height, title, notes },
        isConditional: step.need !== 'always',
        isDecision: step.kind === 'decision',
        status: standing?.get(step.id) ?? null,
      };
    }),
    lines: layout.lines.map((line) => ({
      ...line,
      points: line.points.map(({ x, y }) => ({ x: x + margin, y: y + margin })),
    })),
    legend: legend.map((text, i) => ({ text, y: legendTop + i * noteLine })),
  };
}

const NOTE = {
  may: { zh: '视情况', en: 'if need be' },
  when: { zh: (names: string) => `当：${names}`, en: (names: string) => `if: ${names}` },
  unless: { zh: (names: string) => `除非：${names}`, en: (names: string) => `unless: ${names}` },
  or: { zh: '或者', en: ' or ' },
  repeatable: { zh: '可多次', en: 'may come again' },
  required: { zh: '●音像记录', en: '● recorded' },
  full: { zh: '●全程音像记录', en: '● in full' },
  raised: { zh: '○特定情形须记录', en: '○ at times recorded' },
  legend: {
    zh: '虚线：不是每个案件都有的环节　●：应当音像记录　○：特定情形应当音像记录',
    en: 'Dashed: not in every case   ●: must be recorded   ○: must be recorded in some cases',
  },
} as const;
const MARKS = ['†', '‡', '§', '¶'];

/** Conditions that keep many steps from coming, each with its mark. */
function saidOnce({ conditions, steps }: Procedure): ReadonlyMap<string, string> {
  const unless = steps.flatMap(({ need }) => (typeof need === 'object' ? (need.unless ?? []) : []));
  const many = conditions.filter(({ id }) => unless.filter((one) => one === id).length >= SAID_ONCE_FROM);
  return new Map(many.flatMap(({ id }, i) => (i < MARKS.length ? [[id, MARKS[i] ?? '']] : [])));
}

function marksOf({ need }: ProcedureStep, once: ReadonlyMap<string, string>): string {
  return typeof need === 'object' ? (need.unless ?? []).map((id) => once.get(id) ?? '').join('') : '';
}

function notesOf(
  { conditions }: Procedure,
  { need, recording, repeatable }: ProcedureStep,
  { once, language }: { readonly once: ReadonlyMap<string, string>; readonly language: Language },
): string[] {
  const names = (ids: readonly string[]): string =>
    ids.map((id) => conditions.find((one) => one.id === id)?.title[language] ?? id).join(NOTE.or[language]);
  const notes: string[] = [];
  if (typeof need === 'object') {
    const unless = (need.unless ?? []).filter((id) => !once.has(id));
    if (need.when) notes.push(NOTE.when[language](names(need.when)));
    if (unless.length > 0) notes.push(NOTE.unless[language](names(unless)));
  }
  const isAsked = recording.duty === 'required' || recording.duty === 'full';
  const short = [
    ...(need === 'may' ? [NOTE.may[language]] : []),
    ...(isAsked ? [NOTE[recording.duty as 'required' | 'full'][language]] : []),
    ...(!isAsked && recording.raised.length > 0 ? [NOTE.raised[language]] : []),
    ...(repeatable ? [NOTE.repeatable[language]] : []),
  ];
  return short.length === 0 ? notes : [...notes, short.join(' · ')];
}

function legendOf({ conditions }: Procedure, once: ReadonlyMap<string, string>, language: Language): string[] {
  const marked = [...once].map(([id, mark]) => {
    const title = conditions.find((one) => one.id === id)?.title ?? { zh: id, en: id };
    return `${mark} ${NOTE.unless[language](title[language])}`;
  });
  return [...marked, NOTE.legend[language]];
}

/** Lines that fit: broken between Chinese characters, and between words of other writing. */
function wrapped(text: string, room: number, size: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of text.match(/[\u2e80-\uffef]|[^\u2e80-\uffef\s]+\s*|\s+/gu) ?? []) {
    const isFull = line !== '' && widthOf(line + piece.trimEnd(), size) > room;
    // No line begins with a mark that ends a clause.
    if (isFull && !/^[，。、；：）》”？！]/u.test(piece)) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
  }
  return line.trim() === '' ? lines : [...lines, line.trimEnd()];
}

/** About: a Chinese character is as wide as it is high, others a little over half. */
function widthOf(text: string, size: number): number {
  let width = 0;
  for (const letter of text) width += /[\u2e80-\uffef]/u.test(letter) ? 1 : 0.56;
  return width * size;
}

/** What the chart needs to know of a running case, as the engine tells it. */
export interface FlowFacts {
  readonly standing: CaseStanding;
  readonly duties: readonly DutyStanding[];
  readonly clocks: readonly ClockStanding[];
}

/** How every step of a running case stands. */
export function flowStanding(procedure: Procedure, { standing, duties, clocks }: FlowFacts): FlowStanding {
  const owed = new Set(duties.filter((duty) => duty.about !== 'step' && isOwed(duty)).map(({ stepId }) => stepId));
  const late = new Set(
    clocks
      .filter(({ state, limit }) => state === 'late' && limit.of === 'agency')
      .flatMap(({ limit }) => ('step' in limit.until ? [limit.until.step] : [])),
  );
  return flowStatuses(procedure, {
    comings: standing.comings,
    neededOf: (step) => neededBy(step.need, standing),
    ...{ owed, late },
  });
}

/** The same of facts that came over the wire. */
export interface FlowStates {
  readonly comings: readonly { readonly stepId: string; readonly state: 'waiting' | 'open' | 'done' }[];
  readonly neededOf: (step: ProcedureStep) => 'yes' | 'no' | 'may' | 'unknown';
  /** Steps with a paper or recording that is owed, and steps whose time has run out. */
  readonly owed: ReadonlySet<string>;
  readonly late: ReadonlySet<string>;
}

export function flowStatuses(procedure: Procedure, { comings, neededOf, owed, late }: FlowStates): FlowStanding {
  const begun = (id: string) => comings.filter(({ stepId, state }) => stepId === id && state !== 'waiting');
  const isOut = (step: ProcedureStep): boolean => neededOf(step) === 'no' && begun(step.id).length === 0;
  const isOver = (step: ProcedureStep): boolean =>
    isOut(step) || (begun(step.id).length > 0 && begun(step.id).every(({ state }) => state === 'done'));
  const byId = new Map(procedure.steps.map((step) => [step.id, step]));
  /** What need not come and has not begun keeps nothing waiting; what stands before it does. */
  const isReady = (step: ProcedureStep): boolean =>
    step.after.every((id) => {
      const before = byId.get(id);
      if (before === undefined) return true;
      if (isOut(before) || (neededOf(before) === 'may' && begun(id).length === 0)) return isReady(before);
      return isOver(before);
    });
  const statusOf = (step: ProcedureStep): FlowStatus => {
    if (isOut(step)) return 'not-applicable';
    if (late.has(step.id)) return 'late';
    if (begun(step.id).length > 0 && owed.has(step.id)) return 'missing';
    if (begun(step.id).length > 0) return isOver(step) ? 'done' : 'going-on';
    const needed = neededOf(step);
    if (needed !== 'yes') return needed === 'may' ? 'optional' : 'unknown';
    return isReady(step) ? 'due' : 'waiting';
  };
  return new Map(procedure.steps.map((step) => [step.id, statusOf(step)]));
}
