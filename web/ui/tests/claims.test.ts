import { expect, test } from 'vitest';

import { keepsClaim } from '../src/lib/claims';

const minutes = (count: number) => count * 60_000;

test('a claim is asked for again when half of it is over', () => {
  expect(keepsClaim(minutes(4), minutes(10), minutes(4))).toBe(false);
  expect(keepsClaim(minutes(6), minutes(10), minutes(6))).toBe(true);
});

test('and for an hour: a form that was left open keeps nobody from calling', () => {
  expect(keepsClaim(minutes(64), minutes(66), minutes(5))).toBe(true);
  expect(keepsClaim(minutes(66), minutes(68), minutes(5))).toBe(false);
});
