import { readdirSync, readFileSync } from 'node:fs';
import {
  type Coming,
  type ConditionStatement,
  conditionsOf,
  type Excuse,
  type Extension,
  type Fault,
  neededBy,
  type Participant,
  type Procedure,
  type ProcedureStep,
  parseCalendar,
  parseProcedure,
  type Reckoning,
  type Review,
  recordingOf,
  refusalsToBegin,
  refusalsToClose,
  refusalsToDecide,
} from '#domain';

const ROOT = new URL('../../', import.meta.url);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const CHINA = parseCalendar(readJson('calendars/china.json'));
export const RECKONING: Reckoning = { calendar: CHINA };

/** Every procedure that comes with the archive. */
export const TEMPLATES: readonly Procedure[] = readdirSync(new URL('procedures/', ROOT), {
  recursive: true,
  encoding: 'utf8',
})
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => parseProcedure(readJson(`procedures/${name}`)));

export function template(id: string): Procedure {
  const found = TEMPLATES.find((procedure) => procedure.id === id);
  if (found === undefined) throw new Error(`no procedure ${id}`);
  return found;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, ROOT), 'utf8'));
}

type Changing<T> = { -readonly [K in keyof T]: T[K] };

/** A case taken through its procedure as an officer would, each move by its gate. Time goes on with every move. */
export class CaseWalk {
  readonly procedure: Procedure;
  readonly standing = {
    openedAt: new Date('2026-03-02T01:00:00Z'),
    closedAt: null as Date | null,
    officerIds: ['wang', 'li'] as readonly string[],
    statements: [] as ConditionStatement[],
    comings: [] as Changing<Coming>[],
    reviews: [] as Review[],
    excuses: [] as Excuse[],
    extensions: [] as Extension[],
  };
  now = new Date('2026-03-02T01:00:00Z');

  constructor(procedure: Procedure) {
    this.procedure = procedure;
  }

  pass(hours: number): void {
    this.now = new Date(this.now.getTime() + hours * HOUR_MS);
  }

  step(stepId: string): ProcedureStep {
    const step = this.procedure.steps.find(({ id }) => id === stepId);
    if (step === undefined) throw new Error(`no step ${stepId}`);
    return step;
  }

  state(conditionId: string, holds: boolean, occurrenceId: string | null = null): void {
    this.standing.statements.push({ conditionId, occurrenceId, holds, at: this.now });
  }

  /** Answers every question about the case as a whole. */
  stateAll(holds: (conditionId: string) => boolean): void {
    for (const { id, of } of this.procedure.conditions) if (of === 'case') this.state(id, holds(id));
  }

  refusals(stepId: string, people = fitPeople(this.step(stepId))): Fault[] {
    return refusalsToBegin(this.procedure, this.standing, { stepId, at: this.now, people }, RECKONING);
  }

  /** @returns the coming, or why not */
  begin(stepId: string, people = fitPeople(this.step(stepId))): Changing<Coming> | Fault[] {
    const refusals = this.refusals(stepId, people);
    return refusals.length > 0 ? refusals : this.force(stepId, people);
  }

  /** Past the gate, as times typed in later or cases brought in from elsewhere can be. */
  force(stepId: string, people = fitPeople(this.step(stepId))): Changing<Coming> {
    const n = this.standing.comings.filter((one) => one.stepId === stepId).length + 1;
    const coming: Changing<Coming> = {
      id: `${stepId}-${n}`,
      stepId,
      state: 'open',
      startedAt: this.now,
      endedAt: null,
      people,
      papers: [],
      recordings: [],
      unexplainedGaps: 0,
    };
    this.standing.comings.push(coming);
    this.pass(1);
    return coming;
  }

  /** All that the coming must have; its own questions are answered first. */
  supply(coming: Changing<Coming>, holds: (conditionId: string) => boolean = () => false): void {
    const step = this.step(coming.stepId);
    const asked = [
      ...step.papers.flatMap(({ need }) => conditionsOf(need)),
      ...step.recording.raised.flatMap(({ when }) => when),
    ];
    for (const { id, of } of this.procedure.conditions)
      if (of === 'occurrence' && asked.includes(id)) this.state(id, holds(id), coming.id);
    coming.papers = step.papers
      .filter(({ need }) => neededBy(need, this.standing, coming.id) === 'yes')
      .map(({ id }) => ({ paperId: id, assetId: `${coming.id}-${id}` }));
    const duty = recordingOf(step, this.standing, coming.id);
    if (duty === 'required' || duty === 'full')
      coming.recordings = [{ assetId: `${coming.id}-recording`, receivedAt: this.now }];
  }

  review(coming: Coming, outcome: Review['outcome'] = 'passed'): void {
    this.standing.reviews.push({ occurrenceId: coming.id, outcome, at: this.now, reviewers: coming.people });
  }

  /** @returns why not, for a decision; any other step just ends */
  end(coming: Changing<Coming>): Fault[] {
    const refusals = this.step(coming.stepId).kind === 'decision' ? this.refusalsToDecide(coming) : [];
    if (refusals.length === 0) Object.assign(coming, { state: 'done', endedAt: this.now });
    this.pass(1);
    return refusals;
  }

  refusalsToDecide(coming: Coming): Fault[] {
    const { procedure, standing, now } = this;
    return refusalsToDecide(procedure, standing, { occurrenceId: coming.id, at: now }, RECKONING);
  }

  refusalsToClose(): Fault[] {
    return refusalsToClose(this.procedure, this.standing, RECKONING);
  }

  /** Does one step whole. @throws Error with the refusals */
  perform(stepId: string, holds?: (conditionId: string) => boolean): Changing<Coming> {
    const coming = this.begin(stepId);
    if (Array.isArray(coming)) throw new Error(`${stepId}: ${coming.map(({ words }) => words.en).join('; ')}`);
    this.supply(coming, holds);
    if (this.step(stepId).kind === 'legal-review') this.review(coming);
    const refusals = this.end(coming);
    if (refusals.length > 0) throw new Error(`${stepId}: ${refusals.map(({ words }) => words.en).join('; ')}`);
    return coming;
  }

  /** The next step that applies and whose gate is open; days pass where only a waiting time stands in the way. */
  next(isWanted: (step: ProcedureStep) => boolean = () => true): string | null {
    const left = this.procedure.steps.filter(
      (step) =>
        this.standing.comings.every(({ stepId }) => stepId !== step.id) && this.#applies(step) && isWanted(step),
    );
    if (left.length === 0) return null;
    for (let days = 0; days < 400; days++) {
      const refused = left.map((step) => ({ step, faults: this.refusals(step.id) }));
      const open = refused.find(({ faults }) => faults.length === 0);
      if (open !== undefined) return open.step.id;
      const isWaiting = refused.some(({ faults }) => faults.every(({ code }) => code === 'too-early'));
      if (!isWaiting)
        throw new Error(
          `stuck: ${JSON.stringify(refused.map(({ step, faults }) => [step.id, faults.map(({ words }) => words.en)]))}`,
        );
      this.now = new Date(this.now.getTime() + DAY_MS);
    }
    throw new Error('waited more than a year');
  }

  #applies({ need }: ProcedureStep): boolean {
    const needed = neededBy(need, this.standing);
    return needed === 'yes' || needed === 'may';
  }

  /** From start to close in the right order. */
  walk(holds: (conditionId: string) => boolean, isWanted?: (step: ProcedureStep) => boolean): void {
    this.stateAll(holds);
    for (let stepId = this.next(isWanted); stepId !== null; stepId = this.next(isWanted)) this.perform(stepId, holds);
  }
}

/** As many as the step asks for, with certificates that hold. */
export function fitPeople({ who }: ProcedureStep): Participant[] {
  const names = who.independent ? ['zhao', 'qian', 'sun'] : ['wang', 'li', 'zhou'];
  const [role = 'officer'] = who.roles;
  return names
    .slice(0, who.count)
    .map((accountId) => ({ accountId, role, certified: { from: '2020-01-01', to: '2030-12-31' } }));
}
