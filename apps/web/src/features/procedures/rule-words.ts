import type { ProcedureView } from '#contract';
import type { Label, Moment, Need } from '#domain';
import type { Texts } from '../../i18n/zh.js';

/** Rules of a procedure in words of one language. */
export class RuleWords {
  readonly #procedure: ProcedureView;
  readonly #t: Texts;
  readonly #label: (label: Label) => string;

  constructor(procedure: ProcedureView, t: Texts, label: (label: Label) => string) {
    this.#procedure = procedure;
    this.#t = t;
    this.#label = label;
  }

  conditions(ids: readonly string[]): string {
    const { conditions } = this.#procedure;
    const titles = ids.map((id) => conditions.find((one) => one.id === id)?.title);
    return titles.flatMap((title) => (title ? [this.#label(title)] : [])).join(this.#t.procedures.or);
  }

  need(need: Need): string {
    const { procedures } = this.#t;
    if (typeof need === 'string') return need === 'always' ? procedures.always : procedures.may;
    return [
      ...(need.when ? [procedures.when(this.conditions(need.when))] : []),
      ...(need.unless ? [procedures.unless(this.conditions(need.unless))] : []),
    ].join(' ');
  }

  steps(ids: readonly string[]): string {
    const { steps } = this.#procedure;
    const titles = ids.map((id) => steps.find((step) => step.id === id)?.title);
    return titles.flatMap((title) => (title ? [this.#label(title)] : [])).join('、');
  }

  length({ count, unit }: { readonly count: number; readonly unit: keyof Texts['procedures']['units'] }): string {
    const { procedures } = this.#t;
    return procedures.lengthOf(count, procedures.units[unit]);
  }

  moment(moment: Moment): string {
    const { moments } = this.#t.procedures;
    if ('case' in moment) return moments[moment.case];
    if ('recordings' in moment) return moments[moment.recordings];
    return moments[moment.at](this.steps([moment.step]));
  }
}
