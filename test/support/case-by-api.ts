import { randomBytes } from 'node:crypto';
import type { CaseView, FaultView, StepStanding } from '#contract';
import type { ApiClient } from './api-client.js';

export interface CaseDriver {
  /** Who is in charge now; asked each time, for sessions end. */
  officer(): Promise<ApiClient>;
  /** Time passes. */
  pass(hours: number): Promise<void>;
  /** Sealed, and known for a recording or a paper; whoever works behind the API. */
  settle(assetId: string, kind: 'video' | 'paper'): Promise<void>;
  /** Account of somebody who is not of the case, for steps that ask for one. */
  readonly outsiderId: string;
}

export interface WalkWishes {
  /** What holds; nothing where not said. */
  readonly holds?: readonly string[];
  /** Steps left to the case that are taken. */
  readonly takes?: readonly string[];
}

/** A case taken through its procedure over HTTP, as an officer does it who looks at what the case page tells him. */
export class CaseByApi {
  readonly #driver: CaseDriver;
  readonly #holds: ReadonlySet<string>;
  readonly #takes: ReadonlySet<string>;
  view: CaseView;

  private constructor(driver: CaseDriver, view: CaseView, { holds = [], takes = [] }: WalkWishes) {
    this.#driver = driver;
    this.#holds = new Set(holds);
    this.#takes = new Set(takes);
    this.view = view;
  }

  static async open(driver: CaseDriver, plan: object, wishes: WalkWishes = {}): Promise<CaseByApi> {
    const officer = await driver.officer();
    return new CaseByApi(driver, await officer.send<CaseView>('POST', '/cases', plan), wishes);
  }

  static async of(driver: CaseDriver, caseId: string, wishes: WalkWishes = {}): Promise<CaseByApi> {
    const officer = await driver.officer();
    return new CaseByApi(driver, await officer.send<CaseView>('GET', `/cases/${caseId}`), wishes);
  }

  async send(method: string, path: string, body?: unknown): Promise<CaseView> {
    const officer = await this.#driver.officer();
    this.view = await officer.send<CaseView>(method, `/cases/${this.view.id}${path}`, body);
    return this.view;
  }

  async look(): Promise<CaseView> {
    return await this.send('GET', '');
  }

  step(stepId: string): StepStanding {
    const found = this.view.law.steps.filter((one) => one.stepId === stepId).at(-1);
    if (found === undefined) throw new Error(`no step ${stepId}`);
    return found;
  }

  stateOf(occurrenceId: string): string {
    return this.view.occurrences.find(({ id }) => id === occurrenceId)?.state ?? '';
  }

  /** Answers every question that is open. */
  async stateOwed(): Promise<void> {
    for (;;) {
      const [owed] = this.view.law.conditions.filter(({ isOwed }) => isOwed);
      if (owed === undefined) return;
      const { conditionId, occurrenceId } = owed;
      await this.send('POST', '/statements', { conditionId, occurrenceId, holds: this.#holds.has(conditionId) });
    }
  }

  /** Says all that is known of the case, before anybody asks. */
  async stateKnown(): Promise<void> {
    const unsaid = this.view.law.conditions.filter(
      ({ occurrenceId, holds }) => occurrenceId === null && holds === null,
    );
    for (const { conditionId } of unsaid)
      await this.send('POST', '/statements', { conditionId, holds: this.#holds.has(conditionId) });
  }

  async begin(stepId: string): Promise<StepStanding> {
    const { occurrenceId } = this.step(stepId);
    await this.#bringPeople(stepId);
    await this.send('PATCH', `/occurrences/${occurrenceId}`, { state: 'open' });
    await this.stateOwed();
    return this.step(stepId);
  }

  /** All that the coming must have. */
  async supply(stepId: string): Promise<void> {
    for (const { about, paperId, status } of this.step(stepId).duties) {
      if (status !== 'missing') continue;
      await this.hand(stepId, about === 'recording' ? null : paperId);
    }
    await this.look();
  }

  /** @param paperId null: its recording */
  async hand(stepId: string, paperId: string | null): Promise<string> {
    const officer = await this.#driver.officer();
    const target = { caseId: this.view.id, occurrenceId: this.step(stepId).occurrenceId };
    const file = paperId === null ? { filename: `${stepId}.mp4` } : { filename: `${paperId}.pdf`, paperId };
    const assetId = await officer.upload(randomBytes(500), { ...file, ...target });
    await this.#driver.settle(assetId, paperId === null ? 'video' : 'paper');
    return assetId;
  }

  async end(stepId: string): Promise<void> {
    await this.#driver.pass(1);
    await this.send('PATCH', `/occurrences/${this.step(stepId).occurrenceId}`, { state: 'done' });
  }

  async perform(stepId: string): Promise<void> {
    await this.begin(stepId);
    await this.supply(stepId);
    await this.end(stepId);
    await this.#driver.pass(1);
  }

  /** The next step that applies and may begin; what is asked by now is answered, and days pass where only a waiting time stands in the way. */
  async next(): Promise<string | null> {
    for (let days = 0; days < 200; days++) {
      await this.stateOwed();
      const left = this.view.law.steps.filter((one) => this.#isWanted(one));
      if (left.length === 0) return null;
      const open = left.find(({ beginning }) => beginning.every(isOfPeople));
      if (open !== undefined) return open.stepId;
      const isWaiting = left.some(({ beginning }) =>
        beginning.every((fault) => fault.code === 'too-early' || isOfPeople(fault)),
      );
      if (!isWaiting)
        throw new Error(
          `stuck: ${JSON.stringify(left.map(({ stepId, beginning }) => [stepId, ...beginning.map(({ words }) => words.en)]))}`,
        );
      await this.#driver.pass(24);
      await this.look();
    }
    throw new Error('waited too long');
  }

  /** From where it is until nothing is left to be done. */
  async walk(): Promise<void> {
    for (let stepId = await this.next(); stepId !== null; stepId = await this.next()) await this.perform(stepId);
  }

  /** The same, up to where this step comes next. */
  async walkTo(stop: string): Promise<void> {
    for (let stepId = await this.next(); stepId !== stop; stepId = await this.next()) {
      if (stepId === null) throw new Error(`${stop} never came`);
      await this.perform(stepId);
    }
  }

  async close(): Promise<CaseView> {
    return await this.send('POST', '/close', { manner: 'executed', reason: '执行完毕' });
  }

  #isWanted({ occurrenceId, stepId, needed }: StepStanding): boolean {
    if (this.stateOf(occurrenceId) !== 'waiting') return false;
    return needed === 'yes' || needed === 'unknown' || (needed === 'may' && this.#takes.has(stepId));
  }

  /** Steps that officers of the case may not do. */
  async #bringPeople(stepId: string): Promise<void> {
    const step = this.view.procedure.steps.find(({ id }) => id === stepId);
    if (step === undefined || step.who.count === 0 || step.who.roles.includes('officer')) return;
    const people = step.who.roles.slice(0, 1).map((role) => ({ accountId: this.#driver.outsiderId, role }));
    await this.send('PUT', `/occurrences/${this.step(stepId).occurrenceId}/people`, { people });
  }
}

function isOfPeople({ code }: FaultView): boolean {
  return code === 'people';
}
