import { readdirSync, readFileSync } from 'node:fs';
import { isArchiveError } from './errors.js';
import { parseNameRule } from './recorder-name-file.js';
import { chooseReading, type NameRule, readByRule, readingsOf } from './recorder-names.js';
import type { RuleMistake } from './rule-mistakes.js';

const DIR = new URL('../../../recorder-names/', import.meta.url);
const FILES = readdirSync(DIR).sort();
const read = (file: string): Record<string, unknown> => JSON.parse(readFileSync(new URL(file, DIR), 'utf8'));
const RULES = FILES.map((file) => parseNameRule(read(file)));
const resultOf = (name: string) => chooseReading(readingsOf(RULES, name));

describe('the rules that come with the archive', () => {
  it('are ten or more, each in the file of its id', () => {
    expect(RULES.length).toBeGreaterThanOrEqual(10);
    expect(RULES.map(({ id }) => `${id}.json`)).toEqual(FILES);
  });

  it.each(RULES.flatMap((rule) => rule.examples.map(({ name }) => [name, rule.id] as const)))(
    '%s is read by %s, with all the others there',
    (name, id) => {
      const result = resultOf(name);
      expect(result.state === 'read' && result.reading.ruleId).toBe(id);
    },
  );
});

describe('what a name says', () => {
  it.each([
    ['C:\\DCIM\\100MEDIA\\DSJ0001234_012345_20261121080001_0007.MP4', '012345', '2026-11-21 08:00:01', 7, false],
    ['采集/DSJ0001234_012345_20261121080001_0007.mp4', '012345', '2026-11-21 08:00:01', 7, false],
    ['dsj0001234_012345_20261121080001_0007imp.mp4', '012345', '2026-11-21 08:00:01', 7, true],
    ['DSJ0001234_012345_19700101000001_0001.avi', '012345', '1970-01-01 00:00:01', 1, false],
  ])('%s', (name, officer, time, sequence, isKeyMarked) => {
    expect(resultOf(name)).toMatchObject({ state: 'read', reading: { officer, time, sequence, isKeyMarked } });
  });

  it.each([
    '',
    '.mp4',
    '现场.mp4',
    'DSJ0001234_012345_20261321080001_0007.mp4', // the thirteenth month
    'DSJ0001234_012345_20260230080001_0007.mp4', // 30 February
    'DSJ0001234_012345_20261121250001_0007.mp4', // the 25th hour
    'DSJ0001234_012345_20261121080001_0007.exe',
    'DSJ0001234_012345_20261121080001_0007', // no ending
    'DSJ0001234_012345_2026112108000_0007.mp4', // a digit short
    'DSJ0001234_012345_20261121080001_0007.mp4.mp4x',
    'DSJ0001234__20261121080001_0007.mp4',
    'DSJ0001234_012345_20261121080001_0007 (1).mp4',
    'DSJ0001234_012345_２０２６1121080001_0007.mp4', // full-width digits
    'DSJ0001234_012345_20261121080001_0007\u202e4pm.mp4', // text turned round
    'DSJ0001234_012345\n_20261121080001_0007.mp4',
    "'; DROP TABLE assets; --.mp4",
    '../../etc/passwd',
  ])('%j is unknown, and not guessed at', (name) => {
    expect(resultOf(name)).toEqual({ state: 'unknown' });
  });

  it('two rules that say as much and not the same leave it open, unless one names a device of the register', () => {
    const [one] = RULES.filter(({ id }) => id === 'time-device-officer');
    const rule = one as NameRule;
    const turned: NameRule = {
      ...rule,
      id: 'turned',
      pattern: '{time}_{officer}_{device}{mark}',
      officer: rule.device,
    };
    const readings = readingsOf([rule, turned], '20261121_080001_0001234_012345.mp4');
    expect(readings).toHaveLength(2);
    expect(chooseReading(readings)).toEqual({ state: 'ambiguous' });
    expect(chooseReading(readings, (device) => device === '012345')).toMatchObject({
      state: 'read',
      reading: { ruleId: 'turned', device: '012345' },
    });
  });

  it('hostile names take no time: every one of a hundred thousand under a tenth of a second, all rules asked', () => {
    const pieces = ['A', '0', '_', '-', 'IMP', 'DSJ-', '.mp4', '20261121080001', '１', '\u0000', '😀', '录音', '@'];
    const long = pieces.map((piece) => piece.repeat(Math.ceil(60_000 / piece.length)));
    const nearly = pieces.map((piece) => `${piece.repeat(40)}_${'1'.repeat(200)}`.slice(0, 250).concat('.mp4'));
    for (const name of [...long, ...nearly, `${'a_'.repeat(120)}.mp4`, `${'1_'.repeat(120)}.mp4`, '{device}_{time}']) {
      const begin = performance.now();
      readingsOf(RULES, name);
      expect(performance.now() - begin).toBeLessThan(100);
    }
  });
});

describe('a file of rules', () => {
  const GOOD = read('device-officer-time-number.json');
  const problemsOf = (change: Record<string, unknown>): RuleMistake[] => {
    try {
      parseNameRule({ ...GOOD, ...change });
    } catch (error) {
      if (isArchiveError(error, 'invalid-input')) return error.details.problems as RuleMistake[];
      throw error;
    }
    return [];
  };

  const example = (): Record<string, unknown> => (GOOD.examples as Record<string, unknown>[])[0] ?? {};

  it.each([
    [{ id: 'No Id' }, 'id'],
    [{ version: 0 }, 'version'],
    [{ title: { zh: '只有中文' } }, 'title.en'],
    [{ source: '' }, 'source'],
    [{ pattern: '' }, 'pattern'],
    [{ pattern: '{device}_{officer}_{time}_{sequence}' }, 'pattern'], // the mark is described and unused
    [{ pattern: '{device}_{device}_{officer}_{time}_{sequence}{mark}' }, 'pattern'],
    [{ pattern: '{device}_{officer}_{time}_{sequence}{mark}{colour}' }, 'pattern'],
    [{ pattern: '{device}/{officer}_{time}_{sequence}{mark}' }, 'pattern'],
    [{ device: { chars: 'anything', from: 1, to: 20 } }, 'device.chars'],
    [{ device: { chars: 'digits', from: 9, to: 3 } }, 'device.to'],
    [{ officer: { chars: 'digits', from: 1, to: 4_000 } }, 'officer.to'],
    [{ sequence: { from: 0, to: 4 } }, 'sequence.from'],
    [{ timeFormat: 'YYYYMM' }, 'timeFormat'],
    [{ timeFormat: 'YYYYMMDDqq' }, 'timeFormat'],
    [{ utcOffsetMinutes: 9_000 }, 'utcOffsetMinutes'],
    [{ marks: ['(a+)+'.repeat(9)] }, 'marks[0]'],
    [{ kinds: { V: 'film' } }, 'kinds.V'],
    [{ extensions: [] }, 'extensions'],
    [{ extensions: ['.MP4'] }, 'extensions[0]'],
    [{ examples: [] }, 'examples'],
    [{ examples: [{ ...example(), officer: 12345 }] }, 'examples[0].officer'],
    [{ regex: '.*' }, 'regex'],
  ])('%j is named with its place', (change, place) => {
    const found = problemsOf(change);
    expect(found.map((problem) => problem.place)).toContain(place);
    for (const { zh, en } of found) expect([zh, en].every((text) => text.length > 3)).toBe(true);
  });

  it('is no rule when it reads its own example otherwise', () => {
    const first = example();
    expect(problemsOf({ examples: [{ ...first, sequence: 8 }] })).toMatchObject([{ place: 'examples[0].sequence' }]);
    expect(problemsOf({ examples: [{ ...first, name: 'x.mp4' }] })).toMatchObject([{ place: 'examples[0]' }]);
  });

  it('takes signs of expressions in it for themselves', () => {
    const rule = parseNameRule({
      ...GOOD,
      ...{ pattern: '(.*)+{time}', device: null, officer: null, sequence: null, marks: [] },
      examples: [
        {
          ...{ name: '(.*)+20261121080001.mp4', time: '2026-11-21 08:00:01', isKeyMarked: false },
          ...{ device: null, officer: null, sequence: null, kind: null },
        },
      ],
    });
    expect(readByRule(rule, 'aaa20261121080001.mp4')).toBeNull();
  });
});
