import { isArchiveError } from './errors.js';
import {
  type Condition,
  type Procedure,
  type ProcedureStep,
  RECORDING_DETAILS,
  type RecordingDetails,
  type RecordingDuty,
  type RecordingRule,
} from './procedure.js';
import { parseProcedure } from './procedure-file.js';
import { usedConditions } from './procedure-soundness.js';
import { BETWEEN_CONDITIONS, DUTY_WORDS, LIST_COLUMNS, type ListColumnKey } from './recording-list-columns.js';
import { LIST_MISTAKE } from './recording-list-mistakes.js';
import { type Label, MISTAKE, type RuleMistake } from './rule-mistakes.js';

/** How far down the names of the columns may stand: agencies put a title above. */
const HEADER_WITHIN = 10;
const NEEDED: readonly ListColumnKey[] = ['step', 'duty', 'from', 'to'];

interface Entry {
  readonly row: number;
  readonly step: ProcedureStep;
  readonly when: readonly string[];
  readonly duty: RecordingDuty;
  readonly from: Label | null;
  readonly to: Label | null;
  readonly source: string;
  readonly details: RecordingDetails;
}

/**
 * The next version of a procedure, with the recording duties of a sheet: those of each row, and none where there is no
 * row. Columns that are not there leave what the procedure says. A mistake is named by its cell.
 * @param rows as the sheet has them, the first is row 1
 */
export function withRecordingList(
  procedure: Procedure,
  rows: readonly (readonly string[])[],
): { readonly procedure: Procedure | null; readonly mistakes: readonly RuleMistake[] } {
  const sheet = new ListSheet(procedure, rows);
  const entries = sheet.entries();
  if (sheet.mistakes.length > 0) return { procedure: null, mistakes: sheet.mistakes };
  const steps = procedure.steps.map((step) => sheet.changed(step, entries));
  const changed = { ...procedure, version: procedure.version + 1, steps };
  // What only a row that is gone hung on is asked of nobody any more.
  const used = usedConditions(changed);
  const whole = { ...changed, conditions: procedure.conditions.filter(({ id }) => used.has(id)) };
  if (sheet.mistakes.length > 0) return { procedure: null, mistakes: sheet.mistakes };
  try {
    return { procedure: parseProcedure(JSON.parse(JSON.stringify(whole))), mistakes: [] };
  } catch (error) {
    if (!isArchiveError(error, 'invalid-input')) throw error;
    return { procedure: null, mistakes: (error.details.problems as RuleMistake[]).map((one) => sheet.placed(one)) };
  }
}

class ListSheet {
  readonly mistakes: RuleMistake[] = [];
  readonly #procedure: Procedure;
  readonly #rows: readonly (readonly string[])[];
  readonly #header: number;
  readonly #columns = new Map<ListColumnKey, number>();
  /** Rows of each step, in the order its duties have in the rule: the base, then what raises it. */
  readonly #placed = new Map<string, { readonly base: number | null; readonly raised: readonly number[] }>();

  constructor(procedure: Procedure, rows: readonly (readonly string[])[]) {
    this.#procedure = procedure;
    this.#rows = rows;
    const names = rows.slice(0, HEADER_WITHIN).map((row) => row.map((cell) => cell.replace(/\s/g, '')));
    this.#header = names.findIndex((row) => row.some((name) => keyOf(name) === 'step'));
    for (const [i, name] of (names[this.#header] ?? []).entries()) {
      const key = keyOf(name);
      if (key === undefined) continue;
      if (this.#columns.has(key)) this.#add(this.#header, i, LIST_MISTAKE.columnTwice(name));
      else this.#columns.set(key, i);
    }
  }

  entries(): Entry[] {
    const missing = NEEDED.filter((key) => !this.#columns.has(key));
    if (this.#header < 0 || missing.length > 0) {
      const names = missing.map((key) => LIST_COLUMNS.find((one) => one.key === key)?.zh ?? key);
      this.mistakes.push({ place: '', ...LIST_MISTAKE.noColumns(names) });
      return [];
    }
    return this.#rows.flatMap((row, i) => {
      if (i <= this.#header || row.every((cell) => cell.trim() === '')) return [];
      return this.#entry(i) ?? [];
    });
  }

  /** The step with the duties of its rows. */
  changed(step: ProcedureStep, entries: readonly Entry[]): ProcedureStep {
    const own = entries.filter((entry) => entry.step === step);
    const [first] = own;
    if (first === undefined) return { ...step, recording: { duty: 'none', from: null, to: null, raised: [] } };
    const bases = own.filter(({ when }) => when.length === 0);
    const [base, second] = bases;
    if (second !== undefined) this.#add(second.row, this.#column('when'), LIST_MISTAKE.rowTwice(step.title.zh));
    for (const entry of own)
      for (const key of ['from', 'to'] as const)
        if (JSON.stringify(entry[key]) !== JSON.stringify(first[key]))
          this.#add(entry.row, this.#column(key), LIST_MISTAKE.otherMoment(first.row + 1));
    const raised = own.filter((entry) => entry.when.length > 0);
    this.#placed.set(step.id, { base: base?.row ?? null, raised: raised.map(({ row }) => row) });
    const recording: RecordingRule = {
      duty: base?.duty ?? 'none',
      from: first.from,
      to: first.to,
      raised: raised.map(({ duty, when, source, details }) => ({ duty, when, source, ...filled(details) })),
      ...filled(base?.details ?? {}),
    };
    return { ...step, recording, source: base === undefined ? step.source : base.source };
  }

  /** The cell that a mistake of the whole procedure comes from, where one does. */
  placed(mistake: RuleMistake): RuleMistake {
    const [, i, rest = ''] = /^steps\[(\d+)\]\.(.*)$/.exec(mistake.place) ?? [];
    const rows = this.#placed.get(this.#procedure.steps[Number(i)]?.id ?? '');
    const [, n, field = ''] = /^recording\.raised\[(\d+)\]\.(\w+)/.exec(rest) ?? [];
    const [, own = ''] = /^(?:recording\.)?(\w+)/.exec(rest) ?? [];
    const key = LIST_COLUMNS.find((one) => one.key === (n === undefined ? own : field))?.key ?? 'duty';
    const row = n === undefined ? (rows?.base ?? rows?.raised[0]) : rows?.raised[Number(n)];
    return row === undefined || row === null
      ? mistake
      : { ...mistake, place: cellName(row, this.#columns.get(key) ?? this.#column('duty')) };
  }

  #entry(row: number): Entry | null {
    const step = this.#step(row);
    this.#checkFrame(row);
    const duty = dutyOf(this.#cell(row, 'duty').trim());
    if (duty === undefined)
      this.#add(row, this.#column('duty'), MISTAKE.notOneOf(Object.values(DUTY_WORDS).map(({ zh }) => zh)));
    const when = this.#conditions(row);
    if (step === null || duty === undefined) return null;
    const before = this.#before(step, when);
    return {
      ...{ row, step, when, duty },
      from: this.#moment(row, 'from', 'fromEn', step.recording.from),
      to: this.#moment(row, 'to', 'toEn', step.recording.to),
      source: this.#columns.has('source') ? this.#cell(row, 'source') : (before?.source ?? step.source),
      details: this.#details(row, before?.details ?? {}),
    };
  }

  /** What the procedure says of the same row now. */
  #before(step: ProcedureStep, when: readonly string[]) {
    if (when.length === 0) return { source: step.source, details: step.recording.details };
    return step.recording.raised.find((one) => [...one.when].sort().join() === [...when].sort().join());
  }

  #step(row: number): ProcedureStep | null {
    const { steps } = this.#procedure;
    const id = this.#cell(row, 'stepId').trim();
    const title = this.#cell(row, 'step').trim();
    const found = steps.filter((step) => (id === '' ? step.title.zh.trim() === title : step.id === id));
    const [step] = found;
    const key = id === '' ? 'step' : 'stepId';
    if (step === undefined)
      this.#add(
        row,
        this.#column(key),
        LIST_MISTAKE.noStepOf(
          id || title,
          steps.map((one) => one.title.zh),
        ),
      );
    else if (found.length > 1) this.#add(row, this.#column(key), LIST_MISTAKE.manySteps);
    return found.length === 1 ? (step ?? null) : null;
  }

  /** A sheet of another procedure is not taken for one of this. */
  #checkFrame(row: number): void {
    const name = this.#cell(row, 'procedure').trim();
    const { zh } = this.#procedure.title;
    if (name !== '' && name !== zh.trim()) this.#add(row, this.#column('procedure'), LIST_MISTAKE.otherProcedure(zh));
  }

  #conditions(row: number): string[] {
    const names = this.#cell(row, 'when')
      .split(BETWEEN_CONDITIONS)
      .map((name) => name.trim())
      .filter((name) => name !== '');
    const { conditions } = this.#procedure;
    return names.flatMap((name) => {
      const isIt = ({ id, title }: Condition): boolean => id === name || title.zh.trim() === name;
      const found = conditions.find(({ id }) => id === name) ?? conditions.find(isIt);
      if (found === undefined) this.#add(row, this.#column('when'), LIST_MISTAKE.noConditionOf(name));
      return found === undefined ? [] : [found.id];
    });
  }

  /** English that is not given stays what it was, or is the Chinese when that was changed. */
  #moment(row: number, key: 'from' | 'to', english: 'fromEn' | 'toEn', before: Label | null): Label | null {
    const zh = this.#cell(row, key);
    if (zh.trim() === '') return null;
    const given = this.#cell(row, english);
    if (given.trim() !== '') return { zh, en: given };
    return { zh, en: before?.zh === zh ? before.en : zh };
  }

  #details(row: number, before: RecordingDetails): RecordingDetails {
    return Object.fromEntries(
      RECORDING_DETAILS.flatMap((name): [string, string][] => {
        const text = this.#columns.has(name) ? this.#cell(row, name) : (before[name] ?? '');
        return text.trim() === '' ? [] : [[name, text]];
      }),
    );
  }

  #cell(row: number, key: ListColumnKey): string {
    const column = this.#columns.get(key);
    return column === undefined ? '' : (this.#rows[row]?.[column] ?? '');
  }

  #column(key: ListColumnKey): number {
    return this.#columns.get(key) ?? this.#columns.get('step') ?? 0;
  }

  #add(row: number, column: number, words: Label): void {
    this.mistakes.push({ place: cellName(row, column), ...words });
  }
}

function filled(details: RecordingDetails): { details?: RecordingDetails } {
  return Object.keys(details).length === 0 ? {} : { details };
}

function keyOf(name: string): ListColumnKey | undefined {
  return LIST_COLUMNS.find(({ zh, also }) => zh === name || also.includes(name))?.key;
}

function dutyOf(word: string): RecordingDuty | undefined {
  const found = Object.entries(DUTY_WORDS).find(([, { zh, also }]) => zh === word || also.includes(word));
  return found?.[0] as RecordingDuty | undefined;
}

/** `J7`: both count from 0 here. */
function cellName(row: number, column: number): string {
  let letters = '';
  for (let left = column + 1; left > 0; left = Math.floor((left - 1) / 26))
    letters = String.fromCharCode(65 + ((left - 1) % 26)) + letters;
  return `${letters}${row + 1}`;
}
