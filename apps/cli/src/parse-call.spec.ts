import { CommandFailure } from './failure.js';
import { parseCall } from './parse-call.js';
import { verb } from './verb.js';

const VERBS = [
  verb({ name: 'account', zh: '', en: '', options: {}, run: async () => 0 }),
  verb({
    name: 'account create',
    zh: '',
    en: '',
    operands: 'LOGIN',
    options: { name: { type: 'string', zh: '', en: '' }, quiet: { type: 'boolean', zh: '', en: '' } },
    run: async () => 0,
  }),
];

describe('parseCall', () => {
  it('takes the longest name, its options and what follows', () => {
    expect(parseCall(['account', 'create', 'wang', '--name', '演示', '--quiet'], VERBS)).toMatchObject({
      kind: 'call',
      verb: { name: 'account create' },
      options: { name: '演示', quiet: true },
      positionals: ['wang'],
    });
  });

  it('gives help for all and for one', () => {
    expect(parseCall([], VERBS)).toEqual({ kind: 'help', verb: null });
    expect(parseCall(['--help'], VERBS)).toEqual({ kind: 'help', verb: null });
    expect(parseCall(['account', 'create', '--help'], VERBS)).toMatchObject({ verb: { name: 'account create' } });
  });

  it.each([
    [['nothing']],
    [['account', 'create', '--colour', 'red']],
    [['account', '--name', 'x']],
    [['account', 'delete']],
  ])('refuses %j as wrong usage', (args) => {
    expect(() => parseCall(args, VERBS)).toThrow(CommandFailure);
  });
});
