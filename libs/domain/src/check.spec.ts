import { byWeight } from './check.js';

describe('results of a check', () => {
  it('are named by the worst, whatever their order', () => {
    expect(byWeight(['extra-version', 'missing', 'lock-weaker'])).toEqual({
      result: 'missing',
      also: ['lock-weaker', 'extra-version'],
    });
  });

  it('are intact when nothing was found', () => {
    expect(byWeight([])).toEqual({ result: 'intact', also: [] });
  });
});
