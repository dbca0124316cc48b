import { expect, it } from 'vitest';
import { backoff, redialPause } from './index.ts';

it('waits longer with each try, never less than half a second nor more than ten', () => {
  const longest = [0, 1, 2, 3, 4, 5, 5000].map((tries) => backoff(tries, () => 1));
  expect(longest).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
  for (const tries of [0, 1, 4, 5000]) expect(backoff(tries, () => 0)).toBe(500);
});

it('spreads a thousand clients over the whole span', () => {
  const tenths = new Set(Array.from({ length: 1000 }, () => Math.floor((backoff(4) - 500) / 950)));
  expect([...tenths].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

it('dials again soon for the first seconds, then less and less often', () => {
  const longest = [0, 1, 2, 3, 4, 5, 6, 7, 5000].map((tries) => redialPause(tries, () => 1));
  expect(longest).toEqual([1000, 2000, 2000, 2000, 2000, 4000, 8000, 10_000, 10_000]);
  for (const tries of [0, 4, 5, 5000]) expect(redialPause(tries, () => 0)).toBe(500);
});
