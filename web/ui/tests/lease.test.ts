import { describe, expect, it } from 'vitest';

import { leaseRunsOut, leaseText } from '../src/lib/lease';
import { bytes } from '../src/lib/size';

const place = { locale: 'ru', zone: 'Europe/Moscow' };
const now = Date.parse('2026-11-20T07:00:00Z');
const until = (hours: number) => new Date(now + hours * 3_600_000).toISOString();
const text = (hours: number) => leaseText(until(hours), now, place);

describe('how long the region’s users still sign in', () => {
  it('is said in whole days, then in hours', () => {
    expect(text(14 * 24)).toMatch(/ещё 14 дней, до 4 дек/);
    expect(text(2 * 24 + 1)).toMatch(/ещё 2 дня/);
    expect(text(24)).toMatch(/ещё 1 день/);
    expect(text(5.5)).toMatch(/ещё 5 часов, до 15:30/);
  });
  it('says when it is over and when it never began', () => {
    expect(text(-1)).toMatch(/с 09:00 входят только местные/);
    expect(leaseText(null, now, place)).toMatch(/ещё не выходил на связь/);
  });
  it('warns in the last three days', () => {
    expect(leaseRunsOut(until(73), now)).toBe(false);
    expect(leaseRunsOut(until(71), now)).toBe(true);
    expect(leaseRunsOut(null, now)).toBe(true);
  });
});

describe('sizes', () => {
  it('have two digits at least and the unit that fits', () => {
    expect(bytes(999, 'ru')).toBe('999 Б');
    expect(bytes(1_400_000_000, 'ru')).toBe('1,4 ГБ');
    expect(bytes(73_400, 'en')).toBe('73 KB');
  });
});
