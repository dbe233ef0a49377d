import { describe, expect, it } from '@jest/globals';
import { ROLES } from '#domain';
import { type NavPage, navigationOf, startOf } from './navigation.js';

const menuOf = (...roles: Parameters<typeof navigationOf>[0]): NavPage[] =>
  navigationOf(roles).menu.flatMap(({ pages }) => [...pages]);

describe('the navigation', () => {
  it('puts what a role does daily first, and begins the day there', () => {
    expect(navigationOf(['officer']).daily).toEqual(['cases', 'due', 'sorting', 'assets']);
    expect(navigationOf(['supervisor']).daily).toContain('late');
    expect([startOf(['officer']), startOf(['reviewer']), startOf(['administrator'])]).toEqual([
      '/cases',
      '/reviews',
      '/accounts',
    ]);
  });

  it('offers a role nothing that the server would refuse it', () => {
    for (const roles of [['officer'], ['archivist'], ['reviewer']] as const) {
      const { daily } = navigationOf(roles);
      for (const page of ['accounts', 'findings', 'ledger', 'system', 'late', 'rules'] as const)
        expect([...daily, ...menuOf(...roles)]).not.toContain(page);
    }
    expect([...navigationOf(['administrator']).daily, ...menuOf('administrator')]).not.toContain('cases');
    expect(menuOf('reviewer')).toEqual(['recorders', 'procedures']);
  });

  it('names every page once, and loses none, for one who has every role', () => {
    const { daily } = navigationOf(ROLES);
    const all = [...daily, ...menuOf(...ROLES)];
    expect(daily).toHaveLength(6);
    expect(new Set(all).size).toBe(all.length);
    expect(all).toHaveLength(13);
  });
});
