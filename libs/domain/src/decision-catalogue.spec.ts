import { readFileSync } from 'node:fs';
import { type DecisionDescription, findInCatalogue, parseCatalogue } from './decision-catalogue.js';
import { isArchiveError } from './errors.js';
import type { RuleMistake } from './rule-mistakes.js';

const FILE = readFileSync(new URL('../../../catalogues/major-decisions/1.json', import.meta.url), 'utf8');
const CATALOGUE = parseCatalogue(JSON.parse(FILE));

const decision = (change: Partial<DecisionDescription>): DecisionDescription => ({
  act: 'penalty',
  kinds: ['fine'],
  amountFen: 0,
  party: 'organisation',
  effects: [],
  ...change,
});

describe('the catalogue of major decisions', () => {
  it.each([
    ['a fine just below the amount', { amountFen: 4_999_999 }, []],
    ['a fine of the amount', { amountFen: 5_000_000 }, ['large-fine']],
    ['the same fine on a person', { amountFen: 500_000, party: 'person' }, ['large-fine']],
    ['a warning', { kinds: ['warning'], amountFen: null }, []],
    [
      'a licence revoked beside a small fine',
      { kinds: ['fine', 'licence-revoked'], amountFen: 100 },
      ['licence-taken'],
    ],
    ['anything after a hearing', { kinds: ['warning'], effects: ['hearing'] }, ['after-hearing']],
    ['a complex case of public interest', { effects: ['complex', 'public-interest'] }, ['public-interest', 'complex']],
    ['a demolition', { act: 'compulsory-enforcement', kinds: ['demolition'], amountFen: null }, ['demolition']],
    // Sums and kinds of another act are none of this one's.
    ['a permit with a fine in it', { act: 'permit', kinds: ['fine'], amountFen: 90_000_000 }, []],
    ['a permit withdrawn', { act: 'permit', kinds: ['withdrawn'] }, ['permit-withdrawn']],
    ['a filing', { act: 'filing', kinds: ['granted'] }, []],
  ] as const)('%s', (_, change, entries) => {
    const found = findInCatalogue(CATALOGUE, decision(change));
    expect(found.entries.map(({ id }) => id)).toEqual(entries);
    expect(found.unstated).toEqual([]);
  });

  it('asks for the amount where an entry hangs on it', () => {
    const found = findInCatalogue(CATALOGUE, decision({ kinds: ['fine', 'confiscation'], amountFen: null }));
    expect(found.entries).toEqual([]);
    expect(found.unstated.map(({ id }) => id)).toEqual(['large-fine', 'large-confiscation']);
  });

  it('never finds less for more money or more effects', () => {
    const effects = ['public-interest', 'social-risk', 'major-rights', 'hearing', 'complex'] as const;
    for (const act of ['penalty', 'compulsion-measure', 'levy'] as const)
      for (const kinds of [['fine'], ['seizure'], ['levy'], ['confiscation', 'closed']] as const) {
        let before = 0;
        for (const [i, amountFen] of [0, 499_999, 500_000, 5_000_000, 20_000_000, 99_000_000].entries()) {
          const described = decision({ act, kinds, amountFen, effects: effects.slice(0, i) });
          const { length } = findInCatalogue(CATALOGUE, described).entries;
          expect(length).toBeGreaterThanOrEqual(before);
          before = length;
        }
      }
  });

  it('names every mistake of a file with its place', () => {
    const file = JSON.parse(FILE);
    file.version = 0;
    file.entries[0].acts = [];
    file.entries[1].effects = ['great'];
    file.entries[2].id = file.entries[3].id;
    file.entries[5].atLeastYuan = { person: 0, organisation: '50000' };
    file.entries[6].source = '';
    file.entries[7].kind = [];
    file.entries[8].title = { zh: '' };
    let problems: readonly RuleMistake[] = [];
    try {
      parseCatalogue(file);
    } catch (error) {
      if (!isArchiveError(error, 'invalid-input')) throw error;
      problems = error.details.problems as RuleMistake[];
    }
    expect(problems.map(({ place }) => place).sort()).toEqual([
      'entries',
      'entries[0].acts',
      'entries[1].effects[0]',
      'entries[5].atLeastYuan.organisation',
      'entries[5].atLeastYuan.person',
      'entries[6].source',
      'entries[7].kind',
      'entries[8].title.en',
      'entries[8].title.zh',
      'version',
    ]);
    for (const { zh, en } of problems) expect([zh, en].every((words) => words.length > 1)).toBe(true);
  });
});
