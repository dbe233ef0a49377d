import { LIMIT_UNITS, type Limit } from './deadline.js';
import {
  ACTING_ROLES,
  ACTS,
  type Condition,
  EXCUSE_KINDS,
  type ExcuseRule,
  isMoreDuty,
  type Moment,
  type Need,
  type PaperDuty,
  type Procedure,
  type ProcedureLimit,
  type ProcedureStep,
  RECORDING_DETAILS,
  RECORDING_DUTIES,
  type RecordingDetails,
  type RecordingRule,
  STEP_KINDS,
} from './procedure.js';
import { findContradictions } from './procedure-soundness.js';
import { isRecord, RuleReader } from './rule-file.js';
import { MISTAKE } from './rule-mistakes.js';

const FIELDS = {
  procedure: ['id', 'version', 'title', 'act', 'legalReview', 'excuses', 'conditions', 'steps', 'limits', 'source'],
  excuses: ['recordings', 'papers'],
  excuse: ['kinds', 'source'],
  condition: ['id', 'title', 'of', 'source'],
  step: ['id', 'title', 'kind', 'repeatable', 'need', 'after', 'who', 'recording', 'papers', 'source'],
  who: ['count', 'roles', 'independent'],
  recording: ['duty', 'from', 'to', 'raised', 'details'],
  raised: ['duty', 'when', 'source', 'details'],
  paper: ['id', 'title', 'need', 'numbered', 'served'],
  limit: [
    'id',
    'title',
    'of',
    'sense',
    'need',
    'from',
    'until',
    'limit',
    'agencyMaySet',
    'extension',
    'pauses',
    'source',
  ],
  count: ['count', 'unit', 'lastDayAtRest'],
  extension: ['limit', 'times', 'approver'],
  pauses: ['steps', 'conditions'],
} as const;
const MOST_PEOPLE = 20;
const LONGEST = 10_000;

/**
 * Reads a procedure file. Every mistake is named with its place, all of them together; what hangs together wrongly is
 * looked for once the single fields are right.
 * @throws ArchiveError `invalid-input` with `details.problems: RuleMistake[]`
 */
export function parseProcedure(value: unknown): Procedure {
  const reader = new RuleReader('procedure file');
  const procedure = readProcedure(reader.file(value, FIELDS.procedure), reader);
  if (reader.mistakes.length === 0) findContradictions(procedure, reader);
  reader.end();
  return procedure;
}

function readProcedure(file: Record<string, unknown>, reader: RuleReader): Procedure {
  const procedure: Procedure = {
    id: reader.id(file.id, 'id'),
    version: reader.whole(file.version, 'version', 1),
    title: reader.label(file.title, 'title'),
    act: reader.oneOf(file.act, ACTS, 'act'),
    legalReview: reader.flag(file.legalReview, 'legalReview'),
    excuses: readExcuses(file.excuses, reader),
    conditions: reader.each(file.conditions, 'conditions', (item, at) => readCondition(item, at, reader)),
    steps: reader.each(file.steps, 'steps', (item, at) => readStep(item, at, reader)),
    limits: reader.each(file.limits, 'limits', (item, at) => readLimit(item, at, reader)),
    source: reader.source(file.source, 'source'),
  };
  if (Array.isArray(file.steps) && file.steps.length === 0) reader.add('steps', MISTAKE.atLeastOne);
  for (const place of ['conditions', 'steps', 'limits'] as const)
    reader.refuseDoubles(
      procedure[place].map(({ id }) => id),
      place,
    );
  return procedure;
}

function readExcuses(value: unknown, reader: RuleReader): Procedure['excuses'] {
  const { recordings, papers } = reader.fields(value, FIELDS.excuses, 'excuses');
  const read = (rule: unknown, place: string): ExcuseRule => {
    const { kinds, source } = reader.fields(rule, FIELDS.excuse, place);
    const at = `${place}.kinds`;
    return {
      kinds: reader.each(kinds, at, (kind, where) => reader.oneOf(kind, EXCUSE_KINDS, where)),
      source: reader.source(source, `${place}.source`),
    };
  };
  return { recordings: read(recordings, 'excuses.recordings'), papers: read(papers, 'excuses.papers') };
}

function readCondition(value: unknown, place: string, reader: RuleReader): Condition {
  const { id, title, of, source } = reader.fields(value, FIELDS.condition, place);
  return {
    id: reader.id(id, `${place}.id`),
    title: reader.label(title, `${place}.title`),
    of: reader.oneOf(of, ['case', 'occurrence'], `${place}.of`),
    source: reader.source(source, `${place}.source`),
  };
}

function readStep(value: unknown, place: string, reader: RuleReader): ProcedureStep {
  const step = reader.fields(value, FIELDS.step, place);
  const papers = reader.each(step.papers, `${place}.papers`, (item, at) => readPaper(item, at, reader));
  reader.refuseDoubles(
    papers.map((paper) => paper.id),
    `${place}.papers`,
  );
  return {
    id: reader.id(step.id, `${place}.id`),
    title: reader.label(step.title, `${place}.title`),
    kind: reader.oneOf(step.kind, STEP_KINDS, `${place}.kind`),
    repeatable: reader.flag(step.repeatable, `${place}.repeatable`),
    need: readNeed(step.need, `${place}.need`, reader),
    after: reader.ids(step.after, `${place}.after`),
    who: readWho(step.who, `${place}.who`, reader),
    recording: readRecording(step.recording, `${place}.recording`, reader),
    papers,
    source: reader.source(step.source, `${place}.source`),
  };
}

function readPaper(value: unknown, place: string, reader: RuleReader): PaperDuty {
  const paper = reader.fields(value, FIELDS.paper, place);
  return {
    id: reader.id(paper.id, `${place}.id`),
    title: reader.label(paper.title, `${place}.title`),
    need: readNeed(paper.need, `${place}.need`, reader),
    numbered: reader.flag(paper.numbered, `${place}.numbered`),
    served: reader.flag(paper.served, `${place}.served`),
  };
}

function readNeed(value: unknown, place: string, reader: RuleReader): Need {
  if (value === 'always' || value === 'may') return value;
  if (!isRecord(value) || (value.when === undefined && value.unless === undefined)) {
    reader.add(place, MISTAKE.noNeed);
    return 'always';
  }
  const { when, unless } = reader.fields(value, ['when', 'unless'], place);
  const read = (ids: unknown, at: string): string[] => {
    const found = reader.ids(ids, at);
    if (Array.isArray(ids) && ids.length === 0) reader.add(at, MISTAKE.atLeastOne);
    return found;
  };
  return {
    ...(when === undefined ? {} : { when: read(when, `${place}.when`) }),
    ...(unless === undefined ? {} : { unless: read(unless, `${place}.unless`) }),
  };
}

function readWho(value: unknown, place: string, reader: RuleReader): ProcedureStep['who'] {
  const who = reader.fields(value, FIELDS.who, place);
  const roles = reader.each(who.roles, `${place}.roles`, (role, at) => reader.oneOf(role, ACTING_ROLES, at));
  reader.refuseDoubles(roles, `${place}.roles`);
  const count = reader.whole(who.count, `${place}.count`, 0, MOST_PEOPLE);
  if (count > 0 && Array.isArray(who.roles) && roles.length === 0) reader.add(`${place}.roles`, MISTAKE.nobody);
  return { count, roles, independent: reader.flag(who.independent, `${place}.independent`) };
}

function readRecording(value: unknown, place: string, reader: RuleReader): RecordingRule {
  const recording = reader.fields(value, FIELDS.recording, place);
  const duty = reader.oneOf(recording.duty, RECORDING_DUTIES, `${place}.duty`);
  const raised = reader.each(recording.raised, `${place}.raised`, (item, at) => {
    const fields = reader.fields(item, FIELDS.raised, at);
    const more = reader.oneOf(fields.duty, RECORDING_DUTIES, `${at}.duty`);
    if (RECORDING_DUTIES.includes(more) && !isMoreDuty(more, duty)) reader.add(`${at}.duty`, MISTAKE.notRaised);
    const when = reader.ids(fields.when, `${at}.when`);
    if (Array.isArray(fields.when) && when.length === 0) reader.add(`${at}.when`, MISTAKE.atLeastOne);
    return {
      ...{ duty: more, when, source: reader.source(fields.source, `${at}.source`) },
      ...readDetails(fields.details, `${at}.details`, reader),
    };
  });
  const isAsked = duty !== 'none' || raised.length > 0;
  const readEvent = (event: unknown, at: string) => {
    if (event !== null && isAsked) return reader.label(event, at);
    if (event !== null) reader.add(at, MISTAKE.startForNothing);
    else if (isAsked) reader.add(at, MISTAKE.noStart);
    return null;
  };
  const [from, to] = [readEvent(recording.from, `${place}.from`), readEvent(recording.to, `${place}.to`)];
  return { duty, from, to, raised, ...readDetails(recording.details, `${place}.details`, reader) };
}

/** Only what is filled in is there. */
function readDetails(value: unknown, place: string, reader: RuleReader): { details?: RecordingDetails } {
  if (value === undefined) return {};
  const fields = Object.entries(reader.fields(value, RECORDING_DETAILS, place));
  for (const [name, text] of fields)
    if (typeof text !== 'string' || text.trim() === '') reader.add(`${place}.${name}`, MISTAKE.noText);
  if (fields.length === 0) return {};
  return { details: Object.fromEntries(fields.map(([name, text]) => [name, String(text)])) };
}

function readLimit(value: unknown, place: string, reader: RuleReader): ProcedureLimit {
  const limit = reader.fields(value, FIELDS.limit, place);
  const pauses = reader.fields(limit.pauses, FIELDS.pauses, `${place}.pauses`);
  return {
    id: reader.id(limit.id, `${place}.id`),
    title: reader.label(limit.title, `${place}.title`),
    of: reader.oneOf(limit.of, ['agency', 'party'], `${place}.of`),
    sense: reader.oneOf(limit.sense, ['within', 'not-before'], `${place}.sense`),
    need: readNeed(limit.need, `${place}.need`, reader),
    from: readMoment(limit.from, `${place}.from`, reader),
    until: readMoment(limit.until, `${place}.until`, reader),
    limit: readCount(limit.limit, `${place}.limit`, reader),
    agencyMaySet: reader.flag(limit.agencyMaySet, `${place}.agencyMaySet`),
    extension: limit.extension === null ? null : readExtension(limit.extension, `${place}.extension`, reader),
    pauses: {
      steps: reader.ids(pauses.steps, `${place}.pauses.steps`),
      conditions: reader.ids(pauses.conditions, `${place}.pauses.conditions`),
    },
    source: reader.source(limit.source, `${place}.source`),
  };
}

function readExtension(value: unknown, place: string, reader: RuleReader): ProcedureLimit['extension'] {
  const { limit, times, approver } = reader.fields(value, FIELDS.extension, place);
  return {
    limit: readCount(limit, `${place}.limit`, reader),
    times: reader.whole(times, `${place}.times`, 1, MOST_PEOPLE),
    approver: reader.label(approver, `${place}.approver`),
  };
}

function readCount(value: unknown, place: string, reader: RuleReader): Limit {
  const { count, unit, lastDayAtRest } = reader.fields(value, FIELDS.count, place);
  return {
    count: reader.whole(count, `${place}.count`, 1, LONGEST),
    unit: reader.oneOf(unit, LIMIT_UNITS, `${place}.unit`),
    lastDayAtRest: reader.oneOf(lastDayAtRest, ['moves', 'stays'], `${place}.lastDayAtRest`),
  };
}

function readMoment(value: unknown, place: string, reader: RuleReader): Moment {
  if (isRecord(value) && 'step' in value) {
    const { step, at } = reader.fields(value, ['step', 'at'], place);
    return { step: reader.id(step, `${place}.step`), at: reader.oneOf(at, ['begins', 'ends'], `${place}.at`) };
  }
  if (isRecord(value) && 'case' in value) {
    const { case: when } = reader.fields(value, ['case'], place);
    return { case: reader.oneOf(when, ['opened', 'closed'], `${place}.case`) };
  }
  if (isRecord(value) && 'recordings' in value) {
    const { recordings } = reader.fields(value, ['recordings'], place);
    return { recordings: reader.oneOf(recordings, ['due', 'handed-in'], `${place}.recordings`) };
  }
  reader.add(place, MISTAKE.noMoment);
  return { case: 'opened' };
}
