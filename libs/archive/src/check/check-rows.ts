import {
  type Chain,
  canonicalJson,
  type EventValue,
  type FieldComparison,
  type HeadAnswer,
  type ReviewPolicy,
  type ReviewStage,
} from '#domain';
import {
  chainOfRows,
  ledgerRepository,
  type RecordedRow,
  type ReviewMaterial,
  ROW_OWNERS,
  type RowOwner,
  recordedRowRepository,
  type Tx,
} from '#persistence';
import { digestOfMaterials } from '../reviews/review-materials.js';
import { saidOf } from '../reviews/review-rules.js';
import type { Finding } from './check-chains.js';
import { retell, TELLING_TYPES, type ToldFacts } from './retell.js';

const PAGE = 200;
/** A chain that something is written to meanwhile is read again. */
const MOST_READINGS = 5;

/**
 * Holds rows against the events that tell of them: forms, reviews with what was said in them, statements, excuses,
 * extensions, who took part, marks, transcripts, certificates, the register of recorders, the rules. Whoever may write to the database past the archive can change a row; its events he
 * cannot, and so what he changed, took away or put in is named here.
 */
export async function checkRows(tx: Tx, findings: Finding[]): Promise<void> {
  for (const owner of ROW_OWNERS) {
    let after: string | null = null;
    for (;;) {
      const ids: string[] = await recordedRowRepository.owners(tx, owner, after, PAGE);
      for (const chain of new Set((await compare(tx, owner, ids)).map(({ where }) => where)))
        findings.push(...(await atRest(tx, owner, chain as Chain)));
      after = ids.at(-1) ?? null;
      if (ids.length < PAGE) break;
    }
  }
}

/** What is found of one chain while nothing is written to it: a change between two readings is no difference. */
async function atRest(tx: Tx, owner: RowOwner, chain: Chain): Promise<Finding[]> {
  for (let reading = 1; ; reading++) {
    const before = await ledgerRepository.headSeq(tx, chain);
    const found = await compare(tx, owner, [chain.split(':').at(-1) ?? '']);
    const isAtRest = (await ledgerRepository.headSeq(tx, chain)) === before;
    if (found.length === 0 || isAtRest || reading === MOST_READINGS) return found;
  }
}

async function compare(tx: Tx, owner: RowOwner, ids: readonly string[]): Promise<Finding[]> {
  const events = await recordedRowRepository.events(tx, owner, { ids, types: TELLING_TYPES });
  const rows = await recordedRowRepository.rows(tx, owner, ids);
  return ids.flatMap((id) => {
    const chain = chainOfRows(owner, id);
    const told = retell(events.filter((event) => event.chain === chain));
    const own = new Map(rows.filter((row) => row.chain === chain).map((row) => [row.name, shape(row)]));
    const names = [...new Set([...told.keys(), ...own.keys()])];
    return names.flatMap((name): Finding[] => {
      const what = differenceOf(told.get(name), own.get(name));
      return what === null ? [] : [{ where: chain, what: `${name}: ${what}` }];
    });
  });
}

function differenceOf(told: ToldFacts | undefined, row: ToldFacts | undefined): string | null {
  if (told === undefined) return 'no event tells of this row';
  if (row === undefined) return 'the row its events tell of is gone';
  const differing = Object.entries(told).flatMap(([field, value]) =>
    value === undefined || !(field in row) || isSame(value, row[field]) ? [] : [field],
  );
  return differing.length === 0 ? null : `the row differs from its events in ${differing.join(', ')}`;
}

function isSame(told: unknown, row: unknown): boolean {
  return canonicalJson(told as EventValue) === canonicalJson(row as EventValue);
}

/** A row in the words of its events. */
function shape({ name, facts }: RecordedRow): ToldFacts {
  if (name.startsWith('form ')) return shapeForm(facts);
  if (name.startsWith('review ')) {
    const stages = (facts.stages as ReviewStage[]).map(({ kind, level }) => ({ kind, level: level.id }));
    return { ...facts, stages, materials: digestOfMaterials(facts.materials as ReviewMaterial[]) };
  }
  if (name.startsWith('comparison ')) return shapeComparison(facts);
  if (name.startsWith('policy ')) return { ...facts, ...saidOf(facts.body as ReviewPolicy) };
  if (!name.startsWith('opinion ')) return facts;
  const answers = facts.answers as HeadAnswer[];
  const grounds = answers.length === 0 ? null : Object.fromEntries(answers.map(({ head, ground }) => [head, ground]));
  return { ...facts, findings: Object.fromEntries(answers.map(({ head, finding }) => [head, finding])), grounds };
}

function shapeComparison({ fields, ...facts }: RecordedRow['facts']): ToldFacts {
  const held = fields as FieldComparison[];
  return {
    ...{ ...facts, compared: held.length },
    differing: held.filter(({ agrees }) => !agrees).map(({ fieldId }) => fieldId),
    read: held.map(({ fieldId, paper }) => ({ field: fieldId, paper })),
  };
}

function shapeForm({ values, ...facts }: RecordedRow['facts']): ToldFacts {
  const said = Object.entries(values as Record<string, string>)
    .filter(([, value]) => value !== '')
    .map(([id, value]): [string, string] => [`field_${id.replaceAll('-', '_')}`, value]);
  return { ...facts, ...Object.fromEntries(said), filled: said.map(([field]) => field).sort() };
}
