import { describe, expect, test } from 'vitest';

import { daysBefore, daysIn, narrowed, spanOf } from '../src/lib/figures';

describe('the days of a report', () => {
  const today = '2026-03-01';

  test('are a week up to today when the address says nothing, or nothing that is a day', () => {
    const week = { from: '2026-02-23', to: today };
    expect(spanOf(null, null, today)).toEqual(week);
    expect(spanOf('yesterday', '2026-02-30', today)).toEqual(week);
  });

  test('never end behind today nor begin behind their end', () => {
    expect(spanOf('2026-02-01', '2026-03-09', today)).toEqual({ from: '2026-02-01', to: today });
    expect(spanOf('2026-02-20', '2026-02-10', today)).toEqual({ from: '2026-02-04', to: '2026-02-10' });
  });

  test('are a year at most: the last one', () => {
    const { from, to } = spanOf('2020-01-01', null, today);
    expect([daysIn(from, to), to]).toEqual([366, today]);
  });

  test('go over months and leap years', () => {
    expect(daysBefore('2024-03-01', 1)).toBe('2024-02-29');
    expect(daysIn('2026-03-01', '2026-03-01')).toBe(1);
  });
});

describe('a row of the report', () => {
  test('narrows a figure to what it stands for; the total to nothing', () => {
    expect(narrowed('day', '2026-03-01')).toEqual({ from: '2026-03-01', to: '2026-03-01' });
    expect(narrowed('line', '2')).toEqual({ line: 2 });
    expect(narrowed('site', '17')).toEqual({ site: 17 });
    expect(narrowed('topic', 'printer')).toEqual({ topic: 'printer' });
    expect(narrowed('urgency', null)).toEqual({});
  });
});
