import { describe, expect, test } from 'vitest';

import { availabilityLevel, registeredStory, share } from '../src/lib/percent';

describe('shares of T5', () => {
  test('half up from counts; of nothing there is none', () => {
    expect(share(1, 8)).toBe(13);
    expect(share(549, 550)).toBe(100);
    expect(share(28, 22)).toBe(127);
    expect(share(0, 0)).toBeNull();
  });

  test('127 % explains itself: six contacts more than calls', () => {
    expect(registeredStory(28, 22)).toEqual({ kind: 'more', count: 6 });
  });

  test('below 100 % says how many calls have no contact', () => {
    expect(registeredStory(310, 311)).toEqual({ kind: 'missing', count: 1 });
    expect(registeredStory(311, 311)).toEqual({ kind: 'all' });
    expect(registeredStory(0, 0)).toEqual({ kind: 'none' });
  });

  test('the level of availability follows the region’s target', () => {
    expect([100, 98, 97, 96, 95, null].map(availabilityLevel)).toEqual(['ok', 'ok', 'warn', 'warn', 'bad', 'none']);
  });
});
