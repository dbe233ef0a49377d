import { readdirSync, readFileSync } from 'node:fs';
import { findStep, isArchiveError, parseProcedure } from './index.js';

const label = { zh: '立案', en: 'Filing' };
const paper = { id: 'approval', title: label, required: true };
const step = {
  id: 'filing',
  title: label,
  repeatable: false,
  optional: false,
  recording: 'optional',
  papers: [paper],
  source: '行政处罚法 第五十四条',
};
const GOOD = { id: 'ordinary', version: 1, title: label, steps: [step] };

function problemsOf(value: unknown): unknown {
  try {
    parseProcedure(value);
    return [];
  } catch (error) {
    if (!isArchiveError(error, 'invalid-input')) throw error;
    return error.details.problems;
  }
}
const withStep = (change: object) => ({ ...GOOD, steps: [{ ...step, ...change }] });
const withPaper = (change: object) => withStep({ papers: [{ ...paper, ...change }] });

describe('a procedure file', () => {
  it('is read as it stands', () => expect(parseProcedure(GOOD)).toEqual(GOOD));

  it.each<[string, unknown, string]>([
    ['no object', [GOOD], 'the file must hold one object'],
    ['null', null, 'the file must hold one object'],
    ['no id', { ...GOOD, id: undefined }, 'id: must be lower-case letters, digits and hyphens'],
    ['a capital in the id', { ...GOOD, id: 'Ordinary' }, 'id: must be lower-case letters, digits and hyphens'],
    ['an id that is a path', { ...GOOD, id: '../x' }, 'id: must be lower-case letters, digits and hyphens'],
    ['version zero', { ...GOOD, version: 0 }, 'version: must be a whole number from 1'],
    ['a version as text', { ...GOOD, version: '1' }, 'version: must be a whole number from 1'],
    ['half a version', { ...GOOD, version: 1.5 }, 'version: must be a whole number from 1'],
    ['no title', { ...GOOD, title: 'x' }, 'title: must be an object'],
    ['no Chinese', { ...GOOD, title: { en: 'x' } }, 'title.zh: Chinese text is missing'],
    ['empty English', { ...GOOD, title: { zh: '立', en: '' } }, 'title.en: English text is missing'],
    ['a third language', { ...GOOD, title: { ...label, fr: 'x' } }, 'title.fr: no such field'],
    ['no steps', { ...GOOD, steps: [] }, 'steps: at least one is needed'],
    ['steps that are no list', { ...GOOD, steps: {} }, 'steps: must be a list'],
    ['a field too many', { ...GOOD, stpes: [] }, 'stpes: no such field'],
    ['a step that is no object', { ...GOOD, steps: ['filing'] }, 'steps[0]: must be an object'],
    ['a step twice', { ...GOOD, steps: [step, step] }, 'steps: id used twice: filing'],
    ['an id of a step', withStep({ id: '1st' }), 'steps[0].id: must be lower-case letters, digits and hyphens'],
    ['a title of a step', withStep({ title: {} }), 'steps[0].title.zh: Chinese text is missing'],
    [
      'an unknown duty',
      withStep({ recording: 'must' }),
      'steps[0].recording: must be one of none, optional, required, full',
    ],
    ['repeatable as a word', withStep({ repeatable: 'yes' }), 'steps[0].repeatable: must be true or false'],
    ['optional left out', withStep({ optional: undefined }), 'steps[0].optional: must be true or false'],
    ['a misspelt field', withStep({ repeatble: true }), 'steps[0].repeatble: no such field'],
    ['no source', withStep({ source: '' }), 'steps[0].source: the clause it follows is missing'],
    ['papers that are no list', withStep({ papers: paper }), 'steps[0].papers: must be a list'],
    ['a paper that is no object', withStep({ papers: [1] }), 'steps[0].papers[0]: must be an object'],
    ['a paper twice', withStep({ papers: [paper, paper] }), 'steps[0].papers: id used twice: approval'],
    [
      'an id of a paper',
      withPaper({ id: 'A' }),
      'steps[0].papers[0].id: must be lower-case letters, digits and hyphens',
    ],
    [
      'a title of a paper',
      withPaper({ title: { zh: '批', en: 1 } }),
      'steps[0].papers[0].title.en: English text is missing',
    ],
    ['required as a number', withPaper({ required: 1 }), 'steps[0].papers[0].required: must be true or false'],
    ['a field of a paper', withPaper({ optional: true }), 'steps[0].papers[0].optional: no such field'],
  ])('with %s is refused with the place', (_what, value, problem) => {
    expect(problemsOf(value)).toContain(problem);
  });

  it('has all its mistakes named together', () => {
    const bad = { ...GOOD, version: -1, steps: [{ ...step, source: '', papers: [{ ...paper, required: 'no' }] }] };
    expect(problemsOf(bad)).toEqual([
      'version: must be a whole number from 1',
      'steps[0].source: the clause it follows is missing',
      'steps[0].papers[0].required: must be true or false',
    ]);
  });

  it('is asked for a step by id', () => {
    const procedure = parseProcedure(GOOD);
    expect(findStep(procedure, 'filing')).toEqual(step);
    expect(findStep(procedure, 'nothing')).toBeUndefined();
  });
});

describe('the procedures that come with the archive', () => {
  const root = new URL('../../../procedures/', import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));

  it('are there', () => expect(files.length).toBeGreaterThanOrEqual(2));

  it.each(files)('%s is sound and says what it is', (name) => {
    const procedure = parseProcedure(JSON.parse(readFileSync(new URL(name, root), 'utf8')));
    expect(name).toBe(`${procedure.id}/${procedure.version}.json`);
  });
});
