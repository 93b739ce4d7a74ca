import { describe, expect, test } from 'vitest';

import type { ProductionDay } from '../src/api/types';
import { countYear, monthSheet, normForm, normOf, weekdayNames, weekSummary } from '../src/lib/calendar';

const rules = (...days: ProductionDay[]) => new Map(days.map((day) => [day.date, day]));
const day = (...spans: [string, string][]) => ({ spans: spans.map(([from, to]) => ({ from, to })) });

describe('a week in words', () => {
  test('days with the same hours stand together, days off are left out', () => {
    const split = day(['08:30', '12:00'], ['13:00', '17:12']);
    const week = [split, split, split, split, split, day(['09:00', '12:00']), day()];
    expect(weekSummary(week, 'ru')).toEqual([
      ['пн–пт', '08:30–12:00, 13:00–17:12'],
      ['сб', '09:00–12:00'],
    ]);
    expect(weekSummary([...Array(6).fill(day()), split], 'en')).toEqual([['Sun', '08:30–12:00, 13:00–17:12']]);
  });
  test('a week begins on Monday', () => {
    expect(weekdayNames('ru')[0]).toBe('пн');
    expect(weekdayNames('en', 'long')[6]).toBe('Sunday');
  });
});

describe('a sheet of a month', () => {
  test('has whole weeks from Monday', () => {
    // February 2026 begins on a Sunday and ends on a Saturday.
    const weeks = monthSheet(2026, 1, rules());
    expect(weeks).toHaveLength(5);
    expect(weeks.every((week) => week.length === 7)).toBe(true);
    expect(weeks[0]!.filter(Boolean).map((one) => one!.date)).toEqual(['2026-02-01']);
    expect(weeks[4]!.at(-1)).toBeNull();
  });
  test('knows leap years', () => {
    expect(monthSheet(2024, 1, rules()).flat().filter(Boolean)).toHaveLength(29);
  });
});

test('a year counts working, short and free days', () => {
  const moved = rules(
    { date: '2025-11-01', kind: 'short', instead_of: '2025-11-03' },
    { date: '2025-11-03', kind: 'off', instead_of: null },
    { date: '2025-11-04', kind: 'off', instead_of: null },
  );
  const plain = countYear(2025, rules());
  expect(plain).toEqual({ working: 261, short: 0, off: 104 });
  expect(countYear(2025, moved)).toEqual({ working: 260, short: 1, off: 105 });
});

describe('a norm in a form', () => {
  test.each([
    [{ minutes: 10, unit: 'hours', running: 'working_time' }, 10, 'minutes'],
    [{ minutes: 480, unit: 'hours', running: 'working_time' }, 8, 'hours'],
    [{ minutes: 15_120, unit: 'weeks', running: 'round_the_clock' }, 1.5, 'weeks'],
  ] as const)('%o goes there and back', (norm, value, measure) => {
    expect(normForm(norm)).toEqual({ value, measure, running: norm.running });
    expect(normOf(normForm(norm))).toEqual(norm);
  });
  test('nothing typed is no deadline', () => {
    expect(normOf(normForm(null))).toBeNull();
    expect(normOf({ value: 0, measure: 'hours', running: 'working_time' })).toBeNull();
  });
});
