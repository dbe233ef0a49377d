import { commandFor, nextSpeed } from './shortcuts.js';

const key = (name: string, over = {}) => ({ key: name, ctrlKey: false, metaKey: false, altKey: false, ...over });

describe('shortcuts', () => {
  it('knows the player keys in either case', () => {
    expect(commandFor(key(' '))).toEqual({ do: 'toggle' });
    expect(commandFor(key('J'))).toEqual({ do: 'jump', byMs: -10_000 });
    expect(commandFor(key('ArrowRight'))).toEqual({ do: 'jump', byMs: 5_000 });
    expect(commandFor(key('.'))).toEqual({ do: 'frame', by: 1 });
  });

  it('leaves the browser its own combinations, and other keys alone', () => {
    expect(commandFor(key('f', { ctrlKey: true }))).toBeNull();
    expect(commandFor(key('l', { metaKey: true }))).toBeNull();
    expect(commandFor(key('ArrowLeft', { altKey: true }))).toBeNull();
    expect(commandFor(key('Tab'))).toBeNull();
  });

  it('steps through speeds and stops at the ends', () => {
    expect(nextSpeed(1, 1)).toBe(1.25);
    expect(nextSpeed(4, 1)).toBe(4);
    expect(nextSpeed(0.5, -1)).toBe(0.5);
  });
});
