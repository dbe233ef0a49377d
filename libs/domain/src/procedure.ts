import { ArchiveError } from './errors.js';
import {
  isRecord,
  type Label,
  readFields,
  readFlag,
  readId,
  readLabel,
  readList,
  refuseDoubles,
  refuseUnknown,
} from './rule-file.js';

/** Duty to record in sound and picture: none, optional, required, or the full course of the step. */
export type RecordingDuty = 'none' | 'optional' | 'required' | 'full';

export interface PaperDuty {
  readonly id: string;
  readonly title: Label;
  readonly required: boolean;
}

export interface ProcedureStep {
  readonly id: string;
  readonly title: Label;
  /** Whether the step can come more than once in a case (two site checks, several interviews). */
  readonly repeatable: boolean;
  /** Whether a case may do without it. */
  readonly optional: boolean;
  readonly recording: RecordingDuty;
  readonly papers: readonly PaperDuty[];
  /** The clause the step or its duty follows. */
  readonly source: string;
}

/** A versioned template of one class of act. Files are never edited once used: a change is a new version. */
export interface Procedure {
  readonly id: string;
  readonly version: number;
  readonly title: Label;
  readonly steps: readonly ProcedureStep[];
}

const FIELDS = {
  procedure: ['id', 'version', 'title', 'steps'],
  step: ['id', 'title', 'repeatable', 'optional', 'recording', 'papers', 'source'],
  paper: ['id', 'title', 'required'],
} as const;
const DUTIES: readonly RecordingDuty[] = ['none', 'optional', 'required', 'full'];

/**
 * Reads a procedure file. Every mistake is named with its place, all of them together.
 * @throws ArchiveError `invalid-input` with `details.problems: string[]`
 */
export function parseProcedure(value: unknown): Procedure {
  const problems: string[] = [];
  const procedure = readProcedure(value, problems);
  if (procedure === null || problems.length > 0) {
    throw new ArchiveError('invalid-input', `procedure file: ${problems.join('; ')}`, { details: { problems } });
  }
  return procedure;
}

export function findStep(procedure: Procedure, stepId: string): ProcedureStep | undefined {
  return procedure.steps.find((step) => step.id === stepId);
}

function readProcedure(value: unknown, problems: string[]): Procedure | null {
  if (!isRecord(value)) {
    problems.push('the file must hold one object');
    return null;
  }
  refuseUnknown(value, FIELDS.procedure, '', problems);
  const id = readId(value.id, 'id', problems);
  const version = value.version;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    problems.push('version: must be a whole number from 1');
  const title = readLabel(value.title, 'title', problems);
  if (Array.isArray(value.steps) && value.steps.length === 0) problems.push('steps: at least one is needed');
  const steps = readList(value.steps, 'steps', problems).map((step, i) => readStep(step, `steps[${i}]`, problems));
  refuseDoubles(
    steps.map((step) => step.id),
    'steps',
    problems,
  );
  return { id, version: Number(version), title, steps };
}

function readStep(value: unknown, place: string, problems: string[]): ProcedureStep {
  const step = readFields(value, FIELDS.step, place, problems);
  const { recording, source } = step;
  if (!DUTIES.includes(recording as RecordingDuty))
    problems.push(`${place}.recording: must be one of ${DUTIES.join(', ')}`);
  if (typeof source !== 'string' || source === '') problems.push(`${place}.source: the clause it follows is missing`);
  const papers = readList(step.papers, `${place}.papers`, problems).map((paper, i) =>
    readPaper(paper, `${place}.papers[${i}]`, problems),
  );
  refuseDoubles(
    papers.map((paper) => paper.id),
    `${place}.papers`,
    problems,
  );
  return {
    id: readId(step.id, `${place}.id`, problems),
    title: readLabel(step.title, `${place}.title`, problems),
    repeatable: readFlag(step.repeatable, `${place}.repeatable`, problems),
    optional: readFlag(step.optional, `${place}.optional`, problems),
    recording: recording as RecordingDuty,
    papers,
    source: String(source),
  };
}

function readPaper(value: unknown, place: string, problems: string[]): PaperDuty {
  const paper = readFields(value, FIELDS.paper, place, problems);
  return {
    id: readId(paper.id, `${place}.id`, problems),
    title: readLabel(paper.title, `${place}.title`, problems),
    required: readFlag(paper.required, `${place}.required`, problems),
  };
}
