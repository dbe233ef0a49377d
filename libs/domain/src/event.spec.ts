import fc from 'fast-check';
import { assertStrictProfile, EVENT_TYPES } from './index.js';

const refused = (message: string) => expect.objectContaining({ code: 'internal', message });

describe('the strict profile of events', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['booleans', [true, false]],
    ['text of any script, as given', { name: '张三\u0000\u200b é é 😀' }],
    ['the largest whole numbers', [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0]],
    ['nesting', { a: { b_2: [{ c: [] }] } }],
  ])('allows %s', (_what, value) => expect(() => assertStrictProfile(value)).not.toThrow());

  it.each<[string, unknown, string]>([
    ['a fraction', { a: [1, 0.5] }, 'event.a[1]: not a whole number below 2^53'],
    ['a number beyond 2^53', 2 ** 53, 'event: not a whole number below 2^53'],
    ['NaN', Number.NaN, 'event: not a whole number below 2^53'],
    ['infinity', { a: Number.POSITIVE_INFINITY }, 'event.a: not a whole number below 2^53'],
    ['minus zero', { a: -0 }, 'event.a: not a whole number below 2^53'],
    ['a capital in a key', { fileName: 1 }, 'event.fileName: key is not [a-z0-9_]+'],
    ['an empty key', { '': 1 }, 'event.: key is not [a-z0-9_]+'],
    ['a key of another script', { 名: 1 }, 'event.名: key is not [a-z0-9_]+'],
    ['a lone high surrogate', { a: 'x\ud800' }, 'event.a: text with a lone surrogate'],
    ['a lone low surrogate', ['\udc00x'], 'event[0]: text with a lone surrogate'],
    ['undefined', { a: undefined }, 'event.a: a undefined cannot be logged'],
    ['a date', { a: new Date(0) }, 'event.a: a object cannot be logged'],
    ['bytes', { a: Buffer.from('x') }, 'event.a: a object cannot be logged'],
    ['a map', new Map(), 'event: a object cannot be logged'],
    ['a function', { a: () => 1 }, 'event.a: a function cannot be logged'],
    ['a bigint', { a: 1n }, 'event.a: a bigint cannot be logged'],
    ['a symbol', [Symbol('x')], 'event[0]: a symbol cannot be logged'],
    ['an object without prototype', Object.create(null), 'event: a object cannot be logged'],
    ['a hole in a list', Object.assign([1], { 2: 2 }), 'event[1]: a undefined cannot be logged'],
  ])('refuses %s and says where', (_what, value, message) => {
    expect(() => assertStrictProfile(value)).toThrow(refused(message));
  });

  it('takes any JSON that has only such values', () => {
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constant(null),
        fc.boolean(),
        fc.maxSafeInteger().map((n) => n + 0),
        fc.string({ unit: 'binary' }),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-z0-9_]{1,8}$/), tie('tree'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(fc.property(tree, (value) => expect(() => assertStrictProfile(value)).not.toThrow()));
  });
});

describe('event types', () => {
  it('are named subject.verb, each once', () => {
    for (const type of EVENT_TYPES)
      expect(type).toMatch(/^(system|unit|account|case|asset|dossier|recorder|ledger)\.[a-z_]+$/);
    expect(new Set(EVENT_TYPES).size).toBe(EVENT_TYPES.length);
  });
});
