import type { CaseLaw, ClockView, MissingNotesView, RuleView } from '#contract';
import type { Label } from '#domain';
import { dayNumber } from '../../i18n/quantities.js';

/** How much it presses: broken or late; about to be; to be done; to be known. */
export type Urgency = 'alarm' | 'warn' | 'todo' | 'note';

/** One thing an officer does, or knows, about a case now. */
export interface AgendaItem {
  readonly key: string;
  readonly kind: 'clock' | 'breach' | 'duty' | 'note' | 'question' | 'approval' | 'next';
  readonly urgency: Urgency;
  readonly words: Label;
  readonly rule: RuleView | null;
  readonly dueAt: string | null;
  /** The last civil day, where the limit counts in days. */
  readonly lastDay: string | null;
  /** Where in the case it is done; null: about the case as a whole. */
  readonly occurrenceId: string | null;
  /** Of a question about the case as a whole: it is answered on the spot. */
  readonly conditionId: string | null;
  /** Of a recording that owes a note: it is written beside its player. */
  readonly assetId: string | null;
  /** The clause, where no procedure has the rule. */
  readonly source: string | null;
}

const ORDER: readonly Urgency[] = ['alarm', 'warn', 'todo', 'note'];
const KINDS: readonly AgendaItem['kind'][] = ['clock', 'breach', 'duty', 'note', 'approval', 'next', 'question'];

/**
 * What is missing, by when, and what can come next: the most pressing first. A limit that runs quietly is named once,
 * at its end, since an officer plans by it; what has not begun owes nothing yet.
 */
export function agendaOf(law: CaseLaw, notes: MissingNotesView['items'] = []): AgendaItem[] {
  const items = [
    ...clockItems(law),
    ...breachItems(law),
    ...dutyItems(law),
    ...noteItems(notes),
    ...approvalItems(law),
  ];
  return [...items, ...questionItems(law), ...nextItems(law)].sort(byUrgency);
}

export function countsOf(items: readonly AgendaItem[]): Readonly<Record<Urgency, number>> {
  const counts = { alarm: 0, warn: 0, todo: 0, note: 0 };
  for (const { urgency } of items) counts[urgency] += 1;
  return counts;
}

function byUrgency(a: AgendaItem, b: AgendaItem): number {
  const weight = ORDER.indexOf(a.urgency) - ORDER.indexOf(b.urgency);
  if (weight !== 0) return weight;
  const kind = KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
  return kind !== 0 ? kind : (a.dueAt ?? '9').localeCompare(b.dueAt ?? '9');
}

const NOTHING = {
  ...{ rule: null, dueAt: null, lastDay: null, occurrenceId: null },
  ...{ conditionId: null, assetId: null, source: null },
} as const;

const CLOCK_URGENCY: Partial<Record<ClockView['state'], Urgency>> = {
  late: 'alarm',
  soon: 'warn',
  running: 'note',
  paused: 'note',
  waiting: 'note',
};

function clockItems({ clocks }: CaseLaw): AgendaItem[] {
  return clocks.flatMap((clock, i): AgendaItem[] => {
    const urgency = CLOCK_URGENCY[clock.state];
    // A party's time that has run out is lapsed: nobody here is late.
    if (urgency === undefined || (clock.of === 'party' && clock.state === 'late')) return [];
    return [
      {
        ...{ ...NOTHING, key: `clock-${i}`, kind: 'clock', words: clock.title, rule: clock.rule },
        urgency: clock.of === 'party' ? 'note' : urgency,
        ...{ dueAt: clock.dueAt, lastDay: clock.lastDay, occurrenceId: clock.occurrenceId },
      },
    ];
  });
}

function breachItems({ breaches }: CaseLaw): AgendaItem[] {
  return breaches.map(({ words, rule, occurrenceId }, i) => ({
    ...{ ...NOTHING, key: `breach-${i}`, kind: 'breach', urgency: 'alarm', words, rule, occurrenceId },
  }));
}

function dutyItems({ steps }: CaseLaw): AgendaItem[] {
  return steps
    .flatMap(({ duties }) => duties)
    .filter(({ status }) => status === 'missing')
    .map(({ words, rule, occurrenceId }, i) => ({
      ...{ ...NOTHING, key: `duty-${i}`, kind: 'duty', urgency: 'warn', words, rule, occurrenceId },
    }));
}

function noteItems(notes: MissingNotesView['items']): AgendaItem[] {
  return notes.flatMap(({ assetId, fileName, occurrenceId, missing }) =>
    missing.map(({ what, words, source }) => ({
      ...{ ...NOTHING, key: `note-${assetId}-${what}`, kind: 'note', urgency: 'warn', assetId, occurrenceId, source },
      words: { zh: `${fileName}：${words.zh}`, en: `${fileName}: ${words.en}` },
    })),
  );
}

function approvalItems({ excuses, extensions, clocks, steps }: CaseLaw): AgendaItem[] {
  const titleOf = (limitId: string): Label | undefined => clocks.find((clock) => clock.limitId === limitId)?.title;
  const dutyOf = (occurrenceId: string, paperId: string | null) =>
    steps
      .flatMap(({ duties }) => duties)
      .find(
        (duty) =>
          duty.occurrenceId === occurrenceId &&
          (paperId === null ? duty.about === 'recording' : duty.paperId === paperId),
      );
  const waiting = [
    ...excuses
      .filter(({ decision }) => decision === null)
      .map((excuse) => ({ ...excuse, words: dutyOf(excuse.occurrenceId, excuse.paperId)?.words })),
    ...extensions
      .filter(({ decision }) => decision === null)
      .map((extension) => ({ ...extension, words: titleOf(extension.limitId) })),
  ];
  return waiting.map(({ id, words, mayDecide, occurrenceId }) => ({
    ...{ ...NOTHING, key: id, kind: 'approval', urgency: mayDecide ? 'todo' : 'note', occurrenceId },
    words: words ?? { zh: '', en: '' },
  }));
}

function questionItems({ conditions }: CaseLaw): AgendaItem[] {
  return conditions
    .filter(({ isOwed }) => isOwed)
    .map(({ conditionId, occurrenceId, title }) => ({
      ...{
        ...NOTHING,
        key: `question-${conditionId}-${occurrenceId}`,
        kind: 'question',
        urgency: 'todo',
        words: title,
      },
      ...{ occurrenceId, conditionId: occurrenceId === null ? conditionId : null },
    }));
}

/** Steps that are needed and whose way is free. Who acts is brought to a step as it begins: a review finds its reviewer. */
function nextItems({ steps, stepDuties }: CaseLaw): AgendaItem[] {
  return steps.flatMap(({ occurrenceId, stepId, needed, beginning, duties }): AgendaItem[] => {
    const duty = stepDuties.find((one) => one.stepId === stepId);
    const isFree = needed === 'yes' && duties.length === 0 && beginning.every(({ code }) => code === 'people');
    if (!isFree || duty?.status !== 'missing') return [];
    return [
      {
        ...{ ...NOTHING, key: `next-${occurrenceId}`, kind: 'next', urgency: 'todo', words: duty.rule.title },
        ...{ rule: duty.rule, occurrenceId },
      },
    ];
  });
}

/** Whole civil days left, by the calendar of the agency: 0 is today, −1 yesterday. */
export function daysLeft(dueAt: string, now: Date): number {
  return dayNumber(new Date(dueAt)) - dayNumber(now);
}
