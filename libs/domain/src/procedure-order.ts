import type { Procedure, ProcedureStep } from './procedure.js';

/** For each step all that come before it, directly or through others. */
export type StepOrder = ReadonlyMap<string, ReadonlySet<string>>;

/** Versions never change, and every look at a case asks: worked out once for each. */
const KNOWN = new WeakMap<readonly ProcedureStep[], StepOrder>();

export function orderOf({ steps }: Pick<Procedure, 'steps'>): StepOrder {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const order = KNOWN.get(steps) ?? new Map(steps.map((step) => [step.id, reached(step, byId)]));
  KNOWN.set(steps, order);
  return order;
}

function reached(step: ProcedureStep, steps: ReadonlyMap<string, ProcedureStep>): Set<string> {
  const before = new Set<string>();
  const left = [...step.after];
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    if (before.has(id)) continue;
    before.add(id);
    left.push(...(steps.get(id)?.after ?? []));
  }
  return before;
}

/** A way along `after` that ends where it began, or null. Each name waits for the next. */
export function findCircle(procedure: Pick<Procedure, 'steps'>): string[] | null {
  const order = orderOf(procedure);
  const first = procedure.steps.find(({ id }) => order.get(id)?.has(id));
  if (first === undefined) return null;
  const way = [first.id];
  for (let at = first; ; ) {
    // Of what it waits for, one at least leads back.
    const next = at.after.find((id) => id === first.id) ?? at.after.find((id) => leadsBack(id, first.id, way, order));
    const step = procedure.steps.find(({ id }) => id === next);
    if (step === undefined) return way;
    way.push(step.id);
    if (step.id === first.id) return way;
    at = step;
  }
}

function leadsBack(id: string, to: string, way: readonly string[], order: StepOrder): boolean {
  return !way.includes(id) && (order.get(id)?.has(to) ?? false);
}
