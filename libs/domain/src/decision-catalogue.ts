import { ACTS, type Act } from './procedure.js';
import { RuleReader } from './rule-file.js';
import { type Label, MISTAKE } from './rule-mistakes.js';

/** What a decision orders: the kinds of 行政处罚法 9, of 行政强制法 9 and 12, and what is given or taken by the other acts. */
export const DECISION_KINDS = [
  ...(['warning', 'criticism', 'fine', 'confiscation', 'licence-suspended', 'grade-lowered'] as const),
  ...(['licence-revoked', 'activity-restricted', 'business-stopped', 'closed', 'occupation-barred'] as const),
  ...(['detention', 'sealing', 'seizure', 'freezing', 'transfer', 'auction', 'removal', 'demolition'] as const),
  ...([
    'substitute-performance',
    'granted',
    'refused',
    'withdrawn',
    'changed',
    'levy',
    'requisition',
    'other',
  ] as const),
] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/** What makes a decision weigh, whatever it orders: 行政处罚法 58 and 国办发〔2018〕118号. */
export const DECISION_EFFECTS = ['public-interest', 'social-risk', 'major-rights', 'hearing', 'complex'] as const;
export type DecisionEffect = (typeof DECISION_EFFECTS)[number];

export type PartyKind = 'person' | 'organisation';

/** A decision about to be made, as far as a catalogue asks. */
export interface DecisionDescription {
  readonly act: Act;
  readonly kinds: readonly DecisionKind[];
  /** Fine, value of what is taken, or sum claimed, in fen; null where it is not about money or nobody has said. */
  readonly amountFen: number | null;
  readonly party: PartyKind;
  readonly effects: readonly DecisionEffect[];
}

/** An entry holds when all that it names does; of kinds and effects, any of those listed. */
export interface CatalogueEntry {
  readonly id: string;
  readonly title: Label;
  readonly acts: readonly Act[];
  /** Empty: whatever it orders. */
  readonly kinds: readonly DecisionKind[];
  /** Least amount in yuan; null: whatever the amount. */
  readonly atLeastYuan: Readonly<Record<PartyKind, number>> | null;
  /** Empty: whatever its effect. */
  readonly effects: readonly DecisionEffect[];
  readonly source: string;
}

/** 重大执法决定法制审核目录清单. Versions are never edited: a change is a new one. */
export interface DecisionCatalogue {
  readonly id: string;
  readonly version: number;
  readonly title: Label;
  readonly entries: readonly CatalogueEntry[];
  readonly source: string;
}

export interface CatalogueFinding {
  /** Entries the decision falls under, in the catalogue's order. */
  readonly entries: readonly CatalogueEntry[];
  /** Entries that hang on an amount nobody has said: no answer is no "less". */
  readonly unstated: readonly CatalogueEntry[];
}

const FEN = 100;

/** By which entries a decision is major. Pure: the same description and version give the same finding for ever. */
export function findInCatalogue(
  { entries }: Pick<DecisionCatalogue, 'entries'>,
  decision: DecisionDescription,
): CatalogueFinding {
  const held = entries.filter(
    ({ acts, kinds, effects }) =>
      acts.includes(decision.act) && anyOf(kinds, decision.kinds) && anyOf(effects, decision.effects),
  );
  const isReached = ({ atLeastYuan }: CatalogueEntry): boolean =>
    atLeastYuan === null || (decision.amountFen !== null && decision.amountFen >= atLeastYuan[decision.party] * FEN);
  return {
    entries: held.filter(isReached),
    unstated: held.filter(({ atLeastYuan }) => atLeastYuan !== null && decision.amountFen === null),
  };
}

function anyOf<T>(wanted: readonly T[], said: readonly T[]): boolean {
  return wanted.length === 0 || wanted.some((one) => said.includes(one));
}

const FIELDS = {
  catalogue: ['id', 'version', 'title', 'entries', 'source'],
  entry: ['id', 'title', 'acts', 'kinds', 'atLeastYuan', 'effects', 'source'],
  amounts: ['person', 'organisation'],
} as const;

/**
 * Reads a catalogue file. Every mistake is named with its place, all of them together.
 * @throws ArchiveError `invalid-input` with `details.problems: RuleMistake[]`
 */
export function parseCatalogue(value: unknown): DecisionCatalogue {
  const reader = new RuleReader('catalogue file');
  const file = reader.file(value, FIELDS.catalogue);
  const catalogue = {
    id: reader.id(file.id, 'id'),
    version: reader.whole(file.version, 'version', 1),
    title: reader.label(file.title, 'title'),
    entries: reader.each(file.entries, 'entries', (entry, at) => readEntry(entry, at, reader)),
    source: reader.source(file.source, 'source'),
  };
  if (Array.isArray(file.entries) && file.entries.length === 0) reader.add('entries', MISTAKE.atLeastOne);
  reader.refuseDoubles(
    catalogue.entries.map(({ id }) => id),
    'entries',
  );
  reader.end();
  return catalogue;
}

function readEntry(value: unknown, place: string, reader: RuleReader): CatalogueEntry {
  const entry = reader.fields(value, FIELDS.entry, place);
  const listOf = <T extends string>(field: 'acts' | 'kinds' | 'effects', allowed: readonly T[]): T[] => {
    const found = reader.each(entry[field], `${place}.${field}`, (item, at) => reader.oneOf(item, allowed, at));
    reader.refuseDoubles(found, `${place}.${field}`);
    return found;
  };
  const acts = listOf('acts', ACTS);
  if (Array.isArray(entry.acts) && acts.length === 0) reader.add(`${place}.acts`, MISTAKE.atLeastOne);
  return {
    id: reader.id(entry.id, `${place}.id`),
    title: reader.label(entry.title, `${place}.title`),
    acts,
    kinds: listOf('kinds', DECISION_KINDS),
    atLeastYuan: entry.atLeastYuan === null ? null : readAmounts(entry.atLeastYuan, `${place}.atLeastYuan`, reader),
    effects: listOf('effects', DECISION_EFFECTS),
    source: reader.source(entry.source, `${place}.source`),
  };
}

function readAmounts(value: unknown, place: string, reader: RuleReader): Record<PartyKind, number> {
  const { person, organisation } = reader.fields(value, FIELDS.amounts, place);
  return {
    person: reader.whole(person, `${place}.person`, 1),
    organisation: reader.whole(organisation, `${place}.organisation`, 1),
  };
}
