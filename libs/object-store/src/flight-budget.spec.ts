import { FlightBudget } from './flight-budget.js';

describe('flight budget', () => {
  it('lets in what fits, then first come, first served', async () => {
    const budget = new FlightBudget(10);
    const order: string[] = [];
    const enter = (name: string, bytes: number) => budget.take(bytes).then(() => order.push(name));
    const all = [enter('a', 6), enter('b', 6), enter('c', 4)];
    await all[0];
    expect(order).toEqual(['a']);
    budget.give(6);
    await Promise.all(all);
    expect(order).toEqual(['a', 'b', 'c']);
  });

  it('lets a piece larger than itself go alone', async () => {
    const budget = new FlightBudget(10);
    const order: string[] = [];
    await budget.take(25).then(() => order.push('large'));
    const next = budget.take(1).then(() => order.push('next'));
    await Promise.resolve();
    expect(order).toEqual(['large']);
    budget.give(25);
    await next;
    expect(order).toEqual(['large', 'next']);
  });
});
