import { describe, expect, test } from 'vitest';

import { age, clock, dayOf, duration, fromLocalInput, isDay, isTypedLater, longDay, moment, toLocalInput } from '../src/lib/time';

const place = { locale: 'ru', zone: 'Asia/Yekaterinburg' };
const at = Date.parse('2026-11-20T20:31:07Z');

describe('times at the site, whatever the PC’s zone is', () => {
  test('clock and day are the site’s', () => {
    expect(clock(at, place)).toBe('01:31');
    expect(dayOf(at, place.zone)).toBe('2026-11-21');
  });

  test('today needs no date, another day does', () => {
    expect(moment(at, at + 60_000, place)).toBe('01:31');
    expect(moment(at, at + 86_400_000, place)).toMatch(/^21 нояб?, 01:31$/);
  });

  test('a day is one of the calendar', () => {
    expect(isDay('2026-02-28')).toBe(true);
    for (const text of ['2026-99-99', '2026-02-30', '2026-2-3', 'yesterday', '']) expect(isDay(text)).toBe(false);
  });

  test('a day of another year says its year', () => {
    expect(longDay('2026-11-20', 'ru', '2026-01-01')).toBe('20 ноября');
    expect(longDay('2030-01-01', 'ru', '2026-11-20')).toBe('1 января 2030');
    expect(longDay('2025-12-31', 'en', '2026-01-01')).toBe('31 December 2025');
    expect(moment(at, Date.parse('2027-02-01T00:00:00Z'), place)).toMatch(/^21 нояб? 2026, 01:31$/);
  });

  test('typed in later is what people would see as another time', () => {
    const typed = '2026-11-20T15:50:59.250Z';
    expect(isTypedLater('2026-11-19T09:10:00Z', typed)).toBe(true);
    expect(isTypedLater('2026-11-20T15:49:59.250Z', typed)).toBe(true);
    expect(isTypedLater('2026-11-20T15:50:00Z', typed)).toBe(false);
    // A clock that is ahead, within what the node accepts.
    expect(isTypedLater('2026-11-20T15:54:00Z', typed)).toBe(false);
  });

  test('an input’s local time and the instant are each other’s inverse, also around a clock change', () => {
    for (const [zone, text] of [
      ['Europe/Moscow', '2026-11-20T09:15'],
      ['Europe/Berlin', '2026-03-29T03:30'],
      ['Europe/Berlin', '2026-10-25T04:30'],
    ] as const) {
      expect(toLocalInput(fromLocalInput(text, zone), zone)).toBe(text);
    }
    expect(fromLocalInput('2026-11-20T09:15', 'Europe/Moscow')).toBe(Date.parse('2026-11-20T06:15:00Z'));
  });

  test('durations run without a date and never below zero', () => {
    expect(duration(108_000)).toBe('1:48');
    expect(duration(3_730_000)).toBe('1:02:10');
    expect(duration(-5)).toBe('0:00');
  });

  test('ages show two units', () => {
    expect(age(45_000, 'ru')).toBe('45 с');
    expect(age(8_040_000, 'ru')).toBe('2 ч 14 мин');
    expect(age(7_200_000, 'en')).toBe('2 h');
    expect(age(273_600_000, 'en')).toBe('3 d 4 h');
  });
});
